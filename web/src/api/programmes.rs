//! Programmes.

use tradepost_contract::programmes::{CreateLegalEntity, CreateProgramme, LegalEntity, Programme, UpdateProgramme};
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

/// `POST /programmes`
pub async fn create_programme(body: &CreateProgramme, key: &str) -> Result<Programme> {
    Call::post("/programmes").once(key).json(body).send().await
}

/// `GET /legal-entities`: the companies that issue invoices; there are never many.
pub async fn list_legal_entities() -> Result<Page<LegalEntity>> {
    Call::get("/legal-entities?limit=100").send().await
}

/// `POST /legal-entities`
pub async fn create_legal_entity(body: &CreateLegalEntity, key: &str) -> Result<LegalEntity> {
    Call::post("/legal-entities").once(key).json(body).send().await
}
