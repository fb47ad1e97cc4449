//! Credit notes.

use tradepost_contract::credit_notes::{
    CreditAllocations, CreditNote, CreditRefund, CreditRefunds, RecordCreditRefund,
};
use tradepost_contract::{CreditNoteId, InvoiceId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /credit-notes`
pub async fn list_credit_notes(query: ListQuery) -> Result<Page<CreditNote>> {
    Call::get(query.behind("/credit-notes")).send().await
}

/// `GET /credit-notes/{id}`
pub async fn get_credit_note(id: CreditNoteId) -> Result<CreditNote> {
    Call::get(format!("/credit-notes/{id}")).send().await
}

/// `POST /credit-notes/{id}/refunds`
pub async fn record_credit_refund(id: CreditNoteId, body: &RecordCreditRefund, key: &str) -> Result<CreditRefund> {
    Call::post(format!("/credit-notes/{id}/refunds"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `GET /invoices/{id}/credits`
pub async fn list_invoice_credits(id: InvoiceId) -> Result<CreditAllocations> {
    Call::get(format!("/invoices/{id}/credits")).send().await
}

/// `GET /credit-notes/{id}/refunds`
pub async fn list_credit_refunds(id: CreditNoteId) -> Result<CreditRefunds> {
    Call::get(format!("/credit-notes/{id}/refunds")).send().await
}
