//! Rows of reconciliations and their differences.

use super::rules::Difference;
use crate::db::schema::{payment_attempts, payments, reconciliation_differences, reconciliations};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::reconciliations::{DifferenceKind, Reconciliation, ReconciliationDifference};
use tradepost_contract::{
    Id, LegalEntityId, LocalDate, Page, PaymentId, ReconciliationDifferenceId, ReconciliationId, Timestamp,
};

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

/// Which differences a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter {
    pub(super) reconciliation: Option<ReconciliationId>,
    pub(super) payment: Option<PaymentId>,
    /// Only those that somebody still has to look into, or only the others.
    pub(super) open: Option<bool>,
}

#[derive(Queryable)]
struct DifferenceRow {
    id: ReconciliationDifferenceId,
    kind: DifferenceKind,
    day: LocalDate,
    payment_id: Option<PaymentId>,
    reference: String,
    detail: String,
    mended: bool,
    resolved_at: Option<Timestamp>,
    resolved_by: Option<String>,
    resolution: Option<String>,
    created_at: Timestamp,
}

impl From<DifferenceRow> for ReconciliationDifference {
    fn from(row: DifferenceRow) -> Self {
        let DifferenceRow {
            id,
            kind,
            day,
            payment_id,
            reference,
            detail,
            mended,
            resolved_at,
            resolved_by,
            resolution,
            created_at,
        } = row;
        Self {
            id,
            kind,
            day,
            payment_id,
            reference,
            detail,
            mended,
            resolved_at,
            resolved_by,
            resolution,
            created_at,
        }
    }
}

macro_rules! shown {
    () => {{
        use reconciliation_differences::dsl;
        dsl::reconciliation_differences
            .inner_join(reconciliations::table.on(reconciliations::id.eq(dsl::reconciliation_id)))
            .select((
                dsl::id,
                dsl::kind,
                reconciliations::day,
                dsl::payment_id,
                dsl::reference,
                dsl::detail,
                dsl::mended,
                dsl::resolved_at,
                dsl::resolved_by,
                dsl::resolution,
                dsl::created_at,
            ))
    }};
}

pub(super) fn differences(
    conn: &mut Conn,
    filter: Filter,
    window: Window,
) -> ApiResult<Page<ReconciliationDifference>> {
    use reconciliation_differences::dsl;
    let mut query = shown!().into_boxed();
    if let Some(reconciliation) = filter.reconciliation {
        query = query.filter(dsl::reconciliation_id.eq(reconciliation));
    }
    if let Some(payment) = filter.payment {
        query = query.filter(dsl::payment_id.eq(payment));
    }
    if let Some(open) = filter.open {
        query = if open {
            query.filter(dsl::mended.eq(false)).filter(dsl::resolved_at.is_null())
        } else {
            query.filter(dsl::mended.eq(true).or(dsl::resolved_at.is_not_null()))
        };
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    let rows: Vec<DifferenceRow> = query
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let found: Vec<ReconciliationDifference> = rows.into_iter().map(Into::into).collect();
    Ok(window.finish(found, |row| (row.created_at, row.id.as_i64())))
}

pub(super) fn difference(conn: &mut Conn, id: ReconciliationDifferenceId) -> ApiResult<ReconciliationDifference> {
    let found: Option<DifferenceRow> = shown!()
        .filter(reconciliation_differences::id.eq(id))
        .first(conn)
        .optional()?;
    found.map(Into::into).ok_or_else(ApiError::not_found)
}

/// Writes down what an open difference was; false when it is not open.
pub(super) fn resolve(tx: &mut Tx<'_>, id: ReconciliationDifferenceId, by: &str, note: &str) -> ApiResult<bool> {
    use reconciliation_differences::dsl;
    let open = dsl::reconciliation_differences
        .find(id)
        .filter(dsl::mended.eq(false))
        .filter(dsl::resolved_at.is_null());
    let changed = diesel::update(open)
        .set((
            dsl::resolved_at.eq(tx.business_now()),
            dsl::resolved_by.eq(by),
            dsl::resolution.eq(note),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// How many differences are open of days before `day`: of a legal entity's payments, or of nobody's.
pub(crate) fn open_before(conn: &mut Conn, entity: LegalEntityId, day: LocalDate) -> ApiResult<i64> {
    use reconciliation_differences::dsl;
    Ok(dsl::reconciliation_differences
        .inner_join(reconciliations::table.on(reconciliations::id.eq(dsl::reconciliation_id)))
        .left_join(payments::table.on(dsl::payment_id.eq(payments::id.nullable())))
        .filter(reconciliations::day.lt(day))
        .filter(dsl::mended.eq(false))
        .filter(dsl::resolved_at.is_null())
        .filter(
            dsl::payment_id
                .is_null()
                .or(payments::legal_entity_id.nullable().eq(entity)),
        )
        .count()
        .get_result(conn)?)
}
