//! Wallets: money that a supplier pays before leads are delivered (R9–R11).
//!
//! **Who has one.** Staff open a wallet for an account with the terms of its prepay form; what the form
//! leaves out is as the policy says (`prepaid`), and the policy's own layers may differ by account (R11). From
//! then on every lead of its standing orders is paid out of it, in the sale's own transaction. An account
//! whose wallet was never paid into cannot be activated (R9, R10).
//!
//! **The truth is the journal.** What is in a wallet is the account `wallet`, what was taken out of it for
//! leads that are not invoiced yet, or for a refund on its way, the account `drawn`. The row of `wallets` has
//! the balance once more, because a guarded UPDATE on it decides a sale: it never falls below `limit`, by the
//! guard and by a constraint. Each movement is a row of `wallet_entries`; the auditor compares all three.
//!
//! **A sale** takes price and tax of the lead: `wallet → drawn`. An order whose wallet has too little skips the
//! lead with the reason `no_funds`. Accounts without a wallet cost nothing: their orders' rows say so
//! (`orders.prepaid`).
//!
//! **Invoices** are made of these leads by the billing runs as of any others, with a line a lead and nothing
//! else (R119). When one is issued, what was drawn for its leads pays it; a unit that rounding left over goes
//! back, and one that is missing stays open. What comes back goes back: a lead that is dropped before its
//! invoice, and what a credit note has left over.
//!
//! **Filling.** By hand, exactly the amount asked for; by itself on the first of the month or when the balance
//! is low (`refill_due_at`, set by the UPDATE that took the money), one charge at a time by an index. Failed ones are tried
//! again by the dunning plan, then it stops until somebody acts. What nothing can be charged for stays due. Money
//! that was sent by bank transfer is recorded by finance; a record made by mistake is taken out again as far as
//! the wallet has it, and the rest is owed, as where the payer's bank takes money back.
//!
//! **Closing** gives back what is in it by refunds of the latest payments into it; what no payment covers
//! becomes credit of the account.
//!
//! Lock order: supplier → invoice → legal entity → ledger accounts → the wallet's row. Every movement is posted
//! before the row is touched, so whoever holds the accounts (`ledger::hold`) may read the row and rely on it. One
//! exception: opening and closing mark the supplier's orders while they hold the supplier, which a sale takes the
//! other way round; PostgreSQL then ends one of the two, and it is run again.
//!
//! Tests: `rules/tests.rs`, `tests/api/wallets/`.

mod http;
pub(crate) mod money;
mod ops;
mod paying_in;
pub(crate) mod rules;
mod store;
mod view;
mod work;

use crate::db::Conn;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use std::collections::HashMap;
use tradepost_contract::wallets::WalletStatus;
use tradepost_contract::{Money, SupplierId, Timestamp};

pub(crate) use ops::{close_with_account, expect_funded, leftover_becomes, method_came};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_wallet)
        .service(http::open_wallet)
        .service(http::update_wallet)
        .service(http::set_auto_recharge)
        .service(http::close_wallet)
        .service(http::list_wallet_entries)
        .service(http::top_up_wallet)
        .service(http::record_wallet_payment);
}

/// Fills the wallets that are due.
pub(crate) const REFILLS: Job = Job {
    name: "wallet_refills",
    run: work::refill,
};

/// What was taken out of a wallet for leads that were delivered before an instant and are not invoiced.
pub(crate) fn drawn_until(conn: &mut Conn, supplier: SupplierId, end_at: Timestamp) -> ApiResult<i64> {
    store::drawn_until(conn, supplier, end_at)
}

/// How the wallets of these suppliers stand; one without a wallet has no entry.
pub(crate) fn statuses(conn: &mut Conn, of: &[SupplierId]) -> ApiResult<HashMap<SupplierId, WalletStatus>> {
    store::statuses(conn, of)
}

/// What is in the open wallet of a supplier, if it has one.
pub(crate) fn balance(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Money>> {
    let open = store::find(conn, supplier)?.filter(|row| row.status == WalletStatus::Open);
    Ok(open.map(|row| Money::new(row.balance_minor, row.currency)))
}

/// Whether leads of this supplier are paid out of a wallet.
pub(crate) fn is_open(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    store::is_open(conn, supplier)
}
