//! Replacements: leads that are owed for returned ones (R44).
//!
//! **What it is.** Where the remedy is a replacement, an approved return owes the supplier one lead,
//! on the order of the returned one. The next eligible lead that the order takes fills it at price
//! zero; that is the selling's business.
//!
//! **States.** `owed → delivered | converted_to_credit | void`. There is at most one replacement for
//! each return request and for each returned delivery: both are unique in the table, so a repeated
//! approval cannot owe twice. A replacement that is returned in its turn owes another one.
//!
//! **Credit instead.** Where the policy sets a time (`replacement.converts_to_credit_after_days`), the job here
//! credits the price of what no lead has replaced by then; staff may do it before, with a reason. What is credited is
//! the delivery that was charged: for a replacement that was returned in its turn, the one that it all began with. A
//! lead of an order that was paid when it was placed is credited with its part of the order's price. A sale and a
//! credit take the same row by its status, so it is the one or the other.
//!
//! Tests: `rules.rs`, `tests/api/replacements.rs`, and `tests/api/return_requests/`, where a return owes one and the
//! next lead fills it.

mod convert;
mod http;
mod ops;
mod rules;
mod store;

use crate::jobs::Job;
pub(crate) use ops::{Owed, owe};
pub(crate) use rules::credit_due;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_replacements)
        .service(http::get_replacement)
        .service(http::convert_replacement);
}

/// Credits what no lead has replaced in the time of its policy.
pub(crate) const CONVERSIONS: Job = Job {
    name: "replacements",
    run: convert::convert_due,
};
