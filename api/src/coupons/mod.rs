//! Coupons: codes that make an order cheaper (R36–R38).
//!
//! **What counts.** A code is compared exactly, with its case, blanks and dashes, unless the policy lets the
//! case go (R36). It counts between two instants, for some products or all, from a number of leads on, for
//! everybody or one customer, so often in all and so often for one customer. Whatever is wrong, the
//! answer is the same 422 `invalid_coupon` in the programme's own words, so that nobody learns which
//! codes exist.
//!
//! **Uses.** A checkout with a coupon holds a redemption: `reserved → consumed` when it is paid, `reserved
//! → released` when it comes to nothing; where the policy says `attempt_consumes`, coming to nothing
//! consumes it, too (R37). `coupons.uses` counts what is reserved or consumed under a guard, so that a
//! coupon for ten orders gives ten discounts however many buyers race for it (F22); one customer's uses
//! are numbered and unique. How long a reservation lasts is the checkout's `expires_at`, in business time:
//! it is a promise of the shop's, not a security measure, and the sandbox must be able to live through it.
//!
//! **Alternatives (R38).** Staff mint a code of a customer's own in place of one that an attempt has used
//! up. It is refused where the discount was used by an order, is being used, or can still be used; a new
//! one ends the one before it, so that a customer never has two.
//!
//! Tests: `rules.rs` (what counts, what it takes off), `tests/api/coupons.rs`, the race in
//! `tests/prove/coupons.rs`; the auditor's I8.

mod http;
mod ops;
mod redeem;
pub(crate) mod rules;
mod store;

pub(crate) use redeem::{Wish, again, reserve, settle};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_coupons)
        .service(http::create_coupon)
        .service(http::get_coupon)
        .service(http::end_coupon)
        .service(http::create_coupon_alternative);
}
