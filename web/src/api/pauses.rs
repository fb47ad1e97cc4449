//! Pauses of orders and accounts.

use tradepost_contract::pauses::{CreatePause, EndPause, Pause, PauseAllowance};
use tradepost_contract::{OrderId, Page, PauseId, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /pauses`
pub async fn list_pauses(query: ListQuery) -> Result<Page<Pause>> {
    Call::get(query.behind("/pauses")).send().await
}

/// `GET /suppliers/{id}/pause-allowance`
pub async fn get_pause_allowance(id: SupplierId, order: Option<OrderId>) -> Result<PauseAllowance> {
    let of_order = order.map(|order| format!("?order_id={order}")).unwrap_or_default();
    Call::get(format!("/suppliers/{id}/pause-allowance{of_order}"))
        .send()
        .await
}

/// `POST /pauses`
pub async fn create_pause(body: &CreatePause, key: &str) -> Result<Pause> {
    Call::post("/pauses").once(key).json(body).send().await
}

/// `POST /pauses/{id}/end`
pub async fn end_pause(id: PauseId, version: i64, body: &EndPause, key: &str) -> Result<Pause> {
    Call::post(format!("/pauses/{id}/end"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
