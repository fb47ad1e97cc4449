//! Notices that suppliers accept (R82).

use tradepost_contract::SupplierId;
use tradepost_contract::notice_acceptances::{AcceptNotice, NoticeAcceptance, SupplierNotices};

use super::Result;
use super::http::Call;

/// `GET /suppliers/{id}/notices`
pub async fn get_supplier_notices(id: SupplierId) -> Result<SupplierNotices> {
    Call::get(format!("/suppliers/{id}/notices")).send().await
}

/// `POST /suppliers/{id}/notice-acceptances`
pub async fn accept_notice(id: SupplierId, body: &AcceptNotice, key: &str) -> Result<NoticeAcceptance> {
    Call::post(format!("/suppliers/{id}/notice-acceptances"))
        .once(key)
        .json(body)
        .send()
        .await
}
