//! Lead sources, and what they were sent.

use tradepost_contract::lead_sources::{
    CreateLeadSource, LeadSource, LeadSourceAction, LeadSourcePost, LeadSourcePostDetail, LeadSourceTrial,
    LeadSourceWithSecret, RotateLeadSourceSecret, TryLeadSource, UpdateLeadSource,
};
use tradepost_contract::{LeadSourceId, LeadSourcePostId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /lead-sources`
pub async fn list_sources(query: ListQuery) -> Result<Page<LeadSource>> {
    Call::get(query.behind("/lead-sources")).send().await
}

/// `GET /lead-sources/{id}`
pub async fn get_source(id: LeadSourceId) -> Result<LeadSource> {
    Call::get(format!("/lead-sources/{id}")).send().await
}

/// `POST /lead-sources`
pub async fn create_source(body: &CreateLeadSource, key: &str) -> Result<LeadSourceWithSecret> {
    Call::post("/lead-sources").once(key).json(body).send().await
}

/// `PATCH /lead-sources/{id}`
pub async fn update_source(id: LeadSourceId, version: i64, body: &UpdateLeadSource, key: &str) -> Result<LeadSource> {
    let call = Call::patch(format!("/lead-sources/{id}")).if_version(version);
    call.once(key).json(body).send().await
}

/// `POST /lead-sources/{id}/enable` and `/disable`
pub async fn turn(id: LeadSourceId, action: LeadSourceAction, key: &str) -> Result<LeadSource> {
    Call::post(format!("/lead-sources/{id}/{}", action.as_str()))
        .once(key)
        .send()
        .await
}

/// `POST /lead-sources/{id}/rotate-secret`
pub async fn rotate_secret(id: LeadSourceId, body: &RotateLeadSourceSecret, key: &str) -> Result<LeadSourceWithSecret> {
    let call = Call::post(format!("/lead-sources/{id}/rotate-secret"));
    call.once(key).json(body).send().await
}

/// `POST /lead-sources/{id}/try`
pub async fn try_source(id: LeadSourceId, body: &TryLeadSource) -> Result<LeadSourceTrial> {
    Call::post(format!("/lead-sources/{id}/try")).json(body).send().await
}

/// `GET /lead-sources/{id}/posts`
pub async fn list_posts(id: LeadSourceId, query: ListQuery) -> Result<Page<LeadSourcePost>> {
    let path = format!("/lead-sources/{id}/posts");
    Call::get(query.behind(&path)).send().await
}

/// `GET /lead-source-posts/{id}`
pub async fn get_post(id: LeadSourcePostId) -> Result<LeadSourcePostDetail> {
    Call::get(format!("/lead-source-posts/{id}")).send().await
}

/// `POST /lead-source-posts/{id}/rerun`
pub async fn rerun(id: LeadSourcePostId, key: &str) -> Result<LeadSourcePost> {
    Call::post(format!("/lead-source-posts/{id}/rerun"))
        .once(key)
        .send()
        .await
}
