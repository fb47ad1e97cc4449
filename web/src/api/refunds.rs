//! Refunds.

use tradepost_contract::refunds::{CreateRefund, DecideRefund, Refund};
use tradepost_contract::{Page, RefundId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /refunds`
pub async fn list_refunds(query: ListQuery) -> Result<Page<Refund>> {
    Call::get(query.behind("/refunds")).send().await
}

/// `POST /refunds`
pub async fn create_refund(body: &CreateRefund, key: &str) -> Result<Refund> {
    Call::post("/refunds").once(key).json(body).send().await
}

/// `POST /refunds/{id}/approve`
pub async fn approve_refund(id: RefundId, body: &DecideRefund, key: &str) -> Result<Refund> {
    Call::post(format!("/refunds/{id}/approve"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /refunds/{id}/refuse`
pub async fn refuse_refund(id: RefundId, body: &DecideRefund, key: &str) -> Result<Refund> {
    Call::post(format!("/refunds/{id}/refuse"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /refunds/{id}/send-again`
pub async fn send_refund_again(id: RefundId, key: &str) -> Result<Refund> {
    Call::post(format!("/refunds/{id}/send-again")).once(key).send().await
}
