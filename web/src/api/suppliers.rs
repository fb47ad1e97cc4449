//! Suppliers.

use tradepost_contract::suppliers::Supplier;
use tradepost_contract::{Page, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /suppliers`
pub async fn list_suppliers(query: ListQuery) -> Result<Page<Supplier>> {
    Call::get(query.behind("/suppliers")).send().await
}

/// `GET /suppliers/{id}`
pub async fn get_supplier(id: SupplierId) -> Result<Supplier> {
    Call::get(format!("/suppliers/{id}")).send().await
}
