//! Forgets what sources were sent long ago, and secrets whose time is over.

use super::store::{self, posts};
use crate::app::App;
use crate::error::ApiResult;
use time::Duration;

/// What became of an enquiry is kept for so long.
const KEPT: Duration = Duration::days(30);
/// What was sent and refused is kept for so long: it is somebody's name and phone, and no lead.
const SENT_KEPT: Duration = Duration::days(14);
/// So many are forgotten at once.
const SLICE: i64 = 200;

pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.wall_now();
    let (old, told) = (now.plus(-KEPT), now.plus(-SENT_KEPT));
    let (rows, fields, secrets) = app.db.read_blocking(|conn| {
        Ok((
            posts::before(conn, old, SLICE)?,
            posts::with_fields_before(conn, told, SLICE)?,
            store::has_old_secrets(conn, now)?,
        ))
    })?;
    if rows.is_empty() && fields.is_empty() && !secrets {
        return Ok(0);
    }
    app.db.write_blocking(move |tx| {
        let mut did = posts::forget_fields(tx, fields.clone())? + posts::forget(tx, rows.clone())?;
        if secrets {
            did += store::forget_previous_secrets(tx, now)?;
        }
        Ok(did)
    })
}
