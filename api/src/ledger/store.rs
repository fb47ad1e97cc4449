//! Rows of the journal.

use super::{Account, Entry};
use crate::db::schema::{journal_entries, ledger_accounts, postings};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use tradepost_contract::{JournalEntryId, LedgerAccountId, Money, PostingId};

pub(super) fn insert_entry(tx: &mut Tx<'_>, entry: &Entry) -> ApiResult<JournalEntryId> {
    use journal_entries::dsl;
    let id: JournalEntryId = tx.new_id();
    let row = (
        dsl::id.eq(id),
        dsl::kind.eq(entry.kind.as_str()),
        dsl::reference.eq(&entry.reference),
        dsl::posted_at.eq(entry.posted_at),
        dsl::memo.eq(&entry.memo),
        dsl::created_at.eq(tx.wall_now()),
    );
    diesel::insert_into(dsl::journal_entries)
        .values(row)
        .execute(&mut **tx)?;
    Ok(id)
}

/// Adds to the balance of an account, which is made when this is its first entry.
pub(super) fn move_balance(tx: &mut Tx<'_>, account: Account, amount: Money) -> ApiResult<LedgerAccountId> {
    use ledger_accounts::dsl;
    let owner_key = account.owner_key();
    let add = |tx: &mut Tx<'_>| {
        let this = dsl::ledger_accounts.filter(
            dsl::legal_entity_id
                .eq(account.legal_entity)
                .and(dsl::kind.eq(account.kind.as_str()))
                .and(dsl::owner_key.eq(&owner_key))
                .and(dsl::currency.eq(amount.currency)),
        );
        diesel::update(this)
            .set((
                dsl::balance_minor.eq(dsl::balance_minor + amount.minor),
                dsl::version.eq(dsl::version + 1),
            ))
            .returning(dsl::id)
            .get_result::<LedgerAccountId>(&mut **tx)
            .optional()
    };
    if let Some(id) = add(tx)? {
        return Ok(id);
    }
    let row = (
        dsl::id.eq(tx.new_id::<LedgerAccountId>()),
        dsl::legal_entity_id.eq(account.legal_entity),
        dsl::supplier_id.eq(account.supplier),
        dsl::kind.eq(account.kind.as_str()),
        dsl::owner_key.eq(&owner_key),
        dsl::currency.eq(amount.currency),
        dsl::created_at.eq(tx.wall_now()),
    );
    let insert = diesel::insert_into(dsl::ledger_accounts).values(row);
    // Somebody else may make the same account at the same time; then both add to it.
    match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    add(tx)?.ok_or_else(|| {
        ApiError::internal(format!(
            "the account {} {owner_key} cannot be made",
            account.kind.as_str()
        ))
    })
}

pub(super) fn insert_posting(
    tx: &mut Tx<'_>,
    entry: JournalEntryId,
    account: LedgerAccountId,
    amount: Money,
) -> ApiResult<()> {
    use postings::dsl;
    let row = (
        dsl::id.eq(tx.new_id::<PostingId>()),
        dsl::entry_id.eq(entry),
        dsl::account_id.eq(account),
        dsl::amount_minor.eq(amount.minor),
        dsl::currency.eq(amount.currency),
    );
    diesel::insert_into(dsl::postings).values(row).execute(&mut **tx)?;
    Ok(())
}
