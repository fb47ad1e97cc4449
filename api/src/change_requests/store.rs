//! Rows of change requests.

use crate::auth::Scope;
use crate::coverage::Planned;
use crate::db::schema::{change_requests, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::plans::Terms;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};
use tradepost_contract::change_requests::{Change, ChangeAsker, ChangeKind, ChangeRequestStatus, Difference};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::{
    ChangeRequestId, Id, OrderId, Page, PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp, UserId,
};

/// A row of `change_requests`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = change_requests)]
pub(super) struct Row {
    pub(super) id: ChangeRequestId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: Option<OrderId>,
    pub(super) plan_subscription_id: Option<PlanSubscriptionId>,
    pub(super) kind: ChangeKind,
    /// The change, as JSON.
    pub(super) change: String,
    /// What is different then, as JSON.
    pub(super) differences: String,
    /// What was written or settled before its time, as JSON.
    pub(super) prepared: Option<String>,
    pub(super) status: ChangeRequestStatus,
    pub(super) asked_by: ChangeAsker,
    pub(super) requested_by: Option<String>,
    pub(super) channel: Option<RequestChannel>,
    pub(super) reason: Option<String>,
    pub(super) requested_at: Timestamp,
    pub(super) earliest_at: Timestamp,
    pub(super) effective_at: Timestamp,
    pub(super) override_reason: Option<String>,
    pub(super) decided_at: Option<Timestamp>,
    pub(super) decided_by: Option<UserId>,
    pub(super) decided_by_name: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) applied_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) failure: Option<String>,
    pub(super) superseded_by_id: Option<ChangeRequestId>,
    pub(super) version: i64,
    pub(super) updated_at: Timestamp,
}

/// What was written or settled before a change takes effect.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Prepared {
    /// The areas whose rows begin and end then.
    Coverage(Planned),
    /// The terms of the plan from then on.
    Plan(Terms),
}

impl Row {
    pub(super) fn change(&self) -> ApiResult<Change> {
        Ok(serde_json::from_str(&self.change)?)
    }

    pub(super) fn differences(&self) -> ApiResult<Vec<Difference>> {
        Ok(serde_json::from_str(&self.differences)?)
    }

    pub(super) fn prepared(&self) -> ApiResult<Option<Prepared>> {
        let prepared = self.prepared.as_deref().map(serde_json::from_str);
        Ok(prepared.transpose()?)
    }
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const SCHEDULED: &str = "change_requests.status = 'scheduled'";

/// Which requests a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<OrderId>,
    pub(super) kinds: Option<Vec<ChangeKind>>,
    pub(super) statuses: Option<Vec<ChangeRequestStatus>>,
}

/// A page of requests, the latest first, with what their suppliers are called.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<(Row, String)>> {
    use change_requests as c;
    let mut query = c::table
        .inner_join(suppliers::table)
        .select((c::all_columns, suppliers::name))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(c::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(c::programme_id.eq(programme));
    }
    if scope.businesses().is_some() {
        // A request is the whole account's.
        query = query.filter(c::id.lt(0));
    }
    if let Some(order) = filter.order {
        query = query.filter(c::order_id.eq(order));
    }
    if let Some(kinds) = filter.kinds {
        query = query.filter(c::kind.eq_any(kinds));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(c::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(c::requested_at.le(at))
            .filter(c::requested_at.lt(at).or(c::id.lt(id)));
    }
    let rows: Vec<(Row, String)> = query
        .order((c::requested_at.desc(), c::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _)| (row.requested_at, row.id.as_i64())))
}

/// One request, where the caller may see it, with what its supplier is called. It is the whole account's.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: ChangeRequestId) -> ApiResult<(Row, String)> {
    let found: Option<(Row, String)> = change_requests::table
        .inner_join(suppliers::table)
        .filter(change_requests::id.eq(id))
        .select((change_requests::all_columns, suppliers::name))
        .first(conn)
        .optional()?;
    found
        .filter(|(row, _)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && scope.businesses().is_none()
        })
        .ok_or_else(ApiError::not_found)
}

/// The requests of a supplier of which something may still come, the earliest first.
pub(super) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<Row>> {
    let live = [ChangeRequestStatus::Open, ChangeRequestStatus::Scheduled];
    Ok(change_requests::table
        .filter(change_requests::supplier_id.eq(supplier))
        .filter(change_requests::status.eq_any(live))
        .order((change_requests::requested_at, change_requests::id))
        .load(conn)?)
}

/// The changes of these plans that were agreed to and are to come.
pub(super) fn of_plans(conn: &mut Conn, plans: &[PlanSubscriptionId]) -> ApiResult<Vec<Row>> {
    Ok(change_requests::table
        .filter(change_requests::plan_subscription_id.eq_any(plans.to_vec()))
        .filter(sql::<Bool>(SCHEDULED))
        .order(change_requests::effective_at)
        .load(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(change_requests::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what can change, and counts the change. The caller holds the supplier.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    use change_requests as c;
    row.version += 1;
    row.updated_at = tx.business_now();
    diesel::update(c::table.find(row.id))
        .set((
            c::differences.eq(row.differences.clone()),
            c::prepared.eq(row.prepared.clone()),
            c::status.eq(row.status),
            c::effective_at.eq(row.effective_at),
            c::override_reason.eq(row.override_reason.clone()),
            c::decided_at.eq(row.decided_at),
            c::decided_by.eq(row.decided_by),
            c::decided_by_name.eq(row.decided_by_name.clone()),
            c::answer.eq(row.answer.clone()),
            c::applied_at.eq(row.applied_at),
            c::closed_at.eq(row.closed_at),
            c::failure.eq(row.failure.clone()),
            c::superseded_by_id.eq(row.superseded_by_id),
            c::version.eq(row.version),
            c::updated_at.eq(row.updated_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Requests whose time has come, the earliest first.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<ChangeRequestId>> {
    Ok(change_requests::table
        .filter(sql::<Bool>(SCHEDULED))
        .filter(change_requests::effective_at.le(now))
        .order((change_requests::effective_at, change_requests::id))
        .limit(limit)
        .select(change_requests::id)
        .load(conn)?)
}
