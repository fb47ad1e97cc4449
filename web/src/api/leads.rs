//! Leads, and what became of them on the market.

use tradepost_contract::leads::{DecideLead, Lead, LeadDetail, LeadReceipt, LeadTrace, ReleaseLead};
use tradepost_contract::{LeadId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /leads`
pub async fn list_leads(query: ListQuery) -> Result<Page<Lead>> {
    Call::get(query.behind("/leads")).send().await
}

/// `GET /leads/{id}`
pub async fn get_lead(id: LeadId) -> Result<LeadDetail> {
    Call::get(format!("/leads/{id}")).send().await
}

/// `GET /leads/{id}/trace`
pub async fn get_lead_trace(id: LeadId) -> Result<LeadTrace> {
    Call::get(format!("/leads/{id}/trace")).send().await
}

/// `POST /leads/{id}/release`
pub async fn release_lead(id: LeadId, version: i64, body: &ReleaseLead, key: &str) -> Result<LeadReceipt> {
    Call::post(format!("/leads/{id}/release"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /leads/{id}/reject`
pub async fn reject_lead(id: LeadId, version: i64, body: &DecideLead, key: &str) -> Result<Lead> {
    Call::post(format!("/leads/{id}/reject"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /leads/{id}/withdraw`
pub async fn withdraw_lead(id: LeadId, version: i64, body: &DecideLead, key: &str) -> Result<Lead> {
    Call::post(format!("/leads/{id}/withdraw"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
