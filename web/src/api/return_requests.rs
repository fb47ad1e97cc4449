//! Return requests.

use serde::Deserialize;
use tradepost_contract::return_requests::{
    AppealReturnRequest, ApproveReturnRequest, CreateReturnRequest, DenyReturnRequest, ReturnCase, ReturnMessage,
    ReturnRequest, ReturnRequestDetail,
};
use tradepost_contract::{Page, ReturnRequestId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /return-requests`
pub async fn list_return_requests(query: ListQuery) -> Result<Page<ReturnRequest>> {
    Call::get(query.behind("/return-requests")).send().await
}

/// `GET /return-requests/{id}`
pub async fn get_return_request(id: ReturnRequestId) -> Result<ReturnRequestDetail> {
    let (request, more): (ReturnRequest, More) = Call::get(format!("/return-requests/{id}")).send_both().await?;
    Ok(ReturnRequestDetail {
        request,
        case: more.case,
    })
}

/// What a detail has beside the request.
#[derive(Deserialize)]
struct More {
    case: Option<ReturnCase>,
}

/// `GET /return-requests/{id}` as a supplier sees it: without the case, whose types a phone need not have.
pub async fn get_own_return_request(id: ReturnRequestId) -> Result<ReturnRequest> {
    Call::get(format!("/return-requests/{id}")).send().await
}

/// `POST /return-requests`
pub async fn create_return_request(body: &CreateReturnRequest, key: &str) -> Result<ReturnRequest> {
    Call::post("/return-requests").once(key).json(body).send().await
}

/// `POST /return-requests/{id}/approve`
pub async fn approve_return_request(
    id: ReturnRequestId,
    version: i64,
    body: &ApproveReturnRequest,
    key: &str,
) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/approve"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /return-requests/{id}/deny`
pub async fn deny_return_request(
    id: ReturnRequestId,
    version: i64,
    body: &DenyReturnRequest,
    key: &str,
) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/deny"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /return-requests/{id}/ask`
pub async fn ask_about_return_request(
    id: ReturnRequestId,
    version: i64,
    body: &ReturnMessage,
    key: &str,
) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/ask"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /return-requests/{id}/answer`
pub async fn answer_return_request(
    id: ReturnRequestId,
    version: i64,
    body: &ReturnMessage,
    key: &str,
) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/answer"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /return-requests/{id}/withdraw`
pub async fn withdraw_return_request(id: ReturnRequestId, version: i64, key: &str) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/withdraw"))
        .if_version(version)
        .once(key)
        .send()
        .await
}

/// `POST /return-requests/{id}/appeal`
pub async fn appeal_return_request(
    id: ReturnRequestId,
    version: i64,
    body: &AppealReturnRequest,
    key: &str,
) -> Result<ReturnRequest> {
    Call::post(format!("/return-requests/{id}/appeal"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
