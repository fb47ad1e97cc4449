//! Webhook endpoints, and what was sent to them.

use tradepost_contract::webhooks::{
    CreateWebhookEndpoint, EnableWebhookEndpoint, ReplayWebhooks, RotateWebhookSecret, UpdateWebhookEndpoint,
    WebhookDelivery, WebhookDeliveryLog, WebhookEndpoint, WebhookEndpointWithSecret,
};
use tradepost_contract::{Page, WebhookDeliveryId, WebhookEndpointId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /webhook-endpoints`
pub async fn list_endpoints(query: ListQuery) -> Result<Page<WebhookEndpoint>> {
    Call::get(query.behind("/webhook-endpoints")).send().await
}

/// `GET /webhook-endpoints/{id}`
pub async fn get_endpoint(id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    Call::get(format!("/webhook-endpoints/{id}")).send().await
}

/// `POST /webhook-endpoints`
pub async fn create_endpoint(body: &CreateWebhookEndpoint, key: &str) -> Result<WebhookEndpointWithSecret> {
    Call::post("/webhook-endpoints").once(key).json(body).send().await
}

/// `PATCH /webhook-endpoints/{id}`
pub async fn update_endpoint(
    id: WebhookEndpointId,
    version: i64,
    body: &UpdateWebhookEndpoint,
    key: &str,
) -> Result<WebhookEndpoint> {
    let call = Call::patch(format!("/webhook-endpoints/{id}")).if_version(version);
    call.once(key).json(body).send().await
}

/// `POST /webhook-endpoints/{id}/pause`
pub async fn pause_endpoint(id: WebhookEndpointId, key: &str) -> Result<WebhookEndpoint> {
    Call::post(format!("/webhook-endpoints/{id}/pause"))
        .once(key)
        .send()
        .await
}

/// `POST /webhook-endpoints/{id}/enable`
pub async fn enable_endpoint(id: WebhookEndpointId, skip_missed: bool, key: &str) -> Result<WebhookEndpoint> {
    let body = EnableWebhookEndpoint { skip_missed };
    let call = Call::post(format!("/webhook-endpoints/{id}/enable"));
    call.once(key).json(&body).send().await
}

/// `DELETE /webhook-endpoints/{id}`
pub async fn delete_endpoint(id: WebhookEndpointId, key: &str) -> Result<()> {
    Call::delete(format!("/webhook-endpoints/{id}"))
        .once(key)
        .send_only()
        .await
}

/// `POST /webhook-endpoints/{id}/rotate-secret`
pub async fn rotate_secret(
    id: WebhookEndpointId,
    body: &RotateWebhookSecret,
    key: &str,
) -> Result<WebhookEndpointWithSecret> {
    let call = Call::post(format!("/webhook-endpoints/{id}/rotate-secret"));
    call.once(key).json(body).send().await
}

/// `POST /webhook-endpoints/{id}/replay`
pub async fn replay(id: WebhookEndpointId, body: &ReplayWebhooks, key: &str) -> Result<WebhookEndpoint> {
    let call = Call::post(format!("/webhook-endpoints/{id}/replay"));
    call.once(key).json(body).send().await
}

/// `POST /webhook-endpoints/{id}/test`
pub async fn test_endpoint(id: WebhookEndpointId, key: &str) -> Result<WebhookDelivery> {
    Call::post(format!("/webhook-endpoints/{id}/test"))
        .once(key)
        .send()
        .await
}

/// `GET /webhook-endpoints/{id}/deliveries`
pub async fn list_deliveries(id: WebhookEndpointId, query: ListQuery) -> Result<Page<WebhookDelivery>> {
    let path = format!("/webhook-endpoints/{id}/deliveries");
    Call::get(query.behind(&path)).send().await
}

/// `GET /webhook-deliveries/{id}`
pub async fn get_delivery(id: WebhookDeliveryId) -> Result<WebhookDeliveryLog> {
    Call::get(format!("/webhook-deliveries/{id}")).send().await
}
