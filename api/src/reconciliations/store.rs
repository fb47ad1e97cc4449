//! Rows of reconciliations and their differences.

use super::rules::Difference;
use crate::db::schema::{payment_attempts, reconciliation_differences, reconciliations};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::reconciliations::{DifferenceKind, Reconciliation, ReconciliationDifference};
use tradepost_contract::{Id, LocalDate, Page, PaymentId, ReconciliationDifferenceId, ReconciliationId, Timestamp};

/// The last day that was compared.
pub(super) fn last_day(conn: &mut Conn) -> ApiResult<Option<LocalDate>> {
    Ok(reconciliations::table
        .order(reconciliations::day.desc())
        .select(reconciliations::day)
        .first(conn)
        .optional()?)
}

/// When the gateway was first asked to charge.
pub(super) fn first_attempt_at(conn: &mut Conn) -> ApiResult<Option<Timestamp>> {
    Ok(payment_attempts::table
        .order(payment_attempts::created_at)
        .select(payment_attempts::created_at)
        .first(conn)
        .optional()?)
}

/// Writes the comparison of a day; `None` when another server did.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    day: LocalDate,
    charges: i64,
    differences: &[Difference],
) -> ApiResult<Option<ReconciliationId>> {
    use reconciliation_differences::dsl;
    let id: ReconciliationId = tx.new_id();
    let now = tx.business_now();
    let row = (
        reconciliations::id.eq(id),
        reconciliations::day.eq(day),
        reconciliations::charges.eq(charges),
        reconciliations::differences.eq(i64::try_from(differences.len()).unwrap_or(i64::MAX)),
        reconciliations::made_at.eq(now),
    );
    let insert = diesel::insert_into(reconciliations::table).values(row);
    let made = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    if made == 0 {
        return Ok(None);
    }
    for difference in differences {
        let row = (
            dsl::id.eq(tx.new_id::<ReconciliationDifferenceId>()),
            dsl::reconciliation_id.eq(id),
            dsl::kind.eq(difference.kind),
            dsl::payment_id.eq(difference.payment),
            dsl::reference.eq(&difference.reference),
            dsl::detail.eq(&difference.detail),
            dsl::mended.eq(difference.news.is_some()),
            dsl::created_at.eq(now),
        );
        diesel::insert_into(dsl::reconciliation_differences)
            .values(row)
            .execute(&mut **tx)?;
    }
    Ok(Some(id))
}

pub(super) fn list(conn: &mut Conn, window: Window) -> ApiResult<Page<Reconciliation>> {
    type Row = (ReconciliationId, LocalDate, i64, i64, Timestamp);
    let mut query = reconciliations::table.into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(reconciliations::made_at.le(at))
            .filter(reconciliations::made_at.lt(at).or(reconciliations::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((reconciliations::made_at.desc(), reconciliations::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let found: Vec<_> = rows
        .into_iter()
        .map(|(id, day, charges, differences, made_at)| Reconciliation {
            id,
            day,
            charges,
            differences,
            made_at,
        })
        .collect();
    Ok(window.finish(found, |row| (row.made_at, row.id.as_i64())))
}

pub(super) fn differences(
    conn: &mut Conn,
    reconciliation: ReconciliationId,
    window: Window,
) -> ApiResult<Page<ReconciliationDifference>> {
    use reconciliation_differences::dsl;
    type Row = (
        (ReconciliationDifferenceId, DifferenceKind, Option<PaymentId>),
        (String, String, bool, Timestamp),
    );
    let known = reconciliations::table
        .find(reconciliation)
        .select(reconciliations::id)
        .first::<ReconciliationId>(conn)
        .optional()?;
    known.ok_or_else(ApiError::not_found)?;
    let mut query = dsl::reconciliation_differences
        .filter(dsl::reconciliation_id.eq(reconciliation))
        .into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .select((
            (dsl::id, dsl::kind, dsl::payment_id),
            (dsl::reference, dsl::detail, dsl::mended, dsl::created_at),
        ))
        .load(conn)?;
    let found: Vec<_> = rows
        .into_iter()
        .map(|((id, kind, payment_id), (reference, detail, mended, at))| {
            let difference = ReconciliationDifference {
                id,
                kind,
                payment_id,
                reference,
                detail,
                mended,
            };
            (difference, at)
        })
        .collect();
    let page = window.finish(found, |(row, at)| (*at, row.id.as_i64()));
    page.try_map_rows(|rows| Ok(rows.into_iter().map(|(row, _)| row).collect()))
}
