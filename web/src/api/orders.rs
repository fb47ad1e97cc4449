//! Standing orders.

use tradepost_contract::leads::MissedLead;
use tradepost_contract::orders::{ChangeOrderStatus, CreateOrder, Order, UpdateOrder};
use tradepost_contract::{OrderId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /orders`
pub async fn list_orders(query: ListQuery) -> Result<Page<Order>> {
    Call::get(query.behind("/orders")).send().await
}

/// `GET /orders/{id}`
pub async fn get_order(id: OrderId) -> Result<Order> {
    Call::get(format!("/orders/{id}")).send().await
}

/// `GET /orders/{id}/missed-leads`
pub async fn list_missed_leads(id: OrderId, query: ListQuery) -> Result<Page<MissedLead>> {
    Call::get(query.behind(&format!("/orders/{id}/missed-leads")))
        .send()
        .await
}

/// `POST /orders`
pub async fn create_order(body: &CreateOrder, key: &str) -> Result<Order> {
    Call::post("/orders").once(key).json(body).send().await
}

/// `PATCH /orders/{id}`
pub async fn update_order(id: OrderId, version: i64, body: &UpdateOrder, key: &str) -> Result<Order> {
    Call::patch(format!("/orders/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /orders/{id}/resume`
pub async fn resume_order(id: OrderId, version: i64, body: &ChangeOrderStatus, key: &str) -> Result<Order> {
    Call::post(format!("/orders/{id}/resume"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /orders/{id}/cancel`
pub async fn cancel_order(id: OrderId, version: i64, body: &ChangeOrderStatus, key: &str) -> Result<Order> {
    Call::post(format!("/orders/{id}/cancel"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
