//! Pausing, resuming and cancelling orders.

use super::store::{self, Row};
use super::{ops, rules};
use crate::auth::{Caller, Principal};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use crate::suppliers::store::Account;
use crate::suppliers::{care, fields, trail};
use crate::{market, notifications};
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::orders::{Order, OrderAction, OrderStatus, PausedBy};
use tradepost_contract::policy::{PauseActor, PolicySet, SelfServiceField, Undelivered};
use tradepost_contract::{OrderId, ProblemCode};

/// A change of state that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) action: OrderAction,
    pub(super) reason: Option<&'a str>,
    pub(super) seen: Option<i64>,
}

/// Changes the state of an order; it counts for every sale from this transaction on (R52).
pub(super) fn change(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: OrderId,
    asked: Asked<'_>,
) -> ApiResult<Order> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason));
    faults.finish()?;
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let old = store::hold(tx, &scope, id)?;
    let policy = policies.get(tx, old.resolved_policy_id)?;
    may(tx, caller, &account, &policy, &old, asked.action)?;
    if asked.seen.is_some_and(|seen| seen != old.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    paid_leads_are_delivered(&policy, &old, asked.action)?;
    let before = store::get(tx, policies, caller, id)?;
    let row = after(old, asked.action, caller)?;
    if store::update(tx, &row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    market::changed(tx)?;
    let after = store::get(tx, policies, caller, id)?;
    let (action, kind) = match asked.action {
        OrderAction::Pause => ("order.paused", EventKind::OrderPaused),
        OrderAction::Resume => ("order.resumed", EventKind::OrderResumed),
        OrderAction::Cancel => ("order.cancelled", EventKind::OrderCancelled),
        OrderAction::Fill => ("order.filled", EventKind::OrderFilled),
        OrderAction::Extend => ("order.updated", EventKind::OrderUpdated),
    };
    trail::changed(tx, caller, action, id, supplier, (&before, &after), reason.as_deref())?;
    let facts = json!({ "status": after.status, "was": before.status, "paused_by": after.paused_by });
    ops::tell(tx, &after, kind, &facts)?;
    if after.status == OrderStatus::Paused {
        let facts = json!({ "order_id": id, "paused_by": after.paused_by, "paused_at": tx.business_now() });
        // Each pause is an occasion of its own, and the version tells them apart.
        let occasion = format!("{id}:{}", after.version);
        let programme = after.programme_id;
        notifications::record(
            tx,
            NotificationKind::PauseStarted,
            &occasion,
            programme,
            Some(supplier),
            &facts,
        )?;
    }
    Ok(after)
}

/// Whether the caller may do this by policy.
fn may(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    policy: &PolicySet,
    order: &Row,
    action: OrderAction,
) -> ApiResult<()> {
    if action == OrderAction::Cancel {
        return care::may_change_under(tx, caller, account, policy, SelfServiceField::Orders);
    }
    care::not_over(account)?;
    match (&caller.principal, policy.pause.actor) {
        (Principal::Staff(_), PauseActor::Nobody | PauseActor::Staff | PauseActor::Supplier) => Ok(()),
        // What staff paused has a reason that the supplier cannot judge.
        (Principal::Supplier(_) | Principal::Key(_), PauseActor::Supplier)
            if order.paused_by == Some(PausedBy::Staff) =>
        {
            care::through_staff(tx, account, false)
        }
        (Principal::Supplier(_) | Principal::Key(_), PauseActor::Supplier) => Ok(()),
        (Principal::Supplier(_) | Principal::Key(_), PauseActor::Staff) => care::through_staff(tx, account, true),
        (Principal::Supplier(_) | Principal::Key(_), PauseActor::Nobody) => care::through_staff(tx, account, false),
    }
}

/// Refuses to cancel an order with leads to come that are paid, where the policy delivers them (R64).
fn paid_leads_are_delivered(policy: &PolicySet, order: &Row, action: OrderAction) -> ApiResult<()> {
    let to_come = order.quantity.map_or(0, |quantity| quantity - order.sold);
    let paid = order.checkout_id.is_some() && to_come > 0 && order.status != OrderStatus::Cancelled;
    if action == OrderAction::Cancel && paid && policy.cancel.undelivered == Undelivered::Finish {
        let detail = format!("{to_come} leads are paid and still to come; the order ends with the last of them.");
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    Ok(())
}

fn after(mut row: Row, action: OrderAction, caller: &Caller) -> ApiResult<Row> {
    let step = |status: OrderStatus, action| {
        status
            .after(action)
            .map_err(|refused| ApiError::conflict(refused.to_string()))
    };
    row.status = step(row.status, action)?;
    // A quantity that was lowered meanwhile may be reached already.
    if action == OrderAction::Resume && rules::is_complete(row.quantity, row.sold) {
        row.status = step(row.status, OrderAction::Fill)?;
    }
    row.paused_by = match row.status {
        OrderStatus::Paused if caller.is_staff() => Some(PausedBy::Staff),
        OrderStatus::Paused => Some(PausedBy::Supplier),
        OrderStatus::Open | OrderStatus::Filled | OrderStatus::Cancelled => None,
    };
    Ok(row)
}
