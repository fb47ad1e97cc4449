//! Billing runs.

use tradepost_contract::billing_runs::{BillingRun, BillingRunPreview, CreateBillingRun, ResumeBillingRun};
use tradepost_contract::{BillingRunId, LocalDate, Page, ProgrammeId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;
use crate::routes::api_path;

/// `GET /billing-runs`
pub async fn list_billing_runs(query: ListQuery) -> Result<Page<BillingRun>> {
    Call::get(query.behind("/billing-runs")).send().await
}

/// `GET /billing-runs/{id}`
pub async fn get_billing_run(id: BillingRunId) -> Result<BillingRun> {
    Call::get(format!("/billing-runs/{id}")).send().await
}

/// `GET /billing-runs/preview`
pub async fn preview_billing_run(programme: ProgrammeId, starts_on: Option<LocalDate>) -> Result<BillingRunPreview> {
    let query = [
        ("programme_id", Some(programme.to_string())),
        ("starts_on", starts_on.map(|day| day.to_string())),
    ];
    Call::get(api_path("/billing-runs/preview", &query)).send().await
}

/// `POST /billing-runs`
pub async fn create_billing_run(body: &CreateBillingRun, key: &str) -> Result<BillingRun> {
    Call::post("/billing-runs").once(key).json(body).send().await
}

/// `POST /billing-runs/{id}/resume`
pub async fn resume_billing_run(
    id: BillingRunId,
    version: i64,
    body: &ResumeBillingRun,
    key: &str,
) -> Result<BillingRun> {
    Call::post(format!("/billing-runs/{id}/resume"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
