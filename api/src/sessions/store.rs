//! Rows of `sessions`.

use diesel::prelude::*;
use time::Duration;
use tradepost_contract::sessions::Session;
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{Id, Page, SessionId, Timestamp, UserId};

use crate::auth::refresh::Family;
use crate::db::schema::sessions::dsl;
use crate::db::schema::users;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::lists::Window;

/// How long a session is kept after its end.
const KEPT: Duration = Duration::days(30);

/// A session that begins.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) refresh_hash: String,
    pub(crate) idle_expires_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) user_agent: Option<String>,
    pub(crate) ip: Option<String>,
}

pub(crate) fn insert(tx: &mut Tx<'_>, session: &NewSession) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::insert_into(dsl::sessions)
        .values((
            dsl::id.eq(session.id),
            dsl::user_id.eq(session.user_id),
            dsl::refresh_hash.eq(&session.refresh_hash),
            dsl::rotation.eq(0),
            dsl::rotated_at.eq(now),
            dsl::last_used_at.eq(now),
            dsl::idle_expires_at.eq(session.idle_expires_at),
            dsl::expires_at.eq(session.expires_at),
            dsl::user_agent.eq(&session.user_agent),
            dsl::ip.eq(&session.ip),
            dsl::proved_at.eq(now),
            dsl::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whose session it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) id: UserId,
    pub(crate) audience: Audience,
    pub(crate) token_version: i64,
}

type FamilyColumns = (
    (
        String,
        Option<String>,
        i64,
        Timestamp,
        Timestamp,
        Timestamp,
        Option<Timestamp>,
    ),
    (UserId, Audience, i64, UserStatus),
);

/// What a refresh needs to know of a session and its owner; one of a disabled owner counts as ended.
pub(crate) fn family(conn: &mut Conn, id: SessionId) -> ApiResult<Option<(Family, Owner)>> {
    let row = dsl::sessions
        .inner_join(users::table)
        .filter(dsl::id.eq(id))
        .select((
            (
                dsl::refresh_hash,
                dsl::previous_hash,
                dsl::rotation,
                dsl::rotated_at,
                dsl::idle_expires_at,
                dsl::expires_at,
                dsl::revoked_at,
            ),
            (users::id, users::audience, users::token_version, users::status),
        ))
        .first::<FamilyColumns>(conn)
        .optional()?;
    Ok(row.map(|(session, (user_id, audience, token_version, status))| {
        let (refresh_hash, previous_hash, rotation, rotated_at, idle_expires_at, expires_at, revoked_at) = session;
        let revoked = revoked_at.is_some() || status == UserStatus::Disabled;
        let family = Family {
            refresh_hash,
            previous_hash,
            rotation,
            rotated_at,
            idle_expires_at,
            expires_at,
            revoked,
        };
        (
            family,
            Owner {
                id: user_id,
                audience,
                token_version,
            },
        )
    }))
}

/// Makes `next` the good token, if `current` still is; false when somebody was faster.
pub(crate) fn rotate(
    tx: &mut Tx<'_>,
    id: SessionId,
    current: &str,
    next: &str,
    idle_expires_at: Timestamp,
) -> ApiResult<bool> {
    let now = tx.wall_now();
    let good = dsl::id
        .eq(id)
        .and(dsl::refresh_hash.eq(current))
        .and(dsl::revoked_at.is_null())
        .and(dsl::idle_expires_at.gt(now))
        .and(dsl::expires_at.gt(now));
    let changed = diesel::update(dsl::sessions.filter(good))
        .set((
            dsl::refresh_hash.eq(next),
            dsl::previous_hash.eq(current),
            dsl::rotation.eq(dsl::rotation + 1),
            dsl::rotated_at.eq(now),
            dsl::last_used_at.eq(now),
            dsl::idle_expires_at.eq(idle_expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Notes that the person behind a session proved anew who they are; false when it has ended.
pub(crate) fn prove(tx: &mut Tx<'_>, id: SessionId) -> ApiResult<bool> {
    let now = tx.wall_now();
    let open = dsl::sessions.filter(dsl::id.eq(id).and(dsl::revoked_at.is_null()));
    Ok(diesel::update(open).set(dsl::proved_at.eq(now)).execute(&mut **tx)? == 1)
}

/// Ends a session; false when it had ended already.
pub(crate) fn revoke(tx: &mut Tx<'_>, id: SessionId, why: &str) -> ApiResult<bool> {
    let now = tx.wall_now();
    let open = dsl::sessions.filter(dsl::id.eq(id).and(dsl::revoked_at.is_null()));
    let changed = diesel::update(open)
        .set((dsl::revoked_at.eq(now), dsl::revoke_reason.eq(why)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Ends one's own session; false when there is no open one of this id.
pub(super) fn revoke_own(tx: &mut Tx<'_>, id: SessionId, owner: UserId) -> ApiResult<bool> {
    let now = tx.wall_now();
    let mine = dsl::id
        .eq(id)
        .and(dsl::user_id.eq(owner))
        .and(dsl::revoked_at.is_null())
        .and(dsl::expires_at.gt(now));
    let changed = diesel::update(dsl::sessions.filter(mine))
        .set((dsl::revoked_at.eq(now), dsl::revoke_reason.eq("ended_by_user")))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Ends all sessions of a user except one, and says how many.
pub(crate) fn revoke_others(tx: &mut Tx<'_>, user: UserId, except: Option<SessionId>, why: &str) -> ApiResult<usize> {
    let now = tx.wall_now();
    let kept = except.unwrap_or(SessionId::from_i64(0));
    let open = dsl::user_id
        .eq(user)
        .and(dsl::revoked_at.is_null())
        .and(dsl::id.ne(kept));
    Ok(diesel::update(dsl::sessions.filter(open))
        .set((dsl::revoked_at.eq(now), dsl::revoke_reason.eq(why)))
        .execute(&mut **tx)?)
}

type Columns = (
    SessionId,
    Option<String>,
    Option<String>,
    Timestamp,
    Timestamp,
    Timestamp,
    Timestamp,
);

/// The open sessions of a user, newest first.
pub(super) fn list(
    conn: &mut Conn,
    user: UserId,
    current: Option<SessionId>,
    now: Timestamp,
    window: &Window,
) -> ApiResult<Page<Session>> {
    let mut query = dsl::sessions
        .filter(dsl::user_id.eq(user).and(dsl::revoked_at.is_null()))
        .filter(dsl::expires_at.gt(now).and(dsl::idle_expires_at.gt(now)))
        .select((
            dsl::id,
            dsl::user_agent,
            dsl::ip,
            dsl::last_used_at,
            dsl::idle_expires_at,
            dsl::expires_at,
            dsl::created_at,
        ))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(SessionId::from_i64(id))));
    }
    let rows = query.load::<Columns>(conn)?;
    let sessions = rows
        .into_iter()
        .map(
            |(id, user_agent, ip, last_used_at, idle_expires_at, expires_at, created_at)| Session {
                id,
                current: current == Some(id),
                user_agent,
                ip,
                last_used_at,
                idle_expires_at,
                expires_at,
                created_at,
            },
        )
        .collect();
    Ok(window.finish(sessions, |session| (session.created_at, session.id.as_i64())))
}

/// Deletes sessions that ended long ago.
pub(crate) fn forget_old(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let long_ago = tx.wall_now().plus(-KEPT);
    Ok(diesel::delete(dsl::sessions.filter(dsl::expires_at.lt(long_ago))).execute(&mut **tx)?)
}
