//! Refunds: money of a gateway payment given back.
//!
//! What is to be given back is set aside on the payment by one guarded update, so that refunds that race
//! never add up to more than was captured (F15). The row is committed before the gateway is asked, and its
//! number is the gateway's idempotency key; a lost answer is asked about, never sent anew.
//!
//! Above the policy's `billing.refund_approval_above_minor` a second person of finance agrees first (S14).
//!
//! Money that came for a checkout which had ended is given back without anybody asking for it, and without a
//! second person, since it was never the seller's.
//!
//! What is given back uses up the supplier's credit balance, and opens the invoice again for the rest
//! (`payments/money.rs`). Recorded payments are not refunded here: the money went elsewhere.
//!
//! **Failed** refunds need a person: staff are told, and the refund stands in finance's queue (`unsettled`) until
//! somebody sends it again, as a refund of its own with a number of its own, since the gateway answers the old number
//! as it did before; or lets it be.
//!
//! **States** ([`RefundStatus`](tradepost_contract::refunds::RefundStatus)): awaiting_approval → approved or
//! refused; approved → pending → succeeded or failed; failed → refused.
//!
//! Tests: `openapi/src/refunds.rs`, `tests/api/refunds.rs`.

mod http;
mod ops;
mod store;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) use ops::{give_surplus_back, hear, set_aside};
pub(crate) use store::{SentRefund, is_known, sent_between};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_refunds)
        .service(http::create_refund)
        .service(http::get_refund)
        .service(http::approve_refund)
        .service(http::refuse_refund)
        .service(http::send_refund_again);
}

/// Asks the gateway to give back what was agreed on, and what became of lost answers.
pub(crate) const REFUNDS: Job = Job {
    name: "refunds",
    run: work::work,
};
