//! Retention: what says who somebody is goes when the policy's time for it is over.
//!
//! Once a day, after the programme's midnight, the job passes over all leads that are old enough for anything, the oldest
//! first, and remembers how far it came (`retention_passes`): so what waits is looked at once a day and never stands in the
//! way. A lead whose time is over is anonymised by the code that erases a person on request (`subject_requests::erase_lead`),
//! without telling anybody who bought it and without keeping the person out. What is still needed waits: a hold, an open
//! request of the person, an undecided return, an open return window, a sale that is not invoiced, an invoice that is not
//! paid, work by phone (`rules.rs`). Sums, times, ids and states stay.
//!
//! Files and the places of recordings have times of their own. A file never outlives its first lead: it goes before that
//! lead does. What lead sources sent and was refused is forgotten by `lead_sources/forgetting.rs`. All is counted by the day
//! (`retention_removals`).
//!
//! Tests: `rules.rs`, `openapi/src/retention.rs`, `tests/api/retention.rs`.

mod http;
mod report;
mod rules;
mod store;
mod work;

pub(crate) use work::removed;

use crate::jobs::Job;
use crate::routes::Routes;

/// Takes away what is over its time.
pub(crate) const RETENTION: Job = Job {
    name: "retention",
    run: work::run,
};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::get_programme_retention);
}
