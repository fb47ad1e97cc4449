//! Counts by supplier and by programme: one statement each, however many there are.

use crate::db::Conn;
use crate::db::schema::{programmes, rate_reviews, suppliers};
use crate::deliveries::sent_back_sql;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use std::collections::HashMap;
use tradepost_contract::rate_reviews::{RateCaseStatus, RateFinding};
use tradepost_contract::standings::Attention;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{Currency, Id, ProgrammeId, SupplierId, Timestamp, UserId};

/// A supplier of the book.
#[derive(Debug, Queryable)]
pub(in crate::reports) struct Account {
    pub(in crate::reports) id: SupplierId,
    pub(in crate::reports) name: String,
    pub(in crate::reports) programme_id: ProgrammeId,
    pub(in crate::reports) account_manager_id: Option<UserId>,
    pub(in crate::reports) status: SupplierStatus,
    pub(in crate::reports) currency: Currency,
}

/// The suppliers that are not over, by name.
pub(in crate::reports) fn suppliers(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    manager: Option<UserId>,
) -> ApiResult<Vec<Account>> {
    let live: Vec<SupplierStatus> = SupplierStatus::ALL
        .iter()
        .copied()
        .filter(|status| !status.is_over())
        .collect();
    let mut query = suppliers::table
        .inner_join(programmes::table)
        .filter(suppliers::status.eq_any(live))
        .order((suppliers::name, suppliers::id))
        .select((
            suppliers::id,
            suppliers::name,
            suppliers::programme_id,
            suppliers::account_manager_id,
            suppliers::status,
            programmes::currency,
        ))
        .into_boxed();
    if let Some(programme) = only {
        query = query.filter(suppliers::programme_id.eq(programme));
    }
    if let Some(manager) = manager {
        query = query.filter(suppliers::account_manager_id.eq(manager));
    }
    Ok(query.load(conn)?)
}

/// A programme of the report.
#[derive(Debug, Queryable)]
pub(in crate::reports) struct Programme {
    pub(in crate::reports) id: ProgrammeId,
    pub(in crate::reports) name: String,
    pub(in crate::reports) currency: Currency,
}

/// One programme or all, by name.
pub(in crate::reports) fn programmes(conn: &mut Conn, only: Option<ProgrammeId>) -> ApiResult<Vec<Programme>> {
    let mut query = programmes::table
        .order((programmes::name, programmes::id))
        .select((programmes::id, programmes::name, programmes::currency))
        .into_boxed();
    if let Some(id) = only {
        query = query.filter(programmes::id.eq(id));
    }
    Ok(query.load(conn)?)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    whose: i64,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    second: i64,
    #[diesel(sql_type = BigInt)]
    third: i64,
}

/// All programmes, where none is named: their ids are positive.
fn of(only: Option<ProgrammeId>) -> (i64, i64) {
    only.map_or((0, i64::MAX), |id| (id.as_i64(), id.as_i64()))
}

/// By whom rows are counted.
pub(in crate::reports) trait Whose: Id {
    /// The column of every table that is counted here.
    const COLUMN: &'static str;
}

impl Whose for SupplierId {
    const COLUMN: &'static str = "supplier_id";
}

impl Whose for ProgrammeId {
    const COLUMN: &'static str = "programme_id";
}

fn counted(
    conn: &mut Conn,
    sql: &str,
    only: Option<ProgrammeId>,
    (from, to): (Timestamp, Timestamp),
) -> ApiResult<Vec<Counted>> {
    let (least, most) = of(only);
    Ok(sql_query(sql)
        .bind::<BigInt, _>(least)
        .bind::<BigInt, _>(most)
        .bind::<BigInt, _>(from)
        .bind::<BigInt, _>(to)
        .load(conn)?)
}

fn pairs<I: Id>(rows: Vec<Counted>) -> Vec<(I, (i64, i64))> {
    rows.into_iter()
        .map(|row| (I::from_i64(row.whose), (row.first, row.second)))
        .collect()
}

/// A time that bounds nothing, for what is counted as it stands.
fn always() -> (Timestamp, Timestamp) {
    (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX))
}

/// Counts the rows `t` of a table that a condition names, where their programme is one of those asked for and the
/// instant in their column `at` falls into the time.
fn count<I: Whose>(
    conn: &mut Conn,
    (table, condition, at): (&str, &str, &str),
    only: Option<ProgrammeId>,
    time: (Timestamp, Timestamp),
) -> ApiResult<Vec<(I, i64)>> {
    let whose = I::COLUMN;
    let sql = format!(
        "SELECT t.{whose} AS whose, CAST(COUNT(*) AS BIGINT) AS first, CAST(0 AS BIGINT) AS second, \
         CAST(0 AS BIGINT) AS third FROM {table} t WHERE {condition} AND t.programme_id >= $1 AND t.programme_id <= $2 \
         AND t.{at} >= $3 AND t.{at} < $4 GROUP BY t.{whose}"
    );
    Ok(counted(conn, &sql, only, time)?
        .into_iter()
        .map(|row| (I::from_i64(row.whose), row.first))
        .collect())
}

/// Deliveries of a time.
pub(in crate::reports) fn delivered<I: Whose>(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    time: (Timestamp, Timestamp),
) -> ApiResult<Vec<(I, i64)>> {
    count(conn, ("deliveries", "1 = 1", "delivered_at"), only, time)
}

/// Deliveries of a time that were sent back since.
pub(in crate::reports) fn sent_back<I: Whose>(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    time: (Timestamp, Timestamp),
) -> ApiResult<Vec<(I, i64)>> {
    count(conn, ("deliveries", sent_back_sql!("t"), "delivered_at"), only, time)
}

/// Orders that take leads.
pub(in crate::reports) fn open_orders(conn: &mut Conn, only: Option<ProgrammeId>) -> ApiResult<Vec<(SupplierId, i64)>> {
    let open = "t.status = 'open' AND t.hold = 'none'";
    count(conn, ("orders", open, "created_at"), only, always())
}

/// Orders that are paused, by themselves or with the account.
pub(in crate::reports) fn paused_orders(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(SupplierId, i64)>> {
    let paused = "(t.status = 'paused' OR (t.status = 'open' AND t.hold = 'paused'))";
    count(conn, ("orders", paused, "created_at"), only, always())
}

/// Return requests that a reviewer has to decide.
pub(in crate::reports) fn returns_waiting_by_supplier(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(SupplierId, i64)>> {
    let waiting = "t.status IN ('in_review', 'appealed')";
    count(conn, ("return_requests", waiting, "submitted_at"), only, always())
}

/// Return requests whose reviewer waits for an answer.
pub(in crate::reports) fn questions_by_supplier(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(SupplierId, i64)>> {
    let asked = "t.status = 'info_needed'";
    count(conn, ("return_requests", asked, "submitted_at"), only, always())
}

/// What the latest reviews of returns say of each supplier.
pub(in crate::reports) fn rate_signs(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<HashMap<SupplierId, Attention>> {
    let (least, most) = of(only);
    let rows = rate_reviews::table
        .filter(rate_reviews::finding.ne(RateFinding::TooFew))
        .filter(
            rate_reviews::programme_id
                .ge(ProgrammeId::from_i64(least))
                .and(rate_reviews::programme_id.le(ProgrammeId::from_i64(most))),
        )
        .order((rate_reviews::counted_to, rate_reviews::id))
        .select((
            rate_reviews::supplier_id,
            rate_reviews::finding,
            rate_reviews::case_status,
        ))
        .load::<(SupplierId, RateFinding, Option<RateCaseStatus>)>(conn)?;
    let mut signs = HashMap::new();
    let mut open = HashMap::new();
    for (supplier, finding, case) in rows {
        if case == Some(RateCaseStatus::Open) {
            open.insert(supplier, Attention::RateCase);
        }
        // The latest one counts.
        if finding == RateFinding::Warned {
            signs.insert(supplier, Attention::RateWarned);
        } else {
            signs.remove(&supplier);
        }
    }
    signs.extend(open);
    Ok(signs)
}

/// What is open on final invoices, and what of it is overdue, in the currency of the programme.
pub(in crate::reports) fn owed<I: Whose>(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(I, (i64, i64))>> {
    let whose = I::COLUMN;
    let sql = format!(
        "WITH i AS (SELECT {whose} AS whose, status, programme_id, created_at, \
         total_minor - paid_minor - credited_minor - credit_applied_minor AS left_minor FROM invoices) \
         SELECT i.whose, CAST(SUM(i.left_minor) AS BIGINT) AS first, \
         CAST(SUM(CASE WHEN i.status = 'overdue' THEN i.left_minor ELSE 0 END) AS BIGINT) AS second, \
         CAST(0 AS BIGINT) AS third FROM i WHERE i.status IN ('open', 'partly_paid', 'overdue') \
         AND i.programme_id >= $1 AND i.programme_id <= $2 AND i.created_at >= $3 AND i.created_at < $4 GROUP BY i.whose"
    );
    Ok(pairs(counted(conn, &sql, only, always())?))
}

/// What became of the leads of a time.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::reports) struct Came {
    pub(in crate::reports) leads: i64,
    pub(in crate::reports) placed: i64,
    pub(in crate::reports) unsold: i64,
}

/// Leads that came in, those that were placed, and those that are for sale and were not bought.
pub(in crate::reports) fn leads_by_programme(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    time: (Timestamp, Timestamp),
) -> ApiResult<Vec<(ProgrammeId, Came)>> {
    let sql = "SELECT l.programme_id AS whose, CAST(COUNT(*) AS BIGINT) AS first, \
         CAST(SUM(CASE WHEN l.sold > 0 OR l.status = 'in_service' THEN 1 ELSE 0 END) AS BIGINT) AS second, \
         CAST(SUM(CASE WHEN l.sold = 0 AND l.status = 'available' THEN 1 ELSE 0 END) AS BIGINT) AS third \
         FROM leads l WHERE l.programme_id >= $1 AND l.programme_id <= $2 AND l.created_at >= $3 AND l.created_at < $4 GROUP BY l.programme_id";
    let rows = counted(conn, sql, only, time)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let came = Came {
                leads: row.first,
                placed: row.second,
                unsold: row.third,
            };
            (ProgrammeId::from_i64(row.whose), came)
        })
        .collect())
}

/// Leads in quarantine.
pub(in crate::reports) fn quarantined(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(ProgrammeId, i64)>> {
    count(
        conn,
        ("leads", "t.status = 'quarantined'", "created_at"),
        only,
        always(),
    )
}

/// Return requests to decide, and those of them that are later than promised.
pub(in crate::reports) fn returns_waiting(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    now: Timestamp,
) -> ApiResult<Vec<(ProgrammeId, (i64, i64))>> {
    // SQLite numbers parameters in the order of their first use, so that the programmes have to come first.
    let sql = "WITH r AS (SELECT programme_id, decision_due_at, submitted_at FROM return_requests \
         WHERE programme_id >= $1 AND programme_id <= $2 AND status IN ('in_review', 'appealed')) \
         SELECT r.programme_id AS whose, CAST(COUNT(*) AS BIGINT) AS first, \
         CAST(SUM(CASE WHEN r.decision_due_at < $3 THEN 1 ELSE 0 END) AS BIGINT) AS second, CAST(0 AS BIGINT) AS third \
         FROM r WHERE r.submitted_at < $4 GROUP BY r.programme_id";
    Ok(pairs(counted(conn, sql, only, (now, always().1))?))
}

/// Replacements that are owed.
pub(in crate::reports) fn replacements_owed(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(ProgrammeId, i64)>> {
    count(conn, ("replacements", "t.status = 'owed'", "owed_at"), only, always())
}

/// Suppliers that are active, and those that are suspended or leave.
pub(in crate::reports) fn supplier_counts(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
) -> ApiResult<Vec<(ProgrammeId, (i64, i64))>> {
    let sql = "SELECT s.programme_id AS whose, CAST(SUM(CASE WHEN s.status = 'active' THEN 1 ELSE 0 END) AS BIGINT) AS first, \
         CAST(SUM(CASE WHEN s.status IN ('suspended', 'in_notice') THEN 1 ELSE 0 END) AS BIGINT) AS second, CAST(0 AS BIGINT) AS third \
         FROM suppliers s WHERE s.programme_id >= $1 AND s.programme_id <= $2 AND s.created_at >= $3 AND s.created_at < $4 GROUP BY s.programme_id";
    Ok(pairs(counted(conn, sql, only, always())?))
}
