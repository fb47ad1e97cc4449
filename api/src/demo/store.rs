//! The rows that the demo reads and writes past the API.

use crate::db::schema::{programmes, staff_roles, users};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::UserId;
use tradepost_contract::people::StaffRole;

/// Whether nobody has used the database yet.
pub(super) fn is_empty(conn: &mut Conn) -> ApiResult<bool> {
    Ok(programmes::table.count().get_result::<i64>(conn)? == 0)
}

/// Makes the administrator whom no API may make.
pub(super) fn insert_admin(tx: &mut Tx<'_>, email: &str, name: &str, password_hash: &str) -> ApiResult<()> {
    let id: UserId = tx.new_id();
    let now = tx.wall_now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::audience.eq("staff"),
            users::email.eq(email),
            users::email_as_typed.eq(email),
            users::name.eq(name),
            users::password_hash.eq(password_hash),
            users::demo.eq(true),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    diesel::insert_into(staff_roles::table)
        .values((staff_roles::user_id.eq(id), staff_roles::role.eq(StaffRole::Admin)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks everybody there is as made by the demo.
pub(super) fn mark_everybody(tx: &mut Tx<'_>) -> ApiResult<()> {
    diesel::update(users::table)
        .set(users::demo.eq(true))
        .execute(&mut **tx)?;
    Ok(())
}
