//! The same request twice has one effect and one answer.
//!
//! The key's row is written in the transaction of the effect, so that either both exist or
//! neither. A parallel twin waits (on SQLite for the writer, on PostgreSQL for a lock on the key that ends
//! with the transaction) and then finds the saved answer. Refusals roll back, and with them the key: a retry is decided
//! afresh.

mod store;

pub use store::forget_expired;

use crate::auth::secrets::Secrets;
use crate::command::Reply;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use store::{Owner, Saved};
use time::Duration;
use tradepost_contract::ProblemCode;

/// How long an answer is kept.
const KEPT: Duration = Duration::hours(72);

/// What tells two requests with one key apart: method, path and the body with its keys sorted. Keyed,
/// because a body may hold a password, which nobody shall be able to guess from the database.
pub fn hash(secrets: &Secrets, method: &str, uri: &str, body: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => secrets.request_hash(method, uri, value.to_string().as_bytes()),
        Err(_) => secrets.request_hash(method, uri, body),
    }
}

/// A request that is to have one effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Who sends it.
    pub(crate) principal: &'a str,
    /// The key that they gave it.
    pub(crate) key: &'a str,
    /// What tells it from another one with that key.
    pub(crate) hash: &'a str,
}

/// Runs `f` unless the principal used the key before; then gives the saved answer again, completed where it was saved
/// without a part.
pub(crate) fn once(
    tx: &mut Tx<'_>,
    request: Request<'_>,
    complete: fn(&mut Tx<'_>, Reply) -> ApiResult<Reply>,
    f: impl FnOnce(&mut Tx<'_>) -> ApiResult<Reply>,
) -> ApiResult<Reply> {
    let Request { principal, key, hash } = request;
    let owner = Owner { principal, key };
    store::hold(tx, owner)?;
    match store::saved(tx, owner)? {
        Some(saved) if saved.expires_at > tx.wall_now() => return complete(tx, replay(hash, saved)?),
        Some(_) => store::forget(tx, owner)?,
        None => {}
    }
    let reply = f(tx)?;
    store::save(tx, owner, hash, tx.wall_now().plus(KEPT), &reply)?;
    Ok(reply)
}

fn replay(request_hash: &str, saved: Saved) -> ApiResult<Reply> {
    if request_hash != saved.request_hash {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyReused));
    }
    let headers = serde_json::from_str(&saved.headers)?;
    let reply = Reply {
        status: u16::try_from(saved.status).unwrap_or(500),
        headers,
        body: saved.body.into_bytes(),
        saved_body: None,
    };
    Ok(reply.header("idempotency-replayed", "true"))
}
