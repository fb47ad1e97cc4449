//! Checkouts that come to nothing: left by the buyer, out of time, or not paid.

use super::ops::unused;
use super::{store, view};
use crate::app::App;
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::coupons;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::loyalty_subscriptions;
use crate::payments::store as payments;
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use serde_json::json;
use tradepost_contract::checkouts::{Checkout, CheckoutAction};
use tradepost_contract::events::EventKind;
use tradepost_contract::{CheckoutId, ProblemCode, SupplierId, Timestamp};

/// The buyer leaves a checkout.
pub(super) fn abandon(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
) -> ApiResult<Checkout> {
    let row = store::find(tx, &caller.scope(), id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    no_payment_under_way(tx, id)?;
    if !end(tx, policies, &caller.actor(), id, CheckoutAction::Abandon, None)? {
        return Err(ApiError::conflict(format!("The checkout is {}.", row.status)));
    }
    view::get(tx, policies, caller, id)
}

/// Leaves the checkouts of an account that ends, also those whose payment is under way: that money then goes back. The
/// caller holds the supplier.
pub(crate) fn end_with_account(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    supplier: SupplierId,
) -> ApiResult<()> {
    for id in store::live_of(tx, supplier)? {
        end(tx, policies, actor, id, CheckoutAction::Abandon, None)?;
    }
    Ok(())
}

/// The payment of a checkout failed for good; false where it had ended before.
pub(crate) fn payment_failed(tx: &mut Tx<'_>, policies: &Policies, actor: &Actor, id: CheckoutId) -> ApiResult<bool> {
    end(tx, policies, actor, id, CheckoutAction::Fail, None)
}

/// Refuses what would end or pay a checkout while a payment of it is under way.
pub(super) fn no_payment_under_way(tx: &mut Tx<'_>, id: CheckoutId) -> ApiResult<()> {
    match payments::live_of_checkout(tx, id)? {
        Some(_) => Err(ApiError::conflict("A payment of this checkout is under way.")),
        None => Ok(()),
    }
}

/// A payment of a checkout was refused: the buyer may pay otherwise while there is time, and else it ends.
pub(crate) fn payment_refused(tx: &mut Tx<'_>, policies: &Policies, actor: &Actor, id: CheckoutId) -> ApiResult<bool> {
    let over = store::find(tx, &Scope::system(), id)?.expires_at <= tx.business_now();
    Ok(over && payment_failed(tx, policies, actor, id)?)
}

/// How many checkouts one slice of the job ends.
const SLICE: i64 = 50;

/// The job: checkouts whose time is over are abandoned.
pub(super) fn expire(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::expired(conn, now, SLICE))?;
    if due.is_empty() {
        return Ok(0);
    }
    let policies = app.policies.clone();
    app.db.write_blocking(move |tx| {
        let mut done = 0;
        for id in &due {
            let supplier = store::find(tx, &Scope::system(), *id)?.supplier_id;
            accounts::hold(tx, &Scope::system(), supplier)?;
            if payments::live_of_checkout(tx, *id)?.is_some() {
                continue;
            }
            let actor = Actor::system("checkout expiry");
            done += usize::from(end(tx, &policies, &actor, *id, CheckoutAction::Abandon, Some(now))?);
        }
        Ok(done)
    })
}

/// Ends a checkout without an order and settles its coupon (R37); false where its state forbids it, or where it
/// is to end for its time and has some left.
pub(super) fn end(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    id: CheckoutId,
    action: CheckoutAction,
    if_over_at: Option<Timestamp>,
) -> ApiResult<bool> {
    let supplier = store::find(tx, &Scope::system(), id)?.supplier_id;
    accounts::hold(tx, &Scope::system(), supplier)?;
    let mut row = store::hold(tx, &Scope::system(), id)?;
    let Ok(status) = row.status.after(action) else {
        return Ok(false);
    };
    if if_over_at.is_some_and(|now| now < row.expires_at) {
        return Ok(false);
    }
    let was = row.status;
    row.status = status;
    row.ended_at = Some(tx.business_now());
    store::update(tx, &row)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    coupons::settle(tx, id, unused(&policy))?;
    let facts = json!({ "checkout_id": id, "status": status, "was": was });
    let subject = Subject::of(id).programme(row.programme_id).supplier(row.supplier_id);
    events::push(tx, EventKind::CheckoutEnded, subject, &facts)?;
    let change = audit::Change {
        action: "checkout.ended",
        object: id.to_string(),
        supplier: Some(row.supplier_id),
        before: Some(json!({ "status": was })),
        after: Some(json!({ "status": status })),
        reason: None,
    };
    audit::record(tx, actor, change)?;
    if let Some(subscription) = row.loyalty_subscription_id {
        loyalty_subscriptions::checkout_ended(tx, actor, subscription)?;
    }
    Ok(true)
}
