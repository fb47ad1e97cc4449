//! Products: what is sold.

use tradepost_contract::lead_products::{CreateLeadProduct, LeadProduct, UpdateLeadProduct};
use tradepost_contract::{LeadProductId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /lead-products`
pub async fn list_lead_products(query: ListQuery) -> Result<Page<LeadProduct>> {
    Call::get(query.behind("/lead-products")).send().await
}

/// `GET /lead-products/{id}`
pub async fn get_lead_product(id: LeadProductId) -> Result<LeadProduct> {
    Call::get(format!("/lead-products/{id}")).send().await
}

/// `POST /lead-products`
pub async fn create_lead_product(body: &CreateLeadProduct, key: &str) -> Result<LeadProduct> {
    Call::post("/lead-products").once(key).json(body).send().await
}

/// `PATCH /lead-products/{id}`
pub async fn update_lead_product(
    id: LeadProductId,
    version: i64,
    body: &UpdateLeadProduct,
    key: &str,
) -> Result<LeadProduct> {
    Call::patch(format!("/lead-products/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}
