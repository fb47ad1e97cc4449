//! When a request takes effect, by the policy of its account and, for a plan, by the plan's own calendar.

use super::rules;
use super::store::{Prepared, Row};
use crate::coverage::{self, Notice};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::plans;
use crate::suppliers::store::Account;
use time::Duration;
use tradepost_contract::change_requests::{ApproveChangeRequest, Change, ChangeKind, Difference};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{PlanSubscriptionId, ProblemCode, Timestamp};

/// What is known of a request's time when it is asked for.
pub(super) struct Timing {
    pub(super) earliest_at: Timestamp,
    pub(super) effective_at: Timestamp,
    pub(super) plan: Option<PlanTiming>,
}

/// The plan that a request changes.
pub(super) struct PlanTiming {
    pub(super) id: PlanSubscriptionId,
    pub(super) prepared: Prepared,
    pub(super) differences: Vec<Difference>,
}

/// The notice that a change of this kind waits for. An account that is still being set up has nothing to give notice
/// of.
pub(super) fn notice<'p>(account: &Account, policy: &'p PolicySet, kind: ChangeKind) -> Notice<'p> {
    if rules::waits_for_notice(kind) && account.status != SupplierStatus::Onboarding {
        Notice::Due(&policy.changes.notice)
    } else {
        Notice::Waived
    }
}

/// When a request takes effect that is asked for now.
pub(super) fn asked(
    conn: &mut Conn,
    account: &Account,
    policy: &PolicySet,
    change: &Change,
    wanted: Option<Timestamp>,
    now: Timestamp,
) -> ApiResult<Timing> {
    let Change::Plan { tier } = change else {
        let notice = notice(account, policy, change.kind());
        return Ok(Timing {
            earliest_at: coverage::takes_effect(notice, None, now, "/effective_at")?,
            effective_at: coverage::takes_effect(notice, wanted, now, "/effective_at")?,
            plan: None,
        });
    };
    if wanted.is_some() {
        return Err(of_the_plan("/effective_at"));
    }
    let step = plans::another(conn, account, policy, tier).map_err(|error| error.below("/change"))?;
    let renewal = step.renewal_from(after_notice(policy, now))?;
    Ok(Timing {
        earliest_at: renewal,
        effective_at: renewal,
        plan: Some(PlanTiming {
            id: step.plan,
            differences: step.differences()?,
            prepared: Prepared::Plan(step.terms),
        }),
    })
}

/// When a request takes effect that is approved now.
pub(super) fn approved(
    conn: &mut Conn,
    account: &Account,
    policy: &PolicySet,
    row: &Row,
    asked: &ApproveChangeRequest,
    now: Timestamp,
) -> ApiResult<Timestamp> {
    let overruled = asked.override_reason.is_some();
    let Change::Plan { tier } = row.change()? else {
        let asked_for = (row.effective_at, row.earliest_at);
        return rules::approved_for(asked_for, asked.effective_at, overruled, now);
    };
    if asked.effective_at.is_some() {
        return Err(of_the_plan("/effective_at"));
    }
    if overruled {
        return Err(of_the_plan("/override_reason"));
    }
    // It may have waited so long that its period has begun.
    let step = plans::another(conn, account, policy, &tier)?;
    step.renewal_from(after_notice(policy, row.requested_at).max(now))
}

pub(super) fn after_notice(policy: &PolicySet, now: Timestamp) -> Timestamp {
    now.plus(Duration::hours(i64::from(policy.changes.notice.hours())))
}

fn of_the_plan(pointer: &str) -> ApiError {
    let message = "a plan changes with its next period";
    ApiError::new(ProblemCode::Invalid).field(pointer, "not_allowed", message)
}
