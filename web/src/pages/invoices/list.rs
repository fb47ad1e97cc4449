//! The invoices, of everybody or of one supplier.

use leptos::prelude::*;
use tradepost_contract::invoices::{Invoice, InvoiceStatus};

use crate::api;
use crate::format::money;
use crate::format::time::date;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;

/// All invoices.
#[component]
pub fn Invoices() -> impl IntoView {
    let list = columns(List::new("invoices", api::invoices::list_invoices))
        .filter(Filter::Text {
            name: "number",
            placeholder: "Invoice number",
        })
        .filter(Filter::choices(
            "status",
            "Status",
            InvoiceStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme());
    view! {
        <PageHead title="Invoices" />
        <ListView list />
    }
}

/// The orders of a list of invoices.
const SORTS: &[(&str, &str)] = &[
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("due", "Due first"),
    ("-due", "Due last"),
    ("-open", "Most open first"),
    ("open", "Least open first"),
    ("-total", "Largest first"),
    ("total", "Smallest first"),
];

/// The columns of a list of invoices.
pub fn columns(list: List<Invoice>) -> List<Invoice> {
    list.empty("No invoices yet", "A billing run makes them.")
        .sorts(SORTS)
        .link(|invoice: &Invoice| Some(Route::Console(ConsoleRoute::Invoice(invoice.id))))
        .column(Column::text("number", "Number", |invoice: &Invoice| invoice.number.clone()).on_card(Card::Title))
        .column(Column::text("buyer", "Supplier", |invoice: &Invoice| {
            invoice
                .buyer
                .trading_as
                .clone()
                .unwrap_or_else(|| invoice.buyer.name.clone())
        }))
        .column(
            Column::new(
                "status",
                "Status",
                |invoice: &Invoice| status_badge(invoice.status),
                |invoice| invoice.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(
            Column::text("period", "Period", |invoice: &Invoice| {
                format!(
                    "{} – {}",
                    date(invoice.starts_on),
                    date(invoice.ends_before.plus_days(-1))
                )
            })
            .sorted("newest", Order::Descending)
            .turned("oldest"),
        )
        .column(
            Column::new(
                "due",
                "Due",
                |invoice: &Invoice| date(invoice.due_on),
                |invoice| invoice.due_on.to_string(),
            )
            .sorted("due", Order::Ascending)
            .turned("-due"),
        )
        .column(Column::text("lines", "Lines", |invoice: &Invoice| invoice.line_count.to_string()).numeric())
        .column(
            Column::new(
                "total",
                "Total",
                |invoice: &Invoice| view! { <Money amount=invoice.total /> },
                |invoice| money::decimal(invoice.total),
            )
            .numeric()
            .sorted("-total", Order::Descending)
            .turned("total"),
        )
        .column(
            Column::new(
                "credited",
                "Credited",
                |invoice: &Invoice| (invoice.credited.minor != 0).then(|| view! { <Money amount=invoice.credited /> }),
                |invoice| money::decimal(invoice.credited),
            )
            .numeric()
            .optional(),
        )
        .column(
            Column::new(
                "open",
                "Open",
                |invoice: &Invoice| (invoice.open.minor != 0).then(|| view! { <Money amount=invoice.open /> }),
                |invoice| money::decimal(invoice.open),
            )
            .numeric()
            .sorted("-open", Order::Descending)
            .turned("open"),
        )
}
