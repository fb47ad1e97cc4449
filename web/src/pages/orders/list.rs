//! The orders, of everybody or of one supplier.

use leptos::prelude::*;
use tradepost_contract::orders::{Order, OrderHold, OrderStatus};

use crate::api;
use crate::format::{money, share, words};
use crate::kit::list::{self as kit, Card, Column, Filter, List, ListQuery, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Badge, Status, Tone, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All orders.
#[component]
pub fn Orders() -> impl IntoView {
    let list = columns(List::new("orders", api::orders::list_orders))
        .filter(Filter::choice(
            "status",
            "Status",
            OrderStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::choice(
            "hold",
            "Held",
            OrderHold::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme());
    view! {
        <PageHead title="Orders" />
        <ListView list />
    }
}

/// A list of orders with its columns; `fetch` says whose.
pub fn orders_of<F: Future<Output = api::Result<tradepost_contract::Page<Order>>> + 'static>(
    name: &'static str,
    fetch: impl Fn(ListQuery) -> F + Send + Sync + 'static,
) -> List<Order> {
    columns(List::new(name, fetch))
}

/// The orders of a list of orders.
const SORTS: &[(&str, &str)] = &[
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("remaining", "Least left first"),
    ("-remaining", "Most left first"),
    ("-price", "Dearest first"),
    ("price", "Cheapest first"),
];

fn columns(list: List<Order>) -> List<Order> {
    list.empty("No orders yet", "A supplier's page has a button that makes one.")
        .sorts(SORTS)
        .link(|order: &Order| Some(Route::Console(ConsoleRoute::Order(order.id))))
        .column(Column::text("product", "Product", |order: &Order| order.product_name.clone()).on_card(Card::Title))
        .column(Column::text("supplier", "Supplier", |order: &Order| {
            order.supplier_name.clone()
        }))
        .column(Column::text("business", "Business", |order: &Order| order.business_name.clone()).optional())
        .column(Column::new("status", "Status", state_cell, |order| order.status.label()).on_card(Card::Aside))
        .column(
            Column::new(
                "price",
                "Price",
                |order: &Order| view! { <Money amount=order.price /> },
                |order| money::decimal(order.price),
            )
            .numeric()
            .sorted("-price", kit::Order::Descending)
            .turned("price"),
        )
        .column(Column::text("sold", "Sold", sold).numeric())
        .column(
            Column::text("remaining", "Left", |order: &Order| {
                order.remaining.map_or_else(|| "No end".to_owned(), share::count)
            })
            .numeric()
            .sorted("remaining", kit::Order::Ascending)
            .turned("-remaining"),
        )
        .column(Column::text("caps", "Caps", caps))
        .column(
            Column::text("priority", "Priority", |order: &Order| order.priority.to_string())
                .numeric()
                .optional(),
        )
        .column(
            Column::text("weight", "Weight", |order: &Order| order.weight.to_string())
                .numeric()
                .optional(),
        )
        .column(Column::text("programme", "Programme", |order: &Order| order.programme_name.clone()).optional())
        .column(Column::new(
            "starts",
            "Starts",
            |order: &Order| view! { <Time at=order.starts_at shown=Shown::Day programme=order.programme_id /> },
            |order| order.starts_at.to_string(),
        ))
        .column(Column::text("id", "Number", |order: &Order| order.id.to_string()).optional())
}

fn state_cell(order: &Order) -> impl IntoView + use<> {
    let held = (order.hold != OrderHold::None).then(|| words::sentence(order.hold.as_str()));
    view! { {status_badge(order.status)} {held.map(|text| view! { " "<Badge text tone=Tone::Warn /> })} }
}

/// How much of it was sold.
pub fn sold(order: &Order) -> String {
    order
        .quantity
        .map_or_else(|| order.sold.to_string(), |most| format!("{} of {most}", order.sold))
}

/// Its caps in a line.
pub fn caps(order: &Order) -> String {
    let caps = [
        (order.cap_day, "day"),
        (order.cap_week, "week"),
        (order.cap_month, "month"),
    ];
    let said: Vec<String> = caps
        .into_iter()
        .filter_map(|(cap, unit)| cap.map(|cap| format!("{cap} a {unit}")))
        .collect();
    if said.is_empty() {
        "none".to_owned()
    } else {
        said.join(", ")
    }
}
