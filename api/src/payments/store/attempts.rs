//! Rows of the tries at the gateway.

use crate::db::schema::{payment_attempts, payments};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::payments::{AttemptStatus, DisputeStatus, PaymentFailure};
use tradepost_contract::{Currency, Money, PaymentAttemptId, PaymentId, PaymentMethodId, Timestamp};

/// A row of `payment_attempts`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = payment_attempts)]
pub(crate) struct AttemptRow {
    pub(crate) id: PaymentAttemptId,
    pub(crate) payment_id: PaymentId,
    pub(crate) number: i64,
    pub(crate) payment_method_id: PaymentMethodId,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) status: AttemptStatus,
    pub(crate) reference: Option<String>,
    pub(crate) failure: Option<PaymentFailure>,
    pub(crate) dispute: Option<DisputeStatus>,
    /// When the gateway was asked, on the wall.
    pub(crate) sent_at: Option<Timestamp>,
    /// When to ask the gateway how it stands, in business time.
    pub(crate) ask_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl AttemptRow {
    pub(crate) const fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

pub(crate) fn insert_attempt(tx: &mut Tx<'_>, attempt: &AttemptRow) -> ApiResult<()> {
    diesel::insert_into(payment_attempts::table)
        .values(attempt.clone())
        .execute(&mut **tx)?;
    Ok(())
}

pub(crate) fn attempt(conn: &mut Conn, id: PaymentAttemptId) -> ApiResult<Option<AttemptRow>> {
    Ok(payment_attempts::table.find(id).first(conn).optional()?)
}

/// The try that the gateway calls so.
pub(crate) fn attempt_called(conn: &mut Conn, reference: &str) -> ApiResult<Option<PaymentAttemptId>> {
    Ok(payment_attempts::table
        .filter(payment_attempts::reference.eq(reference))
        .select(payment_attempts::id)
        .first(conn)
        .optional()?)
}

pub(crate) fn attempts_of(conn: &mut Conn, payment: PaymentId) -> ApiResult<Vec<AttemptRow>> {
    Ok(payment_attempts::table
        .filter(payment_attempts::payment_id.eq(payment))
        .order(payment_attempts::number.desc())
        .load(conn)?)
}

/// The try of a payment of which the gateway's answer is not here yet, whether it was asked or not.
pub(crate) fn unanswered(conn: &mut Conn, payment: PaymentId) -> ApiResult<Option<PaymentAttemptId>> {
    Ok(payment_attempts::table
        .filter(payment_attempts::payment_id.eq(payment))
        .filter(payment_attempts::status.eq(AttemptStatus::Created))
        .select(payment_attempts::id)
        .first(conn)
        .optional()?)
}

/// Writes what is known of a try. The caller holds its supplier.
pub(crate) fn save_attempt(tx: &mut Tx<'_>, attempt: &AttemptRow) -> ApiResult<()> {
    diesel::update(payment_attempts::table.find(attempt.id))
        .set((
            payment_attempts::status.eq(attempt.status),
            payment_attempts::reference.eq(&attempt.reference),
            payment_attempts::failure.eq(attempt.failure),
            payment_attempts::dispute.eq(attempt.dispute),
            payment_attempts::ask_at.eq(attempt.ask_at),
            payment_attempts::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Tries that the gateway was not asked for yet.
pub(crate) fn to_send(conn: &mut Conn, limit: i64) -> ApiResult<Vec<PaymentAttemptId>> {
    Ok(payment_attempts::table
        .filter(sql::<Bool>("status = 'created'"))
        .filter(payment_attempts::sent_at.is_null())
        .order(payment_attempts::created_at)
        .limit(limit)
        .select(payment_attempts::id)
        .load(conn)?)
}

/// Claims a try for sending, once; whoever gets false leaves it alone.
pub(crate) fn claim(tx: &mut Tx<'_>, id: PaymentAttemptId) -> ApiResult<bool> {
    let unsent = payment_attempts::table
        .find(id)
        .filter(payment_attempts::status.eq(AttemptStatus::Created))
        .filter(payment_attempts::sent_at.is_null());
    let claimed = diesel::update(unsent)
        .set(payment_attempts::sent_at.eq(tx.wall_now()))
        .execute(&mut **tx)?;
    Ok(claimed == 1)
}

/// Tries that were sent before an instant of the wall and whose answer never came.
pub(crate) fn to_resolve(conn: &mut Conn, sent_before: Timestamp, limit: i64) -> ApiResult<Vec<PaymentAttemptId>> {
    Ok(payment_attempts::table
        .filter(sql::<Bool>("status IN ('created', 'unknown')"))
        .filter(payment_attempts::sent_at.le(sent_before))
        .order(payment_attempts::created_at)
        .limit(limit)
        .select(payment_attempts::id)
        .load(conn)?)
}

/// Tries under way about which nothing was heard for long.
pub(crate) fn to_ask(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<PaymentAttemptId>> {
    Ok(payment_attempts::table
        .filter(sql::<Bool>("status = 'pending'"))
        .filter(payment_attempts::ask_at.le(now))
        .order(payment_attempts::ask_at)
        .limit(limit)
        .select(payment_attempts::id)
        .load(conn)?)
}

/// Asks again later.
pub(crate) fn ask_later(tx: &mut Tx<'_>, id: PaymentAttemptId, at: Timestamp) -> ApiResult<()> {
    diesel::update(payment_attempts::table.find(id))
        .set(payment_attempts::ask_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether the gateway may still be charging this method.
pub(crate) fn is_charged(conn: &mut Conn, method: PaymentMethodId) -> ApiResult<bool> {
    let live = payment_attempts::table
        .inner_join(payments::table)
        .filter(payment_attempts::payment_method_id.eq(method))
        .filter(payment_attempts::status.eq_any([
            AttemptStatus::Created,
            AttemptStatus::Unknown,
            AttemptStatus::Pending,
        ]))
        .select(payment_attempts::id)
        .first::<PaymentAttemptId>(conn)
        .optional()?;
    Ok(live.is_some())
}

/// Tries that were begun in a span of business time, for reconciliation.
pub(crate) fn attempts_between(conn: &mut Conn, from: Timestamp, to: Timestamp) -> ApiResult<Vec<AttemptRow>> {
    Ok(payment_attempts::table
        .filter(payment_attempts::created_at.ge(from))
        .filter(payment_attempts::created_at.lt(to))
        .order(payment_attempts::id)
        .load(conn)?)
}
