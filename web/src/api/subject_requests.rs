//! What persons behind leads ask for.

use tradepost_contract::subject_requests::{
    ActOnSubject, AllowSubjectExport, AnswerSubject, CreateSubjectRequest, RefuseSubject, SubjectFindings,
    SubjectRequest,
};
use tradepost_contract::{Page, SubjectRequestId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /subject-requests`
pub async fn list_subject_requests(query: ListQuery) -> Result<Page<SubjectRequest>> {
    Call::get(query.behind("/subject-requests")).send().await
}

/// `GET /subject-requests/{id}`
pub async fn get_subject_request(id: SubjectRequestId) -> Result<SubjectRequest> {
    Call::get(format!("/subject-requests/{id}")).send().await
}

/// `GET /subject-requests/{id}/findings`
pub async fn find_subject(id: SubjectRequestId) -> Result<SubjectFindings> {
    Call::get(format!("/subject-requests/{id}/findings")).send().await
}

/// `POST /subject-requests`
pub async fn create_subject_request(body: &CreateSubjectRequest, key: &str) -> Result<SubjectRequest> {
    Call::post("/subject-requests").once(key).json(body).send().await
}

/// `POST /subject-requests/{id}/allow-export`
pub async fn allow_subject_export(
    id: SubjectRequestId,
    body: &AllowSubjectExport,
    key: &str,
) -> Result<SubjectRequest> {
    Call::post(format!("/subject-requests/{id}/allow-export"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /subject-requests/{id}/answer`
pub async fn answer_subject_request(id: SubjectRequestId, version: i64, key: &str) -> Result<SubjectRequest> {
    Call::post(format!("/subject-requests/{id}/answer"))
        .if_version(version)
        .once(key)
        .json(&AnswerSubject {})
        .send()
        .await
}

/// `POST /subject-requests/{id}/refuse`
pub async fn refuse_subject_request(
    id: SubjectRequestId,
    version: i64,
    body: &RefuseSubject,
    key: &str,
) -> Result<SubjectRequest> {
    Call::post(format!("/subject-requests/{id}/refuse"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /subject-requests/{id}/restrict`
pub async fn restrict_subject(
    id: SubjectRequestId,
    version: i64,
    body: &ActOnSubject,
    key: &str,
) -> Result<SubjectRequest> {
    Call::post(format!("/subject-requests/{id}/restrict"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /subject-requests/{id}/erase`
pub async fn erase_subject(
    id: SubjectRequestId,
    version: i64,
    body: &ActOnSubject,
    key: &str,
) -> Result<SubjectRequest> {
    Call::post(format!("/subject-requests/{id}/erase"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
