//! Rows of `api_key_requests`.

use crate::api_keys::log::Entry;
use crate::db::schema::api_key_requests;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::api_keys::ApiKeyRequest;
use tradepost_contract::{ApiKeyId, ApiKeyRequestId, Id, Page, Timestamp};

type Row = (ApiKeyRequestId, ApiKeyId, Timestamp, String, i64, i64, String, bool);

fn shown(row: Row) -> ApiKeyRequest {
    let (id, _, at, operation, status, took_micros, request_id, replayed) = row;
    ApiKeyRequest {
        id,
        at,
        operation,
        status,
        took_micros,
        request_id,
        replayed,
    }
}

/// Which requests a list shows.
#[derive(Debug, Clone, Default)]
pub(in crate::api_keys) struct Filter {
    /// Of this operation.
    pub(in crate::api_keys) operation: Option<String>,
    /// Only those that were refused or failed, or only those that were not.
    pub(in crate::api_keys) failed: Option<bool>,
}

/// A page of what a key asked for, the latest first.
pub(in crate::api_keys) fn list(
    conn: &mut Conn,
    key: ApiKeyId,
    filter: Filter,
    window: &Window,
) -> ApiResult<Page<ApiKeyRequest>> {
    let mut query = api_key_requests::table
        .filter(api_key_requests::api_key_id.eq(key))
        .into_boxed();
    if let Some(operation) = filter.operation {
        query = query.filter(api_key_requests::operation.eq(operation));
    }
    query = match filter.failed {
        None => query,
        Some(true) => query.filter(api_key_requests::status.ge(400)),
        Some(false) => query.filter(api_key_requests::status.lt(400)),
    };
    if let Some((at, id)) = window.after() {
        query = query
            .filter(api_key_requests::at.le(at))
            .filter(api_key_requests::at.lt(at).or(api_key_requests::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((api_key_requests::at.desc(), api_key_requests::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let shown: Vec<ApiKeyRequest> = rows.into_iter().map(shown).collect();
    Ok(window.finish(shown, |request| (request.at, request.id.as_i64())))
}

/// Writes entries, in the order in which they were made.
pub(in crate::api_keys) fn insert(tx: &mut Tx<'_>, entries: &[Entry]) -> ApiResult<()> {
    for entry in entries {
        let id: ApiKeyRequestId = tx.new_id();
        let row = diesel::insert_into(api_key_requests::table)
            .values((
                api_key_requests::id.eq(id),
                api_key_requests::api_key_id.eq(entry.key),
                api_key_requests::at.eq(entry.at),
                api_key_requests::operation.eq(entry.operation),
                api_key_requests::status.eq(i64::from(entry.status)),
                api_key_requests::took_micros.eq(entry.micros),
                api_key_requests::request_id.eq(&entry.request_id),
                api_key_requests::replayed.eq(entry.replayed),
            ))
            .kept(|| ());
        either!(&mut **tx, conn => row.execute(conn))?;
    }
    Ok(())
}

/// Entries that were written before, the oldest first, at most so many: ids rise with the wall clock.
pub(in crate::api_keys) fn before(conn: &mut Conn, at: Timestamp, most: i64) -> ApiResult<Vec<ApiKeyRequestId>> {
    let first_kept = ApiKeyRequestId::from_i64(crate::ids::floor_at(at));
    Ok(api_key_requests::table
        .filter(api_key_requests::id.lt(first_kept))
        .order(api_key_requests::id)
        .limit(most)
        .select(api_key_requests::id)
        .load(conn)?)
}

pub(in crate::api_keys) fn forget(tx: &mut Tx<'_>, ids: Vec<ApiKeyRequestId>) -> ApiResult<usize> {
    let old = api_key_requests::table.filter(api_key_requests::id.eq_any(ids));
    Ok(diesel::delete(old).execute(&mut **tx)?)
}
