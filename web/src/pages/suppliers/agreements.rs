//! What a supplier signed, and the rules it changes (R18).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use serde_json::Value;
use tradepost_contract::agreements::{Agreement, CreateAgreement};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::AgreementTerm;
use tradepost_contract::{AgreementId, ProgrammeId, SupplierId};

use crate::api;
use crate::clock;
use crate::format::time::{date, iso_day};
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{FieldFrame, TextArea, TextField, described_by};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

#[component]
pub(super) fn AgreementsTab(id: SupplierId, programme: ProgrammeId) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let read = RwSignal::new(None::<AgreementId>);
    let reading = RwSignal::new(false);
    Effect::new(move |_| reading.set(read.with(Option::is_some)));
    Effect::new(move |_| {
        if !reading.get() && read.with_untracked(Option::is_some) {
            read.set(None);
        }
    });
    view! {
        {session::may(Permission::SuppliersStanding).then(|| view! { <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New agreement"</Button></div> })}
        {move || { round.track(); view! { <ListView list=agreements(id, read) /> } }}
        <Dialog open title=Signal::stored("New agreement".to_owned()) class="drawer wide"><AgreementForm id programme open round /></Dialog>
        <Dialog open=reading title=Signal::stored("The agreement".to_owned()) class="drawer wide">{move || read.get().map(|id| view! { <Text id /> })}</Dialog>
    }
}

fn agreements(id: SupplierId, read: RwSignal<Option<AgreementId>>) -> List<Agreement> {
    List::new("supplier-agreements", move |query| {
        api::suppliers::list_agreements(id, query)
    })
    .empty(
        "No agreements",
        "What is agreed apart from the programme's rules stands here.",
    )
    .column(Column::text("title", "Agreement", |one: &Agreement| one.title.clone()).on_card(Card::Title))
    .column(
        Column::new(
            "force",
            "In force",
            |one: &Agreement| {
                if one.in_force {
                    view! { <Badge text="In force" tone=Tone::Good /> }.into_any()
                } else {
                    view! { <Badge text="Not in force" /> }.into_any()
                }
            },
            |one| one.in_force.to_string(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::text("term", "Term", |one: &Agreement| {
        words::sentence(one.term.as_str())
    }))
    .column(Column::text("from", "From", |one: &Agreement| {
        date(one.starts_on)
    }))
    .column(Column::text("to", "Until", |one: &Agreement| {
        one.ends_on.map_or_else(|| "open end".to_owned(), date)
    }))
    .column(Column::text("renews", "Renews", |one: &Agreement| {
        one.renews_on.map_or_else(|| "–".to_owned(), date)
    }))
    .column(Column::text("rules", "Its rules", |one: &Agreement| {
        crate::format::json::line(&one.policy_override)
    }))
    .column(Column::new(
        "text",
        "Text",
        move |one: &Agreement| {
            let (id, label) = (one.id, format!("Read {}", one.title));
            view! { <button type="button" class="button quiet small" aria-label=label on:click=move |_| read.set(Some(id))>"Read"</button> }
        },
        |_| String::new(),
    ))
}

/// The text as it was signed.
#[component]
fn Text(id: AgreementId) -> impl IntoView {
    let agreement = Loader::new(move || api::suppliers::get_agreement(id));
    view! {
        <div class="drawer-content">
            <Loaded loader=agreement let:agreement>
                <p class="dialog-lead">{agreement.title}</p>
                <pre class="document">{agreement.document.unwrap_or_default()}</pre>
            </Loaded>
        </div>
    }
}

#[component]
fn AgreementForm(id: SupplierId, programme: ProgrammeId, open: RwSignal<bool>, round: RwSignal<u32>) -> impl IntoView {
    let form = Form::new("agreement");
    let title = form.field("/title", "");
    let term = form.field("/term", AgreementTerm::Rolling.as_str());
    // Its days are those of the programme: in America it is still yesterday while it is past midnight here.
    let zone = session::programme(programme).map_or_else(|| "UTC".to_owned(), |programme| programme.time_zone);
    let starts = form.field("/starts_on", iso_day(untrack(clock::now), &zone));
    let ends = form.field("/ends_on", "");
    let rules = form.field("/policy_override", "");
    let text = form.field("/document", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let Ok(term) = term.text().parse::<AgreementTerm>() else {
            form.refuse(vec![term.refusal("required", "Choose the term.")]);
            return;
        };
        let starts_on = starts.text().parse().ok();
        if starts_on.is_none() {
            wrong.push(starts.refusal("required", "The first day."));
        }
        let policy_override = match rules.optional() {
            None => None,
            Some(text) => match serde_json::from_str::<Value>(&text) {
                Ok(value) => Some(value),
                Err(error) => {
                    wrong.push(rules.refusal("invalid", &format!("This is no JSON: {error}")));
                    None
                }
            },
        };
        if form.refuse(wrong) {
            return;
        }
        let Some(starts_on) = starts_on else { return };
        let body = CreateAgreement {
            title: title.text(),
            term,
            starts_on,
            ends_on: ends.text().parse().ok(),
            policy_override,
            document: text.text(),
        };
        form.submit(
            move |key| async move { api::suppliers::create_agreement(id, &body, &key).await },
            move |agreement| {
                toast::done(format!("{} is kept", agreement.title));
                open.set(false);
                round.update(|round| *round += 1);
            },
        );
    };
    let terms = AgreementTerm::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"Its rules beat those of account, product and programme from its first day on. Leads that were delivered before keep theirs."</p>
            <FormProblem form />
            <TextField field=title label="Title" />
            <div class="form-grid">
                <Select field=term label="Term" options=terms />
                <TextField field=starts label="First day" kind="date" />
                <TextField field=ends label="Last day" kind="date" optional=true />
            </div>
            <FieldFrame field=rules label="Rules it changes" hint="Only what differs, as JSON: {\"returns\": {\"sla_hours\": 24}}. Empty where it changes none." optional=true>
                <textarea class="input code short" id=rules.id() rows="6" spellcheck="false" aria-describedby=described_by(rules, true)
                    prop:value=move || rules.value.get() on:input:target=move |event| rules.value.set(event.target().value())></textarea>
            </FieldFrame>
            <TextArea field=text label="Text, as it is signed" limit=50_000 />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Keep the agreement"</Button>
            </div>
        </form>
    }
}
