//! Invoices and their payments.

use tradepost_contract::invoices::{Invoice, InvoiceLine, WriteInvoiceOff};
use tradepost_contract::payments::{PayInvoice, Payment, PaymentOutcome, RecordPayment};
use tradepost_contract::{InvoiceId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /invoices`
pub async fn list_invoices(query: ListQuery) -> Result<Page<Invoice>> {
    Call::get(query.behind("/invoices")).send().await
}

/// `GET /invoices/{id}`
pub async fn get_invoice(id: InvoiceId) -> Result<Invoice> {
    Call::get(format!("/invoices/{id}")).send().await
}

/// `GET /invoices/{id}/lines`
pub async fn list_invoice_lines(id: InvoiceId, query: ListQuery) -> Result<Page<InvoiceLine>> {
    Call::get(query.behind(&format!("/invoices/{id}/lines"))).send().await
}

/// `GET /invoices/{id}/payments`
pub async fn list_invoice_payments(id: InvoiceId) -> Result<Page<Payment>> {
    Call::get(format!("/invoices/{id}/payments?limit=100")).send().await
}

/// `POST /invoices/{id}/payments`
pub async fn record_payment(id: InvoiceId, body: &RecordPayment, key: &str) -> Result<Payment> {
    Call::post(format!("/invoices/{id}/payments"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /invoices/{id}/pay`
pub async fn pay_invoice(id: InvoiceId, body: &PayInvoice, key: &str) -> Result<PaymentOutcome> {
    Call::post(format!("/invoices/{id}/pay"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /invoices/{id}/write-off`
pub async fn write_invoice_off(id: InvoiceId, version: i64, body: &WriteInvoiceOff, key: &str) -> Result<Invoice> {
    Call::post(format!("/invoices/{id}/write-off"))
        .once(key)
        .if_version(version)
        .json(body)
        .send()
        .await
}
