//! What signing in reads and writes.

use crate::db::schema::{memberships, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{LocalDate, ProgrammeId, SupplierId, Timestamp, UserId};

/// What a sign-in reads.
#[derive(Debug, Clone)]
pub(crate) struct SignInRow {
    pub(crate) id: UserId,
    pub(crate) audience: Audience,
    pub(crate) password_hash: Option<String>,
    pub(crate) may_sign_in: bool,
    pub(crate) token_version: i64,
}

type SignInColumns = (UserId, Audience, Option<String>, UserStatus, String, i64);

/// The user with this e-mail, if there is one. `typed` is the e-mail before its case was dropped, for
/// programmes that are strict about it (K18).
pub(crate) fn sign_in_row(conn: &mut Conn, email: &str, typed: &str, now: Timestamp) -> ApiResult<Option<SignInRow>> {
    let row = users::table
        .filter(users::email.eq(email))
        .select((
            users::id,
            users::audience,
            users::password_hash,
            users::status,
            users::email_as_typed,
            users::token_version,
        ))
        .first::<SignInColumns>(conn)
        .optional()?;
    let Some((id, audience, password_hash, status, registered, token_version)) = row else {
        return Ok(None);
    };
    let mut may_sign_in = status == UserStatus::Active;
    if may_sign_in && registered != typed && audience == Audience::Supplier {
        may_sign_in = !case_counts(conn, id, now)?;
    }
    Ok(Some(SignInRow {
        id,
        audience,
        password_hash,
        may_sign_in,
        token_version,
    }))
}

/// Whether the policy of the person's account wants the e-mail in the very case it was registered in
/// (R51, K18). An agreement that begins today counts by the date in UTC: at sign-in a few hours are nothing.
fn case_counts(conn: &mut Conn, id: UserId, now: Timestamp) -> ApiResult<bool> {
    let account = memberships::table
        .inner_join(suppliers::table)
        .filter(memberships::user_id.eq(id))
        .select((suppliers::id, suppliers::programme_id))
        .first::<(SupplierId, ProgrammeId)>(conn)
        .optional()?;
    let Some((supplier, programme)) = account else {
        return Ok(false);
    };
    let today = LocalDate::new(now.to_offset().date());
    let (_, resolved) = crate::policy::of_supplier(conn, programme, supplier, None, today)?;
    Ok(resolved.policy.access.email_case_sensitive)
}

/// What a change of the password reads.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) audience: Audience,
    pub(crate) password_hash: Option<String>,
}

pub(crate) fn credentials(conn: &mut Conn, id: UserId) -> ApiResult<Credentials> {
    let (email, audience, password_hash) = users::table
        .find(id)
        .select((users::email, users::audience, users::password_hash))
        .first(conn)?;
    Ok(Credentials {
        email,
        audience,
        password_hash,
    })
}

/// Notes a sign-in and gives the token version and the audience; `None` when the user was disabled meanwhile.
pub(crate) fn signed_in(tx: &mut Tx<'_>, id: UserId) -> ApiResult<Option<(i64, Audience)>> {
    let now = tx.wall_now();
    let active = users::table.filter(users::id.eq(id).and(users::status.eq(UserStatus::Active)));
    Ok(diesel::update(active)
        .set(users::last_sign_in_at.eq(now))
        .returning((users::token_version, users::audience))
        .get_result(&mut **tx)
        .optional()?)
}

/// Keeps the same password under newer parameters.
pub(crate) fn replace_hash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> ApiResult<()> {
    diesel::update(users::table.filter(users::id.eq(id).and(users::password_hash.eq(old))))
        .set(users::password_hash.eq(new))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets another password, if `old` is still the hash, and gives the new token version.
pub(crate) fn change_hash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> ApiResult<Option<i64>> {
    let now = tx.wall_now();
    Ok(
        diesel::update(users::table.filter(users::id.eq(id).and(users::password_hash.eq(old))))
            .set((
                users::password_hash.eq(new),
                users::token_version.eq(users::token_version + 1),
                users::version.eq(users::version + 1),
                users::updated_at.eq(now),
            ))
            .returning(users::token_version)
            .get_result(&mut **tx)
            .optional()?,
    )
}
