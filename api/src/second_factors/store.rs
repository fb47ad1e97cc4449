//! Rows of second factors and recovery codes.

use crate::db::schema::{memberships, programmes, recovery_codes, second_factors, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::prelude::*;
use tradepost_contract::second_factors::SecondFactorState;
use tradepost_contract::{Timestamp, UserId};

/// A person's second factor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Factor {
    pub(super) sealed: String,
    pub(super) confirmed_at: Option<Timestamp>,
}

pub(super) fn get(conn: &mut Conn, user: UserId) -> ApiResult<Option<Factor>> {
    Ok(second_factors::table
        .find(user)
        .select((second_factors::secret, second_factors::confirmed_at))
        .first(conn)
        .optional()?)
}

/// How somebody's second factor stands.
pub(super) const fn state_of(factor: Option<&Factor>) -> SecondFactorState {
    match factor {
        None => SecondFactorState::Off,
        Some(Factor { confirmed_at: None, .. }) => SecondFactorState::Pending,
        Some(Factor {
            confirmed_at: Some(_), ..
        }) => SecondFactorState::On,
    }
}

/// Keeps a secret that was shown, in the place of one that was never confirmed.
pub(super) fn insert(tx: &mut Tx<'_>, user: UserId, sealed: &str) -> ApiResult<()> {
    let now = tx.wall_now();
    let pending = second_factors::user_id
        .eq(user)
        .and(second_factors::confirmed_at.is_null());
    diesel::delete(second_factors::table.filter(pending)).execute(&mut **tx)?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user),
            second_factors::secret.eq(sealed),
            second_factors::created_at.eq(now),
        ))
        .execute(&mut **tx)
        .map_err(|error| match is_unique_violation(&error) {
            true => ApiError::conflict("You sign in with a second factor already."),
            false => error.into(),
        })?;
    Ok(())
}

/// Counts a code's step as used; false where it, or a later one, was used before. `first` also confirms the factor.
pub(super) fn use_step(tx: &mut Tx<'_>, user: UserId, step: i64, first: bool) -> ApiResult<bool> {
    let fresh = second_factors::user_id.eq(user).and(second_factors::last_step.lt(step));
    let changed = if first {
        let now = tx.wall_now();
        diesel::update(second_factors::table.filter(fresh.and(second_factors::confirmed_at.is_null())))
            .set((second_factors::last_step.eq(step), second_factors::confirmed_at.eq(now)))
            .execute(&mut **tx)?
    } else {
        diesel::update(second_factors::table.filter(fresh.and(second_factors::confirmed_at.is_not_null())))
            .set(second_factors::last_step.eq(step))
            .execute(&mut **tx)?
    };
    Ok(changed == 1)
}

/// Takes a second factor and its recovery codes away; false where there is none.
pub(super) fn remove(tx: &mut Tx<'_>, user: UserId) -> ApiResult<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(&mut **tx)?;
    Ok(diesel::delete(second_factors::table.find(user)).execute(&mut **tx)? == 1)
}

/// Makes the recovery codes exactly these.
pub(super) fn replace_codes(tx: &mut Tx<'_>, user: UserId, hashes: &[String]) -> ApiResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(&mut **tx)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(hash)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Uses a recovery code up; false where it was used, or is none.
pub(super) fn use_code(tx: &mut Tx<'_>, user: UserId, hashes: &[String]) -> ApiResult<bool> {
    let now = tx.wall_now();
    let good = recovery_codes::table.filter(
        recovery_codes::user_id
            .eq(user)
            .and(recovery_codes::code_hash.eq_any(hashes.to_vec()))
            .and(recovery_codes::used_at.is_null()),
    );
    let used = diesel::update(good)
        .set(recovery_codes::used_at.eq(now))
        .execute(&mut **tx)?;
    Ok(used == 1)
}

pub(super) fn codes_left(conn: &mut Conn, user: UserId) -> ApiResult<i64> {
    let unused = recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null());
    Ok(recovery_codes::table.filter(unused).count().get_result(conn)?)
}

/// With what somebody signs in, and whose brand they know.
pub(super) fn account(conn: &mut Conn, user: UserId) -> ApiResult<(String, Option<String>)> {
    Ok(users::table
        .left_join(
            memberships::table
                .inner_join(suppliers::table.inner_join(programmes::table))
                .on(memberships::user_id.eq(users::id)),
        )
        .filter(users::id.eq(user))
        .select((users::email_as_typed, programmes::name.nullable()))
        .first(conn)?)
}

/// Puts another sealing of the same secret in the place of the old one.
pub(super) fn seal_anew(tx: &mut Tx<'_>, user: UserId, old: &str, new: &str) -> ApiResult<()> {
    let same = second_factors::user_id.eq(user).and(second_factors::secret.eq(old));
    diesel::update(second_factors::table.filter(same))
        .set(second_factors::secret.eq(new))
        .execute(&mut **tx)?;
    Ok(())
}
