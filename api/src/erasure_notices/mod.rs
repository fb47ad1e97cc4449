//! Erasure notices: each supplier that bought a lead is told when its person is erased, and says that it did the same.
//!
//! It is told in the transaction of the erasure, by mail and by the event `lead.erased`, which hold ids only. The policy
//! that the supplier has then says until which day it has time, and when it is reminded; who lets the time pass is told to
//! staff, once. Saying so twice changes nothing. The last supplier of a request ends that request.
//!
//! Tests: `tests/api/subject_requests.rs`.

mod http;
mod ops;
mod store;
mod work;

pub(crate) use ops::{Told, tell};

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_erasure_notices)
        .service(http::get_erasure_notice)
        .service(http::acknowledge_erasure);
}

/// Reminds suppliers, and tells staff of those that are late.
pub(crate) const REMINDERS: Job = Job {
    name: "erasure_notices",
    run: work::run,
};
