//! What finance looks at first: what came and what is owed, what failed, what waits for a second person, and
//! where the gateway and the books differ.

use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::Currency;
use tradepost_contract::payments::Payment;
use tradepost_contract::permissions::Permission;
use tradepost_contract::reconciliations::ReconciliationDifference;
use tradepost_contract::refunds::Refund;
use tradepost_contract::reports::{CashLine, CashReport, OpenInvoicesReport, Overdue};
use tradepost_contract::{LocalDate, Money as Amount, Page};

use crate::api;
use crate::format::{money, time};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::payments::list::pays_for;
use crate::pages::reports::pictures::Ageing;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::chart::{BarChart, Series};
use crate::ui::icon::Icon;
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::paying::failure_text;
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

/// So many of what waits are shown; their own pages have the others.
const SHOWN: u32 = 6;
const MONTHS: u32 = 6;

/// The first page of finance.
#[component]
pub fn Finance() -> impl IntoView {
    let sums = Loader::new(|| async {
        let open = api::reports::report_open_invoices(ListQuery::default());
        future::try_join(api::books::report_cash(MONTHS), open).await
    });
    view! {
        <PageHead title="Finance" subtitle="What came and what is owed, and what somebody has to look after." />
        <Loaded loader=sums shape=Shape::Tile let:sums><Sums cash=sums.0 owed=sums.1 /></Loaded>
        {session::may(Permission::InvoicesRead).then(|| view! { <Work /> })}
        <div class="columns pairs">
            <Loaded loader=sums shape=Shape::Tile let:sums><CashIn cash=sums.0 /></Loaded>
            <Ageing query=Signal::stored(ListQuery::default()) />
        </div>
    }
}

/// The sum of an amount of each line, by currency.
fn sum_by_currency(amounts: impl IntoIterator<Item = Amount>) -> Vec<Amount> {
    let mut sums: Vec<Amount> = Vec::new();
    for amount in amounts {
        match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor += amount.minor,
            None => sums.push(amount),
        }
    }
    sums.sort_by(|a, b| a.currency.as_str().cmp(b.currency.as_str()));
    sums
}

/// The last month of the report, which is the one under way.
fn this_month(cash: &CashReport) -> Vec<&CashLine> {
    let last = cash.lines.iter().map(|line| line.month).max();
    cash.lines.iter().filter(|line| Some(line.month) == last).collect()
}

#[component]
fn Sums(cash: CashReport, owed: OpenInvoicesReport) -> impl IntoView {
    let now = this_month(&cash);
    let received = sum_by_currency(now.iter().map(|line| line.received));
    let invoiced = sum_by_currency(now.iter().map(|line| line.invoiced));
    let open = sum_by_currency(owed.lines.iter().map(|line| line.open));
    let overdue = sum_by_currency(
        owed.lines
            .iter()
            .filter(|line| line.overdue != Overdue::NotDue)
            .map(|line| line.open),
    );
    let unpaid = format!(
        "{}?status=open,partly_paid,overdue",
        Route::Console(ConsoleRoute::Invoices).path()
    );
    let late = format!("{}?status=overdue", Route::Console(ConsoleRoute::Invoices).path());
    let books = Route::Console(ConsoleRoute::Books).path();
    view! {
        <div class="stats sums">
            <Stat label="Received this month" value=texts(&received) href=Route::Console(ConsoleRoute::Payments).path() />
            <Stat label="Invoiced this month" value=texts(&invoiced) href=books />
            <Stat label="Owed" value=texts(&open) href=unpaid />
            <Stat label="Of it overdue" value=texts(&overdue) href=late />
        </div>
    }
}

/// The amounts one below the other, in whole units: a head line has no room for cents.
fn texts(amounts: &[Amount]) -> String {
    // A currency in which nothing moved says nothing beside one in which something did.
    let moved: Vec<&Amount> = amounts.iter().filter(|amount| amount.minor != 0).collect();
    if moved.is_empty() {
        return amounts
            .first()
            .map_or_else(|| "–".to_owned(), |amount| money::whole(*amount));
    }
    moved
        .into_iter()
        .map(|amount| money::whole(*amount))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What was received by month, one bar a currency.
fn by_month(cash: &CashReport) -> (Vec<LocalDate>, Vec<(Currency, Vec<i64>)>) {
    let mut months: Vec<LocalDate> = cash.lines.iter().map(|line| line.month).collect();
    months.sort_unstable();
    months.dedup();
    let mut currencies: Vec<Currency> = cash.lines.iter().map(|line| line.received.currency).collect();
    currencies.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    currencies.dedup();
    let series = currencies.into_iter().map(|currency| {
        let of_month = |month: &LocalDate| {
            let lines = cash.lines.iter();
            let lines = lines.filter(|line| line.month == *month && line.received.currency == currency);
            money::whole_units(Amount::new(lines.map(|line| line.received.minor).sum(), currency))
        };
        (currency, months.iter().map(of_month).collect())
    });
    let series = series.collect();
    (months, series)
}

#[component]
fn CashIn(cash: CashReport) -> impl IntoView {
    let (months, series) = by_month(&cash);
    if series.iter().all(|(_, values)| values.iter().all(|value| *value == 0)) {
        return view! { <Panel title="Cash in by month"><p class="panel-none">"No money has come yet."</p></Panel> }
            .into_any();
    }
    let labels = months.into_iter().map(time::month).collect();
    let series = series
        .into_iter()
        .map(|(currency, values)| Series {
            name: currency.to_string(),
            values,
        })
        .collect();
    view! {
        <Panel title="Cash in by month" more=(Route::Console(ConsoleRoute::Books).path(), "The books")>
            <BarChart title="Received" about="What was received in each month, in whole units of each currency." labels series />
        </Panel>
    }
    .into_any()
}

type Waiting = (
    Page<Payment>,
    Page<Payment>,
    (Page<Refund>, Page<Refund>),
    Option<Page<ReconciliationDifference>>,
);

#[component]
fn Work() -> impl IntoView {
    let reports = session::may(Permission::ReportsRead);
    let waiting: Loader<Waiting> = Loader::new(move || async move {
        let failed = ListQuery::first(SHOWN)
            .with("status", "scheduled_retry,exhausted,failed,dispute_lost")
            .with("unsettled", "true");
        let disputed = ListQuery::first(SHOWN).with("status", "disputed");
        let refunds = ListQuery::first(SHOWN).with("status", "awaiting_approval");
        let stuck = ListQuery::first(SHOWN).with("unsettled", "true");
        let differences = async {
            if !reports {
                return Ok(None);
            }
            let open = ListQuery::first(SHOWN).with("open", "true");
            api::reconciliations::list_differences(open).await.map(Some)
        };
        future::try_join4(
            api::payments::list_payments(failed),
            api::payments::list_payments(disputed),
            future::try_join(api::refunds::list_refunds(refunds), api::refunds::list_refunds(stuck)),
            differences,
        )
        .await
    });
    view! {
        <Loaded loader=waiting shape=Shape::Rows(6) let:waiting>
            {
                let (failed, disputed, (refunds, stuck), differences) = waiting;
                let disputes = format!("{}?status=disputed,dispute_lost", Route::Console(ConsoleRoute::Payments).path());
                view! {
                    <div class="columns pairs">
                        <Payments title="Failed payments" none="Nothing failed." page=failed more=Route::Console(ConsoleRoute::FailedPayments).path() />
                        <RefundsWaiting title="Refunds for a second person" none="Nothing waits." page=refunds />
                        <RefundsWaiting title="Refunds that failed" none="The gateway made all of them." page=stuck />
                        <Payments title="Bank disputes" none="No payer's bank asks for money back." page=disputed more=disputes />
                        {differences.map(|page| view! { <Differences page /> })}
                    </div>
                }
            }
        </Loaded>
    }
}

#[component]
fn Payments(title: &'static str, none: &'static str, page: Page<Payment>, more: String) -> impl IntoView {
    let rows = page
        .data
        .into_iter()
        .map(|payment| {
            let number = pays_for(&payment);
            let about = match payment.failure {
                Some(failure) => format!("{number}: {}", failure_text(failure)),
                None => number,
            };
            view! {
                <li><a class="row-item" href=Route::Console(ConsoleRoute::Payment(payment.id)).path()>
                    <span class="row-text"><strong>{payment.supplier_name}</strong><small>{about}</small></span>
                    <span class="row-side"><Money amount=payment.amount />{status_badge(payment.status)}</span>
                    <Icon icon=icondata_lu::LuChevronRight />
                </a></li>
            }
        })
        .collect_view();
    let is_empty = rows.is_empty();
    view! {
        <Panel title more=(more, "All of them")>
            {if is_empty { view! { <p class="panel-none">{none}</p> }.into_any() } else { view! { <ul class="rows">{rows}</ul> }.into_any() }}
        </Panel>
    }
}

/// Refunds that wait for a person.
#[component]
fn RefundsWaiting(title: &'static str, none: &'static str, page: Page<Refund>) -> impl IntoView {
    let rows = page
        .data
        .into_iter()
        .map(|refund| {
            view! {
                <li><a class="row-item" href=Route::Console(ConsoleRoute::Payment(refund.payment_id)).path()>
                    <span class="row-text"><strong>{refund.reason}</strong><small>{refund.failure.unwrap_or(refund.requested_by)}</small></span>
                    <span class="row-side"><Money amount=refund.amount /><Time at=refund.created_at shown=Shown::Relative programme=refund.programme_id /></span>
                    <Icon icon=icondata_lu::LuChevronRight />
                </a></li>
            }
        })
        .collect_view();
    let is_empty = rows.is_empty();
    view! {
        <Panel title more=(Route::Console(ConsoleRoute::Refunds).path(), "All refunds")>
            {if is_empty { view! { <p class="panel-none">{none}</p> }.into_any() } else { view! { <ul class="rows">{rows}</ul> }.into_any() }}
        </Panel>
    }
}

#[component]
fn Differences(page: Page<ReconciliationDifference>) -> impl IntoView {
    let to = Route::Console(ConsoleRoute::Reconciliations).path();
    let rows = page
        .data
        .into_iter()
        .map(|difference| {
            view! {
                <li><a class="row-item" href=to.clone()>
                    <span class="row-text"><strong>{time::date(difference.day)}</strong><small>{difference.detail}</small></span>
                    <Icon icon=icondata_lu::LuChevronRight />
                </a></li>
            }
        })
        .collect_view();
    let is_empty = rows.is_empty();
    view! {
        <Panel title="Gateway and books differ" more=(Route::Console(ConsoleRoute::Reconciliations).path(), "Reconciliation")>
            {if is_empty { view! { <p class="panel-none">"They agree."</p> }.into_any() } else { view! { <ul class="rows">{rows}</ul> }.into_any() }}
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::{Id, LegalEntityId};

    fn line(month: &str, received: Amount) -> CashLine {
        let none = Amount::zero(received.currency);
        CashLine {
            legal_entity_id: LegalEntityId::from_i64(1),
            legal_entity_name: String::new(),
            month: month.parse().unwrap(),
            invoiced: none,
            credited: none,
            received,
            refunded: none,
            other: none,
            owed: none,
            closed: false,
        }
    }

    #[test]
    fn cash_is_summed_by_month_and_never_across_currencies() {
        let (usd, gbp) = (
            |minor| Amount::new(minor, Currency::USD),
            |minor| Amount::new(minor, Currency::GBP),
        );
        let lines = vec![
            line("2026-02-01", usd(250)),
            line("2026-01-01", usd(100)),
            line("2026-02-01", usd(150)),
            line("2026-02-01", gbp(900)),
        ];
        let cash = CashReport { lines };
        let received = this_month(&cash).into_iter().map(|line| line.received);
        assert_eq!(sum_by_currency(received), [gbp(900), usd(400)]);
        let (months, series) = by_month(&cash);
        assert_eq!(months.len(), 2);
        assert_eq!(series, [(Currency::GBP, vec![0, 9]), (Currency::USD, vec![1, 4])]);
    }
}
