//! Requests of which nothing comes any more: taken back, or ended with what they would have changed.

use super::ops::step;
use super::store::{self, Prepared, Row};
use super::telling::{facts, tell, to_staff, to_supplier};
use crate::auth::{Actor, Scope};
use crate::coverage;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::suppliers::care;
use crate::suppliers::store::{self as accounts, Account};
use tradepost_contract::change_requests::ChangeRequestAction;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{OrderId, PlanSubscriptionId, SupplierId};

/// Takes back what was written beforehand.
pub(super) fn take_back(tx: &mut Tx<'_>, actor: &Actor, account: &Account, row: &Row, why: &str) -> ApiResult<()> {
    match row.prepared()? {
        Some(Prepared::Coverage(planned)) => coverage::take_back(tx, actor, account, &planned, why),
        Some(Prepared::Plan(_)) | None => Ok(()),
    }
}

/// Ends a request that cannot be carried out any more, and tells both sides. The caller holds the supplier.
pub(super) fn fail(tx: &mut Tx<'_>, actor: &Actor, account: &Account, row: &mut Row, why: &str) -> ApiResult<()> {
    let before = facts(row);
    step(row, ChangeRequestAction::Fail)?;
    row.closed_at = Some(tx.business_now());
    row.failure = Some(why.to_owned());
    take_back(tx, actor, account, row, why)?;
    store::save(tx, row)?;
    tell(tx, actor, "change_request.failed", Some(before), row, Some(why))?;
    to_supplier(tx, row, NotificationKind::ChangeFailed)?;
    to_staff(tx, account, row, NotificationKind::ChangeStuck)
}

/// Ends those live requests of an account that the test picks. The caller holds the supplier.
fn fail_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    supplier: SupplierId,
    why: &str,
    picked: impl Fn(&Row) -> bool,
) -> ApiResult<()> {
    let live: Vec<Row> = store::live_of(tx, supplier)?.into_iter().filter(picked).collect();
    if live.is_empty() {
        return Ok(());
    }
    let account = accounts::account(tx, &Scope::system(), supplier)?;
    for mut row in live {
        fail(tx, actor, &account, &mut row, why)?;
    }
    Ok(())
}

/// Ends the requests about an order that is cancelled.
pub(crate) fn order_is_over(tx: &mut Tx<'_>, actor: &Actor, supplier: SupplierId, order: OrderId) -> ApiResult<()> {
    fail_all(tx, actor, supplier, "The order is cancelled.", |row| {
        row.order_id == Some(order)
    })
}

/// Ends the requests about a plan that is over (R90).
pub(crate) fn plan_is_over(tx: &mut Tx<'_>, supplier: SupplierId, plan: PlanSubscriptionId) -> ApiResult<()> {
    let actor = Actor::system("plans");
    fail_all(tx, &actor, supplier, "The plan is over.", |row| {
        row.plan_subscription_id == Some(plan)
    })
}

/// Ends all requests of an account that is over, or whose notice freezes it from now on (R72).
pub(crate) fn account_changed(tx: &mut Tx<'_>, actor: &Actor, account: &Account, to: SupplierStatus) -> ApiResult<()> {
    if to.is_over() {
        let why = format!("The account is {to}.");
        return fail_all(tx, actor, account.id, &why, |_| true);
    }
    if to == SupplierStatus::InNotice && care::policy(tx, account)?.cancel.freeze {
        let why = "Nothing is changed while the notice runs.";
        return fail_all(tx, actor, account.id, why, |_| true);
    }
    Ok(())
}
