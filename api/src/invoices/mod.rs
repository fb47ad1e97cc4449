//! Invoices: what a supplier owes for a billing period.
//!
//! A billing run gathers a draft, which nobody is shown, and finalises it in one transaction: number,
//! totals, dates, journal entry, event, message. From then on its lines and amounts never change (a
//! trigger refuses); what was wrong is corrected by credit notes, and what is paid is recorded
//! against it. Numbers are gapless within a legal entity, because the number is taken in the
//! transaction that finalises.
//!
//! **States** (`InvoiceStatus`): draft → open → partly_paid → paid; open or partly_paid → overdue
//! when the due date has passed → paid, or uncollectible. Total = Σ lines; open = total − paid −
//! credited − credit applied, never below zero (constraint). Credit that earlier credit notes left is used
//! up when the invoice is issued (`credit_notes/credits.rs`).
//!
//! **One delivery, one line** (`deliveries.billing_state` and `UNIQUE(delivery_id)`): a delivery is
//! `unbilled` until a run puts it on a line and calls it `invoiced` in one guarded update. An
//! approved return guards the same column, so exactly one of the two comes first: the line is
//! dropped before it is invoiced, or a credit note follows it (R30). See [`ops::remedy_credit`].
//! What was ordered at a checkout has an invoice of one line for the order (`order_invoice.rs`), and its leads
//! are `paid` from their delivery on, so that no run bills them (K12).
//! A replacement lead is `free` and never gets a line; an ordinary lead at price 0 gets a line of 0,
//! so that the supplier finds every lead it received on an invoice.
//!
//! Tests: `rules.rs` (tables), `tests/api/invoices.rs`, the race in `tests/prove`.

pub(crate) mod allowance;
mod http;
pub(crate) mod line_store;
pub(crate) mod ops;
pub(crate) mod order_invoice;
mod order_store;
pub(crate) mod paper;
pub(crate) mod rules;
pub(crate) mod store;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_invoices)
        .service(http::get_invoice)
        .service(http::list_invoice_lines)
        .service(http::export_invoice_lines)
        .service(http::get_invoice_pdf);
}

/// Marks unpaid invoices overdue once their due date has passed.
pub(crate) const OVERDUE: Job = Job {
    name: "overdue_invoices",
    run: ops::mark_overdue,
};
