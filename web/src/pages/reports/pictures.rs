//! The pictures of the console's home.

use futures_util::future::try_join_all;
use leptos::prelude::*;
use tradepost_contract::Timestamp;
use tradepost_contract::billing_runs::BillingRun;
use tradepost_contract::invoices::Invoice;
use tradepost_contract::permissions::Permission;
use tradepost_contract::reports::ReturnRateNumbers;

use super::numbers::{ageing, by_week};
use super::rates::Rates;
use crate::api::{self, Result};
use crate::clock;
use crate::format::time::short_day;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::chart::{BarChart, Series};
use crate::ui::page::Panel;

const DAY: i64 = 86_400;
const DAYS: i64 = 14;
const MOST_PAGES: usize = 5;

/// Leads a day, returns by supplier, revenue, ageing; what one may not see is not there.
#[component]
pub fn Pictures() -> impl IntoView {
    let reports = session::may(Permission::ReportsRead);
    let money = session::may(Permission::InvoicesRead);
    view! {
        <div class="columns pictures">
            {reports.then(|| view! { <LeadsADay /><RatesOfSuppliers /> })}
            {money.then(|| view! { <Revenue /><Ageing /> })}
        </div>
    }
}

/// The end of the day that is under way (UTC), so many days ago.
fn end_of_day(ago: i64) -> Timestamp {
    let now = untrack(clock::now).as_seconds();
    Timestamp::from_seconds((now / DAY + 1 - ago) * DAY)
}

/// One report a day: the API has none by day.
async fn per_day() -> Result<Vec<(String, ReturnRateNumbers)>> {
    let days = (0..DAYS).rev().map(|ago| async move {
        let (from, to) = (end_of_day(ago + 1), end_of_day(ago));
        let query = ListQuery::default()
            .with("from", from.to_string())
            .with("to", to.to_string());
        let report = api::reports::report_return_rates(query).await?;
        Ok((short_day(from, Some("UTC")), report.total))
    });
    try_join_all(days).await
}

#[component]
fn LeadsADay() -> impl IntoView {
    let days = Loader::new(per_day);
    view! {
        <Panel title="Leads a day">
            <Loaded loader=days shape=Shape::Tile let:days>
                {
                    let labels = days.iter().map(|(label, _)| label.clone()).collect();
                    let sold: Vec<i64> = days.iter().map(|(_, numbers)| numbers.deliveries).collect();
                    let back: Vec<i64> = days.iter().map(|(_, numbers)| numbers.approved + numbers.rejected).collect();
                    let about = format!("{} leads were delivered in {DAYS} days, and {} of them came back.", sold.iter().sum::<i64>(), back.iter().sum::<i64>());
                    let series = vec![Series { name: "delivered".to_owned(), values: sold }, Series { name: "of these returned".to_owned(), values: back }];
                    view! { <BarChart title="By the day of delivery (UTC)" about labels series /> }
                }
            </Loaded>
        </Panel>
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

async fn finished_runs() -> Result<Vec<BillingRun>> {
    api::billing_runs::list_billing_runs(ListQuery::first(100).with("status", "done"))
        .await
        .map(|page| page.data)
}

#[component]
fn Revenue() -> impl IntoView {
    let runs = Loader::new(finished_runs);
    view! {
        <Panel title="Revenue by week" more=(Route::Console(ConsoleRoute::BillingRuns).path(), "Billing runs")>
            <Loaded loader=runs shape=Shape::Tile let:runs>
                {
                    let (labels, series) = by_week(&runs);
                    view! { <BarChart title="Invoiced, by the week in which the period ended" about="What finished billing runs invoiced, with tax, in whole units of each currency." labels series /> }
                }
            </Loaded>
        </Panel>
    }
}

async fn open_invoices() -> Result<Vec<Invoice>> {
    let mut query = ListQuery::first(100).with("status", "open,partly_paid,overdue");
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = api::invoices::list_invoices(query.clone()).await?;
        all.extend(page.data);
        match page.next_cursor {
            Some(cursor) => query = query.with("cursor", cursor),
            None => break,
        }
    }
    Ok(all)
}

#[component]
fn Ageing() -> impl IntoView {
    let invoices = Loader::new(open_invoices);
    view! {
        <Panel title="Open invoices by age" more=(format!("{}?status=open,partly_paid,overdue", Route::Console(ConsoleRoute::Invoices).path()), "All open")>
            <Loaded loader=invoices shape=Shape::Tile let:invoices>
                {
                    let today = untrack(clock::now).to_string();
                    let (labels, series) = ageing(&invoices, today.get(..10).unwrap_or_default());
                    if series.is_empty() {
                        view! { <p class="panel-none">"Nothing is owed."</p> }.into_any()
                    } else {
                        let about = format!("{} invoices are not settled.", invoices.len());
                        view! { <BarChart title="What is owed, by how long it is overdue" about labels series /> }.into_any()
                    }
                }
            </Loaded>
        </Panel>
    }
}
