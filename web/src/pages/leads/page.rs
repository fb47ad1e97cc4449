//! One lead: who asked, with what consent, who got it, who did not and why, and what staff may do.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::LeadId;
use tradepost_contract::leads::{DecideLead, LeadAction, LeadDetail, LeadSale, LeadStatus};
use tradepost_contract::permissions::Permission;

use super::hold::HoldPanel;
use super::list::quarantine_path;
use super::release::ReleaseAction;
use super::return_for::ReturnFor;
use super::trace::TracePanel;
use crate::api;
use crate::format::{phone, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::deliveries::list::place;
use crate::pages::events::EventTimeline;
use crate::pages::return_requests::review::person_name;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::Look;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Due, Time};

/// One lead.
#[component]
pub fn LeadPage(
    /// Which.
    id: LeadId,
) -> impl IntoView {
    let lead = Loader::new(move || api::leads::get_lead(id));
    let trace = Loader::new(move || api::leads::get_lead_trace(id));
    let reload = Callback::new(move |()| {
        lead.reload();
        trace.reload();
    });
    view! {
        <Loaded loader=lead let:detail><LeadBody detail reload /></Loaded>
        <Loaded loader=trace shape=Shape::Rows(4) let:trace><TracePanel trace programme=lead.get().map(|detail| detail.lead.programme_id) /></Loaded>
        {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
    }
}

#[component]
fn LeadBody(detail: LeadDetail, reload: Callback<()>) -> impl IntoView {
    let LeadDetail {
        lead,
        consent,
        earlier_consents,
        verification,
        sales,
    } = detail;
    let name = person_name(&lead.person);
    let (id, version, of) = (lead.id, lead.version, lead.programme_id);
    let may = |action: LeadAction| lead.allowed_actions.contains(&action) && session::may(Permission::LeadsDecide);
    let programme = lead.programme_name.clone();
    let person = lead.person.clone();
    let notes = person.notes.clone();
    let verified = verification.is_some();
    let back = if lead.allowed_actions.contains(&LeadAction::Release) {
        (quarantine_path(), "Quarantine")
    } else {
        (Route::Console(ConsoleRoute::Leads).path(), "Leads")
    };
    let reject = may(LeadAction::Reject).then(|| view! {
        <ReasonAction label="Reject" title=format!("Reject the lead of {name}?") text="It is never sold. Its source is told why, where it asked to be."
            look=Look::Danger said="Rejected" done=reload
            run=Box::new(move |reason, key| async move { let body = DecideLead { reason: reason.unwrap_or_default() }; api::leads::reject_lead(id, version, &body, &key).await.map(drop) }.boxed_local()) />
    });
    let withdraw = may(LeadAction::Withdraw).then(|| view! {
        <ReasonAction label="Withdraw" title=format!("Withdraw the lead of {name}?") text="It is sold no more. Whoever bought it keeps it."
            look=Look::Danger said="Withdrawn" done=reload
            run=Box::new(move |reason, key| async move { let body = DecideLead { reason: reason.unwrap_or_default() }; api::leads::withdraw_lead(id, version, &body, &key).await.map(drop) }.boxed_local()) />
    });
    let release = may(LeadAction::Release).then(|| view! { <ReleaseAction id version name=name.clone() reload /> });
    let answers = lead
        .answers
        .clone()
        .into_iter()
        .map(|(question, answer)| view! { <Fact name=words::sentence(&question)>{answer}</Fact> })
        .collect_view();
    let status_reason = lead.status_reason.clone();
    view! {
        <PageHead title=name.clone() back=back subtitle=programme>
            {status_badge(lead.status)}
            <span class="muted figures">{format!("{} of {} sold", lead.sold, lead.max_buyers)}</span>
            <div class="verdicts">{release}{reject}{withdraw}</div>
        </PageHead>
        {status_reason.map(|reason| {
            let says = if reason == "retention" { "Its time was over by the policy, so that nobody knows who it was.".to_owned() } else { words::sentence(&reason) };
            view! { <Notice tone=Tone::Warn>{says}</Notice> }
        })}
        <div class="lead">
            <div>
                <Panel title="Who got it">
                    <Sales sales />
                </Panel>
                <Panel title="The enquiry">
                    <Facts>
                        <Fact name="Product">{lead.product_name.clone()}</Fact>
                        {lead.owner_supplier_name.clone().map(|owner| view! { <Fact name="Owner">{owner}</Fact> })}
                        <Fact name="Place">{place(&lead.place)}</Fact>
                        {answers}
                        <Fact name="Asked"><Time at=lead.enquired_at programme=of /></Fact>
                        <Fact name="Received"><Time at=lead.created_at programme=of /></Fact>
                        <Fact name="Channel">{words::sentence(lead.channel.as_str())}</Fact>
                        {lead.source.map(|source| view! { <Fact name="Source">{source}</Fact> })}
                        {lead.external_id.map(|number| view! { <Fact name="Their number"><code>{number}</code></Fact> })}
                        {lead.import_id.map(|import| view! { <Fact name="File"><a href=Route::Console(ConsoleRoute::Import(import)).path()>"Open the import"</a></Fact> })}
                        {lead.duplicate_of.map(|other| view! { <Fact name="Duplicate of"><a href=Route::Console(ConsoleRoute::Lead(other)).path()>{other.to_string()}</a></Fact> })}
                        <Fact name="Number"><code>{id.to_string()}</code></Fact>
                    </Facts>
                    {notes.map(|notes| view! { <blockquote class="notes">{notes}</blockquote> })}
                </Panel>
            </div>
            <div>
                <Panel title="The person">
                    <Facts>
                        {person.name.map(|name| view! { <Fact name="Name">{name}</Fact> })}
                        {person.company.map(|company| view! { <Fact name="Company">{company}</Fact> })}
                        {match (person.phone, person.phone_as_given) {
                            (Some(number), _) => view! { <Fact name="Phone"><a href=format!("tel:{number}")>{phone::readable(&number)}</a></Fact> }.into_any(),
                            (None, Some(given)) => view! { <Fact name="Phone, as typed"><code>{given}</code></Fact> }.into_any(),
                            (None, None) => ().into_any(),
                        }}
                        {person.email.map(|email| view! { <Fact name="E-mail"><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                        {person.address.map(|address| view! { <Fact name="Address">{address}</Fact> })}
                    </Facts>
                </Panel>
                <Panel title="Consent">
                    {match consent {
                        Some(consent) => view! {
                            <blockquote class="notes">{consent.text}</blockquote>
                            <p class="muted">"Given "<Time at=consent.given_at programme=of />{format!(", text {}", consent.text_version)}{consent.ip.map(|ip| format!(", from {ip}"))}</p>
                            {consent.page_url.map(|page| (page.clone(), page)).map(|(href, page)| view! { <p class="muted">"On "<a href=href rel="noreferrer noopener" target="_blank">{page}</a></p> })}
                            {(!consent.recipients.is_empty()).then(|| view! { <p class="muted">{format!("Named to them: {}", consent.recipients.join(", "))}</p> })}
                        }.into_any(),
                        None => view! { <p class="panel-none">"None is on file."</p> }.into_any(),
                    }}
                    {(!earlier_consents.is_empty()).then(|| {
                        let rows = earlier_consents.into_iter().map(|one| view! {
                            <li class="row-flat"><span class="row-text wrapped"><span>{one.text}</span><small>"Given "<Time at=one.given_at programme=of />{format!(", text {}", one.text_version)}{one.ip.map(|ip| format!(", from {ip}"))}</small></span></li>
                        });
                        view! { <h3 class="field-label">"Before that"</h3><ul class="rows-flat">{rows.collect_view()}</ul> }
                    })}
                    {verification.map(|one| view! { <p class="muted">{format!("Verified by {} ({}) ", one.verified_by, words::sentence(one.method.as_str()).to_lowercase())}<Time at=one.verified_at programme=of /></p> })}
                    {(!verified).then(|| view! { <p class="muted">"Not verified."</p> })}
                </Panel>
                <Deliveries id />
                <HoldPanel id programme=of erased=lead.status == LeadStatus::Erased />
            </div>
        </div>
    }
}

#[component]
fn Sales(sales: Vec<LeadSale>) -> impl IntoView {
    if sales.is_empty() {
        return view! { <p class="panel-none">"Nobody yet. The trace below says why."</p> }.into_any();
    }
    let rows = sales
        .into_iter()
        .map(|sale| {
            view! {
                <li class="row-flat">
                    <span class="row-text"><a href=Route::Console(ConsoleRoute::Supplier(sale.supplier_id)).path()>{sale.supplier_name}</a>
                        <small>{format!("place {}", sale.slot)}{sale.replacement.then_some(", a replacement")}</small></span>
                    <span class="row-side"><Money amount=sale.price /><a href=Route::Console(ConsoleRoute::Order(sale.order_id)).path()>"Its order"</a></span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }.into_any()
}

/// What its buyers made of it, and a return on their behalf.
#[component]
fn Deliveries(id: LeadId) -> impl IntoView {
    if !session::may(Permission::DeliveriesRead) {
        return ().into_any();
    }
    let deliveries =
        Loader::new(move || api::deliveries::list_deliveries(ListQuery::first(50).with("lead_id", id.to_string())));
    let asks = session::may(Permission::ReturnsSubmit) || session::may(Permission::ReturnsOverride);
    view! {
        <Loaded loader=deliveries shape=Shape::Tile let:page>
            {(!page.data.is_empty()).then(|| {
                let rows = page.data.into_iter().map(|delivery| {
                    let due = delivery.return_deadline_at.filter(|_| delivery.returnable);
                    view! {
                        <li class="row-flat">
                            <span class="row-text"><strong>{delivery.supplier_name.clone()}</strong>
                                <small><Time at=delivery.delivered_at programme=delivery.programme_id />{delivery.seen_at.is_none().then_some(", not opened")}{delivery.rating.map(|stars| format!(", {stars} of 5 stars"))}</small>
                                {delivery.note.clone().map(|note| view! { <small>"“"{note}"”"</small> })}
                            </span>
                            <span class="row-side">
                                {status_badge(delivery.billing_state)}
                                {delivery.outcome.map(status_badge)}
                                {due.map(|at| view! { <Due at before="Return within" /> })}
                                {delivery.return_request_id.map(|request| view! { <a href=Route::Console(ConsoleRoute::Return(request)).path()>"Its return"</a> })}
                                {(asks && delivery.return_request_id.is_none()).then(|| view! { <ReturnFor id=delivery.id done=Callback::new(move |()| deliveries.reload()) /> })}
                            </span>
                        </li>
                    }
                }).collect_view();
                view! { <Panel title="Deliveries"><ul class="rows-flat">{rows}</ul></Panel> }
            })}
        </Loaded>
    }
    .into_any()
}
