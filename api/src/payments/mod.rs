//! Payments: money for an invoice, or for an order at a checkout.
//!
//! **Recorded payments** are money that arrived elsewhere, written down by finance with its reference; one
//! reference is taken once for an invoice. A record made by mistake is made void, with a reason, and its
//! journal entry is reversed.
//!
//! **Gateway payments** are collected with a stored method: by the policy's collection day, by hand, or
//! because the authorisation was revoked (`collection/`). A payment has one or more *attempts*; each is
//! committed before the gateway is asked, and its number is the gateway's idempotency key, so that a crash
//! at any point charges nothing twice (F16). A try whose answer is lost is `unknown`: a job asks the
//! gateway for its number until it says what became of it. What the gateway does not know after its
//! patience has never arrived and has failed. While a payment of an invoice is live no second one is begun
//! (an index sees to it).
//!
//! **News** of a try come as its answer, as signed events and by asking, in any order and repeatedly. They
//! are joined ([`rules::Known`]), so that every order ends alike (F17).
//!
//! **States** ([`PaymentStatus`](tradepost_contract::payments::PaymentStatus)): created → pending →
//! succeeded, or failed → scheduled_retry → … → exhausted; succeeded → part_refunded → refunded, or
//! disputed → succeeded or dispute_lost; recorded ones → void.
//!
//! **What pays what.** A payment pays as much of its invoice as is open when the money comes; what is left
//! is a credit balance of the supplier, which pays later invoices before anything is collected. Each of
//! these is a row of `allocations`, and what an invoice has as paid is their sum. Money that is given back
//! uses up the credit balance first, and opens the invoice again for the rest ([`money`]).
//!
//! **What a payment is for** (`PaymentPurpose`): an invoice, or a supplier's wallet (`wallets/`), where its money
//! goes instead, and from where it is given back.
//!
//! **Checkouts.** A payment of a checkout has no invoice until its money is there: it completes the checkout
//! and pays the invoice that is issued then. Money that nothing waits for any more, because the checkout
//! ended or was paid otherwise, is given back by itself, in full and once. The first period of a plan
//! (`plans/`) and the advance of a package (`packages/`) are paid in the same way.
//!
//! Whoever changes payments holds the supplier's row first, then the invoice, then the ledger's accounts.
//!
//! Tests: `rules.rs`, `openapi/src/payments/status.rs`, `tests/api/payments.rs`, `tests/prove/payments.rs`.

pub(crate) mod charging;
pub(crate) mod http;
pub(crate) mod money;
pub(crate) mod ops;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod work;

use crate::db::Conn;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use tradepost_contract::PaymentMethodId;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_invoice_payments)
        .service(http::record_payment)
        .service(http::pay_invoice)
        .service(http::write_invoice_off)
        .service(http::list_payments)
        .service(http::get_payment)
        .service(http::void_payment);
}

/// Whether a payment with this method is under way.
pub(crate) fn is_being_charged(conn: &mut Conn, method: PaymentMethodId) -> ApiResult<bool> {
    store::is_charged(conn, method)
}

/// Sends what was decided on, finds out what became of lost answers, begins retries, and tells staff of
/// payments that take too long.
pub(crate) const PAYMENTS: Job = Job {
    name: "payments",
    run: work::work,
};
