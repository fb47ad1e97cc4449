//! Stored ways to pay.
//!
//! A supplier's person, or staff for them, asks for a session, is sent to the gateway's own page, types
//! the number in there, and comes back; the gateway's event, or asking for the session, tells us the
//! token. Tradepost keeps the token, brand, last four digits and expiry, and nothing else (R121). A method
//! that was just added becomes the default one (R15).
//!
//! **Who changes what** (K16). `self_service.payment_method` says whether a supplier's own people change
//! a stored method; staff may, and it is audited. The first method of an account is no change: whoever
//! has none may add one, and whoever is at a checkout may add one for that order; it becomes the default
//! only where they may change that. Where the policy says `none`, the refusal names both ways out (R41).
//!
//! **Which kinds**: those of the policy's `payment_methods` that a gateway charges. A BACS transfer is
//! sent by the supplier and needs no token (R79).
//!
//! **States**: a session is open → complete or expired; a method is active → removed. A supplier has one
//! default method at most, which an index sees to.
//!
//! Tests: `tests/api/payment_methods.rs`.

mod http;
pub(crate) mod ops;
mod rules;
pub(crate) mod store;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) use work::take_up;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_payment_methods)
        .service(http::get_payment_method)
        .service(http::make_payment_method_default)
        .service(http::remove_payment_method)
        .service(http::create_payment_method_session)
        .service(http::get_payment_method_session);
}

/// Tells suppliers whose card is about to expire.
pub(crate) const EXPIRY: Job = Job {
    name: "payment_method_expiry",
    run: work::tell_of_expiry,
};
