//! The keys of integrators.

use tradepost_contract::api_keys::{ApiKey, CreateApiKey, CreatedApiKey};
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
