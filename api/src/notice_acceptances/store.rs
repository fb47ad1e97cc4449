//! Rows of accepted notices.

use super::rules::Accepted;
use crate::db::schema::notice_acceptances as n;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::notice_acceptances::NoticeAcceptance;
use tradepost_contract::{NoticeAcceptanceId, SupplierId, Timestamp};

/// A row of `notice_acceptances`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = n)]
pub(super) struct Row {
    pub(super) id: NoticeAcceptanceId,
    pub(super) supplier_id: SupplierId,
    pub(super) key: String,
    pub(super) version: String,
    pub(super) text: String,
    pub(super) accepted_by: String,
    pub(super) accepted_by_name: String,
    pub(super) accepted_at: Timestamp,
    pub(super) address: Option<String>,
}

impl From<Row> for NoticeAcceptance {
    fn from(row: Row) -> Self {
        let Row {
            id,
            supplier_id,
            key,
            version,
            text,
            accepted_by: _,
            accepted_by_name,
            accepted_at,
            address,
        } = row;
        Self {
            id,
            supplier_id,
            key,
            version,
            text,
            accepted_by: accepted_by_name,
            accepted_at,
            address,
        }
    }
}

/// Inserts a row; false where this version was accepted already, also at the same moment.
pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<bool> {
    let insert = diesel::insert_into(n::table).values(row.clone());
    let written = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(written == 1)
}

/// All that a supplier accepted, the latest first. There are few: a row a version.
pub(super) fn of_supplier(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<Row>> {
    Ok(n::table
        .filter(n::supplier_id.eq(supplier))
        .order((n::accepted_at.desc(), n::id.desc()))
        .load(conn)?)
}

/// The same, as far as the rules look at it.
pub(super) fn accepted(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<Accepted>> {
    let rows: Vec<(String, String, Timestamp)> = n::table
        .filter(n::supplier_id.eq(supplier))
        .select((n::key, n::version, n::accepted_at))
        .load(conn)?;
    let accepted = |(key, version, at)| Accepted { key, version, at };
    Ok(rows.into_iter().map(accepted).collect())
}
