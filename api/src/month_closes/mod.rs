//! Month closes: the books of a legal entity, finished month by month.
//!
//! Nothing is posted in a closed month or before it: `legal_entities.closed_before` says from when on
//! the books are open, and the ledger refuses an earlier entry under a lock that a closing waits for
//! (`ledger::expect_open`). While the gateway and the books differ in the month or before, it is not closed
//! (`reconciliations`). Months are closed in order; opening one again opens those after it, wants a
//! reason, and is audited. A close keeps how many entries there were, so that the auditor sees whether
//! one came later.
//!
//! Tests: `rules.rs`, `tests/api/month_closes.rs`.

mod http;
mod ops;
mod rules;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_month_closes)
        .service(http::close_month)
        .service(http::reopen_month);
}
