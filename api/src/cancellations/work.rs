//! The end of an account, and the job that brings it.

use super::ops;
use super::store::{self, Row};
use super::view;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::db::Tx;
use crate::error::ApiResult;
use crate::orders::{self, Ending};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, standing};
use crate::{audit, billing_runs, checkouts, collection, loyalty_subscriptions, packages, pauses, plans, wallets};
use tradepost_contract::CancellationId;
use tradepost_contract::cancellations::{CancellationAction, CancellationStatus};
use tradepost_contract::events::NotificationKind;
use tradepost_contract::suppliers::SupplierAction;

const SLICE: i64 = 20;

/// Ends an account: no lead is sold to it that commits after this, and what it owes is invoiced, and charged where the
/// policy charges at once (R13, R72). The caller holds the supplier.
pub(super) fn take_effect(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    account: &Account,
    row: &mut Row,
) -> ApiResult<()> {
    let before = view::facts(row);
    let reason = "The account was cancelled.";
    row.effective_at = Some(tx.business_now());
    // Before the standing, so that the end does not overtake itself.
    ops::close(tx, row, CancellationAction::TakeEffect)?;
    standing::change_by_rule(tx, account, SupplierAction::Close, reason, actor)?;
    wind_up(tx, policies, actor, account, reason)?;
    audit::record(
        tx,
        actor,
        view::change("cancellation.took_effect", Some(before), row, None),
    )?;
    ops::tell(tx, row)?;
    ops::message(tx, row, NotificationKind::AccountCancelled)
}

/// Ends everything of an account that is over, however it ended: by a notice, by staff, or after a review (R13, R72, R112).
/// What was sold and used is invoiced, and charged where the policy charges at once. The caller holds the supplier, whose
/// standing lets no sale follow.
pub(crate) fn wind_up(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    account: &Account,
    reason: &str,
) -> ApiResult<()> {
    let supplier = account.id;
    let policy = care::policy(tx, account)?;
    plans::end_with_account(tx, account, &policy, actor, reason)?;
    packages::end_with_account(tx, account, actor, reason)?;
    loyalty_subscriptions::end_with_account(tx, policies, actor, supplier, reason)?;
    checkouts::end::end_with_account(tx, policies, actor, supplier)?;
    orders::end_with_account(tx, actor, supplier, Ending::All, reason)?;
    pauses::account_is_over(tx, actor, supplier)?;
    billing_runs::final_invoice(tx, policies, account.programme_id, supplier)?;
    wallets::close_with_account(tx, actor, account, &policy, reason)?;
    collection::charge_with_account(tx, account, &policy, actor)
}

/// The job: ends the accounts whose time has come.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    let mut done = remind(app)?;
    for id in due {
        let policies = app.policies.clone();
        // One account in trouble does not hold up the others.
        match app.db.write_blocking(move |tx| turn(tx, &policies, id)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(cancellation = %id, %error, "a cancelled account cannot be ended"),
        }
    }
    Ok(done)
}

/// Tells of accounts that end soon (R126).
fn remind(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let soon = app.db.read_blocking(|conn| store::to_remind_of(conn, now, SLICE))?;
    let mut done = 0;
    for id in soon {
        match app.db.write_blocking(move |tx| remind_of(tx, id)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(cancellation = %id, %error, "nobody can be told that an account ends soon"),
        }
    }
    Ok(done)
}

/// Tells of one account that ends soon. False where it stays, or somebody else was before.
fn remind_of(tx: &mut Tx<'_>, id: CancellationId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    accounts::hold(tx, &scope, supplier)?;
    let (row, _) = store::get(tx, &scope, id)?;
    let now = tx.business_now();
    let is_due = row.remind_at.is_some_and(|at| at <= now);
    if row.status != CancellationStatus::Scheduled || !is_due {
        return Ok(false);
    }
    store::mark_reminded(tx, &row)?;
    ops::message(tx, &row, NotificationKind::NoticeEnding)?;
    Ok(true)
}

/// Ends one account whose time has come. False where somebody else was before.
fn turn(tx: &mut Tx<'_>, policies: &Policies, id: CancellationId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    let now = tx.business_now();
    let is_due = row.effective_at.is_none_or(|at| at <= now);
    if row.status != CancellationStatus::Scheduled || !is_due {
        return Ok(false);
    }
    if row.ends_with_leads && packages::leads_to_come(tx, supplier)? + orders::paid_to_come(tx, supplier)? > 0 {
        return Ok(false);
    }
    take_effect(tx, policies, &Actor::system("cancellations"), &account, &mut row)?;
    Ok(true)
}
