//! Counts by quarter-hour, and what is owed by due date: one statement each, however much there is.

use crate::db::Conn;
use crate::db::schema::{credit_notes, deliveries, invoices, leads, programmes, return_requests};
use crate::error::ApiResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Untyped};
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{Currency, LocalDate, ProgrammeId, SupplierId, Timestamp};

diesel::allow_columns_to_appear_in_same_group_by_clause!(invoices::programme_id, invoices::currency, invoices::due_on);

/// A programme and the zone of its days.
#[derive(Debug, Clone, Queryable)]
pub(in crate::reports) struct Calendar {
    pub(in crate::reports) id: ProgrammeId,
    pub(in crate::reports) name: String,
    pub(in crate::reports) time_zone: String,
}

/// One programme or all, by name.
pub(in crate::reports) fn calendars(conn: &mut Conn, only: Option<ProgrammeId>) -> ApiResult<Vec<Calendar>> {
    let mut query = programmes::table
        .order((programmes::name, programmes::id))
        .select((programmes::id, programmes::name, programmes::time_zone))
        .into_boxed();
    if let Some(id) = only {
        query = query.filter(programmes::id.eq(id));
    }
    Ok(query.load(conn)?)
}

/// How many rows of a table fall into each quarter-hour of each programme. An instant is divided by
/// `rules::QUARTER_MICROS`, which both databases do in whole numbers.
macro_rules! per_quarter {
    ($conn:expr, $query:expr, $programme:literal, $at:literal, $only:expr, $column:path) => {{
        let mut query = $query
            .group_by(sql::<Untyped>(concat!($programme, ", ", $at, " / 900000000")))
            .select((
                sql::<BigInt>($programme),
                sql::<BigInt>(concat!($at, " / 900000000")),
                sql::<BigInt>("COUNT(*)"),
            ))
            .into_boxed();
        if let Some(programme) = $only {
            query = query.filter($column.eq(programme));
        }
        Ok(query.load::<(ProgrammeId, i64, i64)>($conn)?)
    }};
}

/// Leads that came in.
pub(in crate::reports) fn received(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<(ProgrammeId, i64, i64)>> {
    let came = leads::table.filter(leads::created_at.ge(from).and(leads::created_at.lt(to)));
    per_quarter!(
        conn,
        came,
        "leads.programme_id",
        "leads.created_at",
        only,
        leads::programme_id
    )
}

/// Leads that were delivered.
pub(in crate::reports) fn sold(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<(ProgrammeId, i64, i64)>> {
    let sold = deliveries::table.filter(deliveries::delivered_at.ge(from).and(deliveries::delivered_at.lt(to)));
    per_quarter!(
        conn,
        sold,
        "deliveries.programme_id",
        "deliveries.delivered_at",
        only,
        deliveries::programme_id
    )
}

/// Deliveries that were rejected with one click, by when they were made.
pub(in crate::reports) fn rejected(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<(ProgrammeId, i64, i64)>> {
    let rejected = deliveries::table
        .filter(deliveries::delivered_at.ge(from).and(deliveries::delivered_at.lt(to)))
        .filter(deliveries::billing_state.eq(BillingState::Rejected));
    per_quarter!(
        conn,
        rejected,
        "deliveries.programme_id",
        "deliveries.delivered_at",
        only,
        deliveries::programme_id
    )
}

/// Deliveries whose return was granted, by when they were made.
pub(in crate::reports) fn granted(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<(ProgrammeId, i64, i64)>> {
    let granted = return_requests::table
        .inner_join(deliveries::table)
        .filter(deliveries::delivered_at.ge(from).and(deliveries::delivered_at.lt(to)))
        .filter(return_requests::status.eq(ReturnStatus::Approved));
    per_quarter!(
        conn,
        granted,
        "deliveries.programme_id",
        "deliveries.delivered_at",
        only,
        deliveries::programme_id
    )
}

/// Documents of one quarter-hour, programme and currency.
#[derive(Debug, Clone, Copy, Queryable)]
pub(in crate::reports) struct Billed {
    pub(in crate::reports) programme: ProgrammeId,
    pub(in crate::reports) currency: Currency,
    pub(in crate::reports) quarter: i64,
    pub(in crate::reports) count: i64,
    pub(in crate::reports) net_minor: i64,
}

macro_rules! billed {
    ($conn:expr, $query:expr, $table:literal, $only:expr, $column:path) => {{
        let mut query = $query
            .group_by(sql::<Untyped>(concat!(
                $table,
                ".programme_id, ",
                $table,
                ".currency, ",
                $table,
                ".issued_at / 900000000"
            )))
            .select((
                sql::<BigInt>(concat!($table, ".programme_id")),
                sql::<Text>(concat!($table, ".currency")),
                sql::<BigInt>(concat!($table, ".issued_at / 900000000")),
                sql::<BigInt>("COUNT(*)"),
                sql::<BigInt>(concat!("CAST(SUM(", $table, ".net_minor) AS BIGINT)")),
            ))
            .into_boxed();
        if let Some(programme) = $only {
            query = query.filter($column.eq(programme));
        }
        Ok(query.load::<Billed>($conn)?)
    }};
}

/// Final invoices by when they were issued; a void one was never owed.
pub(in crate::reports) fn invoiced(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<Billed>> {
    let issued = invoices::table
        .filter(invoices::issued_at.ge(from).and(invoices::issued_at.lt(to)))
        .filter(invoices::status.ne_all([InvoiceStatus::Draft, InvoiceStatus::Void]));
    billed!(conn, issued, "invoices", only, invoices::programme_id)
}

/// Credit notes by when they were issued.
pub(in crate::reports) fn credited(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<Vec<Billed>> {
    let issued = credit_notes::table.filter(credit_notes::issued_at.ge(from).and(credit_notes::issued_at.lt(to)));
    billed!(conn, issued, "credit_notes", only, credit_notes::programme_id)
}

/// Unsettled invoices of one programme, currency and due date.
#[derive(Debug, Clone, Copy, Queryable)]
pub(in crate::reports) struct Owed {
    pub(in crate::reports) programme: ProgrammeId,
    pub(in crate::reports) currency: Currency,
    pub(in crate::reports) due_on: Option<LocalDate>,
    pub(in crate::reports) count: i64,
    pub(in crate::reports) open_minor: i64,
}

/// What suppliers owe, without what was given up on.
pub(in crate::reports) fn owed(
    conn: &mut Conn,
    only: Option<ProgrammeId>,
    supplier: Option<SupplierId>,
) -> ApiResult<Vec<Owed>> {
    let open = [InvoiceStatus::Open, InvoiceStatus::PartlyPaid, InvoiceStatus::Overdue];
    let mut query = invoices::table
        .group_by((invoices::programme_id, invoices::currency, invoices::due_on))
        .select((
            invoices::programme_id,
            invoices::currency,
            invoices::due_on,
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(SUM(invoices.total_minor - invoices.paid_minor - invoices.credited_minor - invoices.credit_applied_minor) AS BIGINT)"),
        ))
        .into_boxed();
    query = query.filter(invoices::status.eq_any(open));
    if let Some(programme) = only {
        query = query.filter(invoices::programme_id.eq(programme));
    }
    if let Some(supplier) = supplier {
        query = query.filter(invoices::supplier_id.eq(supplier));
    }
    Ok(query.load(conn)?)
}
