//! Delivery targets, and the leads that were sent there.

use tradepost_contract::delivery_targets::{
    CreateDeliveryTarget, DeliveryTarget, DeliveryTargetTrial, LeadForward, LeadForwardLog, TryDeliveryTarget,
    UpdateDeliveryTarget,
};
use tradepost_contract::webhooks::EnableWebhookEndpoint;
use tradepost_contract::{DeliveryTargetId, Page, WebhookDeliveryId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /delivery-targets`
pub async fn list_targets(query: ListQuery) -> Result<Page<DeliveryTarget>> {
    Call::get(query.behind("/delivery-targets")).send().await
}

/// `GET /delivery-targets/{id}`
pub async fn get_target(id: DeliveryTargetId) -> Result<DeliveryTarget> {
    Call::get(format!("/delivery-targets/{id}")).send().await
}

/// `POST /delivery-targets`
pub async fn create_target(body: &CreateDeliveryTarget, key: &str) -> Result<DeliveryTarget> {
    Call::post("/delivery-targets").once(key).json(body).send().await
}

/// `PATCH /delivery-targets/{id}`
pub async fn update_target(
    id: DeliveryTargetId,
    version: i64,
    body: &UpdateDeliveryTarget,
    key: &str,
) -> Result<DeliveryTarget> {
    let call = Call::patch(format!("/delivery-targets/{id}")).if_version(version);
    call.once(key).json(body).send().await
}

/// `POST /delivery-targets/{id}/pause`
pub async fn pause_target(id: DeliveryTargetId, key: &str) -> Result<DeliveryTarget> {
    Call::post(format!("/delivery-targets/{id}/pause"))
        .once(key)
        .send()
        .await
}

/// `POST /delivery-targets/{id}/enable`
pub async fn enable_target(id: DeliveryTargetId, skip_missed: bool, key: &str) -> Result<DeliveryTarget> {
    let body = EnableWebhookEndpoint { skip_missed };
    let call = Call::post(format!("/delivery-targets/{id}/enable"));
    call.once(key).json(&body).send().await
}

/// `DELETE /delivery-targets/{id}`
pub async fn delete_target(id: DeliveryTargetId, key: &str) -> Result<()> {
    Call::delete(format!("/delivery-targets/{id}"))
        .once(key)
        .send_only()
        .await
}

/// `POST /delivery-targets/{id}/try`
pub async fn try_target(id: DeliveryTargetId, send: bool) -> Result<DeliveryTargetTrial> {
    let body = TryDeliveryTarget { send };
    Call::post(format!("/delivery-targets/{id}/try"))
        .json(&body)
        .send()
        .await
}

/// `GET /delivery-targets/{id}/forwards`
pub async fn list_forwards(id: DeliveryTargetId, query: ListQuery) -> Result<Page<LeadForward>> {
    let path = format!("/delivery-targets/{id}/forwards");
    Call::get(query.behind(&path)).send().await
}

/// `GET /lead-forwards/{id}`
pub async fn get_forward(id: WebhookDeliveryId) -> Result<LeadForwardLog> {
    Call::get(format!("/lead-forwards/{id}")).send().await
}

/// `POST /lead-forwards/{id}/replay`
pub async fn replay(id: WebhookDeliveryId, key: &str) -> Result<LeadForward> {
    Call::post(format!("/lead-forwards/{id}/replay")).once(key).send().await
}
