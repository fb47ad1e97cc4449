//! The supplier's standing orders: what comes, how much of it, and what is left.

use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::Page;
use tradepost_contract::orders::{Order, OrderStatus};

use crate::api;
use crate::format::{money, share};
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;

/// An order with the names behind its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedOrder {
    pub(super) order: Order,
    pub(super) product: String,
    pub(super) business: String,
}

/// Orders beside the names of their products and businesses.
async fn list_named(query: ListQuery) -> api::Result<Page<NamedOrder>> {
    let page = api::orders::list_orders(query).await?;
    let data = named(page.data).await?;
    Ok(Page {
        data,
        next_cursor: page.next_cursor,
        has_more: page.has_more,
    })
}

/// Puts the names beside orders.
pub(super) async fn named(orders: Vec<Order>) -> api::Result<Vec<NamedOrder>> {
    let Some(first) = orders.first() else {
        return Ok(Vec::new());
    };
    let products = api::products::list_lead_products(ListQuery::first(100));
    let businesses = api::suppliers::list_businesses(first.supplier_id, ListQuery::first(100));
    let (products, businesses) = future::try_join(products, businesses).await?;
    let product = |order: &Order| products.data.iter().find(|product| product.id == order.product_id);
    let business = |order: &Order| businesses.data.iter().find(|business| business.id == order.business_id);
    Ok(orders
        .into_iter()
        .map(|order| NamedOrder {
            product: product(&order).map_or_else(|| order.product_id.to_string(), |product| product.name.clone()),
            business: business(&order)
                .map(|business| business.name.clone())
                .unwrap_or_default(),
            order,
        })
        .collect())
}

/// All standing orders.
#[component]
pub fn Orders() -> impl IntoView {
    let manager = session::me().and_then(|me| me.contact.as_ref().map(|contact| contact.name.clone()));
    let subtitle = manager
        .map(|name| format!("{name} changes them for you."))
        .unwrap_or_default();
    let list = List::new("orders", list_named)
        .empty(
            "No orders yet",
            "Your account manager sets up which leads you get; the card says how to reach them.",
        )
        .link(|row: &NamedOrder| Some(Route::Portal(PortalRoute::Order(row.order.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            OrderStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .column(Column::text("product", "Leads", |row: &NamedOrder| row.product.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |row: &NamedOrder| status_badge(row.order.status),
                |row| row.order.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("business", "For", |row: &NamedOrder| row.business.clone()).on_card(Card::Below))
        .column(Column::text("caps", "At most", |row: &NamedOrder| caps(&row.order)))
        .column(
            Column::new(
                "sold",
                "Delivered",
                |row: &NamedOrder| share::count(row.order.sold),
                |row| row.order.sold.to_string(),
            )
            .numeric(),
        )
        .column(
            Column::text("remaining", "Left", |row: &NamedOrder| {
                row.order.remaining.map_or_else(|| "No limit".to_owned(), share::count)
            })
            .numeric(),
        )
        .column(
            Column::new(
                "price",
                "Price a lead",
                |row: &NamedOrder| view! { <Money amount=row.order.price /> },
                |row| money::decimal(row.order.price),
            )
            .numeric(),
        );
    view! {
        <PageHead title="Orders" subtitle />
        <ListView list />
    }
}

/// `3 a day, 12 a week`; how it reads where nothing limits it.
pub(super) fn caps(order: &Order) -> String {
    let caps = [
        (order.cap_day, "day"),
        (order.cap_week, "week"),
        (order.cap_month, "month"),
    ];
    let said: Vec<String> = caps
        .into_iter()
        .filter_map(|(cap, span)| cap.map(|cap| format!("{cap} a {span}")))
        .collect();
    if said.is_empty() {
        "No cap".to_owned()
    } else {
        said.join(", ")
    }
}
