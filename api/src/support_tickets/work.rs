//! The job that tells of tickets that wait for too long.

use super::ops;
use super::rules;
use super::store;
use crate::app::App;
use crate::auth::Scope;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::suppliers::store as accounts;
use tradepost_contract::SupportTicketId;
use tradepost_contract::events::NotificationKind;

const SLICE: i64 = 50;

pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let late = app.db.read_blocking(|conn| store::late(conn, now, SLICE))?;
    let mut done = 0;
    for id in late {
        match app.db.write_blocking(move |tx| tell(tx, id)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(ticket = %id, %error, "nobody can be told of a late ticket"),
        }
    }
    Ok(done)
}

/// Tells staff, once for each time that a ticket waits. False where somebody answered meanwhile.
fn tell(tx: &mut Tx<'_>, id: SupportTicketId) -> ApiResult<bool> {
    let now = tx.business_now();
    let Some(row) = store::row(tx, id)? else {
        return Ok(false);
    };
    if !rules::is_late(row.reply_due_at, now) || !store::mark_told(tx, &row, now)? {
        return Ok(false);
    }
    let account = accounts::account(tx, &Scope::system(), row.supplier_id)?;
    let occasion = format!("{id}:{}", row.reply_due_at.map_or(0, |due| due.as_micros()));
    ops::to_staff(tx, &account, &row, NotificationKind::TicketLate, &occasion)?;
    Ok(true)
}
