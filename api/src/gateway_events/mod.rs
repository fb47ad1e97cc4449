//! The inbox of the gateway's events.
//!
//! An event is believed when one of the live secrets signed its raw body within the last five minutes
//! (`gateway/signature.rs`, S11). Its body is kept as it came, once for each id of the gateway
//! (`UNIQUE(gateway, event_id)`), and the answer is 200 whether it was new or not. News about charges and
//! refunds are applied in the transaction that keeps them; news that need the gateway to be asked, or that
//! name a charge whose answer is still on its way, wait for the job. Order and repetition do not matter:
//! news are joined, not replaced (`payments/rules.rs`, F17).
//!
//! Tests: `gateway/wire.rs`, `tests/api/gateway_events.rs`.

mod http;
mod ops;
mod store;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::receive_gateway_event);
}

/// Applies events that had to wait.
pub(crate) const INBOX: Job = Job {
    name: "gateway_events",
    run: ops::work,
};
