//! Trying a sample: what was found in it, and what it would become. Nothing is kept.

use leptos::prelude::*;
use tradepost_contract::LeadSourceId;
use tradepost_contract::lead_sources::{LeadSourceKind, LeadSourceTrial, SentField, TriedEnquiry, TryLeadSource};
use tradepost_contract::leads::CreateLead;

use super::mapping::Draft;
use crate::api;
use crate::format::words;
use crate::kit::form::Form;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::field::TextArea;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::problem::FormProblem;

/// A sample, and what becomes of it by the mapping as it is written above, saved or not.
#[component]
pub fn Trial(
    /// The source.
    id: LeadSourceId,
    /// What it speaks.
    kind: LeadSourceKind,
    /// What means what.
    draft: Draft,
) -> impl IntoView {
    let form = Form::new("trial");
    let body = form.field("/body", "");
    let tried = RwSignal::new(None::<LeadSourceTrial>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let asked = TryLeadSource {
            body: body.text(),
            content_type: None,
            mapping: Some(draft.mapping()),
        };
        form.submit(
            move |_| async move { api::lead_sources::try_source(id, &asked).await },
            move |trial| tried.set(Some(trial)),
        );
    };
    let suggest = Callback::new(move |()| {
        if let Some(trial) = tried.get_untracked() {
            draft.take(&trial.suggested_mapping);
        }
    });
    let hint = match kind {
        LeadSourceKind::Adf => "Paste the XML as the sender would post it.",
        LeadSourceKind::GoogleAds | LeadSourceKind::Meta => {
            "Paste the JSON as the sender would post it; its key is not looked at."
        }
        LeadSourceKind::Mapped => "Paste JSON, or a form such as name=Dana&phone=…",
    };
    view! {
        <Panel title="Try it">
            <form on:submit=send novalidate>
                <FormProblem form />
                <TextArea field=body label="A sample" hint limit=60_000 />
                <div class="form-actions">
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"See what it becomes"</Button>
                    {(kind == LeadSourceKind::Mapped).then(|| view! {
                        {move || tried.get().is_some().then(|| view! { <Button on_click=suggest>"Take the suggested mapping"</Button> })}
                    })}
                </div>
            </form>
            {move || tried.get().map(|trial| trial.enquiries.into_iter().map(|one| view! { <Tried one /> }).collect_view())}
        </Panel>
    }
}

#[component]
fn Tried(one: TriedEnquiry) -> impl IntoView {
    let errors = one
        .errors
        .iter()
        .map(|error| view! { <li><code>{error.pointer.clone()}</code>" "{error.message.clone()}</li> })
        .collect_view();
    let none_wrong = one.errors.is_empty();
    view! {
        <div class="tried" role="status">
            <h3>{status_badge(one.outcome)}" "{one.status.map(|status| status.label())}</h3>
            {one.detail.clone().filter(|_| none_wrong).map(|detail| view! { <p>{detail}</p> })}
            <ul class="tried-errors">{errors}</ul>
            {one.lead.as_ref().map(lead)}
            <details><summary>"What was found in it"</summary><Sent fields=one.fields /></details>
        </div>
    }
}

/// What was found in something that was sent.
#[component]
pub fn Sent(
    /// The fields.
    fields: Vec<SentField>,
) -> impl IntoView {
    let facts = fields
        .into_iter()
        .map(|field| view! { <Fact name=field.path>{field.text}</Fact> })
        .collect_view();
    view! { <Facts>{facts}</Facts> }
}

/// The filled fields of an enquiry.
fn lead(lead: &CreateLead) -> impl IntoView + use<> {
    let (person, place) = (&lead.person, &lead.place);
    let filled = [
        ("Name", &person.name),
        ("Company", &person.company),
        ("E-mail", &person.email),
        ("Phone", &person.phone),
        ("Address", &person.address),
        ("Notes", &person.notes),
        ("City", &place.city),
        ("Postcode", &place.postcode),
        ("Region", &place.region),
        ("Country", &place.country),
        ("Source", &lead.source),
        ("Sender's id", &lead.external_id),
    ];
    let mut facts: Vec<(String, String)> = filled
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)))
        .collect();
    let answers = lead.answers.iter();
    facts.extend(answers.map(|(name, text)| (words::sentence(name), text.clone())));
    let facts = facts
        .into_iter()
        .map(|(name, text)| view! { <Fact name=name>{text}</Fact> })
        .collect_view();
    view! { <Facts>{facts}</Facts> }
}
