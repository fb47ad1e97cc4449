//! Rows of holds.

use crate::db::schema::lead_holds as h;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use std::collections::BTreeSet;
use tradepost_contract::{Id, LeadHoldId, LeadId, Page, ProgrammeId, Timestamp};

/// A row of `lead_holds`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = h)]
pub(super) struct Row {
    pub(super) id: LeadHoldId,
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) reason: String,
    pub(super) held_by_name: String,
    pub(super) held_at: Timestamp,
    pub(super) lifted_at: Option<Timestamp>,
    pub(super) lifted_by_name: Option<String>,
}

/// Which holds a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) lead: Option<LeadId>,
    pub(super) active: Option<bool>,
}

/// A page of holds, the latest first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, window: &Window) -> ApiResult<Page<Row>> {
    let mut query = h::table.into_boxed();
    if let Some(programme) = filter.programme {
        query = query.filter(h::programme_id.eq(programme));
    }
    if let Some(lead) = filter.lead {
        query = query.filter(h::lead_id.eq(lead));
    }
    query = match filter.active {
        None => query,
        Some(true) => query.filter(h::lifted_at.is_null()),
        Some(false) => query.filter(h::lifted_at.is_not_null()),
    };
    if let Some((at, id)) = window.after() {
        query = query
            .filter(h::held_at.le(at))
            .filter(h::held_at.lt(at).or(h::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((h::held_at.desc(), h::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |row| (row.held_at, row.id.as_i64())))
}

pub(super) fn get(conn: &mut Conn, id: LeadHoldId) -> ApiResult<Row> {
    h::table
        .find(id)
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)
}

/// Inserts a hold; false where the lead is held already, also since the same moment.
pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<bool> {
    let insert = diesel::insert_into(h::table).values(row.clone());
    let written = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(written == 1)
}

/// Lifts a hold; false where it is lifted already or not there.
pub(super) fn lift(tx: &mut Tx<'_>, id: LeadHoldId, by: &str) -> ApiResult<bool> {
    let now = tx.business_now();
    let written = diesel::update(h::table.find(id).filter(h::lifted_at.is_null()))
        .set((h::lifted_at.eq(now), h::lifted_by_name.eq(by)))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// All leads that are held; they are few.
pub(crate) fn held(conn: &mut Conn) -> ApiResult<Vec<LeadId>> {
    Ok(h::table.filter(h::lifted_at.is_null()).select(h::lead_id).load(conn)?)
}

/// Which of these leads are held.
pub(crate) fn held_among(conn: &mut Conn, leads: &[LeadId]) -> ApiResult<BTreeSet<LeadId>> {
    let held: Vec<LeadId> = h::table
        .filter(h::lead_id.eq_any(leads.to_vec()))
        .filter(h::lifted_at.is_null())
        .select(h::lead_id)
        .load(conn)?;
    Ok(held.into_iter().collect())
}
