//! The person who is being called: how to reach them, what is known, what was said before, and the script (R98, R100).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::time::Duration;

use leptos::prelude::*;
use tradepost_contract::calls::CallLead;

use super::desk::GiveBack;
use super::ending::Ending;
use super::history::{History, name_of, readable_answers};
use super::script::Script;
use crate::api;
use crate::browser;
use crate::clock;
use crate::format::phone;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::deliveries::list::place;
use crate::ui::badge::{Badge, Tone};
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::time::{Shown, Time};

/// A claim lasts a quarter of an hour; whoever is still at it keeps the lead.
const KEEP: Duration = Duration::from_secs(300);

#[component]
pub(super) fn Dial(lead: CallLead, changed: Callback<()>) -> impl IntoView {
    let id = lead.lead_id;
    if let Ok(keeping) = set_interval_with_handle(
        move || {
            wasm_bindgen_futures::spawn_local(async move {
                if let Err(failure) = api::calls::claim_queued_lead(id, &browser::random_key()).await {
                    toast::failed(failure.told());
                }
            });
        },
        KEEP,
    ) {
        on_cleanup(move || keeping.clear());
    }
    let supplier = lead.supplier_id;
    let script = Loader::new(move || api::calls::get_call_script(supplier));
    // The clock of the call begins when the number is dialled, or else when the lead was taken.
    let began = RwSignal::new(clock::device_seconds());
    let person = lead.person.clone();
    let at = place(&lead.place);
    let answers = readable_answers(&lead)
        .into_iter()
        .map(|(question, answer)| view! { <Fact name=question>{answer}</Fact> })
        .collect_view();
    let called = !lead.history.is_empty();
    let for_ending = lead.clone();
    view! {
        <section class="dial" aria-label="The person to call">
            <div class="dial-head">
                <h2>{name_of(&person)}</h2>
                {lead.is_callback.then(|| view! { <Badge text="Callback" tone=Tone::Warn /> })}
                <span class="muted">"for "<strong>{lead.supplier_name.clone()}</strong></span>
                <span class="dial-tools"><GiveBack lead=lead.clone() changed /></span>
            </div>
            <div class="dial-columns">
                <div>
                    <div class="reach">
                        {person.phone.clone().map(|number| view! {
                            <a class="button primary reach-way" href=format!("tel:{number}") on:click=move |_| began.set(clock::device_seconds())>
                                <Icon icon=icondata_lu::LuPhone /><span>{phone::readable(&number)}</span>
                            </a>
                        })}
                    </div>
                    <Loaded loader=script shape=Shape::Rows(3) let:found>
                        <Ending lead=for_ending.clone() dispositions=found.dispositions began changed />
                    </Loaded>
                    {called.then(|| view! { <Panel title="Before"><History calls=lead.history.clone() all=lead.attempts /></Panel> })}
                </div>
                <div>
                    <Panel title="What is known">
                        <Facts>
                            {person.company.clone().map(|company| view! { <Fact name="Company">{company}</Fact> })}
                            {person.email.clone().map(|email| view! { <Fact name="E-mail"><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                            {person.address.clone().map(|address| view! { <Fact name="Address">{address}</Fact> })}
                            {(!at.is_empty()).then(|| view! { <Fact name="Place">{at.clone()}</Fact> })}
                            {answers}
                            {lead.source.clone().map(|source| view! { <Fact name="Source">{source}</Fact> })}
                            <Fact name="Handed in"><Time at=lead.queued_at shown=Shown::Full programme=lead.programme_id /></Fact>
                        </Facts>
                        {person.notes.clone().map(|notes| view! { <blockquote class="notes">{notes}</blockquote> })}
                    </Panel>
                    <Loaded loader=script shape=Shape::Rows(6) let:found>
                        {found.script.map(|script| view! { <Panel title=script.title.clone()><Script script /></Panel> })}
                    </Loaded>
                </div>
            </div>
        </section>
    }
}
