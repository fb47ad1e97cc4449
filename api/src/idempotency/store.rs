//! Rows of `idempotency_keys`.

use crate::command::Reply;
use crate::db::schema::idempotency_keys::dsl as keys;
use crate::db::{Conn, Keep as _, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use tradepost_contract::Timestamp;

/// The status of a row whose request is still running; no other transaction ever sees it.
pub(super) const RUNNING: i32 = 0;

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

/// Takes the key for this transaction; false when there is a row already.
pub(super) fn claim(tx: &mut Tx<'_>, owner: Owner<'_>, request_hash: &str, expires_at: Timestamp) -> ApiResult<bool> {
    let row = (
        keys::principal.eq(owner.principal),
        keys::key.eq(owner.key),
        keys::request_hash.eq(request_hash),
        keys::status.eq(RUNNING),
        keys::headers.eq("[]"),
        keys::body.eq(""),
        keys::expires_at.eq(expires_at),
    );
    let insert = diesel::insert_into(keys::idempotency_keys).values(row);
    let taken = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(taken == 1)
}

/// The row that `claim` met.
pub(super) fn saved(tx: &mut Tx<'_>, owner: Owner<'_>) -> ApiResult<Saved> {
    Ok(keys::idempotency_keys
        .find((owner.principal, owner.key))
        .select((
            keys::request_hash,
            keys::status,
            keys::headers,
            keys::body,
            keys::expires_at,
        ))
        .first(&mut **tx)?)
}

/// Takes over a row whose answer has expired.
pub(super) fn claim_again(
    tx: &mut Tx<'_>,
    owner: Owner<'_>,
    request_hash: &str,
    expires_at: Timestamp,
) -> ApiResult<()> {
    diesel::update(keys::idempotency_keys.find((owner.principal, owner.key)))
        .set((
            keys::request_hash.eq(request_hash),
            keys::status.eq(RUNNING),
            keys::expires_at.eq(expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Keeps the answer: its `saved_body` where that differs from what was sent, because it held a secret.
pub(super) fn save(tx: &mut Tx<'_>, owner: Owner<'_>, reply: &Reply) -> ApiResult<()> {
    let body = reply.saved_body.as_ref().unwrap_or(&reply.body);
    diesel::update(keys::idempotency_keys.find((owner.principal, owner.key)))
        .set((
            keys::status.eq(i32::from(reply.status)),
            keys::headers.eq(serde_json::to_string(&reply.headers)?),
            keys::body.eq(String::from_utf8(body.clone()).map_err(ApiError::internal)?),
        ))
        .kept()
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets answers that nobody may ask for any more.
pub fn forget_expired(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let now = tx.wall_now();
    Ok(diesel::delete(keys::idempotency_keys.filter(keys::expires_at.le(now))).execute(&mut **tx)?)
}
