//! The sandbox.

use tradepost_contract::sandbox::{AdvanceClock, DemoPeople, JobsRun, SandboxClock};

use super::Result;
use super::http::Call;

/// `GET /sandbox/people`
pub async fn list_demo_people() -> Result<DemoPeople> {
    Call::get("/sandbox/people").anonymous().send().await
}

/// `GET /sandbox/clock`
pub async fn get_sandbox_clock() -> Result<SandboxClock> {
    Call::get("/sandbox/clock").send().await
}

/// `POST /sandbox/clock/advance`
pub async fn advance_sandbox_clock(body: &AdvanceClock, key: &str) -> Result<JobsRun> {
    Call::post("/sandbox/clock/advance").once(key).json(body).send().await
}

/// `POST /sandbox/jobs/run`
pub async fn run_sandbox_jobs(key: &str) -> Result<JobsRun> {
    Call::post("/sandbox/jobs/run").once(key).send().await
}
