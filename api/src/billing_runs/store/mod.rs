//! Rows of billing runs, and what a run reads to decide whom it bills. Who issues and who owes its invoices
//! is in `parties`, what it writes about their lines in `lines`, what makes them final in `finish`.

pub(crate) mod finish;
pub(crate) mod lines;
pub(crate) mod next;
mod parties;

pub(crate) use parties::{Seller, buyer, seller, supplier_names, tax_facts};

use super::rules::BOUND_LOOKS_BACK;
use crate::calendar::BillingPeriod;
use crate::db::schema::{billing_runs, deliveries, invoices, policy_versions, programmes};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use std::collections::HashMap;
use tradepost_contract::billing_runs::{BillingRun, BillingRunStatus};
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{BillingRunId, Currency, Id, LocalDate, Money, Page, ProgrammeId, SupplierId, Timestamp};

/// A row of `billing_runs`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct RunRow {
    pub(crate) id: BillingRunId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) period_start_at: Timestamp,
    pub(crate) period_end_at: Timestamp,
    pub(crate) starts_on: LocalDate,
    pub(crate) ends_before: LocalDate,
    pub(crate) due_at: Timestamp,
    pub(crate) status: BillingRunStatus,
    pub(crate) suppliers_total: i64,
    pub(crate) suppliers_done: i64,
    pub(crate) invoices: i64,
    pub(crate) lines: i64,
    pub(crate) total_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) problem: Option<String>,
    pub(crate) accept_unusual: bool,
    pub(crate) started_by: Option<String>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

impl From<RunRow> for BillingRun {
    fn from(row: RunRow) -> Self {
        let RunRow {
            id,
            programme_id,
            period_start_at,
            period_end_at,
            starts_on,
            ends_before,
            due_at,
            status,
            ..
        } = row;
        Self {
            id,
            programme_id,
            status,
            starts_on,
            ends_before,
            period_start_at,
            period_end_at,
            due_at,
            suppliers_total: row.suppliers_total,
            suppliers_done: row.suppliers_done,
            invoices: row.invoices,
            lines: row.lines,
            total: Money::new(row.total_minor, row.currency),
            problem: row.problem,
            started_by: row.started_by,
            started_at: row.started_at,
            finished_at: row.finished_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Lays out a period, unless somebody else just did.
pub(crate) fn insert_period(tx: &mut Tx<'_>, seller: &Seller, period: &BillingPeriod) -> ApiResult<()> {
    use billing_runs::dsl;
    let row = (
        dsl::id.eq(tx.new_id::<BillingRunId>()),
        dsl::programme_id.eq(seller.programme),
        dsl::period_start_at.eq(period.start_at),
        dsl::period_end_at.eq(period.end_at),
        dsl::starts_on.eq(period.starts_on),
        dsl::ends_before.eq(period.ends_before),
        dsl::due_at.eq(period.due_at),
        dsl::status.eq(BillingRunStatus::Scheduled),
        dsl::currency.eq(seller.currency),
        dsl::created_at.eq(tx.business_now()),
    );
    let insert = diesel::insert_into(dsl::billing_runs).values(row);
    match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(())
}

pub(crate) fn find(conn: &mut Conn, id: BillingRunId) -> ApiResult<RunRow> {
    let found: Option<RunRow> = billing_runs::table
        .find(id)
        .select(billing_runs::all_columns)
        .first(conn)
        .optional()?;
    found.ok_or_else(ApiError::not_found)
}

/// The period that starts on a day.
pub(crate) fn period_on(conn: &mut Conn, programme: ProgrammeId, starts_on: LocalDate) -> ApiResult<Option<RunRow>> {
    Ok(billing_runs::table
        .filter(
            billing_runs::programme_id
                .eq(programme)
                .and(billing_runs::starts_on.eq(starts_on)),
        )
        .order(billing_runs::period_start_at)
        .select(billing_runs::all_columns)
        .first(conn)
        .optional()?)
}

/// The period that an instant lies in.
pub(crate) fn period_at(conn: &mut Conn, programme: ProgrammeId, at: Timestamp) -> ApiResult<Option<RunRow>> {
    Ok(billing_runs::table
        .filter(billing_runs::programme_id.eq(programme))
        .filter(
            billing_runs::period_start_at
                .le(at)
                .and(billing_runs::period_end_at.gt(at)),
        )
        .select(billing_runs::all_columns)
        .first(conn)
        .optional()?)
}

/// The earliest period that is not done.
pub(crate) fn first_undone(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<RunRow>> {
    Ok(billing_runs::table
        .filter(
            billing_runs::programme_id
                .eq(programme)
                .and(billing_runs::status.ne(BillingRunStatus::Done)),
        )
        .order(billing_runs::period_start_at)
        .select(billing_runs::all_columns)
        .first(conn)
        .optional()?)
}

pub(crate) fn list(
    conn: &mut Conn,
    programme: Option<ProgrammeId>,
    statuses: Option<Vec<BillingRunStatus>>,
    window: Window,
) -> ApiResult<Page<BillingRun>> {
    let mut query = billing_runs::table.into_boxed();
    if let Some(programme) = programme {
        query = query.filter(billing_runs::programme_id.eq(programme));
    }
    if let Some(statuses) = statuses {
        query = query.filter(billing_runs::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(billing_runs::period_start_at.le(at))
            .filter(billing_runs::period_start_at.lt(at).or(billing_runs::id.lt(id)));
    }
    let rows: Vec<RunRow> = query
        .order((billing_runs::period_start_at.desc(), billing_runs::id.desc()))
        .limit(window.fetch())
        .select(billing_runs::all_columns)
        .load(conn)?;
    let runs = rows.into_iter().map(BillingRun::from).collect();
    Ok(window.finish(runs, |run: &BillingRun| (run.period_start_at, run.id.as_i64())))
}

/// Locks a run for the rest of the transaction if it stands so, and reads it.
pub(crate) fn lock(tx: &mut Tx<'_>, id: BillingRunId, status: BillingRunStatus) -> ApiResult<Option<RunRow>> {
    use billing_runs::dsl;
    let locked = diesel::update(dsl::billing_runs.find(id).filter(dsl::status.eq(status)))
        .set(dsl::version.eq(dsl::version + 1))
        .execute(&mut **tx)?;
    if locked == 0 {
        return Ok(None);
    }
    find(tx, id).map(Some)
}

/// What a change of a locked run sets; `None` leaves a column alone.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = billing_runs)]
pub(crate) struct RunChange {
    pub(crate) status: Option<BillingRunStatus>,
    pub(crate) suppliers_total: Option<i64>,
    pub(crate) suppliers_done: Option<i64>,
    pub(crate) invoices: Option<i64>,
    pub(crate) lines: Option<i64>,
    pub(crate) total_minor: Option<i64>,
    pub(crate) problem: Option<Option<String>>,
    pub(crate) accept_unusual: Option<bool>,
    pub(crate) started_by: Option<Option<String>>,
    pub(crate) started_at: Option<Option<Timestamp>>,
    pub(crate) finished_at: Option<Option<Timestamp>>,
}

pub(crate) fn change(tx: &mut Tx<'_>, id: BillingRunId, change: &RunChange) -> ApiResult<()> {
    diesel::update(billing_runs::table.find(id))
        .set(change)
        .execute(&mut **tx)?;
    Ok(())
}

pub(crate) fn active_programmes(conn: &mut Conn) -> ApiResult<Vec<ProgrammeId>> {
    Ok(programmes::table
        .order(programmes::id)
        .select(programmes::id)
        .load(conn)?)
}

/// The instant of a programme's first delivery.
pub(crate) fn first_delivery_at(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<Timestamp>> {
    Ok(deliveries::table
        .filter(deliveries::programme_id.eq(programme))
        .order(deliveries::delivered_at)
        .select(deliveries::delivered_at)
        .first(conn)
        .optional()?)
}

/// The end of the last period that is laid out.
pub(crate) fn last_period_end(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<Timestamp>> {
    Ok(billing_runs::table
        .filter(billing_runs::programme_id.eq(programme))
        .order(billing_runs::period_end_at.desc())
        .select(billing_runs::period_end_at)
        .first(conn)
        .optional()?)
}

#[derive(QueryableByName)]
struct SupplierRow {
    #[diesel(sql_type = BigInt)]
    supplier_id: SupplierId,
}

/// The suppliers with something to bill and no final invoice of this run, and those whose draft a
/// run that died has left behind.
pub(crate) fn remaining_suppliers(conn: &mut Conn, run: &RunRow) -> ApiResult<Vec<SupplierId>> {
    let rows: Vec<SupplierRow> = sql_query(
        "SELECT DISTINCT supplier_id FROM deliveries \
         WHERE billing_state IN ('unbilled', 'return_pending') AND programme_id = $1 AND delivered_at < $2 \
         AND supplier_id NOT IN (SELECT supplier_id FROM invoices WHERE billing_run_id = $3 AND status <> 'draft') \
         UNION SELECT supplier_id FROM invoices WHERE billing_run_id = $4 AND status = 'draft' \
         ORDER BY supplier_id",
    )
    .bind::<BigInt, _>(run.programme_id)
    .bind::<BigInt, _>(run.period_end_at)
    .bind::<BigInt, _>(run.id)
    .bind::<BigInt, _>(run.id)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.supplier_id).collect())
}

/// The totals of a supplier's last invoices in a programme.
pub(crate) fn recent_totals(conn: &mut Conn, programme: ProgrammeId, supplier: SupplierId) -> ApiResult<Vec<i64>> {
    let recent = invoices::table
        .filter(
            invoices::supplier_id
                .eq(supplier)
                .and(invoices::programme_id.eq(programme)),
        )
        .filter(
            invoices::status
                .ne(InvoiceStatus::Draft)
                .and(invoices::status.ne(InvoiceStatus::Void)),
        )
        // What was paid before, such as the leads of a package, says nothing of what is usual.
        .filter(invoices::total_minor.gt(0))
        .order((invoices::created_at.desc(), invoices::id.desc()))
        .limit(BOUND_LOOKS_BACK)
        .select(invoices::total_minor)
        .kept(|| ());
    Ok(either!(conn, conn => recent.load(conn))?)
}

#[derive(QueryableByName)]
struct RecentRow {
    #[diesel(sql_type = BigInt)]
    supplier_id: SupplierId,
    #[diesel(sql_type = BigInt)]
    total_minor: i64,
}

/// The same for all suppliers of a programme, in one query.
pub(crate) fn recent_totals_of(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<HashMap<SupplierId, Vec<i64>>> {
    let rows: Vec<RecentRow> = sql_query(
        "SELECT supplier_id, total_minor FROM (SELECT supplier_id, total_minor, \
         row_number() OVER (PARTITION BY supplier_id ORDER BY created_at DESC, id DESC) AS place \
         FROM invoices WHERE programme_id = $1 AND status NOT IN ('draft', 'void') AND total_minor > 0) recent WHERE place <= $2",
    )
    .bind::<BigInt, _>(programme)
    .bind::<BigInt, _>(BOUND_LOOKS_BACK)
    .load(conn)?;
    let mut totals: HashMap<_, Vec<i64>> = HashMap::new();
    for row in rows {
        totals.entry(row.supplier_id).or_default().push(row.total_minor);
    }
    Ok(totals)
}

/// The policy that a programme has in force; none before its first version is published.
pub(crate) fn programme_policy(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<PolicySet>> {
    let document: Option<String> = programmes::table
        .inner_join(policy_versions::table.on(programmes::policy_version_id.eq(policy_versions::id.nullable())))
        .filter(programmes::id.eq(programme))
        .select(policy_versions::document)
        .first(conn)
        .optional()?;
    document
        .map(|text| serde_json::from_str(&text).map_err(ApiError::from))
        .transpose()
}

/// When a supplier got its latest lead.
pub(super) fn last_delivered_at(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Timestamp>> {
    Ok(deliveries::table
        .filter(deliveries::supplier_id.eq(supplier))
        .select(diesel::dsl::max(deliveries::delivered_at))
        .first(conn)?)
}
