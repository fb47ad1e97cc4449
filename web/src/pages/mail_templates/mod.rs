//! What a programme's mails say (R126): all of them, and one to word anew, look at, and send to oneself.

use leptos::prelude::*;
use tradepost_contract::ProgrammeId;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mail_templates::{MailPreview, MailTemplate, MailTemplateSummary, WriteMailTemplate};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::format::words;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::mails::MailText;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::field::TextArea;
use crate::ui::icon::Icon;
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::FormProblem;

fn name_of(programme: ProgrammeId) -> String {
    session::programme(programme)
        .map(|found| found.name)
        .unwrap_or_default()
}

/// Every kind of mail of a programme.
#[component]
pub fn WordingOfMails(
    /// The programme.
    id: ProgrammeId,
) -> impl IntoView {
    let templates = Loader::new(move || api::mail_templates::list_mail_templates(id));
    let back = (Route::Console(ConsoleRoute::Programme(id)).path(), "The programme");
    view! {
        <PageHead title=format!("Mails of {}", name_of(id)) back subtitle="Each can say it in your own words." />
        <Loaded loader=templates shape=Shape::Rows(8) let:found>
            {
                let (staff, suppliers): (Vec<_>, Vec<_>) = found.data.into_iter().partition(|template| template.for_staff);
                view! {
                    <Panel title="To suppliers"><Rows id rows=suppliers /></Panel>
                    <Panel title="To your own people"><Rows id rows=staff /></Panel>
                }
            }
        </Loaded>
    }
}

#[component]
fn Rows(id: ProgrammeId, rows: Vec<MailTemplateSummary>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let path = Route::Console(ConsoleRoute::MailTemplate(id, row.kind)).path();
            let own = row.is_own.then(|| view! { <Badge tone=Tone::Info text="Own words" /> });
            view! {
                <li><a class="row-item" href=path>
                    <span class="row-text"><strong>{words::sentence(row.kind.as_str())}</strong><small>{row.subject}</small></span>
                    <span class="row-side">{own}</span>
                    <Icon icon=icondata_lu::LuChevronRight />
                </a></li>
            }
        })
        .collect_view();
    view! { <ul class="rows">{rows}</ul> }
}

/// One kind of mail.
#[component]
pub fn WordingOfMail(
    /// The programme.
    id: ProgrammeId,
    /// The kind.
    kind: NotificationKind,
) -> impl IntoView {
    let template = Loader::new(move || api::mail_templates::get_mail_template(id, kind));
    let back = (Route::Console(ConsoleRoute::MailTemplates(id)).path(), "All mails");
    let done = Callback::new(move |()| template.reload());
    view! {
        <PageHead title=words::sentence(kind.as_str()) back subtitle=format!("What it says in the name of {}.", name_of(id)) />
        <Loaded loader=template shape=Shape::Rows(6) let:found><Editor template=found done /></Loaded>
    }
}

#[component]
fn Editor(template: MailTemplate, done: Callback<()>) -> impl IntoView {
    let (id, kind, version, is_own) = (template.programme_id, template.kind, template.version, template.is_own);
    let may = session::may(Permission::MailsWrite);
    let form = Form::new("mail-template");
    let source = form.field("/source", template.source);
    let original = StoredValue::new(template.original);
    let shown: RwSignal<Option<MailPreview>> = RwSignal::new(None);
    let body = move || WriteMailTemplate {
        source: source.value.get_untracked(),
    };
    let look = Callback::new(move |()| {
        let body = body();
        form.submit(
            move |_| async move { api::mail_templates::preview_mail_template(id, kind, &body).await },
            move |preview| shown.set(Some(preview)),
        );
    });
    let test = Callback::new(move |()| {
        let body = body();
        form.submit(
            move |key| async move { api::mail_templates::test_mail_template(id, kind, &body, &key).await },
            move |preview| {
                shown.set(Some(preview));
                toast::done("It is on its way to you");
            },
        );
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = body();
        form.submit(
            move |key| async move { api::mail_templates::write_mail_template(id, kind, version, &body, &key).await },
            move |_| {
                toast::done("Saved. Mails say so from now on");
                done.run(());
            },
        );
    };
    let reset = Callback::new(move |()| {
        let (name, what) = (name_of(id), words::sentence(kind.as_str()));
        confirm(
            "Put the original words back?",
            format!(
                "“{what}” in the name of {name} then says again what it said at first. Your words are kept in the audit trail only."
            ),
            "Put them back",
            true,
            move || {
                wasm_bindgen_futures::spawn_local(async move {
                    match api::mail_templates::reset_mail_template(id, kind, version).await {
                        Ok(()) => {
                            toast::done("The original words are back");
                            done.run(());
                        }
                        Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                    }
                });
            },
        );
    });
    // The first look needs no click; somebody who may only read gets none, because the preview is the writers'.
    if may {
        look.run(());
    }
    let busy = Signal::derive(move || form.is_busy());
    let changed = move || {
        source
            .value
            .with(|text| original.with_value(|original| text.trim() != original.trim()))
    };
    view! {
        <div class="columns wording">
            <Panel title="The words">
                <form on:submit=save novalidate>
                    <FormProblem form />
                    <TextArea field=source label="Template" limit=10_000 rows=18 exact=true />
                    {may.then(|| view! {
                        <div class="form-actions">
                            {is_own.then(|| view! { <Button look=Look::Quiet on_click=reset>"Put the original back"</Button> })}
                            <Button on_click=test busy>"Send it to me"</Button>
                            <Button on_click=look busy>"Look at it"</Button>
                            <Button look=Look::Primary submit=true busy>{move || if changed() || is_own { "Save" } else { "Keep as own words" }}</Button>
                        </div>
                    })}
                </form>
            </Panel>
            <div>
                {move || shown.get().map(|preview| view! {
                    <Panel title="How it looks">
                        <p class="wording-from">{preview.from}</p>
                        <p class="wording-subject"><strong>{preview.subject}</strong></p>
                        <MailText text=preview.text />
                    </Panel>
                })}
                <Names names=template.names />
                <Lines />
            </div>
        </div>
    }
}

/// What can be named between the braces, each with the value that the preview has for it.
#[component]
fn Names(names: serde_json::Value) -> impl IntoView {
    let rows = leaves(&names)
        .into_iter()
        .map(|(name, value)| view! { <tr><td><code>{name}</code></td><td>{value}</td></tr> })
        .collect_view();
    view! {
        <Panel title="What can be named">
            <div class="table-frame" tabindex="0" role="region" aria-label="Names">
                <table class="table"><thead><tr><th scope="col">"Name"</th><th scope="col">"For example"</th></tr></thead><tbody>{rows}</tbody></table>
            </div>
        </Panel>
    }
}

/// The names of a document of samples with their values, `facts.price` as one because `money` writes it.
fn leaves(names: &serde_json::Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(groups) = names.as_object() else {
        return found;
    };
    for (group, value) in groups {
        match value {
            serde_json::Value::Object(members) => {
                for (name, value) in members {
                    found.push((format!("{group}.{name}"), example(value)));
                }
            }
            serde_json::Value::Null => {}
            value => found.push((group.clone(), example(value))),
        }
    }
    found
}

fn example(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(true) => "yes".to_owned(),
        serde_json::Value::Bool(false) => "no".to_owned(),
        serde_json::Value::Object(_) => "an amount: write it with | money".to_owned(),
        value => value.to_string(),
    }
}

/// How a template is written.
#[component]
fn Lines() -> impl IntoView {
    let lines = [
        ("subject: …", "The first line: the subject"),
        ("# …", "A heading"),
        ("- name: …", "A fact; left out when it is empty"),
        ("> …", "Somebody's words"),
        ("=> label :: address", "The one button"),
        ("-> label :: address", "A link"),
        ("{{ facts.price | money }}", "An amount of money"),
        ("{{ facts.due_on | day }}", "A day"),
        ("{{ facts.at | moment }}", "A date and time"),
        ("{{ url(\"/invoices\") }}", "A page of the portal"),
        ("{% if … %}…{% endif %}", "Only if it is there"),
    ];
    let rows = lines
        .map(|(written, means)| view! { <tr><td><code>{written}</code></td><td>{means}</td></tr> })
        .collect_view();
    view! {
        <Panel title="How it is written">
            <div class="table-frame" tabindex="0" role="region" aria-label="How a template is written">
                <table class="table"><thead><tr><th scope="col">"A line"</th><th scope="col">"Becomes"</th></tr></thead><tbody>{rows}</tbody></table>
            </div>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_stand_with_an_example_each() {
        let names = json!({
            "account": "Okafor", "lead": null,
            "facts": { "leads": 20, "price": { "amount": 4500, "currency": "USD" }, "call": true },
        });
        let written: Vec<String> = leaves(&names)
            .into_iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        assert_eq!(
            written,
            [
                "account Okafor",
                "facts.call yes",
                "facts.leads 20",
                "facts.price an amount: write it with | money",
            ]
        );
    }
}
