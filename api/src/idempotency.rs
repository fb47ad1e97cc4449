//! The same request twice has one effect and one answer.
//!
//! The key's row is written in the transaction of the effect, so that either both exist or
//! neither. A parallel twin waits (on SQLite for the writer, on PostgreSQL for the unique index)
//! and then finds the saved answer. Refusals roll back, and with them the key: a retry is decided
//! afresh.

use crate::auth::secrets::Secrets;
use crate::command::Reply;
use crate::db::schema::idempotency_keys::dsl as keys;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use time::Duration;
use tradepost_contract::{ProblemCode, Timestamp};

/// How long an answer is kept.
const KEPT: Duration = Duration::hours(72);
/// The status of a row whose request is still running; no other transaction ever sees it.
const RUNNING: i32 = 0;

/// What tells two requests with one key apart: method, path and the body with its keys sorted. Keyed,
/// because a body may hold a password, which nobody shall be able to guess from the database.
pub fn hash(secrets: &Secrets, method: &str, uri: &str, body: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => secrets.request_hash(method, uri, value.to_string().as_bytes()),
        Err(_) => secrets.request_hash(method, uri, body),
    }
}

/// Runs `f` unless the principal used the key before; then gives the saved answer again.
pub fn once(
    tx: &mut Tx<'_>,
    principal: &str,
    key: &str,
    request_hash: &str,
    f: impl FnOnce(&mut Tx<'_>) -> ApiResult<Reply>,
) -> ApiResult<Reply> {
    let expires_at = tx.wall_now().plus(KEPT);
    if !claim(tx, principal, key, request_hash, expires_at)? {
        let (saved_hash, status, headers, body, expired_at) = keys::idempotency_keys
            .find((principal, key))
            .select((
                keys::request_hash,
                keys::status,
                keys::headers,
                keys::body,
                keys::expires_at,
            ))
            .first::<(String, i32, String, String, Timestamp)>(&mut **tx)?;
        if expired_at > tx.wall_now() {
            return replay(request_hash, &saved_hash, status, &headers, body);
        }
        diesel::update(keys::idempotency_keys.find((principal, key)))
            .set((
                keys::request_hash.eq(request_hash),
                keys::status.eq(RUNNING),
                keys::expires_at.eq(expires_at),
            ))
            .execute(&mut **tx)?;
    }
    let reply = f(tx)?;
    let body = reply.saved_body.as_ref().unwrap_or(&reply.body);
    diesel::update(keys::idempotency_keys.find((principal, key)))
        .set((
            keys::status.eq(i32::from(reply.status)),
            keys::headers.eq(serde_json::to_string(&reply.headers)?),
            keys::body.eq(String::from_utf8(body.clone()).map_err(ApiError::internal)?),
        ))
        .execute(&mut **tx)?;
    Ok(reply)
}

fn replay(hash: &str, saved_hash: &str, status: i32, headers: &str, body: String) -> ApiResult<Reply> {
    if hash != saved_hash {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyReused));
    }
    if status == RUNNING {
        return Err(ApiError::new(ProblemCode::IdempotencyInProgress));
    }
    let headers = serde_json::from_str(headers)?;
    let reply = Reply {
        status: u16::try_from(status).unwrap_or(500),
        headers,
        body: body.into_bytes(),
        saved_body: None,
    };
    Ok(reply.header("idempotency-replayed", "true"))
}

/// Takes the key for this transaction; false when there is a row already.
fn claim(tx: &mut Tx<'_>, principal: &str, key: &str, request_hash: &str, expires_at: Timestamp) -> ApiResult<bool> {
    let row = (
        keys::principal.eq(principal),
        keys::key.eq(key),
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

/// Forgets answers that nobody may ask for any more.
pub fn forget_expired(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let now = tx.wall_now();
    Ok(diesel::delete(keys::idempotency_keys.filter(keys::expires_at.le(now))).execute(&mut **tx)?)
}
