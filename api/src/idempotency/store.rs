//! Rows of `idempotency_keys`.

use crate::command::Reply;
use crate::db::schema::idempotency_keys::dsl as keys;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use tradepost_contract::Timestamp;

/// Which row: keys belong to whoever sends them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) principal: &'a str,
    pub(super) key: &'a str,
}

/// What was answered to the first request.
#[derive(Queryable)]
pub(super) struct Saved {
    pub(super) request_hash: String,
    pub(super) status: i32,
    pub(super) headers: String,
    pub(super) body: String,
    pub(super) expires_at: Timestamp,
}

/// Makes a parallel twin wait for this transaction. On SQLite there is one writer, so it waits already.
pub(super) fn hold(tx: &mut Tx<'_>, owner: Owner<'_>) -> ApiResult<()> {
    let Conn::Postgres(conn) = &mut **tx else { return Ok(()) };
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("{}\n{}", owner.principal, owner.key))
        .execute(conn)?;
    Ok(())
}

/// What was answered before, if the key was used before.
pub(super) fn saved(tx: &mut Tx<'_>, owner: Owner<'_>) -> ApiResult<Option<Saved>> {
    let row = keys::idempotency_keys
        .find((owner.principal, owner.key))
        .select((
            keys::request_hash,
            keys::status,
            keys::headers,
            keys::body,
            keys::expires_at,
        ))
        .kept(|| ());
    Ok(either!(&mut **tx, conn => row.get_result(conn)).optional()?)
}

/// Forgets an answer whose time is over, so that the key can be used again.
pub(super) fn forget(tx: &mut Tx<'_>, owner: Owner<'_>) -> ApiResult<()> {
    diesel::delete(keys::idempotency_keys.find((owner.principal, owner.key))).execute(&mut **tx)?;
    Ok(())
}

/// Keeps the answer: its `saved_body` where that differs from what was sent, because it held a secret.
pub(super) fn save(
    tx: &mut Tx<'_>,
    owner: Owner<'_>,
    request_hash: &str,
    expires_at: Timestamp,
    reply: &Reply,
) -> ApiResult<()> {
    let body = reply.saved_body.as_ref().unwrap_or(&reply.body);
    let body = std::str::from_utf8(body).map_err(ApiError::internal)?;
    let headers = serde_json::to_string(&reply.headers)?;
    let row = diesel::insert_into(keys::idempotency_keys)
        .values((
            keys::principal.eq(owner.principal),
            keys::key.eq(owner.key),
            keys::request_hash.eq(request_hash),
            keys::status.eq(i32::from(reply.status)),
            keys::headers.eq(&headers),
            keys::body.eq(body),
            keys::expires_at.eq(expires_at),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// Forgets answers that nobody may ask for any more.
pub fn forget_expired(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let now = tx.wall_now();
    Ok(diesel::delete(keys::idempotency_keys.filter(keys::expires_at.le(now))).execute(&mut **tx)?)
}
