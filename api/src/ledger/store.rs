//! Rows of the journal.

use super::{Account, Entry};
use crate::db::schema::{journal_entries, ledger_accounts, legal_entities, postings};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use tradepost_contract::{Currency, JournalEntryId, LedgerAccountId, LegalEntityId, Money, PostingId, Timestamp};

/// Before which instant the books of a legal entity are closed. On PostgreSQL the row is shared until
/// the transaction ends, so that a closing waits for it; SQLite has one writer.
pub(super) fn closed_before(tx: &mut Tx<'_>, entity: LegalEntityId) -> ApiResult<Option<Timestamp>> {
    use legal_entities::dsl;
    let closed = dsl::legal_entities.find(entity).select(dsl::closed_before);
    Ok(match &mut **tx {
        Conn::Sqlite(conn) => closed.kept(|| ()).get_result(conn)?,
        Conn::Postgres(conn) => closed.for_share().kept(|| ()).get_result(conn)?,
    })
}

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
    let insert = diesel::insert_into(dsl::journal_entries).values(row).kept(|| ());
    either!(&mut **tx, conn => insert.execute(conn))?;
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
        let more = diesel::update(this)
            .set((
                dsl::balance_minor.eq(dsl::balance_minor + amount.minor),
                dsl::version.eq(dsl::version + 1),
            ))
            .returning(dsl::id)
            .kept(|| ());
        either!(&mut **tx, conn => more.get_result::<LedgerAccountId>(conn)).optional()
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
    let insert = diesel::insert_into(dsl::postings).values(row).kept(|| ());
    either!(&mut **tx, conn => insert.execute(conn))?;
    Ok(())
}

/// The time zone of a legal entity's books, if there is one of this id.
pub(super) fn billing_zone(conn: &mut Conn, entity: LegalEntityId) -> ApiResult<Option<String>> {
    Ok(legal_entities::table
        .find(entity)
        .select(legal_entities::billing_zone)
        .first(conn)
        .optional()?)
}

/// A posting with its entry.
#[derive(Debug, QueryableByName)]
pub(super) struct JournalRow {
    #[diesel(sql_type = BigInt)]
    pub(super) entry_id: JournalEntryId,
    #[diesel(sql_type = BigInt)]
    pub(super) posting_id: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) posted_at: Timestamp,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Text)]
    pub(super) reference: String,
    #[diesel(sql_type = Text)]
    pub(super) memo: String,
    #[diesel(sql_type = Text)]
    pub(super) account: String,
    #[diesel(sql_type = Text)]
    pub(super) owner_key: String,
    #[diesel(sql_type = BigInt)]
    pub(super) minor: i64,
    #[diesel(sql_type = Text)]
    pub(super) currency: Currency,
}

/// So many postings of a legal entity's accounts in a range, after a row of it.
pub(super) fn journal(
    conn: &mut Conn,
    entity: LegalEntityId,
    (from, to): (Timestamp, Timestamp),
    after: Option<(Timestamp, i64, i64)>,
    most: i64,
) -> ApiResult<Vec<JournalRow>> {
    let (at, entry, posting) = after.unwrap_or((from, 0, 0));
    Ok(sql_query(
        "SELECT j.id AS entry_id, p.id AS posting_id, j.posted_at, j.kind, j.reference, j.memo, a.kind AS account, a.owner_key, \
         p.amount_minor AS minor, p.currency FROM journal_entries j \
         JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts a ON a.id = p.account_id \
         WHERE j.posted_at >= $1 AND j.posted_at < $2 AND a.legal_entity_id = $3 \
         AND (j.posted_at > $4 OR j.id > $5 OR (j.id = $6 AND p.id > $7)) ORDER BY j.posted_at, j.id, p.id LIMIT $8",
    )
    .bind::<BigInt, _>(at)
    .bind::<BigInt, _>(to)
    .bind::<BigInt, _>(entity)
    .bind::<BigInt, _>(at)
    .bind::<BigInt, _>(entry)
    .bind::<BigInt, _>(entry)
    .bind::<BigInt, _>(posting)
    .bind::<BigInt, _>(most)
    .load(conn)?)
}
