//! The audit record, the event and the messages of what happens to a request. They hold ids and states; the change
//! itself may hold names and addresses, and stays in its row.

use super::store::Row;
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::notifications;
use crate::suppliers::store::{self as accounts, Account};
use serde_json::{Value, json};
use tradepost_contract::events::{EventKind, NotificationKind};

/// A request as the trail and the event log keep it.
pub(super) fn facts(row: &Row) -> Value {
    json!({
        "change_request_id": row.id, "kind": row.kind, "status": row.status, "order_id": row.order_id,
        "plan_subscription_id": row.plan_subscription_id, "asked_by": row.asked_by, "channel": row.channel,
        "earliest_at": row.earliest_at, "effective_at": row.effective_at, "applied_at": row.applied_at,
        "superseded_by_id": row.superseded_by_id,
    })
}

/// The audit record and the event of a change.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: Option<Value>,
    row: &Row,
    reason: Option<&str>,
) -> ApiResult<()> {
    let after = facts(row);
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::ChangeRequestChanged, subject, &after)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before,
        after: Some(after),
        reason,
    };
    audit::record(tx, actor, change)
}

/// A message to the supplier; each kind once a request.
pub(super) fn to_supplier(tx: &mut Tx<'_>, row: &Row, kind: NotificationKind) -> ApiResult<()> {
    let facts = json!({
        "change_request_id": row.id, "kind": row.kind, "status": row.status, "effective_at": row.effective_at,
        "answer": row.answer, "failure": row.failure,
    });
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    notifications::record(tx, kind, &row.id.to_string(), programme, supplier, &facts)?;
    Ok(())
}

/// A message to the account manager, or to the department while there is none; each kind once a request.
pub(super) fn to_staff(tx: &mut Tx<'_>, account: &Account, row: &Row, kind: NotificationKind) -> ApiResult<()> {
    let contact = accounts::contact_of(tx, account)?;
    let recipients: Vec<String> = contact.email.into_iter().collect();
    let facts = json!({
        "change_request_id": row.id, "kind": row.kind, "status": row.status, "supplier_id": row.supplier_id,
        "effective_at": row.effective_at, "failure": row.failure,
    });
    notifications::record_to(
        tx,
        kind,
        &row.id.to_string(),
        row.programme_id,
        None,
        &recipients,
        &facts,
    )?;
    Ok(())
}
