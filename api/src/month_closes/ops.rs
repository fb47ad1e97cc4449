//! Closing a month and opening it again.

use super::rules::{Refusal, bounds};
use super::store;
use crate::audit;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::reconciliations;
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::month_closes::{CloseMonth, MonthClose, ReopenMonth};
use tradepost_contract::{FieldError, MonthCloseId};

pub(super) fn close(tx: &mut Tx<'_>, caller: &Caller, asked: &CloseMonth) -> ApiResult<MonthClose> {
    // The lock waits for entries that are being posted, and the next ones wait for it.
    let entity =
        store::lock_entity(tx, asked.legal_entity_id)?.ok_or_else(|| ApiError::unknown_id("/legal_entity_id"))?;
    let zone = Zone::parse(&entity.billing_zone).map_err(ApiError::internal)?;
    let (starts_at, ends_at) =
        bounds(asked.month, &zone, entity.closed_before, tx.business_now()).map_err(|refusal| match refusal {
            Refusal::NotAMonth => ApiError::invalid(vec![FieldError::new("/month", "format", refusal.to_string())]),
            Refusal::Running | Refusal::NotNext(_) => ApiError::conflict(refusal.to_string()),
        })?;
    // The gateway's days are those of UTC: the one in which the month ends counts as its last.
    let day_after = Zone::utc()
        .date_of(ends_at.plus(-time::Duration::microseconds(1)))
        .plus_days(1);
    let open = reconciliations::open_before(tx, asked.legal_entity_id, day_after)?;
    if open > 0 {
        return Err(ApiError::conflict(format!(
            "The payment gateway and the books differ in {open} places up to the end of the month. Say what they are \
             first."
        )));
    }
    store::set_closed_before(tx, asked.legal_entity_id, Some(ends_at))?;
    let close = MonthClose {
        id: tx.new_id::<MonthCloseId>(),
        legal_entity_id: asked.legal_entity_id,
        legal_entity_name: entity.name,
        month: asked.month,
        ends_at,
        entries: store::count_entries(tx, asked.legal_entity_id, ends_at)?,
        closed_by: caller.actor().name,
        closed_at: tx.business_now(),
        reopened_by: None,
        reopened_at: None,
        reopen_reason: None,
    };
    store::insert(tx, &close, starts_at)?;
    let facts = json!({ "month_close_id": close.id, "legal_entity_id": close.legal_entity_id, "month": close.month });
    events::push(tx, EventKind::MonthClosed, Subject::of(close.id), &facts)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "month.closed",
            object: close.id.to_string(),
            after: Some(
                json!({ "legal_entity_id": close.legal_entity_id, "month": close.month, "entries": close.entries }),
            ),
            ..audit::Change::default()
        },
    )?;
    Ok(close)
}

pub(super) fn reopen(tx: &mut Tx<'_>, caller: &Caller, id: MonthCloseId, asked: &ReopenMonth) -> ApiResult<MonthClose> {
    let reason = asked.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        let fault = FieldError::new("/reason", "length", "expected 1 to 500 characters");
        return Err(ApiError::invalid(vec![fault]));
    }
    let before = store::find(tx, id)?;
    store::lock_entity(tx, before.legal_entity_id)?.ok_or_else(ApiError::not_found)?;
    let starts_at = store::reopen_from(tx, &before, &caller.actor().name, reason)?
        .ok_or_else(|| ApiError::conflict("The month is open already."))?;
    // What lies before the first closed month stays closed only while a close says so.
    let still_closed = store::any_in_force(tx, before.legal_entity_id)?;
    store::set_closed_before(tx, before.legal_entity_id, still_closed.then_some(starts_at))?;
    let facts = json!({ "month_close_id": id, "legal_entity_id": before.legal_entity_id, "month": before.month });
    events::push(tx, EventKind::MonthReopened, Subject::of(id), &facts)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "month.reopened",
            object: id.to_string(),
            before: Some(json!({ "month": before.month, "closed": true })),
            after: Some(json!({ "month": before.month, "closed": false })),
            reason: Some(reason),
            ..audit::Change::default()
        },
    )?;
    store::find(tx, id)
}
