//! The selling trace: who got the lead, who did not and why, one table an attempt.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::ProgrammeId;
use tradepost_contract::leads::{LeadTrace, TraceAttempt, TraceEntry};

use crate::format::words;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::status_badge;
use crate::ui::money::Money;
use crate::ui::page::Panel;
use crate::ui::time::Time;

/// Every attempt to sell a lead.
#[component]
pub(super) fn TracePanel(trace: LeadTrace, programme: Option<ProgrammeId>) -> impl IntoView {
    let none = trace.attempts.is_empty();
    let attempts = trace
        .attempts
        .into_iter()
        .rev()
        .map(|attempt| view! { <Attempt attempt programme /> })
        .collect_view();
    view! {
        <Panel title="Who got it, who did not, and why">
            {none.then(|| view! { <p class="panel-none">"It was not offered to the market yet."</p> })}
            {attempts}
        </Panel>
    }
}

#[component]
fn Attempt(attempt: TraceAttempt, programme: Option<ProgrammeId>) -> impl IntoView {
    let (number, at, more) = (attempt.attempt, attempt.traced_at, attempt.more_candidates);
    let rows = attempt.candidates.into_iter().map(candidate).collect_view();
    view! {
        <h3 class="trace-head">{format!("Attempt {number}, ")}<Time at programme /></h3>
        <div class="table-frame">
            <table class="table trace">
                <thead><tr><th scope="col">"Supplier"</th><th scope="col">"Verdict"</th><th scope="col">"Why"</th><th scope="col" class="numeric">"Rank"</th><th scope="col" class="numeric">"Price"</th><th scope="col">"Order"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(more > 0).then(|| view! { <p class="panel-none">{if more == 1 { "One more order did not fit.".to_owned() } else { format!("{more} more orders did not fit.") }}</p> })}
    }
}

fn candidate(entry: TraceEntry) -> impl IntoView {
    let why = match entry.reason {
        Some(reason) if entry.explanation.is_empty() => words::sentence(reason.as_str()),
        _ => entry.explanation,
    };
    view! {
        <tr>
            <td><a href=Route::Console(ConsoleRoute::Supplier(entry.supplier_id)).path()>{entry.supplier_name}</a></td>
            <td>{status_badge(entry.verdict)}</td>
            <td class="wrap">{why}</td>
            <td class="numeric">{entry.rank.map(|rank| rank.to_string())}</td>
            <td class="numeric">{entry.price.map(|amount| view! { <Money amount /> })}</td>
            <td><a href=Route::Console(ConsoleRoute::Order(entry.order_id)).path()>"Open"</a></td>
        </tr>
    }
}
