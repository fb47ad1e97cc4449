//! Programmes.

use tradepost_contract::Page;
use tradepost_contract::programmes::Programme;

use super::Result;
use super::http::Call;

/// `GET /programmes`: all that one may see; there are never many.
pub async fn list_programmes() -> Result<Page<Programme>> {
    Call::get("/programmes?limit=100").send().await
}
