//! Adding, choosing and removing ways to pay.

use super::store::{self, MethodRow, SessionRow};
use crate::audit;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::gateway::{PageState, type_of};
use crate::suppliers::care;
use crate::suppliers::store::{self as suppliers, Account};
use crate::{checkouts, collection, wallets};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::payment_methods::{
    CreateMethodSession, MethodSession, MethodSessionStatus, StoredMethod, StoredMethodStatus,
};
use tradepost_contract::policy::{PolicySet, SelfServiceField, SelfServiceMode};
use tradepost_contract::{PaymentMethodId, ProblemCode, SupplierId};

/// Refuses a change of methods that the policy leaves to staff (K16, R41). Whoever has none yet may add
/// the first.
pub(crate) fn may_change(tx: &mut Tx<'_>, caller: &Caller, account: &Account, policy: &PolicySet) -> ApiResult<()> {
    if !caller.is_staff() && store::active(tx, account.id)?.is_empty() {
        return care::not_over(account);
    }
    let refused = match care::may_change_under(tx, caller, account, policy, SelfServiceField::PaymentMethod) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    let never = policy.self_service(SelfServiceField::PaymentMethod) == SelfServiceMode::None;
    if refused.code() != ProblemCode::ChangeThroughStaff || !never {
        return Err(refused);
    }
    let contact = suppliers::contact_of(tx, account)?;
    Err(ApiError::new(ProblemCode::ChangeThroughStaff).detail(format!(
        "The way to pay of an order that was placed is not changed here. Cancel the order and place a new one \
         with the new card, or give the new card to {}.",
        care::described(&contact)
    )))
}

/// Starts the adding of a method. The gateway is asked for its page afterwards, outside of the transaction.
pub(super) fn create_session(
    tx: &mut Tx<'_>,
    caller: &Caller,
    asked: &CreateMethodSession,
) -> ApiResult<MethodSession> {
    let scope = caller.scope();
    let supplier: SupplierId = asked.supplier_id.or(scope.supplier()).ok_or_else(|| {
        ApiError::new(ProblemCode::Invalid).field("/supplier_id", "required", "Say for which supplier.")
    })?;
    if asked
        .return_to
        .as_deref()
        .is_some_and(|path| !super::rules::is_own_page(path))
    {
        let message = "expected a path of this site, of at most 200 characters";
        return Err(ApiError::new(ProblemCode::Invalid).field("/return_to", "invalid", message));
    }
    let account = suppliers::hold(tx, &scope, supplier).map_err(|error| match error.code() {
        ProblemCode::NotFound => ApiError::unknown_id("/supplier_id"),
        _ => error,
    })?;
    let policy = care::policy(tx, &account)?;
    match asked.checkout_id {
        Some(checkout) => {
            care::not_over(&account)?;
            if checkouts::buyer_of_live(tx, &scope, checkout)? != Some(supplier) {
                return Err(ApiError::unknown_id("/checkout_id"));
            }
        }
        None => may_change(tx, caller, &account, &policy)?,
    }
    if !policy.payment_methods.contains_key(&asked.kind) {
        let message = "The programme does not take this way to pay.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(message).field(
            "/kind",
            "policy_refuses",
            message,
        ));
    }
    if type_of(asked.kind).is_none() {
        let message = "This way to pay needs nothing stored: the supplier sends the money, or it is a term on a card.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/kind", "not_stored", message));
    }
    let id = tx.new_id();
    store::insert_session(tx, id, account.programme_id, supplier, asked, &caller.actor().name)?;
    Ok(store::session(tx, &scope, id)?.into())
}

/// Stores what came of a session; the method becomes the default one. Answers false when that was done.
pub(super) fn finish_session(tx: &mut Tx<'_>, session: &SessionRow, state: &PageState) -> ApiResult<bool> {
    let token = match state {
        PageState::Open => return Ok(false),
        PageState::Expired => return store::end_session(tx, session.id, MethodSessionStatus::Expired, None),
        PageState::Complete(token) => token,
    };
    let account = suppliers::hold(tx, &crate::auth::Scope::system(), session.supplier_id)?;
    let id: PaymentMethodId = tx.new_id();
    if !store::insert(tx, id, session, token)?
        || !store::end_session(tx, session.id, MethodSessionStatus::Complete, Some(id))?
    {
        return Ok(false);
    }
    if session.checkout_id.is_none() || becomes_default(tx, &account)? {
        store::make_default(tx, session.supplier_id, id)?;
    }
    store::collect_again(tx, session.supplier_id)?;
    let facts = json!({
        "payment_method_id": id, "kind": session.kind, "brand": token.brand, "last4": token.last4, "change": "added",
    });
    let actor = Actor::system(&session.asked_by);
    record(tx, &actor, &account, id, "payment_method.added", None, &facts)?;
    collection::method_came(tx, &account)?;
    wallets::method_came(tx, account.id)?;
    Ok(true)
}

/// Whether a method that was added for one order is charged for everything else too: not where buyers may not
/// change the method of what they ordered before (R41).
fn becomes_default(tx: &mut Tx<'_>, account: &Account) -> ApiResult<bool> {
    let policy = care::policy(tx, account)?;
    let may_change = policy.self_service(SelfServiceField::PaymentMethod) == SelfServiceMode::Edit;
    Ok(may_change || store::default_of(tx, account.id)?.is_none())
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: &Account,
    id: PaymentMethodId,
    action: &str,
    before: Option<serde_json::Value>,
    after: &serde_json::Value,
) -> ApiResult<()> {
    let subject = Subject::of(id).programme(account.programme_id).supplier(account.id);
    events::push(tx, EventKind::PaymentMethodChanged, subject, after)?;
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier: Some(account.id),
        before,
        after: Some(after.clone()),
        reason: None,
    };
    audit::record(tx, actor, change)
}

/// The method and its account, where the caller may change it.
fn held(tx: &mut Tx<'_>, caller: &Caller, id: PaymentMethodId) -> ApiResult<(MethodRow, Account)> {
    let scope = caller.scope();
    let supplier = store::get(tx, &scope, id)?.supplier_id;
    let account = suppliers::hold(tx, &scope, supplier)?;
    let policy = care::policy(tx, &account)?;
    may_change(tx, caller, &account, &policy)?;
    let method = store::get(tx, &scope, id)?;
    if method.status == StoredMethodStatus::Removed {
        return Err(ApiError::conflict("The method was removed."));
    }
    Ok((method, account))
}

/// Makes a stored method the one that is charged.
pub(super) fn make_default(tx: &mut Tx<'_>, caller: &Caller, id: PaymentMethodId) -> ApiResult<StoredMethod> {
    let (method, account) = held(tx, caller, id)?;
    if !method.is_default {
        let before = store::default_of(tx, account.id)?.map(|other| json!({ "payment_method_id": other.id }));
        store::make_default(tx, account.id, id)?;
        store::collect_again(tx, account.id)?;
        wallets::method_came(tx, account.id)?;
        let facts = json!({ "payment_method_id": id, "change": "made_default" });
        record(
            tx,
            &caller.actor(),
            &account,
            id,
            "payment_method.made_default",
            before,
            &facts,
        )?;
    }
    Ok(store::get(tx, &caller.scope(), id)?.into())
}

/// Removes a stored method; the gateway is told afterwards.
pub(super) fn remove(tx: &mut Tx<'_>, caller: &Caller, id: PaymentMethodId) -> ApiResult<StoredMethod> {
    let (method, account) = held(tx, caller, id)?;
    if crate::payments::is_being_charged(tx, id)? {
        return Err(ApiError::conflict("A payment with this method is under way."));
    }
    store::remove(tx, id)?;
    let before = json!({ "status": method.status, "is_default": method.is_default });
    let facts = json!({ "payment_method_id": id, "change": "removed" });
    record(
        tx,
        &caller.actor(),
        &account,
        id,
        "payment_method.removed",
        Some(before),
        &facts,
    )?;
    Ok(store::get(tx, &caller.scope(), id)?.into())
}
