//! Erasures that suppliers were told of.

use tradepost_contract::erasure_notices::{AcknowledgeErasure, ErasureNotice};
use tradepost_contract::{ErasureNoticeId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /erasure-notices`
pub async fn list_erasure_notices(query: ListQuery) -> Result<Page<ErasureNotice>> {
    Call::get(query.behind("/erasure-notices")).send().await
}

/// `POST /erasure-notices/{id}/acknowledge`
pub async fn acknowledge_erasure(id: ErasureNoticeId, key: &str) -> Result<ErasureNotice> {
    Call::post(format!("/erasure-notices/{id}/acknowledge"))
        .once(key)
        .json(&AcknowledgeErasure {})
        .send()
        .await
}
