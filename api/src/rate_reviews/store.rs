//! Rows of rate reviews, and what they count.

use super::rules::{Counts, Past};
use crate::auth::Scope;
use crate::db::schema::{deliveries, rate_review_runs, rate_reviews, suppliers};
use crate::db::{Conn, Tx};
use crate::deliveries::sent_back_sql;
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::reports::{likely_range, share};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use tradepost_contract::policy::Rate;
use tradepost_contract::rate_reviews::{RateCaseStatus, RateFinding, RateReview};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{Id, Page, ProgrammeId, RateReviewId, SupplierId, Timestamp};

/// A row of `rate_reviews`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = rate_reviews)]
pub(super) struct Row {
    pub(super) id: RateReviewId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) counted_from: Timestamp,
    pub(super) counted_to: Timestamp,
    pub(super) deliveries: i64,
    pub(super) sent_back: i64,
    pub(super) excused: i64,
    pub(super) siblings: i64,
    pub(super) siblings_kept: i64,
    pub(super) threshold: String,
    pub(super) finding: RateFinding,
    pub(super) case_status: Option<RateCaseStatus>,
    pub(super) decided_by: Option<String>,
    pub(super) decided_at: Option<Timestamp>,
    pub(super) decision_reason: Option<String>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
}

impl Row {
    fn threshold(&self) -> ApiResult<Rate> {
        self.threshold.parse().map_err(ApiError::internal)
    }
}

/// Up to when a programme was reviewed: its last review, or its first delivery; none where there is neither.
pub(super) fn reviewed_to(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<Timestamp>> {
    let last: Option<Timestamp> = rate_review_runs::table
        .filter(rate_review_runs::programme_id.eq(programme))
        .select(diesel::dsl::max(rate_review_runs::counted_to))
        .first(conn)?;
    if last.is_some() {
        return Ok(last);
    }
    Ok(deliveries::table
        .filter(deliveries::programme_id.eq(programme))
        .order(deliveries::delivered_at)
        .select(deliveries::delivered_at)
        .first(conn)
        .optional()?)
}

/// The accounts with deliveries in a time that are not over.
pub(super) fn served(
    conn: &mut Conn,
    programme: ProgrammeId,
    (from, to): (Timestamp, Timestamp),
) -> ApiResult<Vec<SupplierId>> {
    let served = deliveries::table
        .filter(deliveries::supplier_id.eq(suppliers::id))
        .filter(deliveries::delivered_at.ge(from).and(deliveries::delivered_at.lt(to)));
    let live: Vec<SupplierStatus> = SupplierStatus::ALL
        .iter()
        .copied()
        .filter(|status| !status.is_over())
        .collect();
    Ok(suppliers::table
        .filter(suppliers::programme_id.eq(programme))
        .filter(suppliers::status.eq_any(live))
        .filter(diesel::dsl::exists(served))
        .order(suppliers::id)
        .select(suppliers::id)
        .load(conn)?)
}

/// What earlier reviews left behind. Those that had too little to say leave things as they were.
pub(super) fn past(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Past> {
    let last: Option<Row> = rate_reviews::table
        .filter(rate_reviews::supplier_id.eq(supplier))
        .filter(rate_reviews::finding.ne(RateFinding::TooFew))
        .order((rate_reviews::counted_to.desc(), rate_reviews::id.desc()))
        .first(conn)
        .optional()?;
    let open: i64 = rate_reviews::table
        .filter(rate_reviews::supplier_id.eq(supplier))
        .filter(rate_reviews::case_status.eq(RateCaseStatus::Open))
        .count()
        .get_result(conn)?;
    if open > 0 {
        return Ok(Past::CaseOpen);
    }
    Ok(match last {
        Some(row) if row.finding == RateFinding::Warned => Past::Warned(row.counted_to),
        Some(Row {
            case_status: Some(RateCaseStatus::Kept),
            decided_at: Some(at),
            ..
        }) => Past::Kept(at),
        Some(_) | None => Past::Clean,
    })
}

#[derive(Debug, QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    deliveries: i64,
    #[diesel(sql_type = BigInt)]
    sent_back: i64,
    #[diesel(sql_type = BigInt)]
    excused: i64,
    #[diesel(sql_type = BigInt)]
    siblings: i64,
    #[diesel(sql_type = BigInt)]
    siblings_kept: i64,
}

/// What a supplier got in a time, what it sent back, and what the others made of the same leads.
pub(super) fn count(conn: &mut Conn, supplier: SupplierId, (from, to): (Timestamp, Timestamp)) -> ApiResult<Counts> {
    let counted: Counted = sql_query(concat!(
        "WITH own AS (SELECT d.id, d.lead_id, CASE WHEN ",
        sent_back_sql!("d"),
        " THEN 1 ELSE 0 END AS back \
         FROM deliveries d WHERE d.supplier_id = $1 AND d.delivered_at >= $2 AND d.delivered_at < $3), \
         judged AS (SELECT o.id, o.back, COUNT(s.id) AS siblings, COALESCE(SUM(CASE WHEN ",
        sent_back_sql!("s"),
        " THEN 1 ELSE 0 END), 0) AS also_back \
         FROM own o LEFT JOIN deliveries s ON s.lead_id = o.lead_id AND s.id <> o.id AND o.back = 1 GROUP BY o.id, o.back) \
         SELECT CAST(COUNT(*) AS BIGINT) AS deliveries, CAST(COALESCE(SUM(back), 0) AS BIGINT) AS sent_back, \
         CAST(COALESCE(SUM(CASE WHEN back = 1 AND siblings > 0 AND also_back * 2 >= siblings THEN 1 ELSE 0 END), 0) AS BIGINT) AS excused, \
         CAST(COALESCE(SUM(siblings), 0) AS BIGINT) AS siblings, \
         CAST(COALESCE(SUM(siblings - also_back), 0) AS BIGINT) AS siblings_kept FROM judged"
    ))
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(to)
    .get_result(conn)?;
    let Counted {
        deliveries,
        sent_back,
        excused,
        siblings,
        siblings_kept,
    } = counted;
    Ok(Counts {
        deliveries,
        sent_back,
        excused,
        siblings,
        siblings_kept,
    })
}

/// Whether this supplier was reviewed up to then already.
pub(super) fn is_reviewed(conn: &mut Conn, supplier: SupplierId, to: Timestamp) -> ApiResult<bool> {
    let same = rate_reviews::table
        .filter(rate_reviews::supplier_id.eq(supplier))
        .filter(rate_reviews::counted_to.eq(to));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: Row) -> ApiResult<()> {
    diesel::insert_into(rate_reviews::table)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes that a programme is reviewed up to then; false where another server noted it.
pub(super) fn finish(tx: &mut Tx<'_>, programme: ProgrammeId, to: Timestamp) -> ApiResult<bool> {
    use rate_review_runs::dsl;
    let now = tx.business_now();
    let row = (
        dsl::programme_id.eq(programme),
        dsl::counted_to.eq(to),
        dsl::created_at.eq(now),
    );
    let there: i64 = dsl::rate_review_runs
        .filter(dsl::programme_id.eq(programme).and(dsl::counted_to.eq(to)))
        .count()
        .get_result(&mut **tx)?;
    if there > 0 {
        return Ok(false);
    }
    diesel::insert_into(dsl::rate_review_runs)
        .values(row)
        .execute(&mut **tx)?;
    Ok(true)
}

/// Which reviews a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) id: Option<RateReviewId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) findings: Option<Vec<RateFinding>>,
    pub(super) cases: Option<Vec<RateCaseStatus>>,
}

/// A page of reviews, the latest first.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<RateReview>> {
    let mut query = rate_reviews::table
        .inner_join(suppliers::table)
        .select((rate_reviews::all_columns, suppliers::name))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(rate_reviews::id.eq(id));
    }
    if let Some(supplier) = scope.supplier() {
        query = query.filter(rate_reviews::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(rate_reviews::programme_id.eq(programme));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(rate_reviews::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(rate_reviews::supplier_id.eq(supplier));
    }
    if let Some(findings) = filter.findings {
        query = query.filter(rate_reviews::finding.eq_any(findings));
    }
    if let Some(cases) = filter.cases {
        query = query.filter(rate_reviews::case_status.eq_any(cases));
    }
    if let Some((at, id)) = window.after() {
        let earlier = rate_reviews::created_at
            .lt(at)
            .or(rate_reviews::id.lt(RateReviewId::from_i64(id)));
        query = query.filter(rate_reviews::created_at.le(at)).filter(earlier);
    }
    let rows = query
        .order((rate_reviews::created_at.desc(), rate_reviews::id.desc()))
        .limit(window.fetch())
        .load::<(Row, String)>(conn)?;
    let rows = rows.into_iter().map(show).collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(rows, |row: &RateReview| (row.reviewed_at, row.id.as_i64())))
}

/// The row of a case, locked for whoever decides it; none where there is no such case.
pub(super) fn hold_open(tx: &mut Tx<'_>, id: RateReviewId) -> ApiResult<Option<Row>> {
    Ok(diesel::update(rate_reviews::table.find(id))
        .filter(rate_reviews::case_status.eq(RateCaseStatus::Open))
        .set(rate_reviews::version.eq(rate_reviews::version + 1))
        .returning(rate_reviews::all_columns)
        .get_result(&mut **tx)
        .optional()?)
}

/// Writes a decision down. The caller holds the row.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    id: RateReviewId,
    status: RateCaseStatus,
    by: &str,
    reason: &str,
) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(rate_reviews::table.find(id))
        .set((
            rate_reviews::case_status.eq(status),
            rate_reviews::decided_by.eq(by),
            rate_reviews::decided_at.eq(now),
            rate_reviews::decision_reason.eq(reason),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

fn show((row, supplier_name): (Row, String)) -> ApiResult<RateReview> {
    let threshold = row.threshold()?;
    let Row {
        id,
        programme_id,
        supplier_id,
        counted_from,
        counted_to,
        deliveries,
        sent_back,
        excused,
        siblings,
        siblings_kept,
        threshold: _,
        finding,
        case_status,
        decided_by,
        decided_at,
        decision_reason,
        version,
        created_at,
    } = row;
    let against = sent_back - excused;
    let (rate_low, rate_high) = likely_range(against, deliveries).unzip();
    Ok(RateReview {
        id,
        programme_id,
        supplier_id,
        supplier_name,
        from: counted_from,
        to: counted_to,
        deliveries,
        sent_back,
        excused,
        siblings,
        siblings_kept,
        rate: share(against, deliveries),
        rate_low,
        rate_high,
        threshold,
        finding,
        case_status,
        decided_by,
        decided_at,
        decision_reason,
        reviewed_at: created_at,
        version,
    })
}

/// One review that the scope may see.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: RateReviewId) -> ApiResult<RateReview> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    let window = Window::new(Some(1), None)?;
    list(conn, scope, filter, &window)?
        .data
        .pop()
        .ok_or_else(ApiError::not_found)
}
