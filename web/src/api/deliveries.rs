//! Deliveries: a supplier's leads.

use std::collections::BTreeMap;

use serde::Deserialize;
use tradepost_contract::deliveries::{
    Delivery, DeliveryConsent, DeliveryCounts, DeliveryDetail, DeliveryNotice, RejectDelivery, UpdateDelivery,
};
use tradepost_contract::return_requests::{ReturnGuidelines, ReturnOptions};
use tradepost_contract::{DeliveryId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /deliveries`
pub async fn list_deliveries(query: ListQuery) -> Result<Page<Delivery>> {
    Call::get(query.behind("/deliveries")).send().await
}

/// `GET /deliveries/counts`
pub async fn count_deliveries() -> Result<DeliveryCounts> {
    Call::get("/deliveries/counts").send().await
}

/// `GET /deliveries/{id}`
pub async fn get_delivery(id: DeliveryId) -> Result<DeliveryDetail> {
    let (delivery, more): (Delivery, More) = Call::get(format!("/deliveries/{id}")).send_both().await?;
    Ok(DeliveryDetail {
        delivery,
        source: more.source,
        answers: more.answers,
        consent: more.consent,
        notices: more.notices,
        guidelines: more.guidelines,
        return_link_label: more.return_link_label,
    })
}

/// What a detail has beside the delivery.
#[derive(Deserialize)]
struct More {
    source: Option<String>,
    answers: BTreeMap<String, String>,
    consent: Option<DeliveryConsent>,
    notices: Vec<DeliveryNotice>,
    guidelines: ReturnGuidelines,
    return_link_label: String,
}

/// `PATCH /deliveries/{id}`
pub async fn update_delivery(id: DeliveryId, version: i64, patch: &UpdateDelivery, key: &str) -> Result<Delivery> {
    let call = Call::patch(format!("/deliveries/{id}")).if_version(version);
    call.once(key).json(patch).send().await
}

/// `GET /deliveries/{id}/return-options`
pub async fn get_return_options(id: DeliveryId) -> Result<ReturnOptions> {
    Call::get(format!("/deliveries/{id}/return-options")).send().await
}

/// `POST /deliveries/{id}/reject`
pub async fn reject_delivery(id: DeliveryId, body: &RejectDelivery, key: &str) -> Result<Delivery> {
    Call::post(format!("/deliveries/{id}/reject"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /deliveries/{id}/undo-rejection`
pub async fn undo_delivery_rejection(id: DeliveryId, key: &str) -> Result<Delivery> {
    Call::post(format!("/deliveries/{id}/undo-rejection"))
        .once(key)
        .send()
        .await
}
