//! Sums of what suppliers owe, less what they paid in advance, by month and by what moved it.

use crate::db::Conn;
use crate::db::schema::legal_entities;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use tradepost_contract::{Currency, LegalEntityId, Timestamp};

/// A legal entity and how far its books are closed.
#[derive(Debug, Queryable)]
pub(in crate::reports) struct Entity {
    pub(in crate::reports) id: LegalEntityId,
    pub(in crate::reports) name: String,
    pub(in crate::reports) billing_zone: String,
    pub(in crate::reports) closed_before: Option<Timestamp>,
}

pub(in crate::reports) fn entities(conn: &mut Conn, only: Option<LegalEntityId>) -> ApiResult<Vec<Entity>> {
    let mut query = legal_entities::table
        .order((legal_entities::name, legal_entities::id))
        .select((
            legal_entities::id,
            legal_entities::name,
            legal_entities::billing_zone,
            legal_entities::closed_before,
        ))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(legal_entities::id.eq(only));
    }
    Ok(query.load(conn)?)
}

/// What one kind of entry moved in one month.
#[derive(Debug, QueryableByName)]
pub(in crate::reports) struct Sum {
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) month: i64,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) currency: Currency,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) kind: String,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) minor: i64,
}

/// What entries moved in each month; `bounds` are the first instants of the months and the end of the last.
pub(in crate::reports) fn moved(conn: &mut Conn, entity: LegalEntityId, bounds: &[Timestamp]) -> ApiResult<Vec<Sum>> {
    // The bounds are whole numbers of our own, so the text holds nothing that anybody typed.
    let months: Vec<String> = bounds
        .windows(2)
        .enumerate()
        .map(|(at, edge)| format!("({at}, {}, {})", edge[0].as_micros(), edge[1].as_micros()))
        .collect();
    let text = format!(
        "WITH months (place, starts_at, ends_at) AS (VALUES {}) \
         SELECT CAST(m.place AS BIGINT) AS month, p.currency, j.kind, CAST(SUM(p.amount_minor) AS BIGINT) AS minor FROM months m \
         JOIN journal_entries j ON j.posted_at >= m.starts_at AND j.posted_at < m.ends_at \
         JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts a ON a.id = p.account_id \
         WHERE a.kind IN ('receivable', 'wallet', 'drawn') AND a.legal_entity_id = $1 GROUP BY 1, 2, 3",
        months.join(", ")
    );
    Ok(sql_query(text).bind::<BigInt, _>(entity).load(conn)?)
}

#[derive(QueryableByName)]
struct Owed {
    #[diesel(sql_type = Text)]
    currency: Currency,
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

/// What suppliers owed before an instant, by currency.
pub(in crate::reports) fn owed_before(
    conn: &mut Conn,
    entity: LegalEntityId,
    before: Timestamp,
) -> ApiResult<Vec<(Currency, i64)>> {
    let rows: Vec<Owed> = sql_query(
        "SELECT p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS minor FROM journal_entries j \
         JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts a ON a.id = p.account_id \
         WHERE j.posted_at < $1 AND a.kind IN ('receivable', 'wallet', 'drawn') AND a.legal_entity_id = $2 GROUP BY p.currency ORDER BY p.currency",
    )
    .bind::<BigInt, _>(before)
    .bind::<BigInt, _>(entity)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.currency, row.minor)).collect())
}
