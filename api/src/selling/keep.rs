//! What a sale leaves behind: deliveries, events, messages, and orders that are filled.

use super::LeadToSell;
use super::sale::Taken;
use super::store::{self, NewDelivery};
use crate::db::Tx;
use crate::deliveries;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market::{Product, Programme, Snapshot, StandingOrder};
use crate::{notifications, packages};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::leads::{LeadAction, LeadSale, LeadStatus};
use tradepost_contract::policy::{DistinctBy, PolicySet};
use tradepost_contract::{
    BusinessId, DeliveryId, Id, LeadId, LeadProductId, Money, OrderId, PackageId, ResolvedPolicyId, Timestamp,
};

/// Where a sale happens.
#[derive(Clone, Copy)]
pub(super) struct Counter<'a> {
    pub(super) market: &'a Snapshot,
    pub(super) programme: &'a Programme,
    pub(super) product: &'a Product,
    pub(super) lead: &'a LeadToSell,
}

/// The policy that an order is stamped with.
pub(super) fn policy(tx: &mut Tx<'_>, at: Counter<'_>, id: ResolvedPolicyId) -> ApiResult<Arc<PolicySet>> {
    match at.market.policy(id) {
        Some(policy) => Ok(Arc::clone(policy)),
        None => Ok(Arc::new(store::policy(tx, id)?)),
    }
}

/// Writes one delivery with its event and its message.
pub(super) fn delivery(
    tx: &mut Tx<'_>,
    at: Counter<'_>,
    order: &StandingOrder,
    taken: &Taken,
    slot: i32,
) -> ApiResult<LeadSale> {
    let Taken {
        delivery, terms, owed, ..
    } = *taken;
    let policy = policy(tx, at, terms.resolved_policy_id)?;
    let replacement = owed.is_some();
    let price_minor = taken.price_minor();
    let price = Money::new(price_minor, at.programme.currency);
    let return_deadline_at =
        deliveries::rules::return_deadline(&policy, &at.programme.zone, tx.business_now(), replacement);
    let distinct = at.product.policy.distribution.distinct_by == DistinctBy::BusinessAssociation;
    store::insert_delivery(
        tx,
        &NewDelivery {
            id: delivery,
            lead_id: at.lead.id,
            slot,
            programme_id: at.programme.id,
            product_id: at.product.id,
            order_id: order.id,
            supplier_id: order.supplier.id,
            business_id: order.business.id,
            association_id: order.business.association_id.filter(|_| distinct),
            price_minor,
            currency: at.programme.currency,
            resolved_policy_id: terms.resolved_policy_id,
            return_deadline_at,
            billing_state: match (replacement, terms.checkout_id) {
                (true, _) => BillingState::Free,
                (false, Some(_)) => BillingState::Paid,
                (false, None) => BillingState::Unbilled,
            },
            replaces_delivery_id: owed.map(|owed| owed.original_delivery_id),
        },
    )?;
    if let Some(package) = &taken.package {
        packages::delivered(tx, package, delivery)?;
    }
    let subject = Subject::of(delivery)
        .programme(at.programme.id)
        .supplier(order.supplier.id);
    let replaces = owed.map(|owed| owed.original_delivery_id);
    let facts = DeliveryFacts {
        business_id: order.business.id,
        delivery_id: delivery,
        lead_id: at.lead.id,
        order_id: order.id,
        package_id: taken.package.map(|package| package.id),
        price,
        product_id: at.product.id,
        replaces_delivery_id: replaces,
        return_deadline_at,
    };
    events::push(tx, EventKind::DeliveryCreated, subject.clone(), &facts)?;
    let message = Message {
        business: &order.business.name,
        delivery_id: delivery,
        lead_id: at.lead.id,
        path: format!("/deliveries/{delivery}"),
        price,
        product: &at.product.name,
        return_deadline_at,
        return_path: format!("/deliveries/{delivery}/return"),
    };
    tell(tx, NotificationKind::Lead, at, order, delivery, &message)?;
    if let Some(owed) = owed {
        store::settle_replacement(tx, owed.id, delivery)?;
        let settled = Subject::of(owed.id)
            .programme(at.programme.id)
            .supplier(order.supplier.id);
        events::push(tx, EventKind::ReplacementDelivered, settled, &facts)?;
        tell(tx, NotificationKind::ReplacementSent, at, order, delivery, &message)?;
    } else if terms.quantity.is_some_and(|quantity| terms.sold >= quantity) && store::fill_order(tx, order.id)? {
        let filled = Subject::of(order.id)
            .programme(at.programme.id)
            .supplier(order.supplier.id);
        events::push(tx, EventKind::OrderFilled, filled, &json!({ "sold": terms.sold }))?;
    }
    tx.hints_changed();
    order.sold.store(terms.sold, Ordering::Relaxed);
    order.last_delivery.store(delivery.as_i64(), Ordering::Relaxed);
    Ok(LeadSale {
        delivery_id: delivery,
        order_id: order.id,
        supplier_id: order.supplier.id,
        supplier_name: order.supplier.name.clone(),
        business_id: order.business.id,
        slot,
        price,
        replacement,
    })
}

/// What the event log says of a new delivery.
#[derive(Serialize)]
struct DeliveryFacts {
    business_id: BusinessId,
    delivery_id: DeliveryId,
    lead_id: LeadId,
    order_id: OrderId,
    package_id: Option<PackageId>,
    price: Money,
    product_id: LeadProductId,
    replaces_delivery_id: Option<DeliveryId>,
    return_deadline_at: Option<Timestamp>,
}

/// What the message to the supplier needs: it links to the lead and to its return form (R2). The person's particulars
/// are looked up when it is sent, so that an erased person is in no message that is kept.
#[derive(Serialize)]
struct Message<'a> {
    business: &'a str,
    delivery_id: DeliveryId,
    lead_id: LeadId,
    path: String,
    price: Money,
    product: &'a str,
    return_deadline_at: Option<Timestamp>,
    return_path: String,
}

fn tell(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    at: Counter<'_>,
    order: &StandingOrder,
    delivery: DeliveryId,
    message: &Message<'_>,
) -> ApiResult<()> {
    let supplier = Some(order.supplier.id);
    let to = &order.business.lead_mail;
    notifications::record_to(tx, kind, &delivery.to_string(), at.programme.id, supplier, to, message)?;
    Ok(())
}

fn not_for_sale() -> ApiError {
    ApiError::conflict("The lead is not for sale.")
}

/// Where a lead stands that so many more bought.
pub(super) fn status_after(now: LeadStatus, before: i32, taken: i32, most: i32) -> ApiResult<LeadStatus> {
    if taken == 0 {
        return Ok(now);
    }
    let action = if before + taken >= most {
        LeadAction::SellLastPlace
    } else {
        LeadAction::SellPlace
    };
    now.after(action).map_err(|_| not_for_sale())
}

/// Counts the new buyers on the lead's row.
pub(super) fn count_buyers(
    tx: &mut Tx<'_>,
    at: Counter<'_>,
    (from, to): (i32, i32),
    status: LeadStatus,
) -> ApiResult<()> {
    if store::count_buyers(tx, at.lead.id, from, to, status)? {
        Ok(())
    } else {
        Err(not_for_sale())
    }
}

/// Says who bought the lead.
pub(super) fn say_sold(
    tx: &mut Tx<'_>,
    at: Counter<'_>,
    (status, before, most): (LeadStatus, i32, i32),
    sold_to: &[LeadSale],
) -> ApiResult<()> {
    let deliveries: Vec<DeliveryId> = sold_to.iter().map(|sale| sale.delivery_id).collect();
    let sold = before + i32::try_from(sold_to.len()).map_err(ApiError::internal)?;
    let facts = json!({ "status": status, "sold": sold, "max_buyers": most, "deliveries": deliveries });
    let subject = Subject::of(at.lead.id).programme(at.programme.id);
    events::push(tx, EventKind::LeadSold, subject, &facts)?;
    Ok(())
}
