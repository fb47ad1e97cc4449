//! What a pause does to an order (`pauses/`).

use super::rules;
use super::store::{self, Row};
use crate::auth::{Actor, Scope};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::{audit, market};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::orders::{OrderAction, OrderStatus, PausedBy};
use tradepost_contract::{OrderId, ProblemCode, ResolvedPolicyId, SupplierId};

/// What a pause asks of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pausable {
    pub(crate) supplier_id: SupplierId,
    pub(crate) status: OrderStatus,
    pub(crate) resolved_policy_id: ResolvedPolicyId,
}

/// An order that may be paused, where the caller may see it.
pub(crate) fn pausable(conn: &mut Conn, scope: &Scope, id: OrderId) -> ApiResult<Pausable> {
    store::find(conn, scope, id).map(seen)
}

/// The same, kept as it is until this transaction ends.
pub(crate) fn hold_pausable(tx: &mut Tx<'_>, scope: &Scope, id: OrderId) -> ApiResult<Pausable> {
    store::hold(tx, scope, id).map(seen)
}

fn seen(row: Row) -> Pausable {
    Pausable {
        supplier_id: row.supplier_id,
        status: row.status,
        resolved_policy_id: row.resolved_policy_id,
    }
}

/// Pauses an open order: no sale is made to it that commits after this (R52). False where it is not open.
pub(crate) fn pause(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    by: PausedBy,
    reason: Option<&str>,
) -> ApiResult<bool> {
    let mut row = store::hold(tx, &Scope::system(), id)?;
    let Ok(to) = row.status.after(OrderAction::Pause) else {
        return Ok(false);
    };
    let before = (row.status, row.paused_by);
    row.status = to;
    row.paused_by = Some(by);
    write(tx, actor, &row, before, "order.paused", reason)?;
    Ok(true)
}

/// Lets a paused order go on. False where it is not paused.
pub(crate) fn resume(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, reason: Option<&str>) -> ApiResult<bool> {
    let mut row = store::hold(tx, &Scope::system(), id)?;
    let Ok(to) = row.status.after(OrderAction::Resume) else {
        return Ok(false);
    };
    let before = (row.status, row.paused_by);
    row.status = to;
    // A quantity that was lowered meanwhile may be reached already.
    if rules::is_complete(row.quantity, row.sold) {
        row.status = row
            .status
            .after(OrderAction::Fill)
            .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    }
    row.paused_by = None;
    write(tx, actor, &row, before, "order.resumed", reason)?;
    Ok(true)
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &Row,
    (was, paused_by): (OrderStatus, Option<PausedBy>),
    action: &str,
    reason: Option<&str>,
) -> ApiResult<()> {
    if store::update(tx, row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    market::changed(tx)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: Some(json!({ "status": was, "paused_by": paused_by })),
        after: Some(json!({ "status": row.status, "paused_by": row.paused_by })),
        reason,
    };
    audit::record(tx, actor, change)?;
    let kind = match row.status {
        OrderStatus::Paused => EventKind::OrderPaused,
        OrderStatus::Open | OrderStatus::Filled | OrderStatus::Cancelled => EventKind::OrderResumed,
    };
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    let facts = json!({ "status": row.status, "was": was, "paused_by": row.paused_by });
    events::push(tx, kind, subject, &facts)?;
    Ok(())
}
