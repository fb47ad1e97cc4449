//! Finding anything.

use tradepost_contract::search::SearchResults;

use super::Result;
use super::http::Call;
use crate::router::encode;

/// `GET /search`
pub async fn search(text: &str) -> Result<SearchResults> {
    Call::get(format!("/search?q={}", encode(text))).send().await
}
