//! Credit notes: corrections of final invoices.

use crate::{
    CreditAllocationId, CreditNoteId, CreditRefundId, DeliveryId, InvoiceId, InvoiceLineId, LocalDate, Money,
    ProgrammeId, ReturnRequestId, SupplierId, Timestamp,
};

/// A correction of one line of a final invoice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreditNote {
    /// The credit note's id.
    pub id: CreditNoteId,
    /// Its number: gapless within the legal entity that issues it.
    #[schema(example = "TPUS-C-000007")]
    pub number: String,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// What it is called.
    pub programme_name: String,
    /// Who is credited.
    pub supplier_id: SupplierId,
    /// That supplier's name.
    pub supplier_name: String,
    /// The invoice it corrects.
    pub invoice_id: InvoiceId,
    /// That invoice's number.
    pub invoice_number: String,
    /// The line it corrects.
    pub invoice_line_id: InvoiceLineId,
    /// The delivery that line charged for.
    pub delivery_id: Option<DeliveryId>,
    /// The return request that it remedies; there is at most one credit note for each (R30).
    pub return_request_id: Option<ReturnRequestId>,
    /// Why, in words.
    pub reason: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Credited before tax.
    pub net: Money,
    /// The tax given back, in proportion.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// How much of it reduced what was still open on the invoice.
    pub applied: Money,
    /// The rest: credit of the account.
    pub balance: Money,
    /// How much of that credit later invoices used.
    pub used: Money,
    /// How much of it was paid out.
    pub refunded: Money,
    /// What is left of it.
    pub left: Money,
}

/// What one invoice used of a credit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreditAllocation {
    /// Its id.
    pub id: CreditAllocationId,
    /// The credit note that left the credit.
    pub credit_note_id: CreditNoteId,
    /// That credit note's number.
    pub credit_note_number: String,
    /// The invoice that used it.
    pub invoice_id: InvoiceId,
    /// How much.
    pub amount: Money,
    /// When.
    pub created_at: Timestamp,
}

/// The credits that paid a part of an invoice when it was issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreditAllocations {
    /// All of them, the oldest credit first.
    pub data: Vec<CreditAllocation>,
}

/// Credit that was paid out by bank transfer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreditRefund {
    /// Its id.
    pub id: CreditRefundId,
    /// The credit note that left the credit.
    pub credit_note_id: CreditNoteId,
    /// Who got it.
    pub supplier_id: SupplierId,
    /// How much.
    pub amount: Money,
    /// The bank's reference; unique for the credit note.
    pub reference: String,
    /// The day it was sent.
    pub refunded_on: LocalDate,
    /// Why it was paid out rather than kept for the next invoice.
    pub reason: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// The refunds of a credit note.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreditRefunds {
    /// All of them, the oldest first.
    pub data: Vec<CreditRefund>,
}

/// Records that credit was paid out by bank transfer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCreditRefund {
    /// How much; without it, all that is left. More than is left is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The bank's reference, 1 to 140 characters; the same one twice on a credit note is a `duplicate`.
    #[schema(example = "FPS 2026-03-09 4711")]
    pub reference: String,
    /// The day it was sent: not in the future.
    pub refunded_on: LocalDate,
    /// Why it is paid out, 1 to 500 characters.
    #[schema(example = "The account is closed.")]
    pub reason: String,
}
