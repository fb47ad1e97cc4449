//! Rows of month closes, and how far the books of a legal entity are closed.

use crate::db::schema::{journal_entries, ledger_accounts, legal_entities, month_closes, postings};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::{exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tradepost_contract::month_closes::MonthClose;
use tradepost_contract::{Id, LegalEntityId, LocalDate, MonthCloseId, Page, Timestamp};

/// What a closing needs to know of a legal entity.
#[derive(Debug, Queryable)]
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) billing_zone: String,
    pub(super) closed_before: Option<Timestamp>,
}

/// Locks a legal entity for the rest of the transaction and reads it as it stands then.
pub(super) fn lock_entity(tx: &mut Tx<'_>, id: LegalEntityId) -> ApiResult<Option<Entity>> {
    use legal_entities::dsl;
    let columns = (dsl::name, dsl::billing_zone, dsl::closed_before);
    Ok(diesel::update(dsl::legal_entities.find(id))
        .set(dsl::closed_before.eq(dsl::closed_before))
        .returning(columns)
        .get_result(&mut **tx)
        .optional()?)
}

pub(super) fn set_closed_before(tx: &mut Tx<'_>, id: LegalEntityId, before: Option<Timestamp>) -> ApiResult<()> {
    diesel::update(legal_entities::table.find(id))
        .set(legal_entities::closed_before.eq(before))
        .execute(&mut **tx)?;
    Ok(())
}

/// How many entries touch a legal entity's accounts before an instant.
pub(super) fn count_entries(conn: &mut Conn, entity: LegalEntityId, before: Timestamp) -> ApiResult<i64> {
    Ok(journal_entries::table
        .inner_join(postings::table.on(postings::entry_id.eq(journal_entries::id)))
        .inner_join(ledger_accounts::table.on(postings::account_id.eq(ledger_accounts::id)))
        .filter(ledger_accounts::legal_entity_id.eq(entity))
        .filter(journal_entries::posted_at.lt(before))
        .select(sql::<BigInt>("COUNT(DISTINCT journal_entries.id)"))
        .first(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, close: &MonthClose, starts_at: Timestamp) -> ApiResult<()> {
    use month_closes::dsl;
    diesel::insert_into(dsl::month_closes)
        .values((
            dsl::id.eq(close.id),
            dsl::legal_entity_id.eq(close.legal_entity_id),
            dsl::month.eq(close.month),
            dsl::starts_at.eq(starts_at),
            dsl::ends_at.eq(close.ends_at),
            dsl::entries.eq(close.entries),
            dsl::closed_by.eq(&close.closed_by),
            dsl::closed_at.eq(close.closed_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks a month and those after it as open again; answers when the first of them starts, or nothing
/// when it is open already.
pub(super) fn reopen_from(tx: &mut Tx<'_>, close: &MonthClose, by: &str, reason: &str) -> ApiResult<Option<Timestamp>> {
    use month_closes::dsl;
    let in_force = dsl::month_closes.filter(dsl::reopened_at.is_null());
    let starts_at: Option<Timestamp> = in_force
        .filter(dsl::id.eq(close.id))
        .select(dsl::starts_at)
        .first(&mut **tx)
        .optional()?;
    if starts_at.is_some() {
        let these = dsl::month_closes
            .filter(dsl::reopened_at.is_null())
            .filter(dsl::legal_entity_id.eq(close.legal_entity_id))
            .filter(dsl::month.ge(close.month));
        diesel::update(these)
            .set((
                dsl::reopened_at.eq(tx.business_now()),
                dsl::reopened_by.eq(by),
                dsl::reopen_reason.eq(reason),
            ))
            .execute(&mut **tx)?;
    }
    Ok(starts_at)
}

pub(super) fn any_in_force(conn: &mut Conn, entity: LegalEntityId) -> ApiResult<bool> {
    let in_force = month_closes::table
        .filter(month_closes::legal_entity_id.eq(entity))
        .filter(month_closes::reopened_at.is_null());
    Ok(select(exists(in_force)).get_result(conn)?)
}

type Row = (
    (MonthCloseId, LegalEntityId, String, LocalDate, Timestamp, i64),
    (String, Timestamp, Option<String>, Option<Timestamp>, Option<String>),
);

fn rows(
    conn: &mut Conn,
    id: Option<MonthCloseId>,
    entity: Option<LegalEntityId>,
    window: &Window,
) -> ApiResult<Vec<MonthClose>> {
    let mut query = month_closes::table
        .inner_join(legal_entities::table.on(month_closes::legal_entity_id.eq(legal_entities::id)))
        .into_boxed();
    if let Some(id) = id {
        query = query.filter(month_closes::id.eq(id));
    }
    if let Some(entity) = entity {
        query = query.filter(month_closes::legal_entity_id.eq(entity));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(month_closes::closed_at.le(at))
            .filter(month_closes::closed_at.lt(at).or(month_closes::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((month_closes::closed_at.desc(), month_closes::id.desc()))
        .limit(window.fetch())
        .select((
            (
                month_closes::id,
                month_closes::legal_entity_id,
                legal_entities::name,
                month_closes::month,
                month_closes::ends_at,
                month_closes::entries,
            ),
            (
                month_closes::closed_by,
                month_closes::closed_at,
                month_closes::reopened_by,
                month_closes::reopened_at,
                month_closes::reopen_reason,
            ),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(
                (id, legal_entity_id, legal_entity_name, month, ends_at, entries),
                (closed_by, closed_at, reopened_by, reopened_at, reopen_reason),
            )| MonthClose {
                id,
                legal_entity_id,
                legal_entity_name,
                month,
                ends_at,
                entries,
                closed_by,
                closed_at,
                reopened_by,
                reopened_at,
                reopen_reason,
            },
        )
        .collect())
}

pub(super) fn find(conn: &mut Conn, id: MonthCloseId) -> ApiResult<MonthClose> {
    rows(conn, Some(id), None, &Window::whole())?
        .pop()
        .ok_or_else(ApiError::not_found)
}

pub(super) fn list(conn: &mut Conn, entity: Option<LegalEntityId>, window: Window) -> ApiResult<Page<MonthClose>> {
    let found = rows(conn, None, entity, &window)?;
    Ok(window.finish(found, |close| (close.closed_at, close.id.as_i64())))
}
