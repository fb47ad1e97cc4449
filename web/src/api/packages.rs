//! Packages: a number of leads that a business commits to.

use tradepost_contract::packages::{CancelPackage, CreatePackage, Package};
use tradepost_contract::{PackageId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /packages`
pub async fn list_packages(query: ListQuery) -> Result<Page<Package>> {
    Call::get(query.behind("/packages")).send().await
}

/// `POST /packages`
pub async fn create_package(body: &CreatePackage, key: &str) -> Result<Package> {
    Call::post("/packages").once(key).json(body).send().await
}

/// `POST /packages/{id}/pay`
pub async fn pay_package(id: PackageId, key: &str) -> Result<Package> {
    Call::post(format!("/packages/{id}/pay"))
        .once(key)
        .json(&serde_json::Map::new())
        .send()
        .await
}

/// `POST /packages/{id}/cancel`
pub async fn cancel_package(id: PackageId, body: &CancelPackage, key: &str) -> Result<Package> {
    Call::post(format!("/packages/{id}/cancel"))
        .once(key)
        .json(body)
        .send()
        .await
}
