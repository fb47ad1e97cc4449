//! Programmes.

use tradepost_contract::programmes::{Programme, UpdateProgramme};
use tradepost_contract::{Page, ProgrammeId};

use super::Result;
use super::http::Call;

/// `GET /programmes`: all that one may see; there are never many.
pub async fn list_programmes() -> Result<Page<Programme>> {
    Call::get("/programmes?limit=100").send().await
}

/// `GET /programmes/{id}`
pub async fn get_programme(id: ProgrammeId) -> Result<Programme> {
    Call::get(format!("/programmes/{id}")).send().await
}

/// `PATCH /programmes/{id}`
pub async fn update_programme(id: ProgrammeId, version: i64, body: &UpdateProgramme, key: &str) -> Result<Programme> {
    Call::patch(format!("/programmes/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
