//! Use cases of lead products.

use super::{rules, store};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::{audit, events, market, policy};
use serde_json::{Value, json};
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_products::{CreateLeadProduct, LeadProduct, ProductStatus, UpdateLeadProduct};
use tradepost_contract::{LeadProductId, ProblemCode};

pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, body: &CreateLeadProduct) -> ApiResult<LeadProduct> {
    let currency = store::programme_currency(tx, &caller.scope(), body.programme_id)?;
    let mut faults = rules::faults_of_new(body);
    faults.extend(rules::price_fault(body.price, currency));
    let policy_override = body.policy_override.clone().unwrap_or_else(|| json!({}));
    let policy = policy::of_product(tx, body.programme_id, &policy_override, "/policy_override")?;
    let limit = rules::buyer_limit(body.exclusivity, body.max_buyers, &policy.distribution);
    let limit = limit.map_err(|fault| faults.push(fault)).unwrap_or_default();
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let now = tx.wall_now();
    let product = LeadProduct {
        id: tx.new_id(),
        programme_id: body.programme_id,
        code: body.code.clone(),
        name: body.name.trim().to_owned(),
        category: body.category.clone(),
        exclusivity: body.exclusivity,
        max_buyers: limit,
        timing: body.timing,
        price: body.price,
        eta_text: body.eta_text.clone(),
        policy_override: Some(policy_override),
        status: ProductStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &product)?;
    market::changed(tx)?;
    let change = audit::Change {
        action: "lead_product.created",
        object: product.id.to_string(),
        after: Some(serde_json::to_value(&product)?),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &product)?;
    Ok(product)
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: LeadProductId,
    if_match: Option<i64>,
    body: &UpdateLeadProduct,
) -> ApiResult<LeadProduct> {
    let before = store::get(tx, &caller.scope(), id)?;
    if if_match.is_some_and(|seen| seen != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let mut faults = rules::faults_of_change(body);
    if let Some(price) = body.price {
        faults.extend(rules::price_fault(price, before.price.currency));
    }
    let policy_override = body.policy_override.as_ref().or(before.policy_override.as_ref());
    let policy_override = policy_override.cloned().unwrap_or_else(|| json!({}));
    let max_buyers = if body.max_buyers.is_some() || body.policy_override.is_some() {
        let policy = policy::of_product(tx, before.programme_id, &policy_override, "/policy_override")?;
        let asked = Some(body.max_buyers.unwrap_or(before.max_buyers));
        let limit = rules::buyer_limit(before.exclusivity, asked, &policy.distribution);
        limit.map_err(|fault| faults.push(fault)).unwrap_or_default()
    } else {
        before.max_buyers
    };
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let changed = LeadProduct {
        name: body.name.as_deref().unwrap_or(&before.name).trim().to_owned(),
        max_buyers,
        price: body.price.unwrap_or(before.price),
        eta_text: body.eta_text.clone().unwrap_or_else(|| before.eta_text.clone()),
        policy_override: Some(policy_override),
        status: body.status.unwrap_or(before.status),
        ..before.clone()
    };
    store::update(tx, &changed)?;
    if changed.policy_override != before.policy_override {
        let orders = policy::Orders::OfProduct(id);
        policy::restamp(tx, changed.programme_id, orders, "/policy_override")?;
    }
    market::changed(tx)?;
    let (old, new) = (serde_json::to_value(&before)?, serde_json::to_value(&changed)?);
    let change = audit::Change {
        action: "lead_product.updated",
        object: id.to_string(),
        before: Some(only_changed(&old, &new)),
        after: Some(only_changed(&new, &old)),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &changed)?;
    store::get(tx, &caller.scope(), id)
}

/// The fields of one object that the other has otherwise.
fn only_changed(this: &Value, other: &Value) -> Value {
    let fields = this.as_object().into_iter().flatten();
    let differ = fields.filter(|(name, value)| other.get(name) != Some(value));
    differ.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn tell(tx: &mut Tx<'_>, product: &LeadProduct) -> ApiResult<()> {
    let facts = json!({ "code": product.code, "status": product.status, "max_buyers": product.max_buyers, "price": product.price });
    let subject = events::Subject::of(product.id).programme(product.programme_id);
    events::push(tx, EventKind::ProductChanged, subject, &facts)?;
    Ok(())
}
