//! What people do with loyalty subscriptions: hold, activate, cancel (R63, R64).

use super::renewals;
use super::store::{self, Row};
use super::view;
use crate::auth::Caller;
use crate::checkouts::renewal;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, fields};
use tradepost_contract::loyalty_subscriptions::{ChangeLoyalty, LoyaltyAction, LoyaltySubscription};
use tradepost_contract::orders::OrderHold;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::{LoyaltySubscriptionId, ProblemCode};

/// A change that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) action: LoyaltyAction,
    pub(super) seen: Option<i64>,
    pub(super) body: &'a ChangeLoyalty,
}

pub(super) fn change(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: LoyaltySubscriptionId,
    asked: Asked<'_>,
) -> ApiResult<LoyaltySubscription> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.body.reason.as_deref()));
    faults.finish()?;
    let scope = caller.scope();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    let policy = care::policy(tx, &account)?;
    care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Orders)?;
    if asked.seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let actor = caller.actor();
    match asked.action {
        LoyaltyAction::Hold => renewals::hold(tx, &actor, &mut row, reason.as_deref())?,
        LoyaltyAction::Activate => activate(tx, policies, caller, &account, &mut row, reason.as_deref())?,
        LoyaltyAction::Cancel | LoyaltyAction::Lapse => {
            renewals::end(tx, &actor, &mut row, LoyaltyAction::Cancel, reason.as_deref())?;
            renewal::give_up(tx, policies, &actor, id)?;
        }
    }
    view::get(tx, caller, id)
}

/// Lets a subscription go on: on its day where that is still to come, and else at once, with a new count of days from
/// today (R63, I9).
fn activate(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    account: &Account,
    row: &mut Row,
    reason: Option<&str>,
) -> ApiResult<()> {
    if account.status.hold() != OrderHold::None {
        return Err(ApiError::conflict(format!("The account is {}.", account.status)));
    }
    let today = renewals::today(tx, account)?;
    let was = row.status;
    row.status = renewals::moved(was, LoyaltyAction::Activate)?;
    store::save(tx, row)?;
    let actor = caller.actor();
    renewals::tell(tx, &actor, "loyalty.activated", Some(was), row, reason)?;
    if row.renews_on.is_some_and(|day| day <= today) {
        renewals::renew(tx, policies, &actor, row, today, true)?;
    }
    Ok(())
}
