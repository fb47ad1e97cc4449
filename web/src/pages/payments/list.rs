//! Money that came, is on its way, or failed.

use leptos::prelude::*;
use tradepost_contract::payments::{Payment, PaymentChannel, PaymentPurpose, PaymentStatus};

use crate::api;
use crate::format::words;
use crate::format::{money, time};
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::paying::{failure_text, method_name};
use crate::ui::time::{Shown, Time};

/// All payments, newest first.
#[component]
pub fn Payments() -> impl IntoView {
    let statuses = PaymentStatus::ALL.iter();
    let statuses = statuses
        .map(|status| (status.as_str().to_owned(), status.label()))
        .collect();
    let list = columns(List::new("payments", api::payments::list_payments))
        .empty("No payments yet", "They appear here when money comes, or is asked for.")
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: statuses,
            many: true,
        })
        .filter(Filter::choice(
            "channel",
            "Came through",
            PaymentChannel::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme());
    view! {
        <PageHead title="Payments" subtitle="What the payment gateway collects, and what was recorded by hand." />
        <ListView list />
    }
}

/// What a payment is for, in words: the invoice's number where there is one.
pub fn pays_for(payment: &Payment) -> String {
    let what = match payment.purpose {
        PaymentPurpose::Invoice => "an invoice",
        PaymentPurpose::Checkout => "an order at the checkout",
        PaymentPurpose::WalletTopUp => "paying in advance",
        PaymentPurpose::FirstPeriod => "the first period, on account",
        PaymentPurpose::Plan => "the first period of a plan",
        PaymentPurpose::Package => "the advance of a package",
    };
    payment.invoice_number.clone().unwrap_or_else(|| words::sentence(what))
}

/// The columns of a list of payments.
pub fn columns(list: List<Payment>) -> List<Payment> {
    list.link(|payment: &Payment| Some(Route::Console(ConsoleRoute::Payment(payment.id))))
        .column(
            Column::text("supplier", "Supplier", |payment: &Payment| payment.supplier_name.clone()).on_card(Card::Title),
        )
        .column(
            Column::text("invoice", "For", pays_for)
            .on_card(Card::Below),
        )
        .column(
            Column::new(
                "status",
                "Status",
                |payment: &Payment| status_badge(payment.status),
                |payment| payment.status.label(),
            )
            .on_card(Card::Line),
        )
        .column(Column::text("method", "By", |payment: &Payment| method_name(payment.method).to_owned()).on_card(Card::Below))
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
        .column(Column::new(
            "received",
            "Received",
            |payment: &Payment| payment.received_on.map(time::date),
            |payment| payment.received_on.map(|day| day.to_string()).unwrap_or_default(),
        ))
        .column(
            Column::text("why", "Why it failed", |payment: &Payment| {
                payment.failure.map(failure_text).unwrap_or_default().to_owned()
            })
            .optional(),
        )
        .column(Column::text("tries", "Tries", |payment: &Payment| payment.attempts.to_string()).numeric().optional())
        .column(Column::text("reference", "Reference", |payment: &Payment| payment.reference.clone()).optional())
        .column(
            Column::new(
                "made",
                "Begun",
                |payment: &Payment| view! { <Time at=payment.created_at shown=Shown::Relative programme=payment.programme_id /> },
                |payment| payment.created_at.to_string(),
            )
            .sorted("newest", Order::Descending),
        )
}
