//! Rows of pauses.

use crate::auth::Scope;
use crate::db::schema::{orders, pauses, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::orders::PausedBy;
use tradepost_contract::pauses::{PauseStatus, RequestChannel};
use tradepost_contract::policy::PausePolicy;
use tradepost_contract::{Id, LocalDate, OrderId, Page, PauseId, ProgrammeId, SupplierId, Timestamp};

/// A row of `pauses`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = pauses)]
pub(super) struct Row {
    pub(super) id: PauseId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: Option<OrderId>,
    pub(super) status: PauseStatus,
    pub(super) paused_by: PausedBy,
    pub(super) requested_by: Option<String>,
    pub(super) channel: Option<RequestChannel>,
    pub(super) reason: Option<String>,
    /// What the policy allowed when it was asked for, as JSON.
    pub(super) terms: String,
    pub(super) requested_at: Timestamp,
    pub(super) starts_at: Timestamp,
    pub(super) returns_on: Option<LocalDate>,
    /// The beginning of that day.
    pub(super) returns_at: Option<Timestamp>,
    pub(super) returns_by_itself: bool,
    /// When the supplier is told that it ends soon; nothing once that is done.
    pub(super) remind_at: Option<Timestamp>,
    pub(super) began_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) updated_at: Timestamp,
}

impl Row {
    pub(super) fn terms(&self) -> ApiResult<PausePolicy> {
        Ok(serde_json::from_str(&self.terms)?)
    }

    /// From when until when it lasts, as far as that is known.
    pub(super) const fn span(&self) -> (Timestamp, Option<Timestamp>) {
        let from = match self.began_at {
            Some(began_at) => began_at,
            None => self.starts_at,
        };
        let until = match self.ended_at {
            Some(ended_at) => Some(ended_at),
            None => self.returns_at,
        };
        (from, until)
    }

    pub(super) const fn is_live(&self) -> bool {
        matches!(self.status, PauseStatus::Scheduled | PauseStatus::Active)
    }
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const SCHEDULED: &str = "pauses.status = 'scheduled'";
const ACTIVE: &str = "pauses.status = 'active'";

/// Which pauses a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<OrderId>,
    pub(super) statuses: Option<Vec<PauseStatus>>,
}

/// A page of pauses, the latest first, with what their suppliers are called.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<(Row, String)>> {
    let mut query = pauses::table
        .inner_join(suppliers::table)
        .left_join(orders::table)
        .select((pauses::all_columns, suppliers::name))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(pauses::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(pauses::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        // A pause of the whole account concerns everybody in it.
        query = query.filter(
            pauses::order_id
                .is_null()
                .or(orders::business_id.nullable().eq_any(own.to_vec())),
        );
    }
    if let Some(order) = filter.order {
        query = query.filter(pauses::order_id.eq(order));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(pauses::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(pauses::requested_at.le(at))
            .filter(pauses::requested_at.lt(at).or(pauses::id.lt(id)));
    }
    let rows: Vec<(Row, String)> = query
        .order((pauses::requested_at.desc(), pauses::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _)| (row.requested_at, row.id.as_i64())))
}

/// One pause, where the caller may see it, with what its supplier is called.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PauseId) -> ApiResult<(Row, String)> {
    let found = pauses::table
        .inner_join(suppliers::table)
        .left_join(orders::table)
        .filter(pauses::id.eq(id))
        .select((pauses::all_columns, suppliers::name, orders::business_id.nullable()))
        .first::<(Row, String, Option<tradepost_contract::BusinessId>)>(conn)
        .optional()?;
    found
        .filter(|(row, _, business)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && business.is_none_or(|business| scope.allows_business(business))
        })
        .map(|(row, name, _)| (row, name))
        .ok_or_else(ApiError::not_found)
}

/// All pauses of a supplier that were not cancelled. There are few: nobody pauses every day.
pub(super) fn of_supplier(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<Row>> {
    Ok(pauses::table
        .filter(pauses::supplier_id.eq(supplier))
        .filter(pauses::status.ne(PauseStatus::Cancelled))
        .order(pauses::id)
        .load(conn)?)
}

/// A pause that began.
#[derive(Debug, Clone, Copy, Queryable)]
pub(crate) struct Began {
    pub(crate) supplier_id: SupplierId,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// The pauses of some suppliers that began.
pub(crate) fn of_suppliers(conn: &mut Conn, suppliers: &[SupplierId]) -> ApiResult<Vec<Began>> {
    Ok(pauses::table
        .filter(pauses::supplier_id.eq_any(suppliers.to_vec()))
        .filter(pauses::began_at.is_not_null())
        .select((pauses::supplier_id, pauses::order_id, pauses::ended_at))
        .load(conn)?)
}

/// The pause that runs for an order, and those that are to come.
pub(super) fn live_of_order(conn: &mut Conn, order: OrderId) -> ApiResult<Vec<Row>> {
    Ok(pauses::table
        .filter(pauses::order_id.eq(order))
        .filter(pauses::status.eq_any([PauseStatus::Scheduled, PauseStatus::Active]))
        .order(pauses::starts_at)
        .load(conn)?)
}

/// Whether the whole account takes a pause now.
pub(super) fn is_account_paused(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let active = pauses::table
        .filter(pauses::supplier_id.eq(supplier))
        .filter(pauses::order_id.is_null())
        .filter(sql::<Bool>(ACTIVE));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(pauses::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what can change, and counts the change. The caller holds the supplier.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    row.version += 1;
    row.updated_at = tx.business_now();
    diesel::update(pauses::table.find(row.id))
        .set((
            pauses::status.eq(row.status),
            pauses::returns_on.eq(row.returns_on),
            pauses::returns_at.eq(row.returns_at),
            pauses::remind_at.eq(row.remind_at),
            pauses::began_at.eq(row.began_at),
            pauses::ended_at.eq(row.ended_at),
            pauses::version.eq(row.version),
            pauses::updated_at.eq(row.updated_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes that the supplier was told. Its version stays: nothing changed that anybody could overwrite.
pub(super) fn mark_reminded(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::update(pauses::table.find(row.id))
        .set(pauses::remind_at.eq(None::<Timestamp>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Pauses of which the supplier is to be told that they end soon, the earliest first.
pub(super) fn to_remind_of(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<PauseId>> {
    Ok(pauses::table
        .filter(sql::<Bool>(ACTIVE))
        .filter(pauses::remind_at.le(now))
        .order((pauses::remind_at, pauses::id))
        .limit(limit)
        .select(pauses::id)
        .load(conn)?)
}

/// Pauses whose beginning or end has come, the earliest first.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<PauseId>> {
    let mut due: Vec<(Timestamp, PauseId)> = pauses::table
        .filter(sql::<Bool>(SCHEDULED))
        .filter(pauses::starts_at.le(now))
        .order(pauses::starts_at)
        .limit(limit)
        .select((pauses::starts_at, pauses::id))
        .load(conn)?;
    let ending: Vec<(Option<Timestamp>, PauseId)> = pauses::table
        .filter(sql::<Bool>(ACTIVE))
        .filter(pauses::returns_by_itself.eq(true))
        .filter(pauses::returns_at.le(now))
        .order(pauses::returns_at)
        .limit(limit)
        .select((pauses::returns_at, pauses::id))
        .load(conn)?;
    due.extend(ending.into_iter().filter_map(|(at, id)| Some((at?, id))));
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, id)| id).collect())
}
