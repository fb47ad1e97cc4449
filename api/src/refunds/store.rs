//! Rows of refunds.

use crate::auth::Scope;
use crate::db::schema::refunds;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use tradepost_contract::refunds::{Refund, RefundStatus};
use tradepost_contract::{Currency, Id, Money, Page, PaymentId, ProgrammeId, RefundId, SupplierId, Timestamp};

/// A row of `refunds`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = refunds)]
pub(super) struct RefundRow {
    pub(super) id: RefundId,
    pub(super) payment_id: PaymentId,
    pub(super) supplier_id: SupplierId,
    pub(super) programme_id: ProgrammeId,
    pub(super) status: RefundStatus,
    pub(super) amount_minor: i64,
    pub(super) currency: Currency,
    pub(super) reason: String,
    /// The id of the person, who may not agree to it.
    pub(super) requested_by: String,
    pub(super) requested_by_name: String,
    pub(super) decided_by: Option<String>,
    pub(super) decided_by_name: Option<String>,
    pub(super) decision_note: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) failure: Option<String>,
    /// When the gateway was asked, on the wall.
    pub(super) sent_at: Option<Timestamp>,
    /// The same in business time, by which the gateway's list of a day is compared.
    pub(super) asked_at: Option<Timestamp>,
    /// The refund by which it was sent again.
    pub(super) sent_again_as: Option<RefundId>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl RefundRow {
    pub(super) const fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

impl From<RefundRow> for Refund {
    fn from(row: RefundRow) -> Self {
        Self {
            amount: row.amount(),
            id: row.id,
            payment_id: row.payment_id,
            supplier_id: row.supplier_id,
            programme_id: row.programme_id,
            status: row.status,
            reason: row.reason,
            requested_by: row.requested_by_name,
            decided_by: row.decided_by_name,
            decision_note: row.decision_note,
            reference: row.reference,
            failure: row.failure,
            sent_again_as: row.sent_again_as,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Which refunds a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) payment: Option<PaymentId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) statuses: Option<Vec<RefundStatus>>,
    /// Whether they failed and nobody has sent them again.
    pub(super) unsettled: Option<bool>,
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: Window) -> ApiResult<Page<Refund>> {
    let mut query = refunds::table.into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(refunds::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(refunds::programme_id.eq(programme));
    }
    if scope.businesses().is_some() {
        query = query.filter(refunds::id.lt(0));
    }
    if let Some(payment) = filter.payment {
        query = query.filter(refunds::payment_id.eq(payment));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(refunds::status.eq_any(statuses));
    }
    if let Some(unsettled) = filter.unsettled {
        let stuck = refunds::status
            .eq(RefundStatus::Failed)
            .and(refunds::sent_again_as.is_null());
        query = if unsettled {
            query.filter(stuck)
        } else {
            query.filter(diesel::dsl::not(stuck))
        };
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(refunds::created_at.le(at))
            .filter(refunds::created_at.lt(at).or(refunds::id.lt(id)));
    }
    let rows: Vec<RefundRow> = query
        .order((refunds::created_at.desc(), refunds::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let found: Vec<Refund> = rows.into_iter().map(Refund::from).collect();
    Ok(window.finish(found, |refund| (refund.created_at, refund.id.as_i64())))
}

pub(super) fn get(conn: &mut Conn, scope: &Scope, id: RefundId) -> ApiResult<RefundRow> {
    let row: Option<RefundRow> = refunds::table.find(id).first(conn).optional()?;
    row.filter(|row| {
        scope.allows_supplier(row.supplier_id)
            && scope.allows_programme(row.programme_id)
            && scope.businesses().is_none()
    })
    .ok_or_else(ApiError::not_found)
}

pub(super) fn insert(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    diesel::insert_into(refunds::table)
        .values(refund.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes everything of a refund that changes. The caller holds its supplier.
pub(super) fn save(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    diesel::update(refunds::table.find(refund.id))
        .set((
            refunds::status.eq(refund.status),
            refunds::decided_by.eq(&refund.decided_by),
            refunds::decided_by_name.eq(&refund.decided_by_name),
            refunds::decision_note.eq(&refund.decision_note),
            refunds::reference.eq(&refund.reference),
            refunds::failure.eq(&refund.failure),
            refunds::sent_again_as.eq(refund.sent_again_as),
            refunds::version.eq(refunds::version + 1),
            refunds::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What of a payment was really given back.
pub(super) fn given_back(conn: &mut Conn, payment: PaymentId) -> ApiResult<i64> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS minor FROM refunds \
         WHERE payment_id = $1 AND status = 'succeeded'",
    )
    .bind::<BigInt, _>(payment)
    .get_result(conn)?;
    Ok(sum.minor)
}

/// Agreed refunds that the gateway was not asked for yet.
pub(super) fn to_send(conn: &mut Conn, limit: i64) -> ApiResult<Vec<RefundId>> {
    Ok(refunds::table
        .filter(sql::<Bool>("status = 'approved'"))
        .filter(refunds::sent_at.is_null())
        .order(refunds::created_at)
        .limit(limit)
        .select(refunds::id)
        .load(conn)?)
}

/// Claims a refund for sending, once.
pub(super) fn claim(tx: &mut Tx<'_>, id: RefundId) -> ApiResult<bool> {
    let unsent = refunds::table
        .find(id)
        .filter(refunds::status.eq(RefundStatus::Approved))
        .filter(refunds::sent_at.is_null());
    let claimed = diesel::update(unsent)
        .set((
            refunds::sent_at.eq(tx.wall_now()),
            refunds::asked_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(claimed == 1)
}

/// Refunds that were sent before an instant of the wall and whose answer never came.
pub(super) fn to_resolve(conn: &mut Conn, sent_before: Timestamp, limit: i64) -> ApiResult<Vec<RefundId>> {
    Ok(refunds::table
        .filter(sql::<Bool>("status IN ('approved', 'unknown')"))
        .filter(refunds::sent_at.le(sent_before))
        .order(refunds::created_at)
        .limit(limit)
        .select(refunds::id)
        .load(conn)?)
}

/// A refund of which the gateway was asked, as far as reconciliation compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SentRefund {
    pub(crate) id: RefundId,
    pub(crate) payment: PaymentId,
    pub(crate) status: RefundStatus,
    pub(crate) amount_minor: i64,
}

/// Refunds for which the gateway was asked in a span of business time.
pub(crate) fn sent_between(conn: &mut Conn, from: Timestamp, to: Timestamp) -> ApiResult<Vec<SentRefund>> {
    let rows: Vec<RefundRow> = refunds::table
        .filter(refunds::asked_at.ge(from))
        .filter(refunds::asked_at.lt(to))
        .order(refunds::id)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| SentRefund {
            id: row.id,
            payment: row.payment_id,
            status: row.status,
            amount_minor: row.amount_minor,
        })
        .collect())
}

/// Whether a refund is one of ours.
pub(crate) fn is_known(conn: &mut Conn, id: RefundId) -> ApiResult<bool> {
    let found = refunds::table
        .find(id)
        .select(refunds::id)
        .first::<RefundId>(conn)
        .optional()?;
    Ok(found.is_some())
}
