//! Beginning, changing and submitting checkouts.

use super::store::{self, ProductFacts, Row};
use super::{complete, end, rules, view};
use crate::auth::Caller;
use crate::billing_runs::store::seller;
use crate::billing_runs::tax_of;
use crate::businesses::store as businesses;
use crate::coupons::{self, Wish};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::{self, Policies};
use crate::suppliers::store as accounts;
use crate::suppliers::store::Account;
use crate::suppliers::{care, fields, trail};
use crate::tax::rules::{Split, Tax};
use crate::{coverage, payments};
use serde_json::json;
use std::sync::Arc;
use time::Duration;
use tradepost_contract::businesses::BusinessStatus;
use tradepost_contract::checkouts::{
    Checkout, CheckoutAction, CheckoutStatus, CreateCheckout, JoinLoyalty, OrderCoverage, RecordCheckoutPayment,
    UpdateCheckout,
};
use tradepost_contract::coupons::{Discount, RedemptionAction};
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_products::ProductStatus;
use tradepost_contract::orders::OrderHold;
use tradepost_contract::payments::RecordPayment;
use tradepost_contract::policy::{CheckoutPolicy, PolicySet, SelfServiceField};
use tradepost_contract::{BusinessId, CheckoutId, LeadProductId, Money, ProblemCode, ResolvedPolicyId};

/// What is wanted, however it was said.
#[derive(Debug, Clone)]
struct Wanted {
    business: BusinessId,
    product: LeadProductId,
    quantity: i64,
    daily_percent: Option<i64>,
    loyalty: Option<JoinLoyalty>,
    coverage: Option<OrderCoverage>,
}

/// What is wanted, looked up and checked.
struct Checked {
    policy_id: ResolvedPolicyId,
    policy: Arc<PolicySet>,
    product: ProductFacts,
    /// The tax on what the supplier buys.
    tax: Tax,
    hold_minutes: u32,
}

/// Begins a checkout: quotes the price and holds the coupon.
pub(super) fn create(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    new: &CreateCheckout,
) -> ApiResult<Checkout> {
    let scope = caller.scope();
    let supplier = businesses::standing(tx, &scope, new.business_id)?
        .ok_or_else(|| ApiError::unknown_id("/business_id"))?
        .supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let wanted = Wanted {
        business: new.business_id,
        product: new.product_id,
        quantity: new.quantity,
        daily_percent: new.daily_percent,
        loyalty: new.loyalty.clone(),
        coverage: new.coverage.clone(),
    };
    let checked = check(tx, policies, caller, &account, &wanted)?;
    let now = tx.business_now();
    let held = match &new.coupon {
        Some(code) => Some(coupons::reserve(tx, &checked.policy, wish(&account, &wanted), code)?),
        None => None,
    };
    let mut row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: supplier,
        business_id: wanted.business,
        product_id: wanted.product,
        status: CheckoutStatus::Open,
        quantity: wanted.quantity,
        daily_percent: None,
        loyalty_interval: None,
        loyalty_days: None,
        bonus: 0,
        loyalty_subscription_id: None,
        coverage: None,
        coupon_id: held.as_ref().map(|(coupon, ..)| *coupon),
        unit_price_minor: 0,
        discount_minor: 0,
        net_minor: 0,
        tax_minor: 0,
        credit_minor: 0,
        currency: checked.product.price.currency,
        tax: String::new(),
        resolved_policy_id: checked.policy_id,
        created_by: caller.actor().name,
        expires_at: now,
        submitted_at: None,
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    fill(
        &mut row,
        &wanted,
        &checked,
        held.as_ref().map(|(_, discount, _)| discount),
        tx,
    )?;
    store::insert(tx, &row)?;
    if let Some((_, _, held)) = held {
        held.by(tx, row.id, &checked.policy)?;
    }
    let checkout = view::get(tx, policies, caller, row.id)?;
    trail::made(
        tx,
        caller,
        "checkout.begun",
        checkout.id,
        supplier,
        &without_code(&checkout),
    )?;
    Ok(checkout)
}

/// Changes an open checkout and quotes the price anew.
pub(super) fn update(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
    patch: &UpdateCheckout,
) -> ApiResult<Checkout> {
    let (account, mut row) = hold(tx, caller, id, seen)?;
    if row.status != CheckoutStatus::Open {
        return Err(ApiError::conflict(format!("The checkout is {}.", row.status)));
    }
    let before = view::get(tx, policies, caller, id)?;
    let wanted = patched(&row, patch)?;
    let standing = businesses::standing(tx, &caller.scope(), wanted.business)?;
    if standing.is_none_or(|standing| standing.supplier_id != account.id) {
        return Err(ApiError::unknown_id("/business_id"));
    }
    let checked = check(tx, policies, caller, &account, &wanted)?;
    let wish = wish(&account, &wanted);
    let mut newly_held = None;
    let discount = match &patch.coupon {
        None => match row.coupon_id {
            Some(coupon) => Some(coupons::again(tx, &checked.policy, wish, coupon)?),
            None => None,
        },
        Some(other) => {
            // Taking a code off ends the attempt to use it, as leaving the checkout does (R37).
            coupons::settle(tx, id, unused(&checked.policy))?;
            row.coupon_id = None;
            match other {
                Some(code) => {
                    let (coupon, discount, held) = coupons::reserve(tx, &checked.policy, wish, code)?;
                    row.coupon_id = Some(coupon);
                    newly_held = Some(held);
                    Some(discount)
                }
                None => None,
            }
        }
    };
    fill(&mut row, &wanted, &checked, discount.as_ref(), tx)?;
    store::update(tx, &row)?;
    if let Some(held) = newly_held {
        held.by(tx, id, &checked.policy)?;
    }
    let after = view::get(tx, policies, caller, id)?;
    let changed = (&without_code(&before), &without_code(&after));
    trail::changed(tx, caller, "checkout.changed", id, account.id, changed, None)?;
    Ok(after)
}

/// The buyer orders: from now on the money is awaited. An order that costs nothing is placed at once.
pub(super) fn submit(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
) -> ApiResult<Checkout> {
    let (account, mut row) = hold(tx, caller, id, seen)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Orders)?;
    let CheckoutPolicy::Offered { payment_hours, .. } = policy.checkout else {
        return Err(not_offered());
    };
    let now = tx.business_now();
    let status = row
        .status
        .after(CheckoutAction::Submit)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if row.expires_at <= now {
        return Err(ApiError::conflict(
            "The time of the checkout is over; begin another one.",
        ));
    }
    let before = view::get(tx, policies, caller, id)?;
    row.status = status;
    row.credit_minor = credit(tx, &row)?.minor;
    row.submitted_at = Some(now);
    row.expires_at = now.plus(Duration::hours(i64::from(payment_hours)));
    store::update(tx, &row)?;
    let facts =
        json!({ "checkout_id": id, "product_id": row.product_id, "quantity": row.quantity, "total": row.total()? });
    let subject = Subject::of(id).programme(row.programme_id).supplier(row.supplier_id);
    events::push(tx, EventKind::CheckoutSubmitted, subject, &facts)?;
    if complete::due(tx, id)?.is_none() {
        complete::payment_succeeded(tx, policies, &caller.actor(), id)?;
    }
    let after = view::get(tx, policies, caller, id)?;
    let changed = (&before, &after);
    trail::changed(tx, caller, "checkout.submitted", id, account.id, changed, None)?;
    Ok(after)
}

/// Finance records that a checkout was paid outside Tradepost, which completes it.
pub(super) fn record_payment(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
    paid: &RecordCheckoutPayment,
) -> ApiResult<Checkout> {
    hold(tx, caller, id, seen)?;
    end::no_payment_under_way(tx, id)?;
    if complete::due(tx, id)?.is_none() {
        let status = store::find(tx, &caller.scope(), id)?.status;
        return Err(ApiError::conflict(format!("The checkout is {status}.")));
    }
    let invoice = match complete::payment_succeeded(tx, policies, &caller.actor(), id)? {
        complete::Settled::Completed(invoice) => invoice,
        complete::Settled::TooLate(status) => {
            return Err(ApiError::conflict(format!("The checkout is {status}.")));
        }
    };
    let record = RecordPayment {
        amount: None,
        method: paid.method,
        reference: paid.reference.clone(),
        received_on: paid.received_on,
    };
    payments::ops::record(tx, caller, invoice, None, &record)?;
    view::get(tx, policies, caller, id)
}

/// Finance records that the payment of a checkout failed for good, outside Tradepost: a cheque that bounced.
pub(super) fn record_failure(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
) -> ApiResult<Checkout> {
    let (_, row) = hold(tx, caller, id, seen)?;
    end::no_payment_under_way(tx, id)?;
    if !end::payment_failed(tx, policies, &caller.actor(), id)? {
        return Err(ApiError::conflict(format!("The checkout is {}.", row.status)));
    }
    view::get(tx, policies, caller, id)
}

/// The account and the checkout, kept as they are, if the caller saw this version.
pub(super) fn hold(tx: &mut Tx<'_>, caller: &Caller, id: CheckoutId, seen: Option<i64>) -> ApiResult<(Account, Row)> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let row = store::hold(tx, &scope, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok((account, row))
}

/// A checkout as the trail keeps it: a code is as good as money, so it is not written down.
fn without_code(checkout: &Checkout) -> Checkout {
    Checkout {
        coupon: None,
        ..checkout.clone()
    }
}

const fn wish(account: &Account, wanted: &Wanted) -> Wish {
    Wish {
        programme: account.programme_id,
        supplier: account.id,
        product: wanted.product,
        quantity: wanted.quantity,
    }
}

/// What becomes of a coupon whose checkout came to nothing (R37).
pub(super) const fn unused(policy: &PolicySet) -> RedemptionAction {
    if policy.coupon.attempt_consumes {
        RedemptionAction::Consume
    } else {
        RedemptionAction::Release
    }
}

fn not_offered() -> ApiError {
    ApiError::new(ProblemCode::PolicyRefuses).detail("The programme has no checkout: its staff place the orders.")
}

/// Looks up what is wanted and refuses what cannot be bought like that.
fn check(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    account: &Account,
    wanted: &Wanted,
) -> ApiResult<Checked> {
    let product = store::product(tx, wanted.product)?
        .filter(|product| product.programme_id == account.programme_id)
        .ok_or_else(|| ApiError::unknown_id("/product_id"))?;
    let policy_id = policy::stamp(tx, account.programme_id, wanted.product, account.id)?;
    let policy = policies.get(tx, policy_id)?;
    let CheckoutPolicy::Offered { hold_minutes, .. } = policy.checkout else {
        return Err(not_offered());
    };
    care::may_change_under(tx, caller, account, &policy, SelfServiceField::Orders)?;
    if account.status.hold() != OrderHold::None {
        return Err(ApiError::conflict(format!("The account is {}.", account.status)));
    }
    let business =
        businesses::hold(tx, &caller.scope(), wanted.business)?.ok_or_else(|| ApiError::unknown_id("/business_id"))?;
    let mut faults = fields::Faults::default();
    if business.status == BusinessStatus::Closed {
        faults.push("/business_id", "closed", "the business is closed");
    }
    if product.status == ProductStatus::Retired {
        faults.push("/product_id", "retired", "the product is no longer sold");
    }
    rules::check_quantity(&mut faults, wanted.quantity);
    rules::check_ceiling(&mut faults, &policy, product.timing, wanted.daily_percent);
    let join = wanted.loyalty.as_ref();
    rules::loyalty(
        &mut faults,
        &policy.loyalty,
        product.exclusivity,
        wanted.quantity.max(0),
        join,
    );
    faults.finish()?;
    let tax = tax_of(tx, account.programme_id, account.id, &policy.tax)?;
    Ok(Checked {
        policy_id,
        policy,
        tax,
        product,
        hold_minutes,
    })
}

/// Writes what is wanted, its price and its time into the row.
fn fill(
    row: &mut Row,
    wanted: &Wanted,
    checked: &Checked,
    discount: Option<&Discount>,
    tx: &mut Tx<'_>,
) -> ApiResult<()> {
    let Checked { policy, product, .. } = checked;
    let quote = rules::quote(product.price, wanted.quantity, discount, &checked.tax)?;
    let mut faults = fields::Faults::default();
    let join = wanted.loyalty.as_ref();
    let joined = rules::loyalty(&mut faults, &policy.loyalty, product.exclusivity, wanted.quantity, join);
    let areas = match &wanted.coverage {
        Some(areas) => Some(coverage::read("/coverage", areas)?),
        None => None,
    };
    faults.finish()?;
    row.business_id = wanted.business;
    row.product_id = wanted.product;
    row.quantity = wanted.quantity;
    row.daily_percent = wanted.daily_percent;
    row.bonus = joined.as_ref().map_or(0, |joined| joined.bonus);
    row.loyalty_days = joined.as_ref().map(|joined| joined.interval_days);
    row.loyalty_interval = joined.map(|joined| joined.interval);
    row.coverage = areas.as_ref().map(serde_json::to_string).transpose()?;
    row.unit_price_minor = quote.unit_price.minor;
    row.discount_minor = quote.discount.minor;
    row.net_minor = quote.net.minor;
    row.tax_minor = quote.tax.minor;
    row.currency = quote.total.currency;
    let sums = Split {
        net: quote.net,
        tax: quote.tax,
    };
    row.tax = serde_json::to_string(&checked.tax.clone().on_invoice(1, sums))?;
    row.resolved_policy_id = checked.policy_id;
    row.expires_at = tx
        .business_now()
        .plus(Duration::minutes(i64::from(checked.hold_minutes)));
    row.credit_minor = credit(tx, row)?.minor;
    Ok(())
}

/// How much of a checkout the account's credit pays, beside what its other orders hold of it. The caller holds
/// the supplier.
pub(super) fn credit(tx: &mut Tx<'_>, row: &Row) -> ApiResult<Money> {
    let entity = seller(tx, row.programme_id)?
        .ok_or_else(ApiError::not_found)?
        .legal_entity;
    let there = payments::money::credit_for_an_order(tx, entity, row.supplier_id, row.currency)?;
    let held = store::credit_held(tx, row.supplier_id, row.id)?;
    let most = row.total()?.minor;
    Ok(row.money((there.minor - held).clamp(0, most)))
}

fn patched(row: &Row, patch: &UpdateCheckout) -> ApiResult<Wanted> {
    let areas: Option<OrderCoverage> = row.coverage.as_deref().map(serde_json::from_str).transpose()?;
    let joined = row.loyalty_interval.clone().map(|interval| JoinLoyalty { interval });
    Ok(Wanted {
        business: patch.business_id.unwrap_or(row.business_id),
        product: patch.product_id.unwrap_or(row.product_id),
        quantity: patch.quantity.unwrap_or(row.quantity),
        daily_percent: patch.daily_percent.unwrap_or(row.daily_percent),
        loyalty: patch.loyalty.clone().unwrap_or(joined),
        coverage: patch.coverage.clone().unwrap_or(areas),
    })
}
