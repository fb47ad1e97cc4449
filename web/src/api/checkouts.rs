//! Checkouts.

use serde::Serialize;
use tradepost_contract::checkouts::{Checkout, CreateCheckout, PayCheckout, RecordCheckoutPayment, UpdateCheckout};
use tradepost_contract::{CheckoutId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /checkouts`
pub async fn list_checkouts(query: ListQuery) -> Result<Page<Checkout>> {
    Call::get(query.behind("/checkouts")).send().await
}

/// `GET /checkouts/{id}`
pub async fn get_checkout(id: CheckoutId) -> Result<Checkout> {
    Call::get(format!("/checkouts/{id}")).send().await
}

/// `POST /checkouts`
pub async fn create_checkout(body: &CreateCheckout, key: &str) -> Result<Checkout> {
    Call::post("/checkouts").once(key).json(body).send().await
}

/// `PATCH /checkouts/{id}`
pub async fn update_checkout(id: CheckoutId, version: i64, body: &UpdateCheckout, key: &str) -> Result<Checkout> {
    Call::patch(format!("/checkouts/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

async fn act(id: CheckoutId, action: &str, version: i64, body: &impl Serialize, key: &str) -> Result<Checkout> {
    Call::post(format!("/checkouts/{id}/{action}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /checkouts/{id}/submit`
pub async fn submit_checkout(id: CheckoutId, version: i64, key: &str) -> Result<Checkout> {
    act(id, "submit", version, &serde_json::Map::new(), key).await
}

/// `POST /checkouts/{id}/pay`
pub async fn pay_checkout(id: CheckoutId, version: i64, body: &PayCheckout, key: &str) -> Result<Checkout> {
    act(id, "pay", version, body, key).await
}

/// `POST /checkouts/{id}/abandon`
pub async fn abandon_checkout(id: CheckoutId, version: i64, key: &str) -> Result<Checkout> {
    act(id, "abandon", version, &serde_json::Map::new(), key).await
}

/// `POST /checkouts/{id}/record-payment`
pub async fn record_checkout_payment(
    id: CheckoutId,
    version: i64,
    body: &RecordCheckoutPayment,
    key: &str,
) -> Result<Checkout> {
    act(id, "record-payment", version, body, key).await
}

/// `POST /checkouts/{id}/record-failure`
pub async fn record_checkout_failure(id: CheckoutId, version: i64, key: &str) -> Result<Checkout> {
    act(id, "record-failure", version, &serde_json::Map::new(), key).await
}
