//! Change requests: what a supplier may not change itself and asks its account manager for (R5, R14, R16, R33, R69,
//! R77, R90).
//!
//! **Who asks.** A supplier's owner, for each field that the policy's `self_service` says `request` about; staff for
//! any supplier, and they write down who asked and how (R77). Where the policy says `edit`, there is nothing to ask
//! for, and where it says `none`, the refusal names the account manager. Staff approve and decline; a refusal has a
//! text, which the supplier reads.
//!
//! **One definition of each change.** A request is carried out by the very use cases of the direct edit
//! (`carry_out.rs`), in the name of whoever approved it, so that the trail keeps old values and the market is told. It
//! is tried when it is asked for and when it is approved, in a transaction that is undone: what could never be carried
//! out is refused at once, and what is different then is shown before and after.
//!
//! **When.** Areas, volume, hours and another category wait for the notice of the policy (`changes.notice`, 72 hours in
//! the trade preset, R69), counted from the request; staff may shorten it with a reason. Addresses, particulars and
//! businesses take effect when staff agree, a plan with its next period (R90). Areas are dated rows: they are written
//! when the request is approved, and the sale goes by them at that very instant. A plan changes in the transaction of
//! its renewal. Everything else is carried out by a job that looks twice a second, so it may be a second late, or as
//! long as no server runs, and never early. Sales in between go by what is still in force.
//!
//! **States** (`ChangeRequestStatus`): open → scheduled → applied; declined, withdrawn; superseded by a later request
//! for the same thing when that one is approved; failed where it cannot be carried out any more: its order is
//! cancelled, its plan or the account is over, a notice that freezes the account runs (R72), or the change itself is
//! refused. Supplier and staff are told, and nothing is tried again by itself.
//!
//! Whoever changes a request holds the supplier's row first.
//!
//! Tests: `rules.rs`, `differences.rs`, `openapi/src/change_requests/`, `tests/api/change_requests.rs`.

mod carry_out;
mod decide;
mod differences;
mod ends;
mod http;
mod ops;
mod rules;
mod store;
mod telling;
mod timing;
mod view;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) use ends::{account_changed, order_is_over, plan_is_over};
pub(crate) use work::{next_plans, renewing};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_change_requests)
        .service(http::create_change_request)
        .service(http::get_change_request)
        .service(http::approve_change_request)
        .service(http::decline_change_request)
        .service(http::withdraw_change_request)
        .service(http::get_change_options);
}

/// Carries out changes whose time has come (R69).
pub(crate) const CHANGES: Job = Job {
    name: "change_requests",
    run: work::run,
};
