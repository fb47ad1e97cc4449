//! Payments.

use serde::Deserialize;
use tradepost_contract::payments::{Payment, PaymentAttempt, VoidPayment};
use tradepost_contract::{Page, PaymentId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /payments`
pub async fn list_payments(query: ListQuery) -> Result<Page<Payment>> {
    Call::get(query.behind("/payments")).send().await
}

/// The tries of a payment, which stand beside its own fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tries {
    /// The latest first.
    pub tries: Vec<PaymentAttempt>,
}

/// `GET /payments/{id}`
pub async fn get_payment(id: PaymentId) -> Result<(Payment, Tries)> {
    Call::get(format!("/payments/{id}")).send_both().await
}

/// `POST /payments/{id}/void`
pub async fn void_payment(id: PaymentId, version: i64, body: &VoidPayment, key: &str) -> Result<Payment> {
    Call::post(format!("/payments/{id}/void"))
        .once(key)
        .if_version(version)
        .json(body)
        .send()
        .await
}
