//! The row that keeps how far business time is ahead.

use crate::db::schema::sandbox_clock::dsl;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;

const ROW: i64 = 1;

pub(super) fn offset(conn: &mut Conn) -> ApiResult<i64> {
    Ok(dsl::sandbox_clock.find(ROW).select(dsl::offset_micros).first(conn)?)
}

/// Moves business time forward and gives the new offset.
pub(super) fn advance(tx: &mut Tx<'_>, by_micros: i64) -> ApiResult<i64> {
    let now = tx.wall_now();
    Ok(diesel::update(dsl::sandbox_clock.find(ROW))
        .set((
            dsl::offset_micros.eq(dsl::offset_micros + by_micros),
            dsl::changed_at.eq(now),
        ))
        .returning(dsl::offset_micros)
        .get_result(&mut **tx)?)
}
