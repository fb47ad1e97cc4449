//! The pictures, on the console's home and on the page of reports.

use leptos::prelude::*;
use tradepost_contract::Timestamp;
use tradepost_contract::permissions::Permission;
use tradepost_contract::reports::{LeadsByDayReport, OpenInvoicesReport, RevenueReport};

use super::numbers::{ageing, by_day, by_week};
use super::rates::Rates;
use crate::api;
use crate::clock;
use crate::format::time::short_date;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::chart::{BarChart, LineChart};
use crate::ui::page::Panel;

const DAY: i64 = 86_400;
const DAYS: i64 = 14;
/// More groups of bars than this are too thin to be told apart.
const MOST_BARS: usize = 31;

/// Leads a day, returns by supplier, revenue, ageing; what one may not see is not there.
#[component]
pub fn Pictures() -> impl IntoView {
    let reports = session::may(Permission::ReportsRead);
    let all = ListQuery::default;
    view! {
        {reports.then(|| view! {
            <div class="columns pictures">
                <LeadsADay query=Signal::stored(all().with("days", DAYS.to_string())) />
                <RatesOfSuppliers />
                <Revenue query=Signal::stored(all()) />
                <Ageing query=Signal::stored(all()) />
            </div>
        })}
    }
}

/// Leads that came in, were sold and came back, by day.
#[component]
pub(super) fn LeadsADay(
    /// Days and programme.
    query: Signal<ListQuery>,
) -> impl IntoView {
    let report = Loader::new(move || api::reports::report_leads_by_day(query.get()));
    view! {
        <Panel title="Leads a day" more=(Route::Console(ConsoleRoute::Leads).path(), "Leads")>
            <Loaded loader=report shape=Shape::Tile let:report>{days(&report)}</Loaded>
        </Panel>
    }
}

fn days(report: &LeadsByDayReport) -> impl IntoView + use<> {
    let (days, series) = by_day(report);
    let sum = |at: usize| series.get(at).map_or(0, |one| one.values.iter().sum::<i64>());
    let about = format!(
        "In {} days {} leads came in, they were sold {} times, and {} of these sales came back.",
        days.len(),
        sum(0),
        sum(1),
        sum(2)
    );
    let title = match report.programmes.as_slice() {
        [one] => format!("{} ({})", one.programme_name, one.time_zone),
        _ => "All programmes, each by its own calendar".to_owned(),
    };
    let labels: Vec<String> = days.into_iter().map(short_date).collect();
    if labels.len() > MOST_BARS {
        view! { <LineChart title about labels series /> }.into_any()
    } else {
        view! { <BarChart title about labels series /> }.into_any()
    }
}

#[component]
fn RatesOfSuppliers() -> impl IntoView {
    let report = Loader::new(|| {
        let from = Timestamp::from_seconds(untrack(clock::now).as_seconds() - 90 * DAY);
        api::reports::report_return_rates(ListQuery::default().with("from", from.to_string()))
    });
    view! {
        <Panel title="Return rate, 90 days" more=(Route::Console(ConsoleRoute::Reports).path(), "Reports")>
            <Loaded loader=report shape=Shape::Rows(6) let:report><Rates lines=report.suppliers most=9 /></Loaded>
        </Panel>
    }
}

/// What was invoiced less what was credited, by week.
#[component]
pub(super) fn Revenue(
    /// Weeks and programme.
    query: Signal<ListQuery>,
) -> impl IntoView {
    let report = Loader::new(move || api::reports::report_revenue(query.get()));
    view! {
        <Panel title="Revenue by week" more=(Route::Console(ConsoleRoute::BillingRuns).path(), "Billing runs")>
            <Loaded loader=report shape=Shape::Tile let:report>{weeks(&report)}</Loaded>
        </Panel>
    }
}

fn weeks(report: &RevenueReport) -> AnyView {
    let (weeks, series) = by_week(report);
    if series.is_empty() {
        return view! { <p class="panel-none">"Nothing was invoiced in these weeks."</p> }.into_any();
    }
    let labels: Vec<String> = weeks.into_iter().map(short_date).collect();
    let about = "Invoices of the week less its credit notes, before tax, in whole units of each currency. The label is the week's Monday.";
    view! { <BarChart title="Invoiced less credited, before tax" about labels series /> }.into_any()
}

/// What is owed, by how late it is.
#[component]
pub fn Ageing(
    /// Programme.
    query: Signal<ListQuery>,
) -> impl IntoView {
    let report = Loader::new(move || api::reports::report_open_invoices(query.get()));
    let unpaid = format!(
        "{}?status=open,partly_paid,overdue",
        Route::Console(ConsoleRoute::Invoices).path()
    );
    view! {
        <Panel title="Open invoices by age" more=(unpaid, "All open")>
            <Loaded loader=report shape=Shape::Tile let:report>{buckets(&report)}</Loaded>
        </Panel>
    }
}

fn buckets(report: &OpenInvoicesReport) -> AnyView {
    let count: i64 = report.lines.iter().map(|line| line.invoices).sum();
    if count == 0 {
        return view! { <p class="panel-none">"Nothing is owed."</p> }.into_any();
    }
    let (labels, series) = ageing(report);
    let about = format!("{count} invoices are not settled; amounts with tax, in whole units of each currency.");
    view! { <BarChart title="What is owed, by how long it is overdue" about labels series /> }.into_any()
}
