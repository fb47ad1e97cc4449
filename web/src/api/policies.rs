//! Policies: what is in force, and drafts of what will be.

use tradepost_contract::programmes::{
    CreatePolicyDraft, PolicyComparison, PolicyVersion, PolicyVersionSummary, ProgrammePolicy, UpdatePolicyDraft,
};
use tradepost_contract::{Page, PolicyVersionId, ProgrammeId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /programmes/{id}/policy`
pub async fn get_programme_policy(id: ProgrammeId) -> Result<ProgrammePolicy> {
    Call::get(format!("/programmes/{id}/policy")).send().await
}

/// `GET /programmes/{id}/policy-versions`
pub async fn list_policy_versions(id: ProgrammeId, query: ListQuery) -> Result<Page<PolicyVersionSummary>> {
    Call::get(query.behind(&format!("/programmes/{id}/policy-versions")))
        .send()
        .await
}

/// `GET /policy-drafts`
pub async fn list_policy_drafts(query: ListQuery) -> Result<Page<PolicyVersionSummary>> {
    Call::get(query.behind("/policy-drafts")).send().await
}

/// `GET /policy-drafts/{id}`
pub async fn get_policy_draft(id: PolicyVersionId) -> Result<PolicyVersion> {
    Call::get(format!("/policy-drafts/{id}")).send().await
}

/// `GET /policy-versions/{id}`
pub async fn get_policy_version(id: PolicyVersionId) -> Result<PolicyVersion> {
    Call::get(format!("/policy-versions/{id}")).send().await
}

/// `GET /policy-drafts/{id}/comparison`
pub async fn compare_policy_draft(id: PolicyVersionId) -> Result<PolicyComparison> {
    Call::get(format!("/policy-drafts/{id}/comparison")).send().await
}

/// `POST /programmes/{id}/policy-drafts`
pub async fn create_policy_draft(id: ProgrammeId, body: &CreatePolicyDraft, key: &str) -> Result<PolicyVersion> {
    Call::post(format!("/programmes/{id}/policy-drafts"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `PATCH /policy-drafts/{id}`
pub async fn update_policy_draft(
    id: PolicyVersionId,
    version: i64,
    body: &UpdatePolicyDraft,
    key: &str,
) -> Result<PolicyVersion> {
    Call::patch(format!("/policy-drafts/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /policy-drafts/{id}/publish`
pub async fn publish_policy_draft(id: PolicyVersionId, version: i64, key: &str) -> Result<PolicyVersion> {
    Call::post(format!("/policy-drafts/{id}/publish"))
        .if_version(version)
        .once(key)
        .send()
        .await
}

/// `POST /policy-drafts/{id}/discard`
pub async fn discard_policy_draft(id: PolicyVersionId, version: i64, key: &str) -> Result<PolicyVersion> {
    Call::post(format!("/policy-drafts/{id}/discard"))
        .if_version(version)
        .once(key)
        .send()
        .await
}
