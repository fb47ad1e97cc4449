//! What a programme sells at its checkout.

use tradepost_contract::SupplierId;
use tradepost_contract::storefronts::Storefront;

use super::Result;
use super::http::Call;
use crate::router::encode;

/// `GET /storefronts/{slug}`
pub async fn get_storefront(slug: &str) -> Result<Storefront> {
    Call::get(format!("/storefronts/{}", encode(slug)))
        .anonymous()
        .send()
        .await
}

/// `GET /suppliers/{id}/storefront`
pub async fn get_supplier_storefront(id: SupplierId) -> Result<Storefront> {
    Call::get(format!("/suppliers/{id}/storefront")).send().await
}
