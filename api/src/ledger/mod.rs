//! The journal under the money: double entry, append-only.
//!
//! Every movement is an entry whose legs add up to zero in each currency. A leg above zero is a
//! debit, below zero a credit; so what a supplier owes is a positive balance of its `receivable`,
//! and what was earned a negative one of `revenue`. Accounts are made when they are first used, one
//! for each legal entity, kind, owner and currency. Their cached balances move in the transaction
//! of the entry, by addition in SQL, and the auditor compares them with their legs (I1, I2).
//!
//! Months are closed for each legal entity (`month_closes`): an entry dated before what is closed is
//! refused here, under a lock that a closing waits for, so that no entry slips in behind it.
//!
//! An entry is named by its kind and the number or id of what caused it, once: posting it again is refused by
//! the database.

mod export;
pub(crate) mod rules;
mod store;

pub(crate) use rules::{Account, Entry, EntryKind};

use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::routes::Routes;
use std::collections::BTreeSet;
use tradepost_contract::{Currency, JournalEntryId, LegalEntityId, Money, Timestamp};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(export::export_journal);
}

/// Writes an entry and moves the balances of its accounts. An entry without legs (an invoice of
/// nothing) leaves no trace.
pub(crate) fn post(tx: &mut Tx<'_>, entry: &Entry) -> ApiResult<Option<JournalEntryId>> {
    let legs = entry.balanced_legs().map_err(ApiError::internal)?;
    if legs.is_empty() {
        return Ok(None);
    }
    let mut entities: Vec<_> = legs.iter().map(|(account, _)| account.legal_entity).collect();
    entities.dedup();
    for entity in entities {
        expect_open(tx, entity, entry.posted_at)?;
    }
    let id = store::insert_entry(tx, entry)?;
    for (account, amount) in legs {
        let account_id = store::move_balance(tx, account, amount)?;
        store::insert_posting(tx, id, account_id, amount)?;
    }
    Ok(Some(id))
}

/// Holds the balances of these accounts until the transaction ends, in the order in which entries take them: what
/// is read of them, and of whatever moves with them only, is then certain.
pub(crate) fn hold(tx: &mut Tx<'_>, accounts: &[Account], currency: Currency) -> ApiResult<()> {
    let in_order: BTreeSet<Account> = accounts.iter().copied().collect();
    for account in in_order {
        store::move_balance(tx, account, Money::zero(currency))?;
    }
    Ok(())
}

/// Refuses an entry that is dated in a closed month; until the transaction ends, none is closed.
pub(crate) fn expect_open(tx: &mut Tx<'_>, entity: LegalEntityId, at: Timestamp) -> ApiResult<()> {
    match store::closed_before(tx, entity)? {
        Some(before) if at < before => Err(ApiError::conflict(format!(
            "The books of the legal entity are closed before {before}. Finance has to open the month again first."
        ))),
        _ => Ok(()),
    }
}
