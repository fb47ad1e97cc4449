//! Writing and reading the audit trail; nothing changes it.

use super::Change;
use crate::auth::Actor;
use crate::db::schema::audit_entries::dsl;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::events::AuditEntry;
use tradepost_contract::{AuditEntryId, Page, SupplierId, Timestamp};

/// Writes the change into the trail.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, change: Change<'_>) -> ApiResult<()> {
    let id: AuditEntryId = tx.new_id();
    diesel::insert_into(dsl::audit_entries)
        .values((
            dsl::id.eq(id),
            dsl::recorded_at.eq(tx.wall_now()),
            dsl::actor.eq(&actor.id_text),
            dsl::actor_name.eq(&actor.name),
            dsl::action.eq(change.action),
            dsl::object.eq(change.object),
            dsl::supplier_id.eq(change.supplier),
            dsl::before.eq(change.before.map(|value| value.to_string())),
            dsl::after.eq(change.after.map(|value| value.to_string())),
            dsl::reason.eq(change.reason),
            dsl::channel.eq(actor.channel),
            dsl::request_id.eq(&actor.request_id),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Which entries to read.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) object: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) action: Option<String>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

#[derive(Queryable)]
struct Row {
    id: AuditEntryId,
    recorded_at: Timestamp,
    actor: String,
    actor_name: String,
    action: String,
    object: String,
    supplier_id: Option<SupplierId>,
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
    channel: String,
    request_id: String,
}

/// Entries, newest first.
pub(super) fn list(conn: &mut Conn, filter: Filter, window: Window) -> ApiResult<Page<AuditEntry>> {
    let mut query = dsl::audit_entries
        .order((dsl::recorded_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::recorded_at.le(at))
            .filter(dsl::recorded_at.lt(at).or(dsl::id.lt(id)));
    }
    if let Some(object) = filter.object {
        query = query.filter(dsl::object.eq(object));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(dsl::actor.eq(actor));
    }
    if let Some(action) = filter.action {
        query = query.filter(dsl::action.eq(action));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    if let Some(from) = filter.from {
        query = query.filter(dsl::recorded_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(dsl::recorded_at.lt(to));
    }
    let rows = query
        .load::<Row>(conn)?
        .into_iter()
        .map(entry)
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(rows, |row| (row.recorded_at, tradepost_contract::Id::as_i64(row.id))))
}

fn entry(row: Row) -> ApiResult<AuditEntry> {
    let Row {
        id,
        recorded_at,
        actor,
        actor_name,
        action,
        object,
        supplier_id,
        before,
        after,
        reason,
        channel,
        request_id,
    } = row;
    let before = before.map(|text| serde_json::from_str(&text)).transpose()?;
    let after = after.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(AuditEntry {
        id,
        recorded_at,
        actor,
        actor_name,
        action,
        object,
        supplier_id,
        before,
        after,
        reason,
        channel,
        request_id,
    })
}
