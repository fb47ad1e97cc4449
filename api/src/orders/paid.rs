//! Orders that were paid at a checkout.

use super::store::{self, Row};
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::{market, policy};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::{BusinessId, CheckoutId, LeadProductId, Money, OrderId, ProgrammeId, SupplierId};

/// An order whose money is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaidOrder {
    pub(crate) checkout_id: CheckoutId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) business_id: BusinessId,
    pub(crate) product_id: LeadProductId,
    pub(crate) price: Money,
    pub(crate) quantity: i64,
    pub(crate) cap_day: Option<i64>,
    pub(crate) hold: OrderHold,
}

/// Opens the order of a checkout; one a checkout, by constraint. It sells by the policy of now.
pub(crate) fn open_paid(tx: &mut Tx<'_>, actor: &Actor, new: &PaidOrder) -> ApiResult<OrderId> {
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        programme_id: new.programme_id,
        supplier_id: new.supplier_id,
        business_id: new.business_id,
        product_id: new.product_id,
        status: OrderStatus::Open,
        hold: new.hold,
        price_minor: new.price.minor,
        currency: new.price.currency,
        quantity: Some(new.quantity),
        sold: 0,
        cap_day: new.cap_day,
        cap_week: None,
        cap_month: None,
        schedule: "{}".to_owned(),
        priority: 0,
        weight: 1,
        starts_at: now,
        ends_at: None,
        resolved_policy_id: policy::stamp(tx, new.programme_id, new.product_id, new.supplier_id)?,
        paused_by: None,
        checkout_id: Some(new.checkout_id),
        prepaid: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    market::changed(tx)?;
    let facts = json!({
        "product_id": new.product_id, "business_id": new.business_id, "price": new.price, "quantity": new.quantity,
        "cap_day": new.cap_day, "checkout_id": new.checkout_id,
    });
    let subject = Subject::of(row.id)
        .programme(new.programme_id)
        .supplier(new.supplier_id);
    events::push(tx, EventKind::OrderCreated, subject, &facts)?;
    let change = audit::Change {
        action: "order.created",
        object: row.id.to_string(),
        supplier: Some(new.supplier_id),
        before: None,
        after: Some(facts),
        reason: None,
    };
    audit::record(tx, actor, change)?;
    Ok(row.id)
}
