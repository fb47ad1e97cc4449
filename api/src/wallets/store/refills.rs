//! Which wallets are due to be filled.

use crate::db::schema::{payment_methods, suppliers, wallets};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::payment_methods::StoredMethodStatus;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::wallets::{WalletRefill, WalletStatus};
use tradepost_contract::{LocalDate, ProgrammeId, SupplierId, Timestamp};

/// Wallets that are filled on the first of the month, where it has come.
pub(in crate::wallets) fn months_begun(
    conn: &mut Conn,
    programme: ProgrammeId,
    today: LocalDate,
    limit: i64,
) -> ApiResult<Vec<SupplierId>> {
    Ok(wallets::table
        .filter(wallets::programme_id.eq(programme))
        .filter(wallets::status.eq(WalletStatus::Open))
        .filter(wallets::refill.eq(WalletRefill::MonthlyOn1st))
        .filter(wallets::refill_on.le(today))
        .order(wallets::supplier_id)
        .limit(limit)
        .select(wallets::supplier_id)
        .load(conn)?)
}

/// The first of the month has come: filling is due, and the next time is then.
pub(in crate::wallets) fn month_began(tx: &mut Tx<'_>, supplier: SupplierId, next: LocalDate) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(wallets::table.find(supplier))
        .set((wallets::refill_on.eq(next), wallets::refill_due_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Wallets whose filling is due by now and has not begun, of accounts with a method to charge.
pub(in crate::wallets) fn to_refill(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<SupplierId>> {
    let method = payment_methods::table
        .filter(payment_methods::supplier_id.eq(wallets::supplier_id))
        .filter(payment_methods::is_default.eq(true))
        .filter(payment_methods::status.eq(StoredMethodStatus::Active));
    // Whoever is suspended is charged when it goes on.
    let charged = suppliers::table
        .filter(suppliers::id.eq(wallets::supplier_id))
        .filter(suppliers::status.eq_any([SupplierStatus::Onboarding, SupplierStatus::Active]));
    Ok(wallets::table
        .filter(sql::<Bool>("refill_due_at IS NOT NULL"))
        .filter(wallets::refill_due_at.le(now))
        .filter(
            wallets::status
                .eq(WalletStatus::Open)
                .and(wallets::refill_payment_id.is_null()),
        )
        .filter(exists(method))
        .filter(exists(charged))
        .order(wallets::refill_due_at)
        .limit(limit)
        .select(wallets::supplier_id)
        .load(conn)?)
}
