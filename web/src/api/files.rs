//! What is read as a file rather than as a type.

use tradepost_contract::{CancellationId, CreditNoteId, InvoiceId, LegalEntityId, SubjectRequestId, SupplierId};

use super::Result;
use super::http::Call;

/// A file that the API makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// `GET /invoices/{id}/pdf`
    InvoicePdf(InvoiceId),
    /// `GET /invoices/{id}/lines.csv`
    InvoiceLines(InvoiceId),
    /// `GET /cancellations/{id}/document`
    CancellationDocument(CancellationId),
    /// `GET /credit-notes/{id}/pdf`
    CreditNotePdf(CreditNoteId),
    /// `GET /suppliers/{id}/statement.pdf`, with its first and last day
    StatementPdf(SupplierId, String, String),
    /// `GET /suppliers/{id}/statement.csv`, with its first and last day
    StatementCsv(SupplierId, String, String),
    /// `GET /journal.csv`, with its first and last day
    Journal(LegalEntityId, String, String),
    /// `GET /subject-requests/{id}/export`
    SubjectExport(SubjectRequestId),
}

impl File {
    fn path(&self) -> String {
        match self {
            Self::InvoicePdf(id) => format!("/invoices/{id}/pdf"),
            Self::InvoiceLines(id) => format!("/invoices/{id}/lines.csv"),
            Self::CancellationDocument(id) => format!("/cancellations/{id}/document"),
            Self::CreditNotePdf(id) => format!("/credit-notes/{id}/pdf"),
            Self::StatementPdf(id, from, to) => format!("/suppliers/{id}/statement.pdf?from={from}&to={to}"),
            Self::StatementCsv(id, from, to) => format!("/suppliers/{id}/statement.csv?from={from}&to={to}"),
            Self::SubjectExport(id) => format!("/subject-requests/{id}/export"),
            Self::Journal(id, from, to) => format!("/journal.csv?legal_entity_id={id}&from={from}&to={to}"),
        }
    }

    /// Fetches it: its kind and its bytes.
    pub async fn fetch(&self) -> Result<(String, Vec<u8>)> {
        Call::get(self.path()).bytes().await
    }
}
