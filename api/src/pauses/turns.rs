//! What happens when a pause begins and when it ends, whoever or whatever brings it about.

use super::store::{self, Row};
use super::view;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::suppliers::store as accounts;
use crate::{audit, market, notifications, orders};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::pauses::{PauseAction, PauseStatus};
use tradepost_contract::{OrderId, PauseId, SupplierId};

const SLICE: i64 = 50;

fn step(row: &mut Row, action: PauseAction) -> ApiResult<()> {
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    Ok(())
}

/// Begins a pause: no sale is made that commits after this. One whose order is filled or cancelled meanwhile is
/// cancelled. The caller holds the supplier.
pub(super) fn begin(tx: &mut Tx<'_>, actor: &Actor, row: &mut Row) -> ApiResult<()> {
    let before = view::facts(row);
    let now = tx.business_now();
    let reason = row.reason.clone();
    if let Some(order) = row.order_id
        && !orders::pause(tx, actor, order, row.paused_by, reason.as_deref())?
    {
        return finish(tx, actor, row, Some("The order takes no leads any more."));
    }
    step(row, PauseAction::Begin)?;
    row.began_at = Some(now);
    store::save(tx, row)?;
    follow_account(tx, row)?;
    audit::record(tx, actor, view::change("pause.began", Some(before), row, None))?;
    tell(tx, row)?;
    message(tx, row, NotificationKind::PauseStarted)
}

/// Ends a pause, so that leads come again; one that has not begun is cancelled. The caller holds the supplier.
pub(super) fn finish(tx: &mut Tx<'_>, actor: &Actor, row: &mut Row, reason: Option<&str>) -> ApiResult<()> {
    let before = view::facts(row);
    let was_active = row.status == PauseStatus::Active;
    let (action, word) = if was_active {
        (PauseAction::End, "pause.ended")
    } else {
        (PauseAction::Cancel, "pause.cancelled")
    };
    step(row, action)?;
    row.ended_at = Some(tx.business_now());
    store::save(tx, row)?;
    if was_active {
        follow_account(tx, row)?;
        if let Some(order) = row.order_id {
            orders::resume(tx, actor, order, reason)?;
        }
    }
    audit::record(tx, actor, view::change(word, Some(before), row, reason))?;
    tell(tx, row)?;
    if was_active {
        message(tx, row, NotificationKind::PauseEnded)?;
    }
    Ok(())
}

/// Ends what there is of pauses of an order that is cancelled. It stays cancelled.
pub(crate) fn order_is_over(tx: &mut Tx<'_>, actor: &Actor, order: OrderId) -> ApiResult<()> {
    for mut row in store::live_of_order(tx, order)? {
        finish(tx, actor, &mut row, Some("The order is cancelled."))?;
    }
    Ok(())
}

/// Ends what there is of pauses of an account that ends, after those of its orders. The caller holds the supplier.
pub(crate) fn account_is_over(tx: &mut Tx<'_>, actor: &Actor, supplier: SupplierId) -> ApiResult<()> {
    let live = store::of_supplier(tx, supplier)?.into_iter().filter(Row::is_live);
    for mut row in live.collect::<Vec<_>>() {
        finish(tx, actor, &mut row, Some("The account is over."))?;
    }
    Ok(())
}

/// Mirrors a pause of the whole account on its orders.
fn follow_account(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    if row.order_id.is_none() {
        let account = accounts::account(tx, &Scope::system(), row.supplier_id)?;
        let hold = super::hold_of(tx, row.supplier_id, account.status)?;
        orders::hold_all(tx, row.supplier_id, hold)?;
        market::changed(tx)?;
    }
    Ok(())
}

/// The event of a change.
pub(super) fn tell(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::PauseChanged, subject, &view::facts(row))?;
    Ok(())
}

/// Tells of a pause that begins later.
pub(super) fn tell_of_schedule(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    tell(tx, row)?;
    message(tx, row, NotificationKind::PauseScheduled)
}

fn message(tx: &mut Tx<'_>, row: &Row, kind: NotificationKind) -> ApiResult<()> {
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    let occasion = row.id.to_string();
    notifications::record(tx, kind, &occasion, programme, supplier, &view::facts(row))?;
    Ok(())
}

/// The job: begins and ends what is due.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    let mut done = remind(app)?;
    for pause in due {
        // One account in trouble does not hold up the others.
        match app.db.write_blocking(move |tx| turn(tx, pause)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(%pause, %error, "a pause can neither begin nor end"),
        }
    }
    Ok(done)
}

/// Tells of pauses that end soon (R126).
fn remind(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let soon = app.db.read_blocking(|conn| store::to_remind_of(conn, now, SLICE))?;
    let mut done = 0;
    for pause in soon {
        match app.db.write_blocking(move |tx| remind_of(tx, pause)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(%pause, %error, "nobody can be told that a pause ends soon"),
        }
    }
    Ok(done)
}

/// Tells of one pause that ends soon. False where it has ended, or somebody else was before.
fn remind_of(tx: &mut Tx<'_>, id: PauseId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    let now = tx.business_now();
    let is_due = row.remind_at.is_some_and(|at| at <= now);
    if row.status != PauseStatus::Active || !is_due {
        return Ok(false);
    }
    row.remind_at = None;
    store::mark_reminded(tx, &row)?;
    // A day that was changed is told of again.
    let occasion = format!("{id}:{}", row.returns_on.map(|day| day.to_string()).unwrap_or_default());
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    notifications::record(
        tx,
        NotificationKind::PauseEnding,
        &occasion,
        programme,
        supplier,
        &view::facts(&row),
    )?;
    Ok(true)
}

/// Begins or ends one pause whose time has come. False where somebody else was before.
fn turn(tx: &mut Tx<'_>, id: PauseId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    let (now, actor) = (tx.business_now(), Actor::system("pauses"));
    match row.status {
        PauseStatus::Scheduled if account.status.is_over() => {
            finish(tx, &actor, &mut row, Some("The account is over."))?;
        }
        PauseStatus::Scheduled if row.starts_at <= now => begin(tx, &actor, &mut row)?,
        PauseStatus::Active if row.returns_by_itself && row.returns_at.is_some_and(|at| at <= now) => {
            finish(tx, &actor, &mut row, None)?;
        }
        PauseStatus::Scheduled | PauseStatus::Active | PauseStatus::Ended | PauseStatus::Cancelled => {
            return Ok(false);
        }
    }
    Ok(true)
}
