//! Deciding a return by keyboard: the request, the lead, its history, the supplier's rate and what the
//! other buyers made of it, side by side; after a verdict, the next one that waits.

use leptos::prelude::*;
use tradepost_contract::deliveries::DeliveryDetail;
use tradepost_contract::leads::LeadPerson;
use tradepost_contract::permissions::Permission;
use tradepost_contract::return_requests::{
    ExpectedRemedy, ReturnAction, ReturnCase, ReturnRemedy, ReturnRequest, ReturnRequestDetail,
};
use tradepost_contract::{Page, ProgrammeId, ReturnRequestId, Timestamp};

use super::verdict::{Verdict, VerdictDialog};
use crate::api;
use crate::format::{json, money, phone, share, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::shortcut::shortcut;
use crate::pages::deliveries::list::named;
use crate::pages::deliveries::list::place;
use crate::pages::replacements::OwedFor;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::time::{Due, Shown, Time};

/// One return request.
#[component]
pub fn ReturnReview(
    /// Which.
    id: ReturnRequestId,
) -> impl IntoView {
    let request = Loader::new(move || api::return_requests::get_return_request(id));
    let queue = Loader::new(|| {
        let waiting = ListQuery::first(100)
            .with("sort", "due")
            .with("status", "in_review,info_needed,appealed");
        api::return_requests::list_return_requests(waiting)
    });
    let walk = move |by: isize| {
        let to = queue.get().and_then(|page| neighbour(&page, id, by));
        if let Some(to) = to {
            router::navigate(&Route::Console(ConsoleRoute::Return(to)).path());
        }
    };
    shortcut("j", "Next return", move || untrack(|| walk(1)));
    shortcut("k", "Previous return", move || untrack(|| walk(-1)));
    let decided = Callback::new(move |()| {
        let next = untrack(|| queue.get()).and_then(|page| next_after(&page, id));
        let to = next.map_or(ConsoleRoute::Returns, ConsoleRoute::Return);
        router::navigate(&Route::Console(to).path());
    });
    let place_in_queue = move || {
        let page = queue.get()?;
        let at = page.data.iter().position(|one| one.id == id)?;
        let more = if page.has_more { "+" } else { "" };
        Some(view! {
            <nav class="queue-place" aria-label="Queue">
                <span class="figures">{format!("{} of {}{more}", at + 1, page.data.len())}</span>
                <button type="button" class="button quiet small" on:click=move |_| untrack(|| walk(-1))>"Previous"<kbd>"k"</kbd></button>
                <button type="button" class="button quiet small" on:click=move |_| untrack(|| walk(1))>"Next"<kbd>"j"</kbd></button>
            </nav>
        })
    };
    view! {
        {place_in_queue}
        <Loaded loader=request let:detail><Review detail decided reload=Callback::new(move |()| request.reload()) /></Loaded>
    }
}

fn neighbour(page: &Page<ReturnRequest>, id: ReturnRequestId, by: isize) -> Option<ReturnRequestId> {
    let at = page.data.iter().position(|one| one.id == id);
    let to = match at {
        Some(at) => at.checked_add_signed(by)?,
        None => 0,
    };
    page.data.get(to).map(|one| one.id)
}

/// The one to decide next: the one after this, else the first that is not this.
fn next_after(page: &Page<ReturnRequest>, id: ReturnRequestId) -> Option<ReturnRequestId> {
    neighbour(page, id, 1)
        .filter(|next| *next != id)
        .or_else(|| page.data.iter().map(|one| one.id).find(|other| *other != id))
}

#[component]
fn Review(detail: ReturnRequestDetail, decided: Callback<()>, reload: Callback<()>) -> impl IntoView {
    let ReturnRequestDetail { request, case } = detail;
    let delivery_id = request.delivery_id;
    let delivery = Loader::new(move || api::deliveries::get_delivery(delivery_id));
    let supplier = request.supplier_name.clone();
    let subtitle = format!("{supplier} · {} · {}", request.product_name, request.programme_name);
    let remedy = case.as_ref().and_then(|case| case.expected_remedy.clone());
    let who = case
        .as_ref()
        .map_or_else(|| "this lead".to_owned(), |case| person_name(&case.person));
    let open = RwSignal::new(None::<Verdict>);
    let may =
        |action: ReturnAction| request.allowed_actions.contains(&action) && session::may(Permission::ReturnsDecide);
    let verdicts: Vec<(Verdict, &'static str, &'static str, Look)> = [
        (ReturnAction::Approve, Verdict::Approve, "Approve", "a", Look::Primary),
        (ReturnAction::Deny, Verdict::Deny, "Deny", "d", Look::Plain),
        (ReturnAction::Ask, Verdict::Ask, "Ask the supplier", "q", Look::Plain),
    ]
    .into_iter()
    .filter(|(action, ..)| may(*action))
    .map(|(_, verdict, label, keys, look)| (verdict, label, keys, look))
    .collect();
    let buttons = verdicts
        .into_iter()
        .map(|(verdict, label, keys, look)| {
            shortcut(keys, format!("{label} …"), move || open.set(Some(verdict)));
            view! { <Button look on_click=Callback::new(move |()| open.set(Some(verdict)))>{label}" "<kbd>{keys}</kbd></Button> }
        })
        .collect_view();
    let due = request.decision_due_at.filter(|_| request.status.awaits_decision());
    let of = request.programme_id;
    view! {
        <PageHead title=request.reason_label.clone() back=(Route::Console(ConsoleRoute::Returns).path(), "Returns") subtitle=subtitle>
            {status_badge(request.status)}
            {due.map(|at| view! { <Due at programme=of /> })}
            <div class="verdicts">{buttons}</div>
        </PageHead>
        <div class="review">
            <div>
                <Asked request=request.clone() />
                <Loaded loader=delivery shape=Shape::Tile let:detail><Enquiry detail /></Loaded>
            </div>
            <div>
                {case.clone().map(|case| view! { <Circumstances case request=request.clone() /> })}
                {remedy.clone().map(|remedy| view! { <Panel title="If it is approved"><Facts><RemedyFacts remedy /></Facts></Panel> })}
                <Loaded loader=delivery shape=Shape::Tile let:detail><Charge detail /></Loaded>
                {(request.remedy == Some(ReturnRemedy::Replacement)).then(|| view! { <OwedFor request=request.id /> })}
            </div>
            <div>
                {case.map(|case| view! { <History case programme=of /> })}
                <Rules request=request.clone() />
            </div>
        </div>
        <VerdictDialog open request who supplier remedy decided reload />
    }
}

/// What the supplier says, and what was said since.
#[component]
fn Asked(request: ReturnRequest) -> impl IntoView {
    let of = request.programme_id;
    let thread = request
        .thread
        .into_iter()
        .map(|entry| {
            view! {
                <li class="thread-entry">
                    <div class="thread-head"><strong>{words::sentence(entry.kind.as_str())}</strong><span class="muted">{entry.by}" "<Time at=entry.at shown=Shown::Relative programme=of /></span></div>
                    <p>{entry.text}</p>
                </li>
            }
        })
        .collect_view();
    let decision = request.decision.map(|decision| {
        view! {
            <Notice tone=Tone::Neutral>
                <strong>{decision.title}</strong>" "<span class="muted"><Time at=decision.decided_at programme=of />{decision.automatic.then_some(" by rule")}</span>
                {decision.explanation.map(|text| view! { <p>{text}</p> })}
            </Notice>
        }
    });
    view! {
        <Panel title="The request">
            {decision}
            {match request.note { Some(note) => view! { <blockquote class="notes">{note}</blockquote> }.into_any(), None => view! { <p class="muted">"The supplier wrote no note."</p> }.into_any() }}
            <ul class="thread">{thread}</ul>
            <Facts>
                <Fact name="Asked"><Time at=request.submitted_at programme=of /></Fact>
                <Fact name="Through">{words::sentence(request.channel.as_str())}</Fact>
                <Fact name="Reason counts as">{words::sentence(request.reason_class.as_str())}</Fact>
                {request.review.and_then(|review| review.override_reason).map(|why| view! { <Fact name="Taken late because">{why}</Fact> })}
            </Facts>
        </Panel>
    }
}

#[component]
fn Enquiry(detail: DeliveryDetail) -> impl IntoView {
    let delivery = detail.delivery;
    let person = delivery.person.clone();
    let (notes, name) = (person.notes.clone(), person_name(&person));
    let answers = detail
        .answers
        .into_iter()
        .map(|(question, answer)| view! { <Fact name=words::sentence(&question)>{answer}</Fact> })
        .collect_view();
    view! {
        <Panel title="The lead" more=(Route::Console(ConsoleRoute::Lead(delivery.lead_id)).path(), "Its selling trace")>
            <Facts>
                <Fact name="Person">{name}</Fact>
                {person.company.map(|company| view! { <Fact name="Company">{company}</Fact> })}
                {person.phone.map(|number| view! { <Fact name="Phone"><a href=format!("tel:{number}")>{phone::readable(&number)}</a></Fact> })}
                {person.email.map(|email| view! { <Fact name="E-mail"><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                {person.address.map(|address| view! { <Fact name="Address">{address}</Fact> })}
                <Fact name="Place">{place(&delivery.place)}</Fact>
                {answers}
                {detail.source.map(|source| view! { <Fact name="Source">{source}</Fact> })}
                <Fact name="Asked"><Time at=delivery.enquired_at programme=delivery.programme_id /></Fact>
            </Facts>
            {notes.map(|notes| view! { <blockquote class="notes">{notes}</blockquote> })}
            {detail.consent.map(|consent| view! { <p class="muted">"Consent given "<Time at=consent.given_at programme=delivery.programme_id />": “"{consent.text}"”"</p> })}
        </Panel>
    }
}

/// The supplier's rate and what the other buyers made of the lead.
#[component]
fn Circumstances(case: ReturnCase, request: ReturnRequest) -> impl IntoView {
    let rate = case.supplier_return_rate;
    let siblings = case.siblings;
    let rows = siblings
        .iter()
        .map(|sibling| {
            let (id, outcome, status) = (sibling.supplier_id, sibling.outcome, sibling.return_status);
            let name = sibling.supplier_name.clone();
            view! {
                <li class="row-flat">
                    <a href=Route::Console(ConsoleRoute::Supplier(id)).path()>{name}</a>
                    <span class="row-side">
                        {match outcome { Some(outcome) => status_badge(outcome).into_any(), None => view! { <span class="muted">"no outcome yet"</span> }.into_any() }}
                        {status.map(|status| view! { <small>"return "{words::sentence(status.as_str()).to_lowercase()}</small> })}
                    </span>
                </li>
            }
        })
        .collect_view();
    let none = siblings.is_empty();
    view! {
        <Panel title="The supplier" more=(Route::Console(ConsoleRoute::Supplier(request.supplier_id)).path(), "Open")>
            <p class="rate"><strong class="rate-figure figures">{share::percent(rate.rate)}</strong><span class="muted">{format!("of {} leads came back in {} days", rate.deliveries, rate.days)}</span></p>
            <Facts>
                <Fact name="Supplier">{case.supplier_name}</Fact>
                <Fact name="Asked for">{rate.requested.to_string()}</Fact>
                <Fact name="Approved">{rate.approved.to_string()}</Fact>
            </Facts>
        </Panel>
        <Panel title="Other buyers of it">
            {if none { view! { <p class="panel-none">"Nobody else bought this lead."</p> }.into_any() } else { view! { <ul class="rows-flat">{rows}</ul> }.into_any() }}
        </Panel>
    }
}

#[component]
fn Charge(detail: DeliveryDetail) -> impl IntoView {
    let delivery = detail.delivery;
    view! {
        <Panel title="The charge">
            <Facts>
                <Fact name="Product">{delivery.product_name}</Fact>
                <Fact name="Price"><Money amount=delivery.price /></Fact>
                <Fact name="Billing">{status_badge(delivery.billing_state)}</Fact>
                {delivery.invoice_id.map(|id| view! { <Fact name="Invoice"><a href=Route::Console(ConsoleRoute::Invoice(id)).path()>"Open"</a></Fact> })}
                {delivery.outcome.map(|outcome| view! { <Fact name="Its outcome">{status_badge(outcome)}</Fact> })}
                <Fact name="Delivered"><Time at=delivery.delivered_at programme=delivery.programme_id /></Fact>
                {delivery.return_deadline_at.map(|at| view! { <Fact name="Window until"><Time at programme=delivery.programme_id /></Fact> })}
            </Facts>
        </Panel>
    }
}

#[component]
fn History(case: ReturnCase, programme: ProgrammeId) -> impl IntoView {
    let entries = case
        .history
        .into_iter()
        .map(|entry| view! { <li><span>{words::sentence(entry.kind.as_str())}</span><Time at=entry.at programme /></li> })
        .collect_view();
    view! { <Panel title="History"><ol class="timeline">{entries}</ol></Panel> }
}

/// What the rules make of it.
#[component]
fn Rules(request: ReturnRequest) -> impl IntoView {
    let (guidelines, of) = (request.guidelines.url.clone(), request.programme_id);
    let review = request.review?;
    let evidence = json::leaves(&review.decision_evidence)
        .into_iter()
        .filter(|(pointer, _)| !pointer.is_empty())
        .map(|(pointer, value)| {
            // An instant reads like every other instant of the page.
            let shown = match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
                Some(at) => view! { <Time at programme=of /> }.into_any(),
                None => json::line(&value).into_any(),
            };
            view! { <Fact name=words::sentence(&json::readable(&pointer))>{shown}</Fact> }
        })
        .collect_view();
    Some(view! {
        <Panel title="The rules">
            {match review.suggestion {
                Some(word) => view! { <p class="panel-text">"They suggest to "<Badge text=word.as_str() tone=Tone::Info />" "<code>{review.suggestion_rule}</code></p> }.into_any(),
                None => view! { <p class="panel-text">"They suggest nothing: it is yours to decide."</p> }.into_any(),
            }}
            {review.escalated_at.map(|at| view! { <Notice tone=Tone::Warn>"Escalated "<Time at shown=Shown::Relative /></Notice> })}
            <Facts>{evidence}</Facts>
            {guidelines.map(|url| view! { <p class="guidelines-link"><a href=url target="_blank" rel="noopener noreferrer">"The return guidelines"</a></p> })}
        </Panel>
    })
}

/// Who enquired, by what is known of them.
pub fn person_name(person: &LeadPerson) -> String {
    named(person.known_as())
}

/// What an approval would give, before it is given.
#[component]
fn RemedyFacts(remedy: ExpectedRemedy) -> impl IntoView {
    let what = match remedy.remedy {
        ReturnRemedy::CreditNote => "A credit note",
        ReturnRemedy::LineDropped => "It is never invoiced",
        ReturnRemedy::Replacement => "Another lead, free of charge",
    };
    let money = remedy.total.minor != 0;
    view! {
        <Fact name="Remedy">{what}</Fact>
        {remedy.invoice_number.map(|number| view! { <Fact name="On invoice">{number}</Fact> })}
        {money.then(|| view! { <Fact name="Amount"><Money amount=remedy.total />{(remedy.tax.minor != 0).then(|| format!(" with {} tax", money::text(remedy.tax)))}</Fact> })}
    }
}

/// What an approval gives, in words: the button, and the sentence before it.
pub(super) fn remedy_words(remedy: Option<&ExpectedRemedy>) -> (String, String) {
    let Some(remedy) = remedy else {
        return ("Approve".to_owned(), "It was not charged; no money moves.".to_owned());
    };
    let amount = money::text(remedy.total);
    match (remedy.remedy, &remedy.invoice_number) {
        (ReturnRemedy::CreditNote, Some(number)) => (
            format!("Approve, credit {amount}"),
            format!("a credit note over {amount} on invoice {number}."),
        ),
        (ReturnRemedy::CreditNote, None) => (
            format!("Approve, credit {amount}"),
            format!("a credit note over {amount}."),
        ),
        (ReturnRemedy::LineDropped, _) => (
            format!("Approve, waive {amount}"),
            format!("{amount} is never invoiced."),
        ),
        (ReturnRemedy::Replacement, _) => (
            "Approve, owe a lead".to_owned(),
            "another lead, free of charge; this one stays charged.".to_owned(),
        ),
    }
}
