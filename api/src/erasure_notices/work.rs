//! The job that reminds suppliers, and tells staff of those that are late.

use super::ops;
use super::store;
use crate::app::App;
use crate::auth::Scope;
use crate::db::Tx;
use crate::error::ApiResult;
use tradepost_contract::ErasureNoticeId;
use tradepost_contract::events::NotificationKind;

const SLICE: i64 = 50;

pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let (remind, late) = app
        .db
        .read_blocking(|conn| Ok((store::to_remind(conn, now, SLICE)?, store::to_tell(conn, now, SLICE)?)))?;
    let reminders = remind.into_iter().map(|id| (id, NotificationKind::ErasureReminder));
    let late = late.into_iter().map(|id| (id, NotificationKind::ErasureLate));
    let mut done = 0;
    for (id, kind) in reminders.chain(late) {
        match app.db.write_blocking(move |tx| tell(tx, id, kind)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(notice = %id, %error, "nobody can be told of an erasure"),
        }
    }
    Ok(done)
}

/// Tells once; false where the supplier was faster.
fn tell(tx: &mut Tx<'_>, id: ErasureNoticeId, kind: NotificationKind) -> ApiResult<bool> {
    let (row, _, delivered_at) = store::get(tx, &Scope::system(), id)?;
    let due = match kind {
        NotificationKind::ErasureLate => store::tell_late(tx, id)?,
        _ => store::remind(tx, id)?,
    };
    if due {
        ops::message(tx, &row, delivered_at, kind)?;
    }
    Ok(due)
}
