//! The supplier's invoices.

use leptos::prelude::*;
use tradepost_contract::invoices::{Invoice, InvoiceStatus};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::format::{money, time};
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;

/// All final invoices, newest first.
#[component]
pub fn Invoices() -> impl IntoView {
    // A draft is the seller's own, so no filter offers it.
    let statuses = InvoiceStatus::ALL
        .iter()
        .filter(|status| **status != InvoiceStatus::Draft);
    let list = List::new("invoices", api::invoices::list_invoices)
        .empty(
            "No invoices yet",
            "The first one comes when your first billing period is over.",
        )
        .sorts(&[
            ("newest", "Newest first"),
            ("oldest", "Oldest first"),
            ("due", "Due first"),
            ("-open", "Most open first"),
            ("-total", "Largest first"),
        ])
        .link(|invoice: &Invoice| Some(Route::Portal(PortalRoute::Invoice(invoice.id))))
        .filter(Filter::choices("status", "Status", statuses.map(|word| word.as_str())))
        .column(Column::text("number", "Invoice", |invoice: &Invoice| invoice.number.clone()).on_card(Card::Title))
        .column(Column::new(
            "status",
            "Status",
            |invoice: &Invoice| status_badge(invoice.status),
            |invoice| invoice.status.label(),
        ))
        .column(
            Column::text("period", "Period", period)
                .on_card(Card::Below)
                .sorted("newest", Order::Descending)
                .turned("oldest"),
        )
        .column(
            Column::new(
                "due",
                "Due",
                |invoice: &Invoice| time::date(invoice.due_on),
                |invoice| invoice.due_on.to_string(),
            )
            .sorted("due", Order::Ascending)
            .turned("-due"),
        )
        .column(
            Column::new(
                "lines",
                "Leads",
                |invoice: &Invoice| invoice.line_count,
                |invoice| invoice.line_count.to_string(),
            )
            .numeric(),
        )
        .column(
            Column::new(
                "open",
                "Open",
                |invoice: &Invoice| view! { <Money amount=invoice.open /> },
                |invoice| money::decimal(invoice.open),
            )
            .numeric()
            .sorted("-open", Order::Descending)
            .turned("open"),
        )
        .column(
            Column::new(
                "total",
                "Total",
                |invoice: &Invoice| view! { <Money amount=invoice.total /> },
                |invoice| money::decimal(invoice.total),
            )
            .numeric()
            .sorted("-total", Order::Descending)
            .turned("total")
            .on_card(Card::Aside),
        );
    let plans = session::may(Permission::InvoicesRead)
        && session::terms().is_some_and(|terms| terms.policy.plan.mode == "offered");
    let packages = session::may(Permission::InvoicesRead)
        && session::terms().is_some_and(|terms| terms.policy.package.mode == "per_business");
    view! {
        <PageHead title="Invoices">
            {plans.then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::Plan).path()>"Plan"</a> })}
            {packages.then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::Packages).path()>"Packages"</a> })}
            {session::may(Permission::PaymentMethodsRead).then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::PaymentMethods).path()>"Ways to pay"</a> })}
            <a class="button quiet" href=Route::Portal(PortalRoute::Payments).path()>"Payments"</a>
            {invoices_come().then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::NextInvoice).path()>"Next invoice"</a> })}
            <a class="button quiet" href=Route::Portal(PortalRoute::Statement).path()>"Statement"</a>
        </PageHead>
        <ListView list />
    }
}

/// The days it covers: the first and the last one.
pub(super) fn period(invoice: &Invoice) -> String {
    format!(
        "{} – {}",
        time::date(invoice.starts_on),
        time::date(invoice.ends_before.plus_days(-1))
    )
}

/// Whether invoices come by themselves, of what was delivered in a time.
pub(super) fn invoices_come() -> bool {
    session::terms().is_some_and(|terms| terms.policy.invoices_come())
}
