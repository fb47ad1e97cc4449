//! Rows of erasure notices.

use crate::auth::Scope;
use crate::db::schema::{deliveries, erasure_notices as n, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::erasure_notices::ErasureNoticeStatus;
use tradepost_contract::{
    BusinessId, DeliveryId, ErasureNoticeId, Id, LeadId, Page, ProgrammeId, SubjectRequestId, SupplierId, Timestamp,
};

/// A row of `erasure_notices`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = n)]
pub(super) struct Row {
    pub(super) id: ErasureNoticeId,
    pub(super) subject_request_id: Option<SubjectRequestId>,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) lead_id: LeadId,
    pub(super) delivery_id: DeliveryId,
    pub(super) told_at: Timestamp,
    pub(super) remind_at: Option<Timestamp>,
    pub(super) due_at: Timestamp,
    pub(super) reminded_at: Option<Timestamp>,
    pub(super) late_told_at: Option<Timestamp>,
    pub(super) acknowledged_at: Option<Timestamp>,
    pub(super) acknowledged_by: Option<String>,
}

impl Row {
    /// Where it stands at this instant.
    pub(super) fn status(&self, now: Timestamp) -> ErasureNoticeStatus {
        match self.acknowledged_at {
            Some(_) => ErasureNoticeStatus::Acknowledged,
            None if self.due_at <= now => ErasureNoticeStatus::Late,
            None => ErasureNoticeStatus::Waiting,
        }
    }
}

/// A notice with what its supplier is called, and when the lead was sold.
pub(super) type Named = (Row, String, Timestamp);

/// Which notices a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) supplier: Option<SupplierId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) request: Option<SubjectRequestId>,
    pub(super) status: Option<ErasureNoticeStatus>,
}

/// A page of notices, the latest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    now: Timestamp,
    window: &Window,
) -> ApiResult<Page<Named>> {
    let mut query = n::table
        .inner_join(suppliers::table)
        .inner_join(deliveries::table)
        .select((n::all_columns, suppliers::name, deliveries::delivered_at))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(n::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(n::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(n::business_id.eq_any(own.to_vec()));
    }
    if let Some(request) = filter.request {
        query = query.filter(n::subject_request_id.eq(request));
    }
    query = match filter.status {
        None => query,
        Some(ErasureNoticeStatus::Acknowledged) => query.filter(n::acknowledged_at.is_not_null()),
        Some(ErasureNoticeStatus::Waiting) => query.filter(n::acknowledged_at.is_null().and(n::due_at.gt(now))),
        Some(ErasureNoticeStatus::Late) => query.filter(n::acknowledged_at.is_null().and(n::due_at.le(now))),
    };
    if let Some((at, id)) = window.after() {
        query = query
            .filter(n::told_at.le(at))
            .filter(n::told_at.lt(at).or(n::id.lt(id)));
    }
    let rows: Vec<Named> = query
        .order((n::told_at.desc(), n::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, ..)| (row.told_at, row.id.as_i64())))
}

/// One notice, where the caller may see it.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: ErasureNoticeId) -> ApiResult<Named> {
    let found: Option<Named> = n::table
        .inner_join(suppliers::table)
        .inner_join(deliveries::table)
        .filter(n::id.eq(id))
        .select((n::all_columns, suppliers::name, deliveries::delivered_at))
        .first(conn)
        .optional()?;
    found
        .filter(|(row, ..)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && scope.allows_business(row.business_id)
        })
        .ok_or_else(ApiError::not_found)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: Row) -> ApiResult<()> {
    diesel::insert_into(n::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Notes that the supplier did it; false where somebody said so before.
pub(super) fn acknowledge(tx: &mut Tx<'_>, id: ErasureNoticeId, by: &str) -> ApiResult<bool> {
    let now = tx.business_now();
    let written = diesel::update(n::table.find(id).filter(n::acknowledged_at.is_null()))
        .set((n::acknowledged_at.eq(now), n::acknowledged_by.eq(by)))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// Notes that the supplier was reminded; false where that is not due any more.
pub(super) fn remind(tx: &mut Tx<'_>, id: ErasureNoticeId) -> ApiResult<bool> {
    let now = tx.business_now();
    let waits = n::acknowledged_at.is_null().and(n::reminded_at.is_null());
    let written = diesel::update(n::table.find(id).filter(waits))
        .set(n::reminded_at.eq(now))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// Notes that staff were told that it is late; false where that is not so any more.
pub(super) fn tell_late(tx: &mut Tx<'_>, id: ErasureNoticeId) -> ApiResult<bool> {
    let now = tx.business_now();
    let waits = n::acknowledged_at.is_null().and(n::late_told_at.is_null());
    let written = diesel::update(n::table.find(id).filter(waits))
        .set(n::late_told_at.eq(now))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// Notices of which the supplier is to be reminded.
pub(super) fn to_remind(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<ErasureNoticeId>> {
    Ok(n::table
        .filter(n::acknowledged_at.is_null().and(n::reminded_at.is_null()))
        .filter(n::remind_at.le(now))
        .order(n::remind_at)
        .limit(limit)
        .select(n::id)
        .load(conn)?)
}

/// Notices that staff are to be told of.
pub(super) fn to_tell(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<ErasureNoticeId>> {
    Ok(n::table
        .filter(n::acknowledged_at.is_null().and(n::late_told_at.is_null()))
        .filter(n::due_at.le(now))
        .order(n::due_at)
        .limit(limit)
        .select(n::id)
        .load(conn)?)
}
