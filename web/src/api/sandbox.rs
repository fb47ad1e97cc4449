//! The sandbox.

use tradepost_contract::sandbox::{DemoPeople, SandboxClock};

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
