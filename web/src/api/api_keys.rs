//! The keys of integrators.

use tradepost_contract::api_keys::{ApiKey, ApiKeyRequest, CreateApiKey, CreatedApiKey, RotateApiKey, UpdateApiKey};
use tradepost_contract::{ApiKeyId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /api-keys`
pub async fn list_api_keys(query: ListQuery) -> Result<Page<ApiKey>> {
    Call::get(query.behind("/api-keys")).send().await
}

/// `POST /api-keys`
pub async fn create_api_key(body: &CreateApiKey, key: &str) -> Result<CreatedApiKey> {
    Call::post("/api-keys").once(key).json(body).send().await
}

/// `POST /api-keys/{id}/revoke`
pub async fn revoke_api_key(id: ApiKeyId, key: &str) -> Result<ApiKey> {
    Call::post(format!("/api-keys/{id}/revoke")).once(key).send().await
}

/// `GET /api-keys/{id}`
pub async fn get_api_key(id: ApiKeyId) -> Result<ApiKey> {
    Call::get(format!("/api-keys/{id}")).send().await
}

/// `PATCH /api-keys/{id}`
pub async fn update_api_key(id: ApiKeyId, version: i64, body: &UpdateApiKey, key: &str) -> Result<ApiKey> {
    let call = Call::patch(format!("/api-keys/{id}")).if_version(version);
    call.once(key).json(body).send().await
}

/// `POST /api-keys/{id}/rotate`
pub async fn rotate_api_key(id: ApiKeyId, body: &RotateApiKey, key: &str) -> Result<CreatedApiKey> {
    let call = Call::post(format!("/api-keys/{id}/rotate"));
    call.once(key).json(body).send().await
}

/// `GET /api-keys/{id}/requests`
pub async fn list_requests(id: ApiKeyId, query: ListQuery) -> Result<Page<ApiKeyRequest>> {
    let path = format!("/api-keys/{id}/requests");
    Call::get(query.behind(&path)).send().await
}
