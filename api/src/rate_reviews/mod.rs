//! Rate reviews: a regular look at how much each supplier sends back, which warns first, then opens a case for a
//! person, and never ends anything by itself (R112, K22).
//!
//! **When.** Every `rate_review.every_days` of the programme's policy, from its first delivery on. A server that was down
//! for longer makes up for it with one review and not with several, so that nobody is warned and charged with a case in
//! one go.
//!
//! **What is counted.** Deliveries of the account's window; what the supplier rejected or returned with success is sent
//! back. A lead that at least half of the other suppliers sent back too was bad and is excused. What is compared with
//! the threshold is the lower end of the likely range (95 %), and with fewer deliveries than `min_deliveries` nothing
//! is said at all.
//!
//! **Warning, then case.** After a warning only what came after it counts: a case says that it went on. A case that was
//! decided in the supplier's favour starts afresh. While a case is open there is no second one.
//!
//! **States of a case.** `open → kept | ended`, by a person with a reason; `ended` terminates the account in the same
//! transaction.
//!
//! Tests: `rules.rs`, `openapi/src/rate_reviews.rs`, `tests/api/rate_reviews.rs`.

mod http;
mod ops;
mod rules;
mod store;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_rate_reviews)
        .service(http::get_rate_review)
        .service(http::keep_after_rate_review)
        .service(http::end_after_rate_review);
}

/// Reviews the programmes whose day has come.
pub(crate) const REVIEWS: Job = Job {
    name: "rate_reviews",
    run: work::review,
};
