//! Rows of cancellations.

use crate::auth::Scope;
use crate::db::schema::{cancellations, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::cancellations::{CancelReason, CancelRule, CancellationStatus, CancelledBy};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::policy::{AgreementTerm, CancelEffective};
use tradepost_contract::{AgreementId, CancellationId, Id, LocalDate, Page, ProgrammeId, SupplierId, Timestamp};

/// A row of `cancellations`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = cancellations)]
pub(super) struct Row {
    pub(super) id: CancellationId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) status: CancellationStatus,
    pub(super) cancelled_by: CancelledBy,
    pub(super) requested_by: Option<String>,
    pub(super) channel: Option<RequestChannel>,
    pub(super) reason: Option<CancelReason>,
    pub(super) comment: Option<String>,
    pub(super) reason_skipped: bool,
    pub(super) retention_note: Option<String>,
    pub(super) agreement_id: Option<AgreementId>,
    pub(super) term: AgreementTerm,
    pub(super) received_on: LocalDate,
    pub(super) effective: CancelEffective,
    pub(super) rule: Option<CancelRule>,
    /// The window of the notice, as JSON.
    pub(super) notice_window: Option<String>,
    pub(super) last_day: Option<LocalDate>,
    /// When it is to take effect at the earliest, and when it did.
    pub(super) effective_at: Option<Timestamp>,
    /// When the supplier is told that it ends soon; nothing once that is done.
    pub(super) remind_at: Option<Timestamp>,
    /// It also waits for the last lead that is paid.
    pub(super) ends_with_leads: bool,
    /// The account gets leads while it waits; not where it was suspended when it gave notice.
    pub(super) served: bool,
    /// The supplier's own people may take it back.
    pub(super) withdrawable: bool,
    pub(super) document_name: Option<String>,
    pub(super) document: Option<String>,
    pub(super) requested_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) updated_at: Timestamp,
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const SCHEDULED: &str = "cancellations.status = 'scheduled'";

/// Which cancellations a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) statuses: Option<Vec<CancellationStatus>>,
    pub(super) reasons: Option<Vec<CancelReason>>,
}

/// A page of cancellations, the latest first, with what their suppliers are called.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<(Row, String)>> {
    let mut query = cancellations::table
        .inner_join(suppliers::table)
        .select((cancellations::all_columns, suppliers::name))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(cancellations::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(cancellations::programme_id.eq(programme));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(cancellations::status.eq_any(statuses));
    }
    if let Some(reasons) = filter.reasons {
        query = query.filter(cancellations::reason.eq_any(reasons));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(cancellations::requested_at.le(at))
            .filter(cancellations::requested_at.lt(at).or(cancellations::id.lt(id)));
    }
    let rows: Vec<(Row, String)> = query
        .order((cancellations::requested_at.desc(), cancellations::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _)| (row.requested_at, row.id.as_i64())))
}

/// One cancellation, where the caller may see it, with what its supplier is called. It is the whole account's.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: CancellationId) -> ApiResult<(Row, String)> {
    let found = cancellations::table
        .inner_join(suppliers::table)
        .filter(cancellations::id.eq(id))
        .select((cancellations::all_columns, suppliers::name))
        .first::<(Row, String)>(conn)
        .optional()?;
    found
        .filter(|(row, _)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && scope.businesses().is_none()
        })
        .ok_or_else(ApiError::not_found)
}

/// The cancellation of an account that is to take effect.
pub(super) fn scheduled(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Row>> {
    Ok(cancellations::table
        .filter(cancellations::supplier_id.eq(supplier))
        .filter(sql::<Bool>(SCHEDULED))
        .first(conn)
        .optional()?)
}

/// Whether an account ends by this instant.
pub(super) fn is_due(conn: &mut Conn, supplier: SupplierId, now: Timestamp) -> ApiResult<bool> {
    let due = cancellations::table
        .filter(cancellations::supplier_id.eq(supplier))
        .filter(sql::<Bool>(SCHEDULED))
        .filter(cancellations::effective_at.le(now));
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    match diesel::insert_into(cancellations::table)
        .values(row.clone())
        .execute(&mut **tx)
    {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::conflict("The account is cancelled already.")),
        Err(cause) => Err(cause.into()),
    }
}

/// Writes what can change, and counts the change. The caller holds the supplier.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    row.version += 1;
    row.updated_at = tx.business_now();
    diesel::update(cancellations::table.find(row.id))
        .set((
            cancellations::status.eq(row.status),
            cancellations::retention_note.eq(row.retention_note.clone()),
            cancellations::effective_at.eq(row.effective_at),
            cancellations::served.eq(row.served),
            cancellations::ended_at.eq(row.ended_at),
            cancellations::version.eq(row.version),
            cancellations::updated_at.eq(row.updated_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Cancellations of which the supplier is to be told that the account ends soon, the earliest first.
pub(super) fn to_remind_of(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<CancellationId>> {
    Ok(cancellations::table
        .filter(sql::<Bool>(SCHEDULED))
        .filter(cancellations::remind_at.le(now))
        .order((cancellations::remind_at, cancellations::id))
        .limit(limit)
        .select(cancellations::id)
        .load(conn)?)
}

/// Notes that the supplier was told. Its version stays: nothing changed that anybody could overwrite.
pub(super) fn mark_reminded(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::update(cancellations::table.find(row.id))
        .set(cancellations::remind_at.eq(None::<Timestamp>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Cancellations whose time has come, the earliest first. Those that wait for leads only while there are any to come are
/// left out, so that they do not stand in the way of others.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<CancellationId>> {
    let nothing_to_come = sql::<Bool>(
        "(ends_with_leads = FALSE OR (\
         NOT EXISTS (SELECT 1 FROM orders o WHERE o.supplier_id = cancellations.supplier_id AND o.checkout_id IS NOT NULL \
         AND o.status IN ('open', 'paused') AND o.sold < o.quantity) \
         AND NOT EXISTS (SELECT 1 FROM packages p WHERE p.supplier_id = cancellations.supplier_id AND p.status = 'running')))",
    );
    Ok(cancellations::table
        .filter(sql::<Bool>(SCHEDULED))
        .filter(
            cancellations::effective_at
                .is_null()
                .or(cancellations::effective_at.le(now)),
        )
        .filter(nothing_to_come)
        .order((cancellations::effective_at, cancellations::id))
        .limit(limit)
        .select(cancellations::id)
        .load(conn)?)
}
