//! Credit notes: corrections of final invoices.

use crate::{
    CreditNoteId, DeliveryId, InvoiceId, InvoiceLineId, Money, ProgrammeId, ReturnRequestId, SupplierId, Timestamp,
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
    /// The rest: a credit balance of the supplier.
    pub balance: Money,
}
