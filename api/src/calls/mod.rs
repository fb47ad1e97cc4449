//! Calls: a customer's own leads are phoned for it, in the order of a queue, and it watches what comes of that
//! (R93, R97–R100).
//!
//! **The queue** has each lead that counts against a plan, once: it enters in the transaction that keys it to the
//! period (`plans/usage.rs`), and a customer without a plan has none. Callbacks that are due come first, then whoever
//! waits longest. A caller takes a lead for a while on the wall (`CLAIM`), by a guarded update, so that two callers
//! never phone the same person; a claim that has run out is anybody's.
//!
//! **Calls** end in a disposition of the account's policy (`calls.dispositions`): it closes the lead, asks for a
//! callback, or puts the lead back for later. What it was called and did then is kept with the call. A wrong one is
//! corrected by another call that names it, never edited. Who asked not to be called is remembered for that customer by
//! the keyed hash that also finds duplicates, so that another lead with the same number is not called either.
//!
//! **States** (`CallState`): waiting → claimed → waiting or closed, and removed from any of the open ones: with the
//! plan, in its transaction (R93), with the account, and when the person takes the consent back. A call that was under
//! way at that moment may still be noted by who made it, and brings nothing back.
//!
//! **The report** is the same rows as the customer sees them, with the script (R100) and what is used of the plan
//! (R97). `live/` follows the event log and sends what changes to whoever has the report open (R98).
//!
//! Whoever records a call or ends a plan holds the supplier's row first, and then the rows of the queue; a claim takes
//! one row of the queue and nothing else.
//!
//! Tests: `rules.rs`, `openapi/src/calls.rs`, `tests/api/calls.rs`, `tests/prove/calls.rs`.

mod export;
mod http;
mod live;
mod ops;
mod report;
mod rules;
mod store;
mod view;

use crate::routes::Routes;

pub(crate) use live::Streams;
pub(crate) use ops::{NewCall, account_over, enqueue, lead_withdrawn, plan_ended};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_call_queue)
        .service(http::claim_next_call)
        .service(http::claim_queued_lead)
        .service(http::release_queued_lead)
        .service(http::list_call_attempts)
        .service(http::create_call_attempt)
        .service(http::get_call_attempt)
        .service(report::get_call_report)
        .service(report::export_call_report)
        .service(report::get_call_summary)
        .service(report::get_call_script)
        .service(live::stream_call_report)
        .service(report::get_called_lead);
}
