//! Staff who look at the portal as a supplier's owner does, to see what somebody on the phone sees.
//!
//! Whoever looks stays themselves: the principal is the member of staff with an owner's view, so nothing is ever done in
//! an owner's name. The token is a supplier's token with the look's number in it. With it the gate lets nothing through
//! but reading, and nothing that is the caller's own (`own_only` in `auth/operations.rs`).
//!
//! A look needs a reason, a permission of its own and a fresh proof of who asks, and lasts half an hour of wall time at
//! most. A session has one at a time. Its start and its end stand in the supplier's audit trail, with the reason; an end
//! that nobody asks for is written down by a job.
//!
//! Tests: `tests/api/impersonations.rs`.

mod http;
mod ops;
mod store;

pub(crate) use ops::ENDINGS;
pub(crate) use store::{Looker, looker, mine};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::create_impersonation)
        .service(http::get_impersonation_token)
        .service(http::end_impersonation);
}
