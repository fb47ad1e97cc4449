//! Asking for a change, and taking it back.

use super::carry_out::{self, in_the_name_of};
use super::ends;
use super::store::{self, Row};
use super::telling::{facts, tell, to_staff};
use super::{timing, view};
use crate::auth::{Caller, Principal, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, fields};
use tradepost_contract::change_requests::{
    Change, ChangeAsker, ChangeRequest, ChangeRequestAction, ChangeRequestStatus, CreateChangeRequest,
    WithdrawChangeRequest,
};
use tradepost_contract::events::NotificationKind;
use tradepost_contract::policy::{PolicySet, SelfServiceField, SelfServiceMode};
use tradepost_contract::{ChangeRequestId, ProblemCode};

const LONGEST_NAME: usize = 200;

/// The policy that a change goes by: that of its order, where it has one.
fn policy_of(
    tx: &mut Tx<'_>,
    policies: &Policies,
    who: &Caller,
    account: &Account,
    change: &Change,
) -> ApiResult<PolicySet> {
    match change.order_id() {
        Some(order) => {
            let order = carry_out::own_order(tx, policies, who, account, order)?;
            Ok((*policies.get(tx, order.resolved_policy_id)?).clone())
        }
        None => care::policy(tx, account),
    }
}

/// Refuses whom the policy does not let ask, and says what they do instead (R5).
fn may_ask(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    policy: &PolicySet,
    field: SelfServiceField,
) -> ApiResult<()> {
    care::not_frozen(account, policy)?;
    match (&caller.principal, policy.self_service(field)) {
        (Principal::Staff(_), _) | (Principal::Supplier(_) | Principal::Key(_), SelfServiceMode::Request) => Ok(()),
        (Principal::Supplier(_) | Principal::Key(_), SelfServiceMode::Edit) => Err(ApiError::conflict(
            "You change this yourself; there is nothing to ask for.",
        )),
        (Principal::Supplier(_) | Principal::Key(_), SelfServiceMode::None) => care::through_staff(tx, account, false),
    }
}

/// Asks for a change. It is tried at once, so that what could never be carried out is refused now.
pub(super) fn create(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    asked: &CreateChangeRequest,
) -> ApiResult<ChangeRequest> {
    let scope = caller.scope();
    if scope.businesses().is_some() {
        return Err(ApiError::new(ProblemCode::Forbidden));
    }
    let account = accounts::hold(tx, &scope, asked.supplier_id).map_err(|error| match error.code() {
        ProblemCode::NotFound => ApiError::unknown_id("/supplier_id"),
        _ => error,
    })?;
    let id: ChangeRequestId = tx.new_id();
    let trying = in_the_name_of(caller.user_id()?, caller.principal.name(), id);
    let in_change = |error: ApiError| error.below("/change");
    let policy = policy_of(tx, policies, &trying, &account, &asked.change).map_err(in_change)?;
    may_ask(tx, caller, &account, &policy, asked.change.field())?;
    let asked_by = if caller.is_staff() {
        ChangeAsker::Staff
    } else {
        ChangeAsker::Supplier
    };
    let mut faults = fields::Faults::default();
    let requested_by = faults.keep(fields::optional_line(
        "/requested_by",
        asked.requested_by.as_deref(),
        LONGEST_NAME,
    ));
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    if asked_by == ChangeAsker::Staff && reason.is_none() && (requested_by.is_none() || asked.channel.is_none()) {
        faults.push("/reason", "required", "say why, or who asked for it and how");
    }
    faults.finish()?;
    let change = carry_out::normalised(&asked.change).map_err(in_change)?;
    let now = tx.business_now();
    let when = timing::asked(tx, &account, &policy, &change, asked.effective_at, now)?;
    let (plan, prepared, differences) = match when.plan {
        Some(plan) => (Some(plan.id), Some(plan.prepared), plan.differences),
        None => {
            let at = when.effective_at;
            let found = carry_out::rehearse(tx, policies, &trying, &account, &change, at).map_err(in_change)?;
            (None, None, found)
        }
    };
    let row = Row {
        id,
        programme_id: account.programme_id,
        supplier_id: account.id,
        order_id: change.order_id(),
        plan_subscription_id: plan,
        kind: change.kind(),
        change: serde_json::to_string(&change)?,
        differences: serde_json::to_string(&differences)?,
        prepared: prepared.as_ref().map(serde_json::to_string).transpose()?,
        status: ChangeRequestStatus::Open,
        asked_by,
        requested_by,
        channel: asked.channel,
        reason,
        requested_at: now,
        earliest_at: when.earliest_at,
        effective_at: when.effective_at,
        override_reason: None,
        decided_at: None,
        decided_by: None,
        decided_by_name: None,
        answer: None,
        applied_at: None,
        closed_at: None,
        failure: None,
        superseded_by_id: None,
        version: 1,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    tell(
        tx,
        &caller.actor(),
        "change_request.asked",
        None,
        &row,
        row.reason.as_deref(),
    )?;
    to_staff(tx, &account, &row, NotificationKind::ChangeRequested)?;
    view::get(tx, caller, id)
}

/// A request and its account, held, if the caller saw this version.
pub(super) fn held(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: ChangeRequestId,
    seen: Option<i64>,
) -> ApiResult<(Account, Row)> {
    let supplier = store::get(tx, scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, scope, supplier)?;
    let (row, _) = store::get(tx, scope, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok((account, row))
}

/// Moves a request, or says why not.
pub(super) fn step(row: &mut Row, action: ChangeRequestAction) -> ApiResult<()> {
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    Ok(())
}

/// Takes a request back that has not been carried out.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ChangeRequestId,
    seen: Option<i64>,
    asked: &WithdrawChangeRequest,
) -> ApiResult<ChangeRequest> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let (account, mut row) = held(tx, &caller.scope(), id, seen)?;
    let before = facts(&row);
    step(&mut row, ChangeRequestAction::Withdraw)?;
    row.closed_at = Some(tx.business_now());
    let actor = caller.actor();
    ends::take_back(tx, &actor, &account, &row, "The request was withdrawn.")?;
    store::save(tx, &mut row)?;
    tell(
        tx,
        &actor,
        "change_request.withdrawn",
        Some(before),
        &row,
        reason.as_deref(),
    )?;
    view::get(tx, caller, id)
}
