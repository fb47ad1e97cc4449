//! The reports: what came back, why, and from which sources leads come.

use leptos::prelude::*;
use tradepost_contract::Timestamp;

use super::churn::Churn;
use super::pictures::{Ageing, LeadsADay, Revenue};
use super::rates::Rates;
use crate::api;
use crate::clock;
use crate::format::{share, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::session;
use crate::ui::page::{PageHead, Panel};
use crate::ui::stat::Stat;

/// Numbers and pictures.
#[component]
pub fn Reports() -> impl IntoView {
    let days = RwSignal::new(30_i64);
    let programme = RwSignal::new(None::<tradepost_contract::ProgrammeId>);
    let query = move || {
        let from = Timestamp::from_seconds(untrack(clock::now).as_seconds() - days.get() * 86_400);
        let query = ListQuery::default().with("from", from.to_string());
        match programme.get() {
            Some(id) => query.with("programme_id", id.to_string()),
            None => query,
        }
    };
    let of_programme = move |query: ListQuery| match programme.get() {
        Some(id) => query.with("programme_id", id.to_string()),
        None => query,
    };
    let by_day = Signal::derive(move || of_programme(ListQuery::default().with("days", days.get().to_string())));
    // So many weeks as the days are.
    let by_week = Signal::derive(move || {
        of_programme(ListQuery::default().with("weeks", (days.get() / 7 + 1).clamp(5, 53).to_string()))
    });
    let owed = Signal::derive(move || of_programme(ListQuery::default()));
    let rates = Loader::new(move || api::reports::report_return_rates(query()));
    let sources = Loader::new(move || api::reports::report_lead_sources(query()));
    let chip = |text: String, on: Signal<bool>, choose: Callback<()>| {
        view! { <button type="button" class=move || if on.get() { "chip set" } else { "chip" } aria-pressed=move || on.get().to_string() on:click=move |_| choose.run(())>{text}</button> }
    };
    let periods = [30, 90, 365]
        .into_iter()
        .map(|span| {
            chip(
                format!("{span} days"),
                Signal::derive(move || days.get() == span),
                Callback::new(move |()| days.set(span)),
            )
        })
        .collect_view();
    let programmes = session::programmes()
        .into_iter()
        .map(|one| {
            let id = one.id;
            chip(
                one.name,
                Signal::derive(move || programme.get() == Some(id)),
                Callback::new(move |()| programme.update(|now| *now = (*now != Some(id)).then_some(id))),
            )
        })
        .collect_view();
    view! {
        <PageHead title="Reports" />
        <div class="filters spaced-below" role="group" aria-label="Filters">{periods}{programmes}</div>
        <div class="columns uneven pictures"><LeadsADay query=by_day /><Revenue query=by_week /></div>
        <Loaded loader=rates shape=Shape::Rows(8) let:report>
            <div class="stats">
                <Stat label="Return rate" value=share::percent(report.total.rate) />
                <Stat label="Leads delivered" value=share::count(report.total.deliveries) />
                <Stat label="Returns asked" value=share::count(report.total.requested) note=format!("{} approved, {} denied, {} open", report.total.approved, report.total.denied, report.total.open) />
                <Stat label="Rejected at once" value=share::count(report.total.rejected) />
            </div>
            <div class="columns uneven">
                <Panel title="Return rate by supplier"><Rates lines=report.suppliers most=25 /></Panel>
                <Panel title="Reasons">
                    {
                        let rows = report.reasons.into_iter().map(|line| view! { <tr><td>{words::sentence(&line.reason)}</td><td class="numeric">{line.requested}</td><td class="numeric">{line.approved}</td><td class="numeric">{line.denied}</td></tr> }).collect_view();
                        view! { <div class="table-frame" role="region" aria-label="Reasons" tabindex="0"><table class="table"><thead><tr><th scope="col">"Reason"</th><th scope="col" class="numeric">"Asked"</th><th scope="col" class="numeric">"Approved"</th><th scope="col" class="numeric">"Denied"</th></tr></thead><tbody>{rows}</tbody></table></div> }
                    }
                </Panel>
            </div>
        </Loaded>
        <Churn query=Signal::derive(query) />
        <div class="columns uneven">
        <Ageing query=owed />
        <Loaded loader=sources shape=Shape::Rows(6) let:report>
            <Panel title="Where leads come from">
                {
                    let rows = report.sources.into_iter().map(|line| view! { <tr><td>{line.source.unwrap_or_else(|| "no source".to_owned())}</td><td class="numeric">{line.leads}</td><td class="numeric">{line.sold}</td><td class="numeric">{line.refused}</td><td class="numeric">{line.deliveries}</td><td class="numeric">{line.returned}</td></tr> }).collect_view();
                    view! { <div class="table-frame" role="region" aria-label="Sources" tabindex="0"><table class="table"><thead><tr><th scope="col">"Source"</th><th scope="col" class="numeric">"Leads"</th><th scope="col" class="numeric">"Sold"</th><th scope="col" class="numeric">"Refused"</th><th scope="col" class="numeric">"Deliveries"</th><th scope="col" class="numeric">"Returned"</th></tr></thead><tbody>{rows}</tbody></table></div> }
                }
            </Panel>
        </Loaded>
        </div>
    }
}
