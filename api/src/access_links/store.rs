//! Rows of links, and the people they are for.

use super::rules::Link;
use crate::db::schema::{access_links, memberships, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::prelude::*;
use time::Duration;
use tradepost_contract::access_links::AccessPurpose;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{ProblemCode, ProgrammeId, SessionId, SupplierId, Timestamp, UserId, UserLinkId};

/// A link and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) id: UserLinkId,
    pub(super) user: UserId,
    pub(super) purpose: AccessPurpose,
    /// The address that it confirms.
    pub(super) email: Option<String>,
    /// The session that asked for it.
    pub(super) session: Option<SessionId>,
    pub(super) link: Link,
}

type Columns = (
    UserLinkId,
    UserId,
    AccessPurpose,
    String,
    (Option<String>, Option<SessionId>),
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
);

macro_rules! columns {
    () => {
        (
            access_links::id,
            access_links::user_id,
            access_links::purpose,
            access_links::token_hash,
            (access_links::email, access_links::session_id),
            access_links::expires_at,
            access_links::used_at,
            access_links::ended_at,
        )
    };
}

fn found((id, user, purpose, hash, (email, session), expires_at, used_at, ended_at): Columns) -> (Found, String) {
    let link = Link {
        expires_at,
        used_at,
        ended_at,
    };
    let found = Found {
        id,
        user,
        purpose,
        email,
        session,
        link,
    };
    (found, hash)
}

/// The link with this number, and the hash of its token.
pub(super) fn get(conn: &mut Conn, id: UserLinkId) -> ApiResult<Option<(Found, String)>> {
    let row = access_links::table
        .find(id)
        .select(columns!())
        .first::<Columns>(conn)
        .optional()?;
    Ok(row.map(found))
}

/// The link whose token has this hash.
pub(super) fn by_hash(conn: &mut Conn, hash: &str) -> ApiResult<Option<Found>> {
    let row = access_links::table
        .filter(access_links::token_hash.eq(hash))
        .select(columns!())
        .first::<Columns>(conn)
        .optional()?;
    Ok(row.map(|row| found(row).0))
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: UserLinkId,
    user: UserId,
    purpose: AccessPurpose,
    hash: &str,
    expires_at: Timestamp,
    confirms: Option<(&str, Option<SessionId>)>,
) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::insert_into(access_links::table)
        .values((
            access_links::id.eq(id),
            access_links::user_id.eq(user),
            access_links::purpose.eq(purpose),
            access_links::token_hash.eq(hash),
            access_links::email.eq(confirms.map(|(email, _)| email)),
            access_links::session_id.eq(confirms.and_then(|(_, session)| session)),
            access_links::expires_at.eq(expires_at),
            access_links::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Uses a link up; false where it works no more, so that of two racers one gets in.
pub(super) fn use_up(tx: &mut Tx<'_>, id: UserLinkId) -> ApiResult<bool> {
    let now = tx.wall_now();
    let good = access_links::table.filter(
        access_links::id
            .eq(id)
            .and(access_links::used_at.is_null())
            .and(access_links::ended_at.is_null())
            .and(access_links::expires_at.gt(now)),
    );
    let used = diesel::update(good)
        .set(access_links::used_at.eq(now))
        .execute(&mut **tx)?;
    Ok(used == 1)
}

/// Ends all links of a user that still work; how many those were.
pub(crate) fn end_all(tx: &mut Tx<'_>, user: UserId) -> ApiResult<usize> {
    let now = tx.wall_now();
    let good = access_links::table.filter(
        access_links::user_id
            .eq(user)
            .and(access_links::used_at.is_null())
            .and(access_links::ended_at.is_null())
            .and(access_links::expires_at.gt(now)),
    );
    Ok(diesel::update(good)
        .set(access_links::ended_at.eq(now))
        .execute(&mut **tx)?)
}

/// Ends the links of a user for one purpose that still work.
pub(super) fn end_purpose(tx: &mut Tx<'_>, user: UserId, purpose: AccessPurpose) -> ApiResult<()> {
    let now = tx.wall_now();
    let good = access_links::user_id
        .eq(user)
        .and(access_links::purpose.eq(purpose))
        .and(access_links::used_at.is_null())
        .and(access_links::ended_at.is_null());
    diesel::update(access_links::table.filter(good))
        .set(access_links::ended_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lets an active user sign in with another e-mail; `Duplicate` where somebody else does.
pub(super) fn set_email(tx: &mut Tx<'_>, user: UserId, as_typed: &str) -> ApiResult<bool> {
    let now = tx.wall_now();
    let active = users::table.filter(users::id.eq(user).and(users::status.eq(UserStatus::Active)));
    let set = diesel::update(active)
        .set((
            users::email.eq(as_typed.to_lowercase()),
            users::email_as_typed.eq(as_typed),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)
        .map_err(|error| match is_unique_violation(&error) {
            true => ApiError::new(ProblemCode::Duplicate),
            false => error.into(),
        })?;
    Ok(set == 1)
}

/// How many resets were sent to a user within the last hour.
pub(super) fn recent_resets(conn: &mut Conn, user: UserId, now: Timestamp) -> ApiResult<i64> {
    Ok(access_links::table
        .filter(
            access_links::user_id
                .eq(user)
                .and(access_links::purpose.eq(AccessPurpose::Reset))
                .and(access_links::created_at.gt(now.plus(-Duration::hours(1)))),
        )
        .count()
        .get_result(conn)?)
}

/// Somebody who signs in, or is to.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) audience: Audience,
    pub(super) active: bool,
    pub(super) has_password: bool,
    pub(super) supplier: Option<SupplierId>,
    pub(super) programme: Option<ProgrammeId>,
}

type PersonColumns = (
    UserId,
    String,
    String,
    Audience,
    UserStatus,
    Option<String>,
    Option<SupplierId>,
    Option<ProgrammeId>,
);

macro_rules! people {
    () => {
        users::table
            .left_join(
                memberships::table
                    .inner_join(suppliers::table)
                    .on(memberships::user_id.eq(users::id)),
            )
            .select((
                users::id,
                users::email_as_typed,
                users::name,
                users::audience,
                users::status,
                users::password_hash,
                suppliers::id.nullable(),
                suppliers::programme_id.nullable(),
            ))
    };
}

fn person_of(row: PersonColumns) -> Person {
    let (id, email, name, audience, status, password_hash, supplier, programme) = row;
    Person {
        id,
        email,
        name,
        audience,
        active: status == UserStatus::Active,
        has_password: password_hash.is_some(),
        supplier,
        programme,
    }
}

/// The user with this number.
pub(super) fn person(conn: &mut Conn, id: UserId) -> ApiResult<Option<Person>> {
    let row = people!()
        .filter(users::id.eq(id))
        .first::<PersonColumns>(conn)
        .optional()?;
    Ok(row.map(person_of))
}

/// Who signs in with this e-mail, whatever its case.
pub(super) fn person_by_email(conn: &mut Conn, email: &str) -> ApiResult<Option<Person>> {
    let row = people!()
        .filter(users::email.eq(email.to_lowercase()))
        .first::<PersonColumns>(conn)
        .optional()?;
    Ok(row.map(person_of))
}

/// The people of an account that are no owners and have no password yet.
pub(crate) fn uninvited_members(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<UserId>> {
    Ok(memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(
            memberships::supplier_id
                .eq(supplier)
                .and(memberships::role.ne(SupplierRole::Owner)),
        )
        .filter(users::status.eq(UserStatus::Active).and(users::password_hash.is_null()))
        .order(users::id)
        .select(users::id)
        .load(conn)?)
}

/// Sets a password, whatever it was before, and ends the open access tokens.
pub(super) fn set_password(tx: &mut Tx<'_>, user: UserId, hash: &str) -> ApiResult<bool> {
    let now = tx.wall_now();
    let active = users::table.filter(users::id.eq(user).and(users::status.eq(UserStatus::Active)));
    let set = diesel::update(active)
        .set((
            users::password_hash.eq(hash),
            users::token_version.eq(users::token_version + 1),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(set == 1)
}
