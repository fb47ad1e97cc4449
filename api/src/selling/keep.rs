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
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::leads::{LeadAction, LeadSale, LeadStatus};
use tradepost_contract::policy::{DistinctBy, PolicySet};
use tradepost_contract::{DeliveryId, Id, Money, ResolvedPolicyId};

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
    let facts = json!({
        "delivery_id": delivery, "lead_id": at.lead.id, "order_id": order.id, "business_id": order.business.id,
        "product_id": at.product.id, "price": price, "return_deadline_at": return_deadline_at,
        "replaces_delivery_id": owed.map(|owed| owed.original_delivery_id),
        "package_id": taken.package.map(|package| package.id),
    });
    events::push(tx, EventKind::DeliveryCreated, subject.clone(), &facts)?;
    // The message links to the lead and to its return form (R2); the person's particulars are looked up
    // when it is sent, so that an erased person is in no message that is kept.
    let message = json!({
        "delivery_id": delivery, "lead_id": at.lead.id, "product": at.product.name, "business": order.business.name,
        "price": price, "return_deadline_at": return_deadline_at,
        "path": format!("/deliveries/{delivery}"), "return_path": format!("/deliveries/{delivery}/return"),
    });
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

fn tell(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    at: Counter<'_>,
    order: &StandingOrder,
    delivery: DeliveryId,
    message: &serde_json::Value,
) -> ApiResult<()> {
    let supplier = Some(order.supplier.id);
    let to = &order.business.lead_mail;
    notifications::record_to(tx, kind, &delivery.to_string(), at.programme.id, supplier, to, message)?;
    Ok(())
}

/// Counts the new buyers on the lead's row and says so. Gives where the lead stands now.
pub(super) fn buyers(
    tx: &mut Tx<'_>,
    at: Counter<'_>,
    (from, most): (i32, i32),
    sold_to: &[LeadSale],
) -> ApiResult<LeadStatus> {
    let to = from + i32::try_from(sold_to.len()).map_err(ApiError::internal)?;
    let action = if to >= most {
        LeadAction::SellLastPlace
    } else {
        LeadAction::SellPlace
    };
    let sold_out = || ApiError::conflict("The lead is not for sale.");
    let status = at.lead.status.after(action).map_err(|_| sold_out())?;
    if !store::count_buyers(tx, at.lead.id, from, to, status)? {
        return Err(sold_out());
    }
    let deliveries: Vec<DeliveryId> = sold_to.iter().map(|sale| sale.delivery_id).collect();
    let facts = json!({ "status": status, "sold": to, "max_buyers": most, "deliveries": deliveries });
    let subject = Subject::of(at.lead.id).programme(at.programme.id);
    events::push(tx, EventKind::LeadSold, subject, &facts)?;
    Ok(status)
}
