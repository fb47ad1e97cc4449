//! The body of a message.

use super::store::Row;
use crate::auth::{Caller, Principal, SupplierPerson};
use crate::db::Conn;
use crate::deliveries;
use crate::error::ApiResult;
use crate::policy::Policies;
use tradepost_contract::deliveries::DeliveryDetail;
use tradepost_contract::events::Event;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::webhooks::{WebhookData, WebhookInclude, WebhookMessage};
use tradepost_contract::{DeliveryId, Id as _, ProblemCode, SupplierId, Timestamp, UserId};

/// What is said of an event to anybody: ids, states and amounts.
pub(super) fn plain(event: &Event) -> WebhookMessage {
    WebhookMessage {
        r#type: event.kind,
        timestamp: event.happened_at,
        data: WebhookData {
            subject: event.subject.clone(),
            programme_id: event.programme_id,
            supplier_id: event.supplier_id,
            facts: event.data.clone(),
            delivery: None,
        },
    }
}

/// What is said of an event to an endpoint. A person's particulars are looked up when it is sent, so that those who were
/// erased are in no message and in no row.
pub(super) fn message(
    conn: &mut Conn,
    policies: &Policies,
    endpoint: &Row,
    event: &Event,
    now: Timestamp,
) -> ApiResult<WebhookMessage> {
    let mut message = plain(event);
    if let Some(supplier) = endpoint.supplier_id
        && endpoint.includes()?.contains(&WebhookInclude::Delivery)
        && let Ok(delivery) = event.subject.parse::<DeliveryId>()
    {
        message.data.delivery = delivery_of(conn, policies, supplier, delivery, now)?.map(Box::new);
    }
    Ok(message)
}

/// The delivery as the supplier's owner sees it; none where it is not theirs.
pub(crate) fn delivery_of(
    conn: &mut Conn,
    policies: &Policies,
    supplier: SupplierId,
    delivery: DeliveryId,
    now: Timestamp,
) -> ApiResult<Option<DeliveryDetail>> {
    let owner = Principal::Supplier(SupplierPerson {
        user_id: UserId::from_i64(0),
        name: "webhooks".to_owned(),
        supplier_id: supplier,
        role: SupplierRole::Owner,
        businesses: None,
    });
    match deliveries::shown_to(conn, policies, &Caller::acting(owner, "webhooks"), now, delivery) {
        Ok(detail) => Ok(Some(detail)),
        Err(error) if error.code() == ProblemCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
