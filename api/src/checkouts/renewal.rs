//! Placing the order of a checkout again, for a loyalty subscription (R61).

use super::store::{self, Row};
use super::{complete, end, ops, rules};
use crate::audit;
use crate::auth::{Actor, Scope};
use crate::billing_runs::store::seller;
use crate::billing_runs::tax_of;
use crate::businesses::store as businesses;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::payment_methods::store as methods;
use crate::payments::charging::{self, Asked};
use crate::policy::{self, Policies};
use crate::tax::rules::Split;
use serde_json::json;
use time::Duration;
use tradepost_contract::businesses::BusinessStatus;
use tradepost_contract::checkouts::{CheckoutAction, CheckoutStatus};
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_products::ProductStatus;
use tradepost_contract::payments::{PaymentOrigin, PaymentPurpose};
use tradepost_contract::policy::CheckoutPolicy;
use tradepost_contract::{CheckoutId, LoyaltySubscriptionId};

/// What is ordered again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Renewal {
    pub(crate) subscription: LoyaltySubscriptionId,
    /// The checkout of the first order.
    pub(crate) first: CheckoutId,
    /// The extra leads of this one.
    pub(crate) bonus: i64,
    /// Whether the price of the first order holds, or the product's of today.
    pub(crate) keeps_price: bool,
}

/// What became of a renewal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Renewed {
    /// It waits for its money.
    Placed(CheckoutId),
    /// It cannot be bought any more.
    Impossible(&'static str),
}

/// Orders again what a first checkout ordered, without its coupon. The caller holds the supplier, and charges it
/// afterwards.
pub(crate) fn place(tx: &mut Tx<'_>, policies: &Policies, actor: &Actor, new: &Renewal) -> ApiResult<Renewed> {
    let first = store::find(tx, &Scope::system(), new.first)?;
    let product = store::product(tx, first.product_id)?.ok_or_else(ApiError::not_found)?;
    if product.status == ProductStatus::Retired {
        return Ok(Renewed::Impossible("The product is no longer sold."));
    }
    let business = businesses::hold(tx, &Scope::system(), first.business_id)?;
    if business.is_none_or(|business| business.status == BusinessStatus::Closed) {
        return Ok(Renewed::Impossible("The business is closed."));
    }
    let policy_id = policy::stamp(tx, first.programme_id, first.product_id, first.supplier_id)?;
    let policy = policies.get(tx, policy_id)?;
    let CheckoutPolicy::Offered { payment_hours, .. } = policy.checkout else {
        return Ok(Renewed::Impossible("The programme has no checkout any more."));
    };
    let price = if new.keeps_price {
        first.money(first.unit_price_minor)
    } else {
        product.price
    };
    let tax = tax_of(tx, first.programme_id, first.supplier_id, &policy.tax)?;
    let quote = rules::quote(price, first.quantity, None, &tax)?;
    let sums = Split {
        net: quote.net,
        tax: quote.tax,
    };
    let now = tx.business_now();
    let mut row = Row {
        id: tx.new_id(),
        status: CheckoutStatus::AwaitingPayment,
        bonus: new.bonus,
        coupon_id: None,
        unit_price_minor: quote.unit_price.minor,
        discount_minor: 0,
        net_minor: quote.net.minor,
        tax_minor: quote.tax.minor,
        credit_minor: 0,
        tax: serde_json::to_string(&tax.on_invoice(1, sums))?,
        resolved_policy_id: policy_id,
        loyalty_subscription_id: Some(new.subscription),
        created_by: actor.name.clone(),
        expires_at: now.plus(Duration::hours(i64::from(payment_hours))),
        submitted_at: Some(now),
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        ..first
    };
    row.credit_minor = ops::credit(tx, &row)?.minor;
    store::insert(tx, &row)?;
    let facts = json!({
        "checkout_id": row.id, "product_id": row.product_id, "quantity": row.quantity, "bonus": row.bonus,
        "total": quote.total, "loyalty_subscription_id": new.subscription,
    });
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::CheckoutSubmitted, subject, &facts)?;
    let change = audit::Change {
        action: "checkout.renewed",
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: None,
        after: Some(facts),
        reason: None,
    };
    audit::record(tx, actor, change)?;
    Ok(Renewed::Placed(row.id))
}

/// Charges a renewal to the default way to pay; what credit pays is complete at once. Without a way to pay it waits for
/// its buyer, as any checkout does.
pub(crate) fn charge(tx: &mut Tx<'_>, policies: &Policies, actor: &Actor, id: CheckoutId) -> ApiResult<()> {
    let Some(due) = complete::due(tx, id)? else {
        complete::payment_succeeded(tx, policies, actor, id)?;
        return Ok(());
    };
    let row = store::find(tx, &Scope::system(), id)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    let method = methods::default_of(tx, due.supplier)?;
    let Some(method) = method.filter(|method| policy.payment_methods.contains_key(&method.kind)) else {
        return Ok(());
    };
    let entity = seller(tx, row.programme_id)?
        .ok_or_else(ApiError::not_found)?
        .legal_entity;
    let asked = Asked {
        programme: due.programme,
        legal_entity: entity,
        supplier: due.supplier,
        purpose: PaymentPurpose::Checkout,
        invoice: None,
        checkout: Some(id),
        plan: None,
        package: None,
        amount: due.amount,
    };
    charging::begin_for(tx, &asked, &method, PaymentOrigin::Renewal, &policy, actor)?;
    Ok(())
}

/// Leaves the renewals of a subscription that wait for their money, unless a payment is under way.
pub(crate) fn give_up(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    subscription: LoyaltySubscriptionId,
) -> ApiResult<()> {
    for id in store::awaiting_of(tx, subscription)? {
        if end::no_payment_under_way(tx, id).is_ok() {
            end::end(tx, policies, actor, id, CheckoutAction::Abandon, None)?;
        }
    }
    Ok(())
}
