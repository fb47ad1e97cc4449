//! Changes that are asked for.

use tradepost_contract::change_requests::{
    ApproveChangeRequest, ChangeOptions, ChangeRequest, CreateChangeRequest, DeclineChangeRequest,
    WithdrawChangeRequest,
};
use tradepost_contract::{ChangeRequestId, Page, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /change-requests`
pub async fn list_change_requests(query: ListQuery) -> Result<Page<ChangeRequest>> {
    Call::get(query.behind("/change-requests")).send().await
}

/// `GET /change-requests/{id}`
pub async fn get_change_request(id: ChangeRequestId) -> Result<ChangeRequest> {
    Call::get(format!("/change-requests/{id}")).send().await
}

/// `GET /suppliers/{id}/change-options`
pub async fn get_change_options(id: SupplierId) -> Result<ChangeOptions> {
    Call::get(format!("/suppliers/{id}/change-options")).send().await
}

/// `POST /change-requests`
pub async fn create_change_request(body: &CreateChangeRequest, key: &str) -> Result<ChangeRequest> {
    Call::post("/change-requests").once(key).json(body).send().await
}

/// `POST /change-requests/{id}/approve`
pub async fn approve_change_request(
    id: ChangeRequestId,
    version: i64,
    body: &ApproveChangeRequest,
    key: &str,
) -> Result<ChangeRequest> {
    Call::post(format!("/change-requests/{id}/approve"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /change-requests/{id}/decline`
pub async fn decline_change_request(
    id: ChangeRequestId,
    version: i64,
    body: &DeclineChangeRequest,
    key: &str,
) -> Result<ChangeRequest> {
    Call::post(format!("/change-requests/{id}/decline"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /change-requests/{id}/withdraw`
pub async fn withdraw_change_request(
    id: ChangeRequestId,
    version: i64,
    body: &WithdrawChangeRequest,
    key: &str,
) -> Result<ChangeRequest> {
    Call::post(format!("/change-requests/{id}/withdraw"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
