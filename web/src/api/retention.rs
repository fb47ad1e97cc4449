//! What goes by time, and leads that are held.

use tradepost_contract::lead_holds::{CreateLeadHold, LeadHold, LiftLeadHold};
use tradepost_contract::retention::RetentionReport;
use tradepost_contract::{LeadHoldId, Page, ProgrammeId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /programmes/{id}/retention`
pub async fn get_programme_retention(id: ProgrammeId) -> Result<RetentionReport> {
    Call::get(format!("/programmes/{id}/retention")).send().await
}

/// `GET /lead-holds`
pub async fn list_lead_holds(query: ListQuery) -> Result<Page<LeadHold>> {
    Call::get(query.behind("/lead-holds")).send().await
}

/// `POST /lead-holds`
pub async fn create_lead_hold(body: &CreateLeadHold, key: &str) -> Result<LeadHold> {
    Call::post("/lead-holds").once(key).json(body).send().await
}

/// `POST /lead-holds/{id}/lift`
pub async fn lift_lead_hold(id: LeadHoldId, key: &str) -> Result<LeadHold> {
    Call::post(format!("/lead-holds/{id}/lift"))
        .once(key)
        .json(&LiftLeadHold {})
        .send()
        .await
}
