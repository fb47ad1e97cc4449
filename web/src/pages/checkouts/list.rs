//! All checkouts: who is about to buy what, and who left before paying.

use leptos::prelude::*;
use tradepost_contract::checkouts::{Checkout, CheckoutStatus};

use crate::api;
use crate::format::{money, share};
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::paying::method_name;
use crate::ui::time::{Shown, Time};

/// All checkouts, newest first.
#[component]
pub fn Checkouts() -> impl IntoView {
    let list = List::new("checkouts", api::checkouts::list_checkouts)
        .empty(
            "No checkouts yet",
            "They begin when a buyer of a programme with a checkout orders leads.",
        )
        .link(|row: &Checkout| Some(Route::Console(ConsoleRoute::Checkout(row.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            CheckoutStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(Column::text("supplier", "Supplier", |row: &Checkout| row.supplier_name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |row: &Checkout| status_badge(row.status),
                |row| row.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("product", "Product", |row: &Checkout| row.product_name.clone()).on_card(Card::Below))
        .column(
            Column::new(
                "quantity",
                "Leads",
                |row: &Checkout| share::count(row.order_quantity),
                |row| row.order_quantity.to_string(),
            )
            .numeric(),
        )
        .column(Column::text("coupon", "Coupon", |row: &Checkout| {
            row.coupon.clone().unwrap_or_default()
        }))
        .column(Column::text("payment", "Payment", payment))
        .column(Column::new(
            "begun",
            "Begun",
            |row: &Checkout| view! { <Time at=row.created_at shown=Shown::Relative /> },
            |row| row.created_at.to_string(),
        ))
        .column(
            Column::new(
                "total",
                "Total",
                |row: &Checkout| view! { <Money amount=row.quote.total /> },
                |row| money::decimal(row.quote.total),
            )
            .numeric(),
        );
    view! {
        <PageHead title="Checkouts" />
        <ListView list />
    }
}

/// The latest payment in a line.
fn payment(row: &Checkout) -> String {
    row.payment.as_ref().map_or_else(String::new, |payment| {
        format!(
            "{}, {}",
            method_name(payment.method),
            payment.status.label().to_lowercase()
        )
    })
}
