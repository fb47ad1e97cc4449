//! Checkouts: an order of leads on its way to being paid (R39, R51, R53–R56, K12, K14).
//!
//! **What it is.** A business, a product and a number of leads; a daily ceiling as a percentage of the
//! order's quantity where a real-time product offers one (R54; batches take none, R55); the loyalty
//! programme, not joined unless chosen (R56), with its extra leads in the first order (R57, R58); areas of
//! the order's own; a coupon. The price is quoted when it is begun and at each change, and held with the
//! coupon until `expires_at`.
//!
//! **States** (`CheckoutStatus`): `open → awaiting_payment` when the buyer orders, `→ completed` when the
//! money is there, `→ failed` when the payment failed for good; `open` and `awaiting_payment` are
//! `→ abandoned` when they are left or their time is over (policy `checkout`, business time). What ends
//! without an order settles its coupon as the policy says (R37).
//!
//! **Completion** is one transaction: the order opens at the price that was quoted, with the extra leads
//! in its quantity and its daily ceiling; the coupon is used up; an invoice with one line for the order is
//! issued and posted; and the buyer gets the order's confirmation (R39). The order's leads are `paid` when
//! they are delivered, so that no billing run looks at them (K12).
//!
//! **Payments** meet a checkout in three functions and know nothing else of it: [`complete::due`] says what
//! is to be paid, [`complete::payment_succeeded`] completes it and gives the invoice that the money pays,
//! [`end::payment_refused`] ends it if its time is over. All run in the payment's transaction and change
//! nothing when called again. While a payment is under way a checkout does not end: neither its buyer nor
//! time takes away what is being paid for. Money that comes for a checkout that has ended all the same, or
//! was paid otherwise, goes back by itself, and never opens an order.
//!
//! **Renewals** of a loyalty subscription are checkouts that nobody filled in (`renewal.rs`).
//!
//! **Credit** of the account (`credit_notes/`, `payments/`) pays first. How much is quoted with the price, held
//! when the buyer orders, and used up when the invoice is issued; what is left is `due`.
//!
//! Tests: `openapi/src/checkouts/` (transitions), `rules.rs` (quotes, ceilings, extra leads),
//! `tests/api/checkouts.rs`; the auditor's K12 and I8.

pub(crate) mod complete;
pub(crate) mod end;
mod http;
mod ops;
mod pay;
pub(crate) mod renewal;
mod rules;
mod store;
mod view;

pub(crate) use rules::offers_ceiling;
pub(crate) use store::payments_of;

use crate::auth::Scope;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use tradepost_contract::{CheckoutId, ProblemCode, SupplierId};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_checkouts)
        .service(http::create_checkout)
        .service(http::get_checkout)
        .service(http::update_checkout)
        .service(http::submit_checkout)
        .service(http::pay_checkout)
        .service(http::abandon_checkout)
        .service(http::record_checkout_payment)
        .service(http::record_checkout_failure);
}

/// Who is at a checkout that is not over, where the caller may see it.
pub(crate) fn buyer_of_live(tx: &mut Tx<'_>, scope: &Scope, id: CheckoutId) -> ApiResult<Option<SupplierId>> {
    match store::find(tx, scope, id) {
        Ok(row) => Ok(Some(row.supplier_id).filter(|_| row.status.is_live())),
        Err(error) if error.code() == ProblemCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Abandons checkouts whose time is over.
pub(crate) const EXPIRY: Job = Job {
    name: "checkout_expiry",
    run: end::expire,
};
