//! What signing in reads and writes: who stands behind a session or a key, and the counts of wrong tries.

use diesel::prelude::*;
use diesel::upsert::excluded;
use tradepost_contract::people::KeyScope;
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{ApiKeyId, ProgrammeId, SessionId, SupplierId, Timestamp, UserId};

use super::identity::{ApiKeyHolder, Principal};
use super::throttle::{self, Counted, Tries};
use crate::db::schema::{api_keys, second_factors, sign_in_challenges, sign_in_throttles, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};

/// What the database says of the person behind a session.
#[derive(Debug)]
pub(super) struct PersonRecord {
    pub(super) user_id: UserId,
    pub(super) token_version: i64,
    pub(super) session_ends_at: Timestamp,
    /// When the session last proved who it is.
    pub(super) proved_at: Timestamp,
    /// Whether they sign in with a second factor.
    pub(super) has_second_factor: bool,
    /// Made by the demo.
    pub(super) demo: bool,
    pub(super) principal: Principal,
}

/// The person behind a session that was not ended, if they may still sign in.
pub(super) fn person(conn: &mut Conn, session: SessionId) -> ApiResult<Option<PersonRecord>> {
    use crate::db::schema::sessions;
    let row = sessions::table
        .inner_join(users::table)
        .left_join(second_factors::table.on(second_factors::user_id.eq(sessions::user_id)))
        .filter(sessions::id.eq(session).and(sessions::revoked_at.is_null()))
        .filter(users::status.eq(UserStatus::Active))
        .select((
            (
                users::id,
                users::audience,
                users::name,
                users::token_version,
                users::demo,
            ),
            (sessions::expires_at, sessions::proved_at),
            second_factors::confirmed_at.nullable(),
        ))
        .first::<PersonColumns>(conn)
        .optional()?;
    let Some((user, (session_ends_at, proved_at), confirmed_at)) = row else {
        return Ok(None);
    };
    let (user_id, audience, name, token_version, demo) = user;
    let principal = crate::users::principal(conn, user_id, audience, name)?;
    Ok(principal.map(|principal| PersonRecord {
        user_id,
        token_version,
        session_ends_at,
        proved_at,
        has_second_factor: confirmed_at.is_some(),
        demo,
        principal,
    }))
}

type PersonColumns = (
    (UserId, Audience, String, i64, bool),
    (Timestamp, Timestamp),
    Option<Timestamp>,
);

/// What decides whether somebody has to sign in with a second factor.
pub(super) fn audience_and_demo(conn: &mut Conn, user: UserId) -> ApiResult<(Audience, bool)> {
    Ok(users::table
        .find(user)
        .select((users::audience, users::demo))
        .first(conn)?)
}

/// Keeps the challenge of a sign-in.
pub(super) fn insert_challenge(
    tx: &mut Tx<'_>,
    hash: &str,
    user: UserId,
    token_version: i64,
    expires_at: Timestamp,
) -> ApiResult<()> {
    diesel::insert_into(sign_in_challenges::table)
        .values((
            sign_in_challenges::token_hash.eq(hash),
            sign_in_challenges::user_id.eq(user),
            sign_in_challenges::token_version.eq(token_version),
            sign_in_challenges::expires_at.eq(expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Counts a try to answer a challenge, and gives whose it is; nothing where it works no more.
pub(super) fn try_challenge(tx: &mut Tx<'_>, hash: &str, most: i64) -> ApiResult<Option<(UserId, i64)>> {
    use sign_in_challenges::dsl;
    let now = tx.wall_now();
    let good = dsl::token_hash
        .eq(hash)
        .and(dsl::used_at.is_null())
        .and(dsl::expires_at.gt(now))
        .and(dsl::failures.lt(most));
    Ok(diesel::update(dsl::sign_in_challenges.filter(good))
        .set(dsl::failures.eq(dsl::failures + 1))
        .returning((dsl::user_id, dsl::token_version))
        .get_result(&mut **tx)
        .optional()?)
}

/// Whose challenge it is, whether or not it still works.
pub(super) fn challenged(conn: &mut Conn, hash: &str) -> ApiResult<Option<UserId>> {
    Ok(sign_in_challenges::table
        .find(hash)
        .select(sign_in_challenges::user_id)
        .first(conn)
        .optional()?)
}

/// Uses a challenge up; false where somebody was faster.
pub(super) fn use_challenge(tx: &mut Tx<'_>, hash: &str) -> ApiResult<bool> {
    use sign_in_challenges::dsl;
    let now = tx.wall_now();
    let open = dsl::sign_in_challenges.filter(dsl::token_hash.eq(hash).and(dsl::used_at.is_null()));
    Ok(diesel::update(open).set(dsl::used_at.eq(now)).execute(&mut **tx)? == 1)
}

/// Deletes challenges that ended a day ago.
pub(super) fn forget_old_challenges(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let long_ago = tx.wall_now().plus(-time::Duration::days(1));
    let old = sign_in_challenges::table.filter(sign_in_challenges::expires_at.lt(long_ago));
    Ok(diesel::delete(old).execute(&mut **tx)?)
}

/// What the database says of a key.
#[derive(Debug)]
pub(super) struct KeyRecord {
    pub(super) secret_hash: String,
    /// The secret before the last rotation, and until when it counts.
    pub(super) previous: Option<(String, Timestamp)>,
    pub(super) requests_per_minute: i64,
    pub(super) expires_at: Timestamp,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) holder: ApiKeyHolder,
}

type KeyColumns = (
    ApiKeyId,
    String,
    String,
    String,
    Option<ProgrammeId>,
    Option<SupplierId>,
    Timestamp,
    Option<Timestamp>,
    (Option<String>, Option<Timestamp>, i64),
);

/// The key with this public id, unless it was taken back.
pub(super) fn key(conn: &mut Conn, public_id: &str) -> ApiResult<Option<KeyRecord>> {
    let row = api_keys::table
        .filter(api_keys::public_id.eq(public_id).and(api_keys::revoked_at.is_null()))
        .select((
            api_keys::id,
            api_keys::secret_hash,
            api_keys::name,
            api_keys::scopes,
            api_keys::programme_id,
            api_keys::supplier_id,
            api_keys::expires_at,
            api_keys::last_used_at,
            (
                api_keys::previous_secret_hash,
                api_keys::previous_secret_until,
                api_keys::requests_per_minute,
            ),
        ))
        .first::<KeyColumns>(conn)
        .optional()?;
    let Some((key_id, secret_hash, name, scopes, programme_id, supplier_id, expires_at, last_used_at, rest)) = row
    else {
        return Ok(None);
    };
    let (previous_hash, previous_until, requests_per_minute) = rest;
    let scopes: Vec<KeyScope> = serde_json::from_str(&scopes)?;
    let holder = ApiKeyHolder {
        key_id,
        name,
        scopes,
        programme_id,
        supplier_id,
    };
    Ok(Some(KeyRecord {
        secret_hash,
        previous: previous_hash.zip(previous_until),
        requests_per_minute,
        expires_at,
        last_used_at,
        holder,
    }))
}

/// Notes that a key was used.
pub(super) fn key_was_used(tx: &mut Tx<'_>, key: ApiKeyId) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::update(api_keys::table.find(key))
        .set(api_keys::last_used_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// Counts a try to sign in, before the password is looked at; 429 while one of the keys has to wait.
pub(super) fn take_try(tx: &mut Tx<'_>, keys: &[(Counted, String)]) -> ApiResult<()> {
    for (counted, key) in keys {
        take_one(tx, *counted, key)?;
    }
    Ok(())
}

/// The key's row is made or locked first: whoever comes at the same moment sees what came of this try, and one who was
/// right cannot take the row away in between.
fn take_one(tx: &mut Tx<'_>, counted: Counted, key: &str) -> ApiResult<()> {
    use sign_in_throttles::dsl;
    let now = tx.wall_now();
    let none = Tries::none(now);
    let fresh = (
        dsl::key_hash.eq(key),
        dsl::failures.eq(none.failures),
        dsl::blocked_until.eq(none.blocked_until),
        dsl::updated_at.eq(none.updated_at),
    );
    let locked = diesel::insert_into(dsl::sign_in_throttles)
        .values(fresh)
        .on_conflict(dsl::key_hash)
        .do_update()
        .set(dsl::key_hash.eq(excluded(dsl::key_hash)));
    let kept = (dsl::failures, dsl::blocked_until, dsl::updated_at);
    let (failures, blocked_until, updated_at) = match &mut **tx {
        Conn::Sqlite(conn) => locked.returning(kept).get_result(conn)?,
        Conn::Postgres(conn) => locked.returning(kept).get_result(conn)?,
    };
    let tries = Tries {
        failures,
        blocked_until,
        updated_at,
    };
    let counted = tries.one_more(counted, now).map_err(|until| wait_until(until, now))?;
    diesel::update(dsl::sign_in_throttles.find(key))
        .set((
            dsl::failures.eq(counted.failures),
            dsl::blocked_until.eq(counted.blocked_until),
            dsl::updated_at.eq(counted.updated_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

fn wait_until(until: Timestamp, now: Timestamp) -> ApiError {
    let seconds = throttle::retry_after(until, now);
    ApiError::new(tradepost_contract::ProblemCode::TooManyRequests)
        .detail(format!("too many tries: try again in {seconds} s"))
        .retry_after(u32::try_from(seconds).unwrap_or(900))
}

/// Takes a try back, because the password was right.
pub(super) fn give_try_back(tx: &mut Tx<'_>, keys: &[(Counted, String)]) -> ApiResult<()> {
    use sign_in_throttles::dsl;
    let free = Tries::none(tx.wall_now()).blocked_until;
    for (counted, key) in keys {
        match counted {
            Counted::AccountAndAddress => {
                diesel::delete(dsl::sign_in_throttles.find(key)).execute(&mut **tx)?;
            }
            Counted::Address => {
                diesel::update(dsl::sign_in_throttles.filter(dsl::key_hash.eq(key).and(dsl::failures.gt(0))))
                    .set((dsl::failures.eq(dsl::failures - 1), dsl::blocked_until.eq(free)))
                    .execute(&mut **tx)?;
            }
        }
    }
    Ok(())
}

/// Deletes counts that are forgotten anyway.
pub(super) fn forget_old_tries(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let long_ago = tx.wall_now().plus(-throttle::FORGOTTEN_AFTER);
    let old = sign_in_throttles::table.filter(sign_in_throttles::updated_at.lt(long_ago));
    Ok(diesel::delete(old).execute(&mut **tx)?)
}
