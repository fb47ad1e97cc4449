//! Return requests: a supplier's claim that a delivery was bad, and what the seller does about it.
//!
//! **What it is.** A supplier asks for the return of one delivery, for exactly one reason of the
//! programme, before the deadline that was fixed when the lead was delivered. All rules are those of
//! the resolved policy stamped on the delivery, so a publication never changes an open request.
//!
//! **States.** `in_review ⇄ info_needed → approved | denied`; `denied → appealed → approved |
//! final_denied`; `in_review | info_needed → withdrawn`. The table is `ReturnStatus::after` in the
//! contract. A delivery has one request, not counting withdrawn ones: an index keeps that.
//!
//! **Submission** (`rules/submission.rs`). The programme takes returns; the delivery is the caller's
//! own, charged, and not rejected or returned; the reason is a ground, an alias counts as what it
//! stands for (R24, R46–R48); a note where one is demanded (R25). Who is late is refused in the
//! programme's words (R42, R73) or recorded as denied by `auto:late` (R23), as the policy says; staff
//! with `returns.override` may take it all the same, with a reason. What nobody reviews, one-click
//! rejection, belongs to the deliveries (R109–R113).
//!
//! **Decision** (`rules/decision.rs`). A reviewer decides once; whoever spoke for the supplier does
//! not, and an appeal goes to somebody else than the first denial. The verdict keeps its rule, the
//! clause of the guidelines and its evidence. If another buyer of the lead was able to quote, a
//! denial is suggested (R75); the evidence holds numbers only, and suppliers see no more than the
//! clause. A decision that is late is escalated exactly once (R27), the first time and the second.
//!
//! **Remedy.** In the approval's transaction and by guarded updates: a line that is never charged, a
//! credit note, or a replacement owed; never two of them (R30, R44, R84). While a request is open its
//! unbilled delivery is `return_pending`; a denial or withdrawal gives it back. Where the remedy is a
//! replacement the original stays charged, because the replacement is free.
//!
//! Tests: tables beside the rules, races and the whole path in `tests/api/return_requests/`.

mod escalation;
mod http;
mod ops;
mod refusals;
mod remedies;
mod review;
mod rules;
mod store;
mod telling;
mod view;

pub(crate) use escalation::ESCALATIONS;

use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::routes::Routes;
use std::collections::BTreeSet;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{LeadId, Timestamp};

/// Which of these leads are still disputed: a request is not decided yet, or its denial may be appealed (R22, R23).
pub(crate) fn disputed(
    conn: &mut Conn,
    policies: &Policies,
    leads: &[LeadId],
    now: Timestamp,
) -> ApiResult<BTreeSet<LeadId>> {
    let mut disputed = BTreeSet::new();
    for (request, time_zone) in store::undecided_or_denied(conn, leads)? {
        let open = match request.status {
            ReturnStatus::Denied => {
                let policy = policies.get(conn, request.resolved_policy_id)?;
                let zone = Zone::parse(&time_zone).map_err(ApiError::internal)?;
                rules::may_appeal(&policy, &zone, &request.case()?, false, now).is_ok()
            }
            _ => true,
        };
        if open {
            disputed.insert(request.lead_id);
        }
    }
    Ok(disputed)
}

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_return_options)
        .service(http::list_return_requests)
        .service(http::create_return_request)
        .service(http::get_return_request)
        .service(http::approve_return_request)
        .service(http::deny_return_request)
        .service(http::ask_return_request)
        .service(http::answer_return_request)
        .service(http::withdraw_return_request)
        .service(http::appeal_return_request);
}
