//! What the end of an account does to its orders (`cancellations/`).

use super::store;
use crate::auth::{Actor, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::{audit, market, pauses};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::orders::OrderAction;
use tradepost_contract::{OrderId, ProblemCode, SupplierId};

/// Which orders of an account end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All of them.
    All,
    /// Those that nobody paid at a checkout; what was paid is still delivered.
    Unpaid,
}

/// Cancels orders of an account that ends, and their pauses. No sale is made to them that commits after this. The caller
/// holds the supplier.
pub(crate) fn end_with_account(
    tx: &mut Tx<'_>,
    actor: &Actor,
    supplier: SupplierId,
    which: Ending,
    reason: &str,
) -> ApiResult<()> {
    for (id, paid) in store::live_of(tx, supplier)? {
        if !(which == Ending::Unpaid && paid) {
            cancel(tx, actor, id, reason)?;
        }
    }
    market::changed(tx)
}

fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, reason: &str) -> ApiResult<()> {
    pauses::order_is_over(tx, actor, id)?;
    let mut row = store::hold(tx, &Scope::system(), id)?;
    let (was, paused_by) = (row.status, row.paused_by);
    // A sale may have filled it while this waited for it.
    let Ok(to) = row.status.after(OrderAction::Cancel) else {
        return Ok(());
    };
    row.status = to;
    row.paused_by = None;
    if store::update(tx, &row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let change = audit::Change {
        action: "order.cancelled",
        object: id.to_string(),
        supplier: Some(row.supplier_id),
        before: Some(json!({ "status": was, "paused_by": paused_by })),
        after: Some(json!({ "status": row.status, "paused_by": row.paused_by })),
        reason: Some(reason),
    };
    audit::record(tx, actor, change)?;
    let subject = Subject::of(id).programme(row.programme_id).supplier(row.supplier_id);
    let facts = json!({ "status": row.status, "was": was, "paused_by": row.paused_by });
    events::push(tx, EventKind::OrderCancelled, subject, &facts)?;
    Ok(())
}
