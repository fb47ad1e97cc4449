//! The queue of payments that failed while their invoice is still open: who has to be asked for another way to
//! pay, and whom the retry plan still tries.

use leptos::prelude::*;
use tradepost_contract::payments::{Payment, PaymentStatus};

use crate::api;
use crate::format::money;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::pages::payments::list::pays_for;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::paying::{failure_text, method_name};
use crate::ui::time::{Shown, Time};

const FAILED: [PaymentStatus; 4] = [
    PaymentStatus::ScheduledRetry,
    PaymentStatus::Exhausted,
    PaymentStatus::Failed,
    PaymentStatus::DisputeLost,
];

/// The queue.
#[component]
pub fn FailedPayments() -> impl IntoView {
    let statuses = FAILED.iter();
    let statuses = statuses
        .map(|status| (status.as_str().to_owned(), status.label()))
        .collect();
    let list = List::new("failed-payments", api::payments::list_payments)
        .empty("No payment has failed", "Nothing waits here: what was asked for came, or is on its way.")
        .default_parameter("status", "scheduled_retry,exhausted,failed,dispute_lost")
        .default_parameter("unsettled", "true")
        .link(|payment: &Payment| Some(Route::Console(ConsoleRoute::Payment(payment.id))))
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: statuses,
            many: true,
        })
        .filter(Filter::programme())
        .column(Column::text("supplier", "Supplier", |payment: &Payment| payment.supplier_name.clone()).on_card(Card::Title))
        .column(
            Column::text("invoice", "For", pays_for)
            .on_card(Card::Below),
        )
        .column(
            Column::new(
                "amount",
                "Amount",
                |payment: &Payment| view! { <Money amount=payment.amount /> },
                |payment| money::decimal(payment.amount),
            )
            .numeric()
            .on_card(Card::Aside),
        )
        .column(Column::text("why", "Why", why))
        .column(Column::text("method", "By", |payment: &Payment| method_name(payment.method).to_owned()))
        .column(Column::new(
            "status",
            "Status",
            |payment: &Payment| status_badge(payment.status),
            |payment| payment.status.label(),
        ))
        .column(Column::text("tries", "Tries", |payment: &Payment| payment.attempts.to_string()).numeric())
        .column(Column::new(
            "next",
            "Tried again",
            |payment: &Payment| payment.next_attempt_at.map(|at| view! { <Time at shown=Shown::Relative programme=payment.programme_id /> }),
            |payment| payment.next_attempt_at.map(|at| at.to_string()).unwrap_or_default(),
        ))
        .column(
            Column::new(
                "made",
                "Begun",
                |payment: &Payment| view! { <Time at=payment.created_at shown=Shown::Day programme=payment.programme_id /> },
                |payment| payment.created_at.to_string(),
            )
            .sorted("newest", Order::Descending),
        );
    view! {
        <PageHead title="Failed payments" subtitle="Of invoices that are still open. What is tried again by itself says when; the others need a call." />
        <ListView list />
    }
}

/// Why, as a sentence of its own.
fn why(payment: &Payment) -> String {
    let text = match payment.status {
        PaymentStatus::DisputeLost => "the payer's bank took it back",
        _ => payment.failure.map(failure_text).unwrap_or_default(),
    };
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
