//! Money that is given back: who asked for it, who agreed, and where it stands.

use leptos::prelude::*;
use tradepost_contract::refunds::{Refund, RefundStatus};

use crate::api;
use crate::format::money;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All refunds, newest first.
#[component]
pub fn Refunds() -> impl IntoView {
    let statuses = RefundStatus::ALL.iter();
    let statuses = statuses
        .map(|status| (status.as_str().to_owned(), status.label()))
        .collect();
    let list = List::new("refunds", api::refunds::list_refunds)
        .empty("No refunds", "A refund is asked for on the page of its payment.")
        .link(|refund: &Refund| Some(Route::Console(ConsoleRoute::Payment(refund.payment_id))))
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: statuses,
            many: true,
        })
        .column(
            Column::new(
                "amount",
                "Amount",
                |refund: &Refund| view! { <Money amount=refund.amount /> },
                |refund| money::decimal(refund.amount),
            )
            .on_card(Card::Title),
        )
        .column(
            Column::new(
                "status",
                "Status",
                |refund: &Refund| status_badge(refund.status),
                |refund| refund.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("reason", "Reason", |refund: &Refund| refund.reason.clone()).on_card(Card::Below))
        .column(Column::text("asked", "Asked for by", |refund: &Refund| refund.requested_by.clone()))
        .column(Column::text("decided", "Decided by", |refund: &Refund| {
            refund.decided_by.clone().unwrap_or_default()
        }))
        .column(
            Column::new(
                "when",
                "When",
                |refund: &Refund| view! { <Time at=refund.created_at shown=Shown::Relative programme=refund.programme_id /> },
                |refund| refund.created_at.to_string(),
            )
            .sorted("newest", Order::Descending),
        );
    view! {
        <PageHead title="Refunds" subtitle="Money given back through the gateway that took it. Above the programme's limit a second person agrees first." />
        <ListView list />
    }
}
