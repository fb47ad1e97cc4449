//! Rows of what people do without.

use crate::db::schema::{mail_opt_outs, users};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::UserId;
use tradepost_contract::mail_preferences::MailClass;

/// What somebody does without.
pub(super) fn off(conn: &mut Conn, user: UserId) -> ApiResult<Vec<MailClass>> {
    Ok(mail_opt_outs::table
        .filter(mail_opt_outs::user_id.eq(user))
        .order(mail_opt_outs::class)
        .select(mail_opt_outs::class)
        .load(conn)?)
}

/// Makes it exactly these.
pub(super) fn replace(tx: &mut Tx<'_>, user: UserId, off: &[MailClass]) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::delete(mail_opt_outs::table.filter(mail_opt_outs::user_id.eq(user))).execute(&mut **tx)?;
    for class in off {
        diesel::insert_into(mail_opt_outs::table)
            .values((
                mail_opt_outs::user_id.eq(user),
                mail_opt_outs::class.eq(*class),
                mail_opt_outs::created_at.eq(now),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Whether whoever signs in with an address does without a class.
pub(crate) fn does_without(conn: &mut Conn, address: &str, class: MailClass) -> ApiResult<bool> {
    if class.is_mandatory() {
        return Ok(false);
    }
    let found = mail_opt_outs::table
        .inner_join(users::table.on(users::id.eq(mail_opt_outs::user_id)))
        .filter(
            users::email
                .eq(address.to_lowercase())
                .and(mail_opt_outs::class.eq(class)),
        )
        .select(mail_opt_outs::user_id)
        .limit(1)
        .kept(|| ());
    let found: Option<UserId> = either!(conn, conn => found.get_result(conn)).optional()?;
    Ok(found.is_some())
}
