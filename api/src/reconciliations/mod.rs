//! Reconciliation: each day that is over (UTC) is compared with what the gateway has of it, once (F18).
//!
//! News that never came are taken over, so that a gateway whose every event is lost still leaves the books
//! right. What cannot be mended stands in the list of differences: a charge or refund that nothing here asked
//! for, one that is missing there, another amount. Such a difference is open until a person writes down what
//! it was, and while one is open its month cannot be closed (`month_closes`).
//!
//! Tests: `rules.rs`, `tests/api/reconciliations.rs`.

mod http;
mod ops;
mod rules;
mod store;

pub(crate) use store::open_before;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_reconciliations)
        .service(http::list_reconciliation_differences)
        .service(http::resolve_reconciliation_difference);
}

/// Compares the days that are over with the gateway.
pub(crate) const RECONCILIATION: Job = Job {
    name: "reconciliation",
    run: ops::work,
};
