//! Leads that are owed for returned ones.

use tradepost_contract::replacements::{ConvertReplacement, Replacement};
use tradepost_contract::{Page, ReplacementId, ReturnRequestId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /replacements`
pub async fn list_replacements(query: ListQuery) -> Result<Page<Replacement>> {
    Call::get(query.behind("/replacements")).send().await
}

/// `GET /replacements`, for the one that a return request was granted, if it was.
pub async fn replacement_of(request: ReturnRequestId) -> Result<Option<Replacement>> {
    let query = ListQuery::first(1).with("return_request_id", request.to_string());
    let mut page = list_replacements(query).await?;
    Ok(page.data.pop())
}

/// `POST /replacements/{id}/convert`
pub async fn convert_replacement(
    id: ReplacementId,
    version: i64,
    body: &ConvertReplacement,
    key: &str,
) -> Result<Replacement> {
    Call::post(format!("/replacements/{id}/convert"))
        .once(key)
        .if_version(version)
        .json(body)
        .send()
        .await
}
