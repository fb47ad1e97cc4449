//! Rows of wallets.

mod entries;
mod refills;

pub(super) use entries::{
    Cause, Purpose, drawn_for_invoice, drawn_until, entries as list_entries, insert_entry, taken_for,
};
pub(super) use refills::{month_began, months_begun, to_refill};

use super::rules::Terms;
use crate::auth::Scope;
use crate::db::schema::{ledger_accounts, orders, wallets};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::dsl::{exists, max, min};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable};
use std::collections::HashMap;
use tradepost_contract::orders::OrderStatus;
use tradepost_contract::wallets::{WalletRefill, WalletStatus};
use tradepost_contract::{Currency, LegalEntityId, LocalDate, Money, PaymentId, ProgrammeId, SupplierId, Timestamp};

/// A row of `wallets`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = wallets)]
pub(super) struct Row {
    pub(super) supplier_id: SupplierId,
    pub(super) programme_id: ProgrammeId,
    pub(super) legal_entity_id: LegalEntityId,
    pub(super) currency: Currency,
    pub(super) status: WalletStatus,
    pub(super) balance_minor: i64,
    pub(super) limit_minor: i64,
    pub(super) refill: WalletRefill,
    pub(super) refill_minor: Option<i64>,
    pub(super) refill_below_minor: Option<i64>,
    /// With monthly filling: the next first of a month.
    pub(super) refill_on: Option<LocalDate>,
    /// Since when a charge is due that has not begun.
    pub(super) refill_due_at: Option<Timestamp>,
    /// The charge that the terms have begun; a failed one stays until something changes.
    pub(super) refill_payment_id: Option<PaymentId>,
    pub(super) notice_below_minor: Option<i64>,
    pub(super) funded_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    pub(super) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    pub(super) const fn terms(&self) -> Terms {
        Terms {
            refill: self.refill,
            refill_minor: self.refill_minor,
            refill_below_minor: self.refill_below_minor,
            notice_below_minor: self.notice_below_minor,
            limit_minor: self.limit_minor,
        }
    }
}

pub(super) fn find(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Row>> {
    let wallet = wallets::table.find(supplier).kept(|| ());
    Ok(either!(conn, conn => wallet.get_result(conn)).optional()?)
}

/// The wallet of an account that the caller may see. It is the whole account's, so a person who is kept to some
/// of its businesses sees none.
pub(super) fn get(conn: &mut Conn, scope: &Scope, supplier: SupplierId) -> ApiResult<Row> {
    find(conn, supplier)?
        .filter(|row| {
            scope.allows_supplier(supplier) && scope.allows_programme(row.programme_id) && scope.businesses().is_none()
        })
        .ok_or_else(ApiError::not_found)
}

pub(super) fn is_open(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let open = wallets::table
        .find(supplier)
        .filter(wallets::status.eq(WalletStatus::Open));
    Ok(diesel::select(exists(open)).get_result(conn)?)
}

/// How the wallets of these suppliers stand; one without a wallet has no entry.
pub(super) fn statuses(conn: &mut Conn, of: &[SupplierId]) -> ApiResult<HashMap<SupplierId, WalletStatus>> {
    let rows: Vec<(SupplierId, WalletStatus)> = wallets::table
        .filter(wallets::supplier_id.eq_any(of.to_vec()))
        .select((wallets::supplier_id, wallets::status))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    match diesel::insert_into(wallets::table)
        .values(row.clone())
        .execute(&mut **tx)
    {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::conflict("The account has a wallet already.")),
        Err(cause) => Err(cause.into()),
    }
}

/// Opens a closed wallet again under new terms.
pub(super) fn reopen(tx: &mut Tx<'_>, row: &Row) -> ApiResult<bool> {
    let closed = wallets::table
        .find(row.supplier_id)
        .filter(wallets::status.eq(WalletStatus::Closed));
    let reopened = diesel::update(closed)
        .set((
            wallets::status.eq(WalletStatus::Open),
            wallets::closed_at.eq(None::<Timestamp>),
            wallets::refill_payment_id.eq(None::<PaymentId>),
        ))
        .execute(&mut **tx)?;
    Ok(reopened == 1 && save_terms(tx, row)?)
}

/// Writes the terms and what they make due; false where the balance is below the new limit.
pub(super) fn save_terms(tx: &mut Tx<'_>, row: &Row) -> ApiResult<bool> {
    let within = wallets::table
        .find(row.supplier_id)
        .filter(wallets::balance_minor.ge(row.limit_minor));
    let saved = diesel::update(within)
        .set((
            wallets::limit_minor.eq(row.limit_minor),
            wallets::refill.eq(row.refill),
            wallets::refill_minor.eq(row.refill_minor),
            wallets::refill_below_minor.eq(row.refill_below_minor),
            wallets::refill_on.eq(row.refill_on),
            wallets::refill_due_at.eq(row.refill_due_at),
            wallets::refill_payment_id.eq(row.refill_payment_id),
            wallets::notice_below_minor.eq(row.notice_below_minor),
            wallets::version.eq(wallets::version + 1),
            wallets::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(saved == 1)
}

/// What a wallet has after a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub(super) struct Moved {
    #[diesel(sql_type = BigInt)]
    pub(super) balance_minor: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) notice_below_minor: Option<i64>,
}

/// Adds to the balance of an open wallet, or takes from it; none where that would leave less than its limit. It
/// says in the same breath that filling has become due, so that of any number of sales one says it.
pub(super) fn move_balance(tx: &mut Tx<'_>, supplier: SupplierId, minor: i64) -> ApiResult<Option<Moved>> {
    let now = tx.business_now();
    let moved: Vec<Moved> = sql_query(
        "UPDATE wallets SET balance_minor = balance_minor + $1, updated_at = $2, \
         refill_due_at = CASE WHEN refill = 'low_balance' AND refill_due_at IS NULL AND refill_payment_id IS NULL \
         AND balance_minor + $3 < refill_below_minor THEN $4 ELSE refill_due_at END \
         WHERE supplier_id = $5 AND status = 'open' AND balance_minor + $6 >= limit_minor \
         RETURNING balance_minor, notice_below_minor",
    )
    .bind::<BigInt, _>(minor)
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(minor)
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(minor)
    .load(&mut **tx)?;
    Ok(moved.into_iter().next())
}

/// What was paid in came: since when filling is due, and which charge is followed.
pub(super) fn followed(
    tx: &mut Tx<'_>,
    supplier: SupplierId,
    due: Option<Timestamp>,
    payment: Option<PaymentId>,
) -> ApiResult<()> {
    diesel::update(wallets::table.find(supplier))
        .set((wallets::refill_due_at.eq(due), wallets::refill_payment_id.eq(payment)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes when money was first paid in.
pub(super) fn funded(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let never = wallets::table.find(supplier).filter(wallets::funded_at.is_null());
    diesel::update(never)
        .set(wallets::funded_at.eq(tx.business_now()))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes when money was first paid in, were it not for one payment; never, where nothing else came.
pub(super) fn funded_without(tx: &mut Tx<'_>, supplier: SupplierId, payment: PaymentId) -> ApiResult<()> {
    diesel::sql_query(
        "UPDATE wallets SET funded_at = (SELECT MIN(e.created_at) FROM wallet_entries e JOIN payments p ON p.id = e.payment_id \
         WHERE e.supplier_id = wallets.supplier_id AND e.kind = 'top_up' AND p.captured_minor > 0 AND p.id <> $1 \
         AND e.created_at >= wallets.created_at) WHERE supplier_id = $2",
    )
    .bind::<BigInt, _>(payment)
    .bind::<BigInt, _>(supplier)
    .execute(&mut **tx)?;
    Ok(())
}

/// Closes an empty wallet; false where something is in it.
pub(super) fn close(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<bool> {
    let now = tx.business_now();
    let empty = wallets::table
        .find(supplier)
        .filter(wallets::status.eq(WalletStatus::Open).and(wallets::balance_minor.eq(0)));
    let closed = diesel::update(empty)
        .set((
            wallets::status.eq(WalletStatus::Closed),
            wallets::closed_at.eq(now),
            wallets::refill_on.eq(None::<LocalDate>),
            wallets::refill_due_at.eq(None::<Timestamp>),
            wallets::version.eq(wallets::version + 1),
            wallets::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(closed == 1)
}

/// Says of all orders of a supplier whether a wallet pays for their leads. What a checkout paid for stays paid.
pub(super) fn mark_orders(tx: &mut Tx<'_>, supplier: SupplierId, prepaid: bool) -> ApiResult<()> {
    let these = orders::table
        .filter(orders::supplier_id.eq(supplier))
        .filter(orders::checkout_id.is_null().and(orders::prepaid.ne(prepaid)));
    diesel::update(these)
        .set((
            orders::prepaid.eq(prepaid),
            orders::version.eq(orders::version + 1),
            orders::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The highest price of the orders that a wallet pays for.
pub(super) fn dearest_order(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    let dearest: Option<i64> = orders::table
        .filter(orders::supplier_id.eq(supplier).and(orders::prepaid.eq(true)))
        .filter(orders::status.ne(OrderStatus::Cancelled))
        .select(max(orders::price_minor))
        .first(conn)?;
    Ok(dearest.unwrap_or(0))
}

/// The lowest price of the orders that a wallet pays for and that take leads; none where none does.
pub(super) fn cheapest_order(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<i64>> {
    Ok(orders::table
        .filter(orders::supplier_id.eq(supplier).and(orders::prepaid.eq(true)))
        .filter(orders::status.eq(OrderStatus::Open))
        .select(min(orders::price_minor))
        .first(conn)?)
}

/// What was drawn from a wallet and is not settled, by the journal.
pub(super) fn drawn(conn: &mut Conn, row: &Row) -> ApiResult<i64> {
    let balance: Option<i64> = ledger_accounts::table
        .filter(ledger_accounts::legal_entity_id.eq(row.legal_entity_id))
        .filter(ledger_accounts::supplier_id.eq(row.supplier_id))
        .filter(
            ledger_accounts::kind
                .eq("drawn")
                .and(ledger_accounts::currency.eq(row.currency)),
        )
        .select(ledger_accounts::balance_minor)
        .first(conn)
        .optional()?;
    Ok(-balance.unwrap_or(0))
}
