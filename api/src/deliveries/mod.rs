//! Deliveries: one lead sold to one supplier. To the supplier this is its lead list.
//!
//! A delivery is made by a sale (`selling/`) and never by hand. Its price, its policy stamp and its return
//! deadline are fixed at that instant; nothing that is published later moves them.
//!
//! **Charge** (`BillingState`): `unbilled → invoiced` by a billing run; `unbilled → rejected → unbilled` by
//! one click and its undoing, where the policy decides instantly (R109–R111); `unbilled → return_pending`
//! and back, and `→ returned`, by a return request. A replacement is `free` from the start (R44). Billing
//! runs and rejections guard the same column, so whichever commits first decides (R113). A rejection can
//! be undone until a run has begun to bill its period: after that it would never be invoiced in its place.
//!
//! **Work**: the supplier rates a delivery, notes what came of it, and writes a note (R49, R76). An outcome
//! of one buyer may decide another buyer's return (R75), but nobody is shown another buyer's delivery.
//!
//! **Who sees what**: a supplier's people see their own account's deliveries, and members those of their
//! businesses; all else does not exist (R127). `seen_at` is when one of them first opened it.
//!
//! How a delivery is returned stands with `return_requests/`. Tests: `rules/tests.rs`,
//! `tests/api/deliveries.rs`.

mod export;
mod http;
mod ops;
pub(crate) mod rules;
mod store;
mod view;

use crate::routes::Routes;

/// The SQL condition that a delivery, named by its alias, was sent back: rejected by one click, or returned with success.
/// What a supplier's rate of returns counts, wherever it is counted (R112).
macro_rules! sent_back_sql {
    ($delivery:literal) => {
        concat!(
            "(",
            $delivery,
            ".billing_state = 'rejected' OR EXISTS (SELECT 1 FROM return_requests r WHERE r.delivery_id = ",
            $delivery,
            ".id AND r.status = 'approved'))"
        )
    };
}
pub(crate) use sent_back_sql;
pub(crate) use view::shown_to;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_deliveries)
        .service(http::export_deliveries)
        // Before the one with an id, which would take the word for one.
        .service(http::count_deliveries)
        .service(http::get_delivery)
        .service(http::update_delivery)
        .service(http::reject_delivery)
        .service(http::undo_delivery_rejection);
}
