//! Pausing, resuming and cancelling orders.

use super::ops;
use super::store::{self, Row};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use crate::suppliers::{care, fields, trail};
use crate::{change_requests, market, pauses};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::orders::{ChangeOrderStatus, Order, OrderAction, OrderStatus, PauseOrder};
use tradepost_contract::pauses::CreatePause;
use tradepost_contract::policy::{PolicySet, SelfServiceField, Undelivered};
use tradepost_contract::{OrderId, ProblemCode};

/// The order, held, if the caller saw this version.
fn held(tx: &mut Tx<'_>, caller: &Caller, id: OrderId, seen: Option<i64>) -> ApiResult<Row> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    accounts::hold(tx, &scope, supplier)?;
    let row = store::hold(tx, &scope, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(row)
}

/// Pauses an order, by the rules of `pauses/` (R19, R52, R59, R70).
pub(super) fn pause(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: OrderId,
    seen: Option<i64>,
    body: &PauseOrder,
) -> ApiResult<Order> {
    let row = held(tx, caller, id, seen)?;
    let asked = CreatePause {
        supplier_id: row.supplier_id,
        order_id: Some(id),
        starts_at: body.starts_at,
        returns_on: body.returns_on,
        requested_by: body.requested_by.clone(),
        channel: body.channel,
        reason: body.reason.clone(),
    };
    pauses::create(tx, policies, caller, &asked)?;
    store::get(tx, policies, caller, id)
}

/// Ends the pause that an order is in.
pub(super) fn resume(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: OrderId,
    seen: Option<i64>,
    body: &ChangeOrderStatus,
) -> ApiResult<Order> {
    held(tx, caller, id, seen)?;
    pauses::resume_order(tx, policies, caller, id, body.reason.as_deref())?;
    store::get(tx, policies, caller, id)
}

/// Cancels an order; it counts for every sale from this transaction on.
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: OrderId,
    seen: Option<i64>,
    body: &ChangeOrderStatus,
) -> ApiResult<Order> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", body.reason.as_deref()));
    faults.finish()?;
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let old = store::hold(tx, &scope, id)?;
    let policy = policies.get(tx, old.resolved_policy_id)?;
    care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Orders)?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    paid_leads_are_delivered(&policy, &old)?;
    let before = store::get(tx, policies, caller, id)?;
    pauses::order_is_over(tx, &caller.actor(), id)?;
    change_requests::order_is_over(tx, &caller.actor(), supplier, id)?;
    let mut row = store::hold(tx, &scope, id)?;
    row.status = row
        .status
        .after(OrderAction::Cancel)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    row.paused_by = None;
    if store::update(tx, &row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    market::changed(tx)?;
    let after = store::get(tx, policies, caller, id)?;
    let changed = (&before, &after);
    trail::changed(tx, caller, "order.cancelled", id, supplier, changed, reason.as_deref())?;
    let facts = json!({ "status": after.status, "was": before.status, "paused_by": after.paused_by });
    ops::tell(tx, &after, EventKind::OrderCancelled, &facts)?;
    Ok(after)
}

/// Refuses to cancel an order with leads to come that are paid, where the policy delivers them (R64).
fn paid_leads_are_delivered(policy: &PolicySet, order: &Row) -> ApiResult<()> {
    let to_come = order.quantity.map_or(0, |quantity| quantity - order.sold);
    let paid = order.checkout_id.is_some() && to_come > 0 && order.status != OrderStatus::Cancelled;
    if paid && policy.cancel.undelivered == Undelivered::Finish {
        let detail = format!("{to_come} leads are paid and still to come; the order ends with the last of them.");
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    Ok(())
}
