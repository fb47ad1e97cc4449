//! A wallet as it is shown.

use super::rules::{funds, refill_status};
use super::store;
use crate::auth::Scope;
use crate::billing_runs::gross;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::payments::store as payments;
use tradepost_contract::SupplierId;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::wallets::Wallet;

/// A wallet as it is shown.
pub(super) fn show(conn: &mut Conn, scope: &Scope, supplier: SupplierId, policy: &PolicySet) -> ApiResult<Wallet> {
    let row = store::get(conn, scope, supplier)?;
    let charge = match row.refill_payment_id {
        Some(id) => Some(payments::find(conn, id)?.status.is_live()),
        None => None,
    };
    let drawn = store::drawn(conn, &row)?;
    let cheapest = match store::cheapest_order(conn, supplier)? {
        Some(price) => Some(
            gross(conn, row.programme_id, supplier, &policy.tax, row.money(price))?
                .1
                .minor,
        ),
        None => None,
    };
    Ok(Wallet {
        balance: row.money(row.balance_minor),
        limit: row.money(row.limit_minor),
        drawn: row.money(drawn),
        funds: funds(row.terms(), row.balance_minor, cheapest),
        refill_amount: row.refill_minor.map(|minor| row.money(minor)),
        refill_below: row.refill_below_minor.map(|minor| row.money(minor)),
        refill_status: refill_status(row.refill_due_at.is_some(), charge),
        notice_below: row.notice_below_minor.map(|minor| row.money(minor)),
        min_top_up: row.money(policy.prepaid.smallest_top_up()),
        supplier_id: supplier,
        programme_id: row.programme_id,
        status: row.status,
        refill: row.refill,
        refill_on: row.refill_on,
        refill_payment_id: row.refill_payment_id,
        funded_at: row.funded_at,
        created_at: row.created_at,
        closed_at: row.closed_at,
        version: row.version,
    })
}
