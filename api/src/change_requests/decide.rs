//! Approving and declining, and carrying out what was approved.

use super::carry_out::{self, because_of, in_the_name_of};
use super::ops::{held, step};
use super::store::{self, Row};
use super::telling::{facts, tell, to_supplier};
use super::{ends, rules, timing, view};
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::market;
use crate::policy::Policies;
use crate::suppliers::store::Account;
use crate::suppliers::{care, fields};
use tradepost_contract::ChangeRequestId;
use tradepost_contract::change_requests::{
    ApproveChangeRequest, Change, ChangeRequest, ChangeRequestAction, ChangeRequestStatus, DeclineChangeRequest,
};
use tradepost_contract::events::NotificationKind;

/// Agrees to a change. It is tried again, takes the place of earlier ones for the same thing, and is carried out now
/// where its time has come.
pub(super) fn approve(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: ChangeRequestId,
    seen: Option<i64>,
    asked: &ApproveChangeRequest,
) -> ApiResult<ChangeRequest> {
    let mut faults = fields::Faults::default();
    let override_reason = faults.keep(fields::reason("/override_reason", asked.override_reason.as_deref()));
    let answer = faults.keep(fields::reason("/answer", asked.answer.as_deref()));
    faults.finish()?;
    let staff = caller.staff()?;
    let (account, mut row) = held(tx, &caller.scope(), id, seen)?;
    let policy = care::policy(tx, &account)?;
    care::not_frozen(&account, &policy)?;
    let before = facts(&row);
    step(&mut row, ChangeRequestAction::Approve)?;
    let now = tx.business_now();
    let asked = ApproveChangeRequest {
        override_reason: override_reason.clone(),
        ..asked.clone()
    };
    row.effective_at = timing::approved(tx, &account, &policy, &row, &asked, now)?;
    row.override_reason = override_reason;
    row.answer = answer;
    row.decided_at = Some(now);
    row.decided_by = Some(staff.user_id);
    row.decided_by_name = Some(staff.name.clone());
    let who = in_the_name_of(staff.user_id, &staff.name, id);
    let actor = caller.actor();
    let superseded = supersede(tx, &actor, &account, &row)?;
    let change = row.change()?;
    match &change {
        Change::Coverage { .. } => {
            let why = because_of(id);
            let at = row.effective_at;
            let (prepared, differences) =
                carry_out::prepare_areas(tx, &who, &account, &change, at, (&why, superseded > 0))?;
            row.prepared = Some(serde_json::to_string(&prepared)?);
            row.differences = serde_json::to_string(&differences)?;
        }
        // What it costs and gives was settled when it was asked for.
        Change::Plan { .. } => {}
        _ => {
            let found = carry_out::rehearse(tx, policies, &who, &account, &change, row.effective_at)?;
            row.differences = serde_json::to_string(&found)?;
        }
    }
    store::save(tx, &mut row)?;
    let why = row.override_reason.clone();
    tell(
        tx,
        &actor,
        "change_request.approved",
        Some(before),
        &row,
        why.as_deref(),
    )?;
    if row.effective_at <= now && !matches!(change, Change::Plan { .. }) {
        apply(tx, policies, &account, &mut row)?;
    } else {
        to_supplier(tx, &row, NotificationKind::ChangeScheduled)?;
    }
    view::get(tx, caller, id)
}

/// Lets this request take the place of earlier ones for the same thing that were approved, and counts them.
fn supersede(tx: &mut Tx<'_>, actor: &Actor, account: &Account, by: &Row) -> ApiResult<usize> {
    let things = rules::things(&by.change()?, &by.differences()?);
    let mut count = 0;
    for mut earlier in store::live_of(tx, account.id)? {
        let meets = earlier.id != by.id
            && earlier.kind == by.kind
            && earlier.status == ChangeRequestStatus::Scheduled
            && !things.is_disjoint(&rules::things(&earlier.change()?, &earlier.differences()?));
        if !meets {
            continue;
        }
        let before = facts(&earlier);
        step(&mut earlier, ChangeRequestAction::Supersede)?;
        earlier.closed_at = Some(tx.business_now());
        earlier.superseded_by_id = Some(by.id);
        ends::take_back(tx, actor, account, &earlier, "A later request took its place.")?;
        store::save(tx, &mut earlier)?;
        let action = "change_request.superseded";
        tell(tx, actor, action, Some(before), &earlier, None)?;
        to_supplier(tx, &earlier, NotificationKind::ChangeSuperseded)?;
        count += 1;
    }
    Ok(count)
}

/// Carries out what was approved and whose time has come. The caller holds the supplier.
pub(super) fn apply(tx: &mut Tx<'_>, policies: &Policies, account: &Account, row: &mut Row) -> ApiResult<()> {
    let (Some(decided_by), Some(name)) = (row.decided_by, row.decided_by_name.clone()) else {
        return Err(ApiError::internal("what is carried out was approved by somebody"));
    };
    let who = in_the_name_of(decided_by, &name, row.id);
    let change = row.change()?;
    let policy = care::policy(tx, account)?;
    care::not_frozen(account, &policy)?;
    match &change {
        // The rows are there since the approval, and the renewal has its terms.
        Change::Coverage { .. } | Change::Plan { .. } => {}
        _ => {
            let found = carry_out::carry_out(tx, policies, &who, account, &change, &because_of(row.id))?;
            row.differences = serde_json::to_string(&found)?;
        }
    }
    is_applied(tx, row)
}

/// Notes that a change was carried out.
pub(super) fn is_applied(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    let before = facts(row);
    step(row, ChangeRequestAction::Apply)?;
    row.applied_at = Some(tx.business_now());
    store::save(tx, row)?;
    market::changed(tx)?;
    let actor = Actor::system("change requests");
    tell(tx, &actor, "change_request.applied", Some(before), row, None)?;
    to_supplier(tx, row, NotificationKind::ChangeApplied)
}

/// Refuses a change, with a text that the supplier reads.
pub(super) fn decline(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ChangeRequestId,
    seen: Option<i64>,
    asked: &DeclineChangeRequest,
) -> ApiResult<ChangeRequest> {
    let answer = fields::required_reason("/answer", &asked.answer)?;
    let staff = caller.staff()?;
    let (_, mut row) = held(tx, &caller.scope(), id, seen)?;
    let before = facts(&row);
    step(&mut row, ChangeRequestAction::Decline)?;
    let now = tx.business_now();
    row.decided_at = Some(now);
    row.decided_by = Some(staff.user_id);
    row.decided_by_name = Some(staff.name.clone());
    row.closed_at = Some(now);
    row.answer = Some(answer);
    store::save(tx, &mut row)?;
    let said = row.answer.clone();
    let action = "change_request.declined";
    tell(tx, &caller.actor(), action, Some(before), &row, said.as_deref())?;
    to_supplier(tx, &row, NotificationKind::ChangeDeclined)?;
    view::get(tx, caller, id)
}
