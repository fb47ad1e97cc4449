//! The supplier's standing orders: what comes, how much of it, and what is left.

use leptos::prelude::*;
use tradepost_contract::orders::{Order, OrderStatus};
use tradepost_contract::policy::WordingKey;

use super::checkout::{Unfinished, may_buy};
use super::wallet::{WalletNews, own_wallet};
use crate::api;
use crate::format::{money, share};
use crate::kit::list::{self as kit, Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;

/// All standing orders.
#[component]
pub fn Orders() -> impl IntoView {
    let manager = session::me().and_then(|me| me.contact.as_ref().map(|contact| contact.name.clone()));
    let buys = may_buy();
    let subtitle = manager
        .filter(|_| !buys)
        .map(|name| format!("{name} changes them for you."))
        .unwrap_or_default();
    let list = List::new("orders", api::orders::list_orders)
        .empty(
            "No orders yet",
            if buys {
                "Order leads, and they come here."
            } else {
                "Your account manager sets up which leads you get; the card says how to reach them."
            },
        )
        .sorts(&[
            ("newest", "Newest first"),
            ("remaining", "Least left first"),
            ("-price", "Dearest first"),
        ])
        .link(|row: &Order| Some(Route::Portal(PortalRoute::Order(row.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            OrderStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .column(Column::text("product", "Leads", |row: &Order| row.product_name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |row: &Order| status_badge(row.status),
                |row| row.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("business", "For", |row: &Order| row.business_name.clone()).on_card(Card::Below))
        .column(Column::text("caps", "At most", |row: &Order| caps(row)))
        .column(
            Column::new(
                "sold",
                "Delivered",
                |row: &Order| share::count(row.sold),
                |row| row.sold.to_string(),
            )
            .numeric(),
        )
        .column(
            Column::text("remaining", "Left", |row: &Order| {
                row.remaining.map_or_else(|| "No limit".to_owned(), share::count)
            })
            .numeric()
            .sorted("remaining", kit::Order::Ascending)
            .turned("-remaining"),
        )
        .column(
            Column::new(
                "price",
                "Price a lead",
                |row: &Order| view! { <Money amount=row.price /> },
                |row| money::decimal(row.price),
            )
            .numeric()
            .sorted("-price", kit::Order::Descending)
            .turned("price"),
        );
    view! {
        <PageHead title="Orders" subtitle>
            {buys.then(|| view! { <div class="verdicts"><a class="button primary" href=Route::Portal(PortalRoute::Buy).path()>"Order leads"</a><a class="button" href=Route::Portal(PortalRoute::Loyalty).path()>{session::word(WordingKey::Loyalty)}</a></div> })}
        </PageHead>
        {buys.then(|| view! { <Unfinished /> })}
        {session::is_prepaid().then(|| {
            let wallet = Loader::new(own_wallet);
            view! { <Loaded loader=wallet shape=Shape::Rows(1) let:wallet><WalletNews wallet /></Loaded> }
        })}
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
