//! Stored ways to pay, and how a supplier is collected from.

use tradepost_contract::payment_methods::{
    Authorisation, CreateMethodSession, MethodSession, RevokeAuthorisation, StoredMethod, UpdateAuthorisation,
};
use tradepost_contract::{Page, PaymentMethodId, PaymentMethodSessionId, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /payment-methods`
pub async fn list_payment_methods(query: ListQuery) -> Result<Page<StoredMethod>> {
    Call::get(query.behind("/payment-methods")).send().await
}

/// `POST /payment-methods/{id}/make-default`
pub async fn make_payment_method_default(id: PaymentMethodId, key: &str) -> Result<StoredMethod> {
    act(id, "make-default", key).await
}

/// `POST /payment-methods/{id}/remove`
pub async fn remove_payment_method(id: PaymentMethodId, key: &str) -> Result<StoredMethod> {
    act(id, "remove", key).await
}

async fn act(id: PaymentMethodId, action: &str, key: &str) -> Result<StoredMethod> {
    Call::post(format!("/payment-methods/{id}/{action}"))
        .once(key)
        .json(&serde_json::Map::new())
        .send()
        .await
}

/// `POST /payment-method-sessions`
pub async fn create_payment_method_session(body: &CreateMethodSession, key: &str) -> Result<MethodSession> {
    Call::post("/payment-method-sessions").once(key).json(body).send().await
}

/// `GET /payment-method-sessions/{id}`
pub async fn get_payment_method_session(id: PaymentMethodSessionId) -> Result<MethodSession> {
    Call::get(format!("/payment-method-sessions/{id}")).send().await
}

/// `GET /suppliers/{id}/authorisation`
pub async fn get_authorisation(id: SupplierId) -> Result<Authorisation> {
    Call::get(format!("/suppliers/{id}/authorisation")).send().await
}

/// `PATCH /suppliers/{id}/authorisation`
pub async fn update_authorisation(id: SupplierId, body: &UpdateAuthorisation, key: &str) -> Result<Authorisation> {
    Call::patch(format!("/suppliers/{id}/authorisation"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/authorisation/revoke`
pub async fn revoke_authorisation(id: SupplierId, body: &RevokeAuthorisation, key: &str) -> Result<Authorisation> {
    Call::post(format!("/suppliers/{id}/authorisation/revoke"))
        .once(key)
        .json(body)
        .send()
        .await
}
