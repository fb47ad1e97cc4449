//! Cancellations of accounts.

use tradepost_contract::cancellations::{
    Cancellation, CancellationPreview, CreateCancellation, UpdateCancellation, WithdrawCancellation,
};
use tradepost_contract::{CancellationId, Page, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /cancellations`
pub async fn list_cancellations(query: ListQuery) -> Result<Page<Cancellation>> {
    Call::get(query.behind("/cancellations")).send().await
}

/// `GET /suppliers/{id}/cancellation-preview`
pub async fn get_cancellation_preview(id: SupplierId, query: ListQuery) -> Result<CancellationPreview> {
    Call::get(query.behind(&format!("/suppliers/{id}/cancellation-preview")))
        .send()
        .await
}

/// `POST /cancellations`
pub async fn create_cancellation(body: &CreateCancellation, key: &str) -> Result<Cancellation> {
    Call::post("/cancellations").once(key).json(body).send().await
}

/// `PATCH /cancellations/{id}`
pub async fn update_cancellation(
    id: CancellationId,
    version: i64,
    body: &UpdateCancellation,
    key: &str,
) -> Result<Cancellation> {
    Call::patch(format!("/cancellations/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /cancellations/{id}/withdraw`
pub async fn withdraw_cancellation(
    id: CancellationId,
    version: i64,
    body: &WithdrawCancellation,
    key: &str,
) -> Result<Cancellation> {
    Call::post(format!("/cancellations/{id}/withdraw"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
