//! Files of leads.

use js_sys::Uint8Array;
use tradepost_contract::lead_imports::{LeadImport, LeadImportRow, RunLeadImport};
use tradepost_contract::{LeadImportId, LeadProductId, Page, ProgrammeId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;
use crate::routes::api_path;

/// `GET /lead-imports`
pub async fn list_lead_imports(query: ListQuery) -> Result<Page<LeadImport>> {
    Call::get(query.behind("/lead-imports")).send().await
}

/// `GET /lead-imports/{id}`
pub async fn get_lead_import(id: LeadImportId) -> Result<LeadImport> {
    Call::get(format!("/lead-imports/{id}")).send().await
}

/// `POST /lead-imports`: the body is the file, in whatever encoding it came.
pub async fn create_lead_import(
    programme: ProgrammeId,
    product: LeadProductId,
    file_name: &str,
    source: Option<String>,
    file: &Uint8Array,
    key: &str,
) -> Result<LeadImport> {
    let query = [
        ("programme_id", Some(programme.to_string())),
        ("product_id", Some(product.to_string())),
        ("file_name", Some(file_name.to_owned())),
        ("source", source),
    ];
    Call::post(api_path("/lead-imports", &query))
        .once(key)
        .file("text/csv", file)
        .send()
        .await
}

/// `POST /lead-imports/{id}/check`
pub async fn check_lead_import(id: LeadImportId, version: i64, body: &RunLeadImport, key: &str) -> Result<LeadImport> {
    Call::post(format!("/lead-imports/{id}/check"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /lead-imports/{id}/start`
pub async fn start_lead_import(id: LeadImportId, version: i64, body: &RunLeadImport, key: &str) -> Result<LeadImport> {
    Call::post(format!("/lead-imports/{id}/start"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /lead-imports/{id}/cancel`
pub async fn cancel_lead_import(id: LeadImportId, version: i64, key: &str) -> Result<LeadImport> {
    Call::post(format!("/lead-imports/{id}/cancel"))
        .if_version(version)
        .once(key)
        .send()
        .await
}

/// `GET /lead-imports/{id}/rows`
pub async fn list_lead_import_rows(id: LeadImportId, query: ListQuery) -> Result<Page<LeadImportRow>> {
    Call::get(query.behind(&format!("/lead-imports/{id}/rows")))
        .send()
        .await
}

/// `GET /lead-imports/{id}/rows.csv`
pub async fn get_lead_import_rows_csv(id: LeadImportId) -> Result<String> {
    Call::get(format!("/lead-imports/{id}/rows.csv")).text().await
}
