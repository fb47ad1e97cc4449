//! Rows of endpoints. What is sent to them stands in `store/deliveries.rs`.

pub(crate) mod deliveries;

use crate::auth::Scope;
use crate::db::schema::{programmes, suppliers, webhook_deliveries, webhook_endpoints};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use std::collections::HashMap;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{WebhookDisabledBecause, WebhookEndpoint, WebhookEndpointStatus, WebhookInclude};
use tradepost_contract::{EventId, Id, Page, ProgrammeId, SupplierId, Timestamp, WebhookEndpointId};

/// A row of `webhook_endpoints`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = webhook_endpoints)]
pub(crate) struct Row {
    pub(crate) id: WebhookEndpointId,
    /// Whose it is; none where it is the seller's.
    pub(crate) supplier_id: Option<SupplierId>,
    pub(crate) programme_id: Option<ProgrammeId>,
    pub(crate) only_supplier_id: Option<SupplierId>,
    pub(crate) name: String,
    pub(crate) url: String,
    /// A JSON list of words.
    pub(crate) kinds: String,
    /// A JSON list of words.
    pub(crate) includes: String,
    pub(crate) status: WebhookEndpointStatus,
    pub(crate) disabled_because: Option<WebhookDisabledBecause>,
    pub(crate) failing_since: Option<Timestamp>,
    /// Sealed.
    pub(crate) secret: String,
    /// Sealed.
    pub(crate) previous_secret: Option<String>,
    pub(crate) previous_secret_until: Option<Timestamp>,
    /// Every event up to here that it wants has its delivery.
    pub(crate) sent_up_to: EventId,
    /// From here on: earlier ones were never wanted, or their deliveries are forgotten.
    pub(crate) log_from: EventId,
    /// Events after this one are being sent again,
    pub(crate) replay_from: Option<EventId>,
    /// up to this one.
    pub(crate) replay_up_to: Option<EventId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i64,
}

impl Row {
    /// An endpoint that nobody's is yet and that gets nothing: sent to from now on.
    pub(crate) fn fresh(id: WebhookEndpointId, name: String, url: String, secret: String, now: Timestamp) -> Self {
        // Ids rise, so that what happens from now on has a greater one.
        let from = EventId::from_i64(id.as_i64());
        Self {
            id,
            supplier_id: None,
            programme_id: None,
            only_supplier_id: None,
            name,
            url,
            kinds: "[]".to_owned(),
            includes: "[]".to_owned(),
            status: WebhookEndpointStatus::Active,
            disabled_because: None,
            failing_since: None,
            secret,
            previous_secret: None,
            previous_secret_until: None,
            sent_up_to: from,
            log_from: from,
            replay_from: None,
            replay_up_to: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    pub(super) fn kinds(&self) -> ApiResult<Vec<EventKind>> {
        Ok(serde_json::from_str(&self.kinds)?)
    }

    pub(super) fn includes(&self) -> ApiResult<Vec<WebhookInclude>> {
        Ok(serde_json::from_str(&self.includes)?)
    }

    /// The supplier whose events alone are sent.
    pub(super) fn about(&self) -> Option<SupplierId> {
        self.supplier_id.or(self.only_supplier_id)
    }

    /// What its secrets are sealed for.
    pub(crate) fn place(&self) -> String {
        self.id.to_string()
    }

    fn shown(self, supplier_name: Option<String>, waiting: i64) -> ApiResult<WebhookEndpoint> {
        Ok(WebhookEndpoint {
            kinds: self.kinds()?,
            includes: self.includes()?,
            id: self.id,
            supplier_id: self.supplier_id,
            supplier_name,
            programme_id: self.programme_id,
            only_supplier_id: self.only_supplier_id,
            name: self.name,
            url: self.url,
            status: self.status,
            disabled_because: self.disabled_because,
            failing_since: self.failing_since,
            previous_secret_until: self.previous_secret_until,
            waiting,
            replaying: self.replay_from.is_some(),
            created_at: self.created_at,
            version: self.version,
        })
    }
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const PENDING: &str = "webhook_deliveries.status = 'pending'";

/// Endpoints of delivery targets are seen as those.
const NO_TARGETS: &str =
    "NOT EXISTS (SELECT 1 FROM delivery_targets WHERE delivery_targets.endpoint_id = webhook_endpoints.id)";

/// Which endpoints a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) supplier: Option<SupplierId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) statuses: Option<Vec<WebhookEndpointStatus>>,
}

/// A page of endpoints, the latest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    window: &Window,
) -> ApiResult<Page<WebhookEndpoint>> {
    let mut query = webhook_endpoints::table
        .left_join(suppliers::table)
        .filter(webhook_endpoints::status.ne(WebhookEndpointStatus::Deleted))
        .filter(sql::<Bool>(NO_TARGETS))
        .select((webhook_endpoints::all_columns, suppliers::name.nullable()))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(webhook_endpoints::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(webhook_endpoints::programme_id.eq(programme));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(webhook_endpoints::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(webhook_endpoints::created_at.le(at))
            .filter(webhook_endpoints::created_at.lt(at).or(webhook_endpoints::id.lt(id)));
    }
    let rows: Vec<(Row, Option<String>)> = query
        .order((webhook_endpoints::created_at.desc(), webhook_endpoints::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let page = window.finish(rows, |(row, _)| (row.created_at, row.id.as_i64()));
    let ids: Vec<_> = page.data.iter().map(|(row, _)| row.id).collect();
    let waiting = waiting(conn, &ids)?;
    page.try_map_rows(|rows| {
        rows.into_iter()
            .map(|(row, name)| {
                let waiting = waiting.get(&row.id).copied().unwrap_or(0);
                row.shown(name, waiting)
            })
            .collect()
    })
}

/// How many events wait for each of these endpoints.
pub(crate) fn waiting(conn: &mut Conn, ids: &[WebhookEndpointId]) -> ApiResult<HashMap<WebhookEndpointId, i64>> {
    let counted: Vec<(WebhookEndpointId, i64)> = webhook_deliveries::table
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::endpoint_id.eq_any(ids.to_vec()))
        .group_by(webhook_deliveries::endpoint_id)
        .select((webhook_deliveries::endpoint_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counted.into_iter().collect())
}

/// One endpoint that is there, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: WebhookEndpointId) -> ApiResult<Row> {
    webhook_endpoints::table
        .find(id)
        .filter(sql::<Bool>(NO_TARGETS))
        .first::<Row>(conn)
        .optional()?
        .filter(|row| row.status != WebhookEndpointStatus::Deleted && is_visible(row, scope))
        .ok_or_else(ApiError::not_found)
}

/// A supplier's people and keys see the supplier's endpoints; a key of a programme those of the programme.
fn is_visible(row: &Row, scope: &Scope) -> bool {
    scope
        .supplier()
        .is_none_or(|supplier| row.supplier_id == Some(supplier))
        && scope
            .programme()
            .is_none_or(|programme| row.programme_id == Some(programme))
}

/// An endpoint, whatever has become of it: for jobs.
pub(crate) fn any(conn: &mut Conn, id: WebhookEndpointId) -> ApiResult<Row> {
    Ok(webhook_endpoints::table.find(id).first(conn)?)
}

/// The endpoint as it is shown.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: WebhookEndpointId) -> ApiResult<WebhookEndpoint> {
    let row = find(conn, scope, id)?;
    let name = match row.supplier_id {
        Some(supplier) => suppliers::table
            .find(supplier)
            .select(suppliers::name)
            .first(conn)
            .optional()?,
        None => None,
    };
    let waiting = waiting(conn, &[id])?.remove(&id).unwrap_or(0);
    row.shown(name, waiting)
}

/// Keeps an endpoint as it is until the transaction ends, and gives it, whatever has become of it.
pub(crate) fn hold_any(tx: &mut Tx<'_>, id: WebhookEndpointId) -> ApiResult<Row> {
    diesel::update(webhook_endpoints::table.find(id))
        .set(webhook_endpoints::version.eq(webhook_endpoints::version))
        .execute(&mut **tx)?;
    any(tx, id)
}

/// Keeps an endpoint as it is until the transaction ends, and gives it, where the caller may see it.
pub(super) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: WebhookEndpointId) -> ApiResult<Row> {
    diesel::update(webhook_endpoints::table.find(id))
        .set(webhook_endpoints::version.eq(webhook_endpoints::version))
        .execute(&mut **tx)?;
    find(tx, scope, id)
}

pub(crate) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(webhook_endpoints::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what people change, and counts the change. The caller holds the row.
pub(crate) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    row.version += 1;
    row.updated_at = tx.wall_now();
    diesel::update(webhook_endpoints::table.find(row.id))
        .set((
            webhook_endpoints::name.eq(&row.name),
            webhook_endpoints::url.eq(&row.url),
            webhook_endpoints::kinds.eq(&row.kinds),
            webhook_endpoints::includes.eq(&row.includes),
            webhook_endpoints::status.eq(row.status),
            webhook_endpoints::disabled_because.eq(row.disabled_because),
            webhook_endpoints::failing_since.eq(row.failing_since),
            webhook_endpoints::secret.eq(&row.secret),
            webhook_endpoints::previous_secret.eq(&row.previous_secret),
            webhook_endpoints::previous_secret_until.eq(row.previous_secret_until),
            webhook_endpoints::sent_up_to.eq(row.sent_up_to),
            webhook_endpoints::log_from.eq(row.log_from),
            webhook_endpoints::replay_from.eq(row.replay_from),
            webhook_endpoints::replay_up_to.eq(row.replay_up_to),
            webhook_endpoints::updated_at.eq(row.updated_at),
            webhook_endpoints::version.eq(row.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Endpoints that are sent events.
pub(super) fn active(conn: &mut Conn) -> ApiResult<Vec<Row>> {
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::status.eq(WebhookEndpointStatus::Active))
        .order(webhook_endpoints::id)
        .load(conn)?)
}

/// Says that everything up to an event is on its way; false where somebody else was faster, or it is sent nothing now.
pub(super) fn sent_up_to(tx: &mut Tx<'_>, row: &Row, to: EventId) -> ApiResult<bool> {
    let same = webhook_endpoints::table
        .find(row.id)
        .filter(webhook_endpoints::status.eq(WebhookEndpointStatus::Active))
        .filter(webhook_endpoints::sent_up_to.eq(row.sent_up_to))
        .filter(webhook_endpoints::version.eq(row.version));
    let updated = diesel::update(same)
        .set(webhook_endpoints::sent_up_to.eq(to))
        .execute(&mut **tx)?;
    Ok(updated == 1)
}

/// Says how far a replay has come, or that it is over; false as in [`sent_up_to`].
pub(super) fn replayed_up_to(tx: &mut Tx<'_>, row: &Row, to: Option<EventId>) -> ApiResult<bool> {
    let same = webhook_endpoints::table
        .find(row.id)
        .filter(webhook_endpoints::status.eq(WebhookEndpointStatus::Active))
        .filter(webhook_endpoints::replay_from.eq(row.replay_from))
        .filter(webhook_endpoints::version.eq(row.version));
    let up_to = to.and(row.replay_up_to);
    let updated = diesel::update(same)
        .set((
            webhook_endpoints::replay_from.eq(to),
            webhook_endpoints::replay_up_to.eq(up_to),
        ))
        .execute(&mut **tx)?;
    Ok(updated == 1)
}

/// Notes that something has arrived there after all. Writes nothing where it always did.
pub(super) fn has_recovered(tx: &mut Tx<'_>, id: WebhookEndpointId) -> ApiResult<()> {
    let failing = webhook_endpoints::table
        .find(id)
        .filter(webhook_endpoints::failing_since.is_not_null());
    diesel::update(failing)
        .set(webhook_endpoints::failing_since.eq(None::<Timestamp>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes since when nothing arrives there, unless it is known, and keeps the row until the transaction ends.
pub(super) fn has_failed(tx: &mut Tx<'_>, id: WebhookEndpointId, since: Timestamp) -> ApiResult<Option<Row>> {
    let known = sql::<diesel::sql_types::Nullable<BigInt>>("COALESCE(webhook_endpoints.failing_since, ")
        .bind::<BigInt, _>(since.as_micros())
        .sql(")");
    diesel::update(webhook_endpoints::table.find(id))
        .set(webhook_endpoints::failing_since.eq(known))
        .execute(&mut **tx)?;
    Ok(webhook_endpoints::table.find(id).first(&mut **tx).optional()?)
}

/// Replaces sealed secrets by the same under another key, where they are still those.
pub(super) fn seal_anew(tx: &mut Tx<'_>, row: &Row, secret: &str, previous: Option<&str>) -> ApiResult<()> {
    let same = webhook_endpoints::table
        .find(row.id)
        .filter(webhook_endpoints::secret.eq(&row.secret));
    diesel::update(same)
        .set((
            webhook_endpoints::secret.eq(secret),
            webhook_endpoints::previous_secret.eq(previous),
            webhook_endpoints::previous_secret_until.eq(previous.and(row.previous_secret_until)),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether there are secrets whose time is over.
pub(super) fn has_old_secrets(conn: &mut Conn, now: Timestamp) -> ApiResult<bool> {
    let over = webhook_endpoints::table.filter(webhook_endpoints::previous_secret_until.le(now));
    Ok(diesel::select(diesel::dsl::exists(over)).get_result(conn)?)
}

/// Secrets whose time is over are not kept. Writes nothing where there are none.
pub(super) fn forget_previous_secrets(tx: &mut Tx<'_>, now: Timestamp) -> ApiResult<usize> {
    let over = webhook_endpoints::table.filter(webhook_endpoints::previous_secret_until.le(now));
    Ok(diesel::update(over)
        .set((
            webhook_endpoints::previous_secret.eq(None::<String>),
            webhook_endpoints::previous_secret_until.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?)
}

/// Deliveries up to here are forgotten.
pub(super) fn log_from(tx: &mut Tx<'_>, id: WebhookEndpointId, from: EventId) -> ApiResult<()> {
    let earlier = webhook_endpoints::table
        .find(id)
        .filter(webhook_endpoints::log_from.lt(from));
    diesel::update(earlier)
        .set(webhook_endpoints::log_from.eq(from))
        .execute(&mut **tx)?;
    Ok(())
}

/// The programme that a supplier buys in, where there is such a supplier.
pub(crate) fn programme_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<ProgrammeId>> {
    Ok(suppliers::table
        .find(supplier)
        .select(suppliers::programme_id)
        .first(conn)
        .optional()?)
}

pub(super) fn programme_exists(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<bool> {
    let found: Option<ProgrammeId> = programmes::table
        .find(programme)
        .select(programmes::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}
