//! Statements, and the invoice that comes next.

use tradepost_contract::next_invoices::{NextInvoice, NextInvoiceLine};
use tradepost_contract::statements::Statement;
use tradepost_contract::{Page, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /suppliers/{id}/statement`
pub async fn get_statement(id: SupplierId, query: ListQuery) -> Result<Statement> {
    Call::get(query.behind(&format!("/suppliers/{id}/statement")))
        .send()
        .await
}

/// `GET /suppliers/{id}/next-invoice`
pub async fn get_next_invoice(id: SupplierId) -> Result<NextInvoice> {
    Call::get(format!("/suppliers/{id}/next-invoice")).send().await
}

/// `GET /suppliers/{id}/next-invoice/lines`
pub async fn list_next_invoice_lines(id: SupplierId, query: ListQuery) -> Result<Page<NextInvoiceLine>> {
    Call::get(query.behind(&format!("/suppliers/{id}/next-invoice/lines")))
        .send()
        .await
}
