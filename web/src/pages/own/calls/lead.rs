//! One lead of the report with all its calls, live (R98).

use leptos::prelude::*;
use tradepost_contract::LeadId;
use tradepost_contract::calls::{CallLead, CallState};
use tradepost_contract::policy::WordingKey;

use crate::api;
use crate::format::phone;
use crate::kit::live;
use crate::kit::load::{Loaded, Loader};
use crate::pages::calls::history::{History, name_of, readable_answers, removal};
use crate::pages::deliveries::list::place;
use crate::pages::own::statement::own_account;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::time::{Shown, Time};

/// One lead.
#[component]
pub fn CalledLeadPage(
    /// Which.
    id: LeadId,
) -> impl IntoView {
    let news = own_account().map(|supplier| live::follow(supplier).news);
    let lead = Loader::new(move || {
        if let Some(news) = news {
            news.track();
        }
        api::calls::get_called_lead(id)
    });
    view! { <Loaded loader=lead let:lead><LeadView lead /></Loaded> }
}

#[component]
fn LeadView(lead: CallLead) -> impl IntoView {
    let answers = readable_answers(&lead)
        .into_iter()
        .map(|(question, answer)| view! { <Fact name=question>{answer}</Fact> })
        .collect_view();
    let (person, at) = (lead.person.clone(), place(&lead.place));
    let again = lead
        .due_at
        .filter(|_| lead.state == CallState::Waiting && lead.attempts > 0);
    view! {
        <PageHead title=name_of(&person) back=(Route::Portal(PortalRoute::CallReport).path(), session::word(WordingKey::LeadList)) subtitle=at>
            {status_badge(lead.state)}
        </PageHead>
        {lead.removed_because.map(|because| view! { <Notice tone=Tone::Neutral>{removal(because)}</Notice> })}
        <div class="lead">
            <div class="lead-main">
                <Panel title="Calls">
                    {again.map(|at| view! { <p>{if lead.is_callback { "To be called back " } else { "Called again " }}<Time at shown=Shown::Full /></p> })}
                    {(lead.attempts == 0).then(|| view! { <p class="muted">"Nobody was called yet."</p> })}
                    <History calls=lead.history all=lead.attempts />
                </Panel>
            </div>
            <div class="lead-side">
                <Panel title="The lead">
                    <Facts>
                        {person.company.map(|company| view! { <Fact name="Company">{company}</Fact> })}
                        {person.phone.map(|number| view! { <Fact name="Phone"><a href=format!("tel:{number}")>{phone::readable(&number)}</a></Fact> })}
                        {person.email.map(|email| view! { <Fact name="E-mail"><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                        {person.address.map(|address| view! { <Fact name="Address">{address}</Fact> })}
                        {answers}
                        {lead.source.map(|source| view! { <Fact name="Source">{source}</Fact> })}
                        <Fact name="Handed in"><Time at=lead.queued_at shown=Shown::Full /></Fact>
                        <Fact name="Counts in period">{lead.period_key}</Fact>
                    </Facts>
                    {person.notes.map(|notes| view! { <blockquote class="notes">{notes}</blockquote> })}
                </Panel>
            </div>
        </div>
    }
}
