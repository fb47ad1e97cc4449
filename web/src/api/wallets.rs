//! Wallets: what suppliers pay in advance, and what becomes of it.

use tradepost_contract::payments::Payment;
use tradepost_contract::wallets::{CloseWallet, RecordTopUp, SetAutoRecharge, TopUp, Wallet, WalletEntry, WalletTerms};
use tradepost_contract::{Page, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

fn path(id: SupplierId, below: &str) -> String {
    format!("/suppliers/{id}/wallet{below}")
}

/// `GET /suppliers/{id}/wallet`
pub async fn get_wallet(id: SupplierId) -> Result<Wallet> {
    Call::get(path(id, "")).send().await
}

/// `GET /suppliers/{id}/wallet/entries`
pub async fn list_wallet_entries(id: SupplierId, query: ListQuery) -> Result<Page<WalletEntry>> {
    Call::get(query.behind(&path(id, "/entries"))).send().await
}

/// `POST /suppliers/{id}/wallet/top-ups`
pub async fn top_up_wallet(id: SupplierId, body: &TopUp, key: &str) -> Result<Payment> {
    Call::post(path(id, "/top-ups")).once(key).json(body).send().await
}

/// `PATCH /suppliers/{id}/wallet/auto-recharge`
pub async fn set_auto_recharge(id: SupplierId, version: i64, body: &SetAutoRecharge, key: &str) -> Result<Wallet> {
    Call::patch(path(id, "/auto-recharge"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/wallet`
pub async fn open_wallet(id: SupplierId, body: &WalletTerms, key: &str) -> Result<Wallet> {
    Call::post(path(id, "")).once(key).json(body).send().await
}

/// `PATCH /suppliers/{id}/wallet`
pub async fn update_wallet(id: SupplierId, version: i64, body: &WalletTerms, key: &str) -> Result<Wallet> {
    Call::patch(path(id, ""))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/wallet/close`
pub async fn close_wallet(id: SupplierId, version: i64, body: &CloseWallet, key: &str) -> Result<Wallet> {
    Call::post(path(id, "/close"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /suppliers/{id}/wallet/payments`
pub async fn record_wallet_payment(id: SupplierId, body: &RecordTopUp, key: &str) -> Result<Payment> {
    Call::post(path(id, "/payments")).once(key).json(body).send().await
}
