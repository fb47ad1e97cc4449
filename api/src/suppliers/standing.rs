//! The standing of an account: activate, suspend, close, and what follows for its orders.

use super::store::{self, Account};
use super::{care, fields, trail};
use crate::audit;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::Policies;
use crate::{
    access_links, calls, cancellations, change_requests, collection, market, notifications, orders, pauses, wallets,
};
use serde_json::{Value, json};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::policy::FirstAccess;
use tradepost_contract::suppliers::{Supplier, SupplierAction, SupplierStatus};
use tradepost_contract::{ProblemCode, SupplierId, Timestamp};

/// A change of standing that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    /// What is to happen.
    pub(super) action: SupplierAction,
    /// Why.
    pub(super) reason: Option<&'a str>,
    /// The version that the caller last saw.
    pub(super) seen: Option<i64>,
}

/// Changes the standing of an account and, in the same transaction, the hold on its orders (F5).
/// An account that is over is wound up, as one that was cancelled.
pub(super) fn change(
    tx: &mut Tx<'_>,
    caller: &Caller,
    policies: &Policies,
    id: SupplierId,
    asked: Standing<'_>,
) -> ApiResult<Supplier> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason));
    faults.finish()?;
    let account = store::hold(tx, &caller.scope(), id)?;
    if asked.seen.is_some_and(|seen| seen != account.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let to = account
        .status
        .after(asked.action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if to == SupplierStatus::Active && account.activated_at.is_none() {
        wallets::expect_funded(tx, &account)?;
    }
    let before = store::get(tx, caller, id)?;
    let now = tx.business_now();
    let activated_at = match to {
        SupplierStatus::Active => account.activated_at.or(Some(now)),
        _ => account.activated_at,
    };
    if store::set_status(tx, &account, to, reason.as_deref(), activated_at)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if (account.status, to) == (SupplierStatus::Suspended, SupplierStatus::Active) {
        collection::excuse_debts(tx, &account)?;
    }
    change_requests::account_changed(tx, &caller.actor(), &account, to)?;
    let hold = pauses::hold_of(tx, id, to)?;
    orders::hold_all(tx, id, hold)?;
    if to.is_over() {
        calls::account_over(tx, &account)?;
    }
    market::changed(tx)?;
    if account.status == SupplierStatus::InNotice {
        cancellations::overtaken(tx, &caller.actor(), id)?;
    }
    if to.is_over() {
        let why = reason.as_deref().unwrap_or("The account is over.");
        cancellations::wind_up(tx, policies, &caller.actor(), &account, why)?;
    }
    let after = store::get(tx, caller, id)?;
    let action = match asked.action {
        SupplierAction::Activate => "supplier.activated",
        SupplierAction::Suspend => "supplier.suspended",
        SupplierAction::GiveNotice => "supplier.notice_given",
        SupplierAction::WithdrawNotice => "supplier.notice_withdrawn",
        SupplierAction::Deactivate => "supplier.deactivated",
        SupplierAction::Close => "supplier.closed",
        SupplierAction::Terminate => "supplier.terminated",
    };
    trail::changed(tx, caller, action, id, id, (&before, &after), reason.as_deref())?;
    tell(tx, &account, to)?;
    // Where the invitation comes with the first payment (R85), it is the only one (R86).
    if let (SupplierStatus::Active, None) = (to, account.activated_at)
        && care::policy(tx, &account)?.access.first_access != FirstAccess::AfterFirstPayment
    {
        tell_of_activation(tx, &account, now)?;
    }
    Ok(after)
}

fn tell(tx: &mut Tx<'_>, account: &Account, to: SupplierStatus) -> ApiResult<()> {
    let kind = match to {
        SupplierStatus::Active => EventKind::SupplierActivated,
        SupplierStatus::Suspended => EventKind::SupplierSuspended,
        SupplierStatus::Deactivated | SupplierStatus::Closed | SupplierStatus::Terminated => EventKind::SupplierClosed,
        SupplierStatus::Onboarding | SupplierStatus::InNotice => EventKind::SupplierUpdated,
    };
    let subject = Subject::of(account.id)
        .programme(account.programme_id)
        .supplier(account.id);
    events::push(tx, kind, subject, &json!({ "status": to, "was": account.status }))?;
    Ok(())
}

/// Changes the standing because a rule says so, and the hold on the orders with it. The caller holds the
/// account; false where its status does not allow the change.
pub(crate) fn change_by_rule(
    tx: &mut Tx<'_>,
    account: &Account,
    action: SupplierAction,
    reason: &str,
    actor: &Actor,
) -> ApiResult<bool> {
    let Ok(to) = account.status.after(action) else {
        return Ok(false);
    };
    let activated_at = match to {
        SupplierStatus::Active => account.activated_at.or(Some(tx.business_now())),
        _ => account.activated_at,
    };
    if store::set_status(tx, account, to, Some(reason), activated_at)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    change_requests::account_changed(tx, actor, account, to)?;
    let hold = pauses::hold_of(tx, account.id, to)?;
    orders::hold_all(tx, account.id, hold)?;
    if to.is_over() {
        calls::account_over(tx, account)?;
    }
    market::changed(tx)?;
    if account.status == SupplierStatus::InNotice {
        cancellations::overtaken(tx, actor, account.id)?;
    }
    let change = audit::Change {
        action: "supplier.standing_by_rule",
        object: account.id.to_string(),
        supplier: Some(account.id),
        before: Some(json!({ "status": account.status })),
        after: Some(json!({ "status": to })),
        reason: Some(reason),
    };
    audit::record(tx, actor, change)?;
    tell(tx, account, to)?;
    Ok(true)
}

/// The one activation message of an account (R3).
pub(crate) fn tell_of_activation(tx: &mut Tx<'_>, account: &Account, at: Timestamp) -> ApiResult<()> {
    let contact = store::contact_of(tx, account)?;
    let facts = json!({ "supplier_id": account.id, "activated_at": at, "contact": contact });
    let_in(tx, account, NotificationKind::Activation, &facts)
}

/// The one invitation of an account that is let in by its first payment (R85); a second one is none (R86).
pub(crate) fn tell_of_first_payment(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let contact = store::contact_of(tx, account)?;
    let facts = json!({ "supplier_id": account.id, "contact": contact });
    let_in(tx, account, NotificationKind::Invitation, &facts)
}

/// Lets an account in, once: its owners, who sign in, else whoever is at its general addresses. The link to set a
/// password is made when it is sent, so that it is not kept here.
fn let_in(tx: &mut Tx<'_>, account: &Account, kind: NotificationKind, facts: &Value) -> ApiResult<()> {
    let owners = store::owners(tx, account.id)?;
    let occasion = account.id.to_string();
    let (programme, supplier) = (account.programme_id, Some(account.id));
    if owners.is_empty() {
        notifications::record(tx, kind, &occasion, programme, supplier, facts)?;
    } else {
        notifications::record_to(tx, kind, &occasion, programme, supplier, &owners, facts)?;
    }
    for member in access_links::uninvited_members(tx, account.id)? {
        access_links::invite(tx, member)?;
    }
    Ok(())
}

/// Whether the people of an account are let in already: whoever joins from now on is invited at once, the others with
/// the account (R3), and nobody before the first payment where the policy waits for that (R85).
pub(super) fn is_let_in(tx: &mut Tx<'_>, account: &Account) -> ApiResult<bool> {
    match care::policy(tx, account)?.access.first_access {
        FirstAccess::AfterFirstPayment => {
            notifications::is_recorded(tx, NotificationKind::Invitation, &account.id.to_string())
        }
        FirstAccess::OnActivation | FirstAccess::AtCheckout | FirstAccess::AtSignUp => {
            Ok(account.activated_at.is_some())
        }
    }
}
