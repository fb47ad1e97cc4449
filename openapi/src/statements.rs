//! Statements: what happened on a supplier's account between two days.

use crate::{CreditNoteId, Currency, InvoiceId, LegalEntityId, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// What moved the balance.
    pub enum StatementEntryKind {
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit_note",
        /// A payment.
        Payment = "payment",
        /// A refund.
        Refund = "refund",
        /// Something else, such as a payment that came back.
        Other = "other",
    }
}

/// One movement of what is owed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StatementEntry {
    /// When.
    pub at: Timestamp,
    /// The day of that, in the programme's time zone.
    pub on: LocalDate,
    /// What it was.
    pub kind: StatementEntryKind,
    /// In words, with the number of the document.
    #[schema(example = "Invoice TPUS-000042")]
    pub text: String,
    /// The invoice, or the one that was paid.
    pub invoice_id: Option<InvoiceId>,
    /// The credit note.
    pub credit_note_id: Option<CreditNoteId>,
    /// What it added to what is owed; below zero it took off.
    pub amount: Money,
    /// What is owed after it; below zero it is credit of the supplier.
    pub balance: Money,
}

/// What happened with one legal entity in one currency.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StatementAccount {
    /// To whom it is owed.
    pub legal_entity_id: LegalEntityId,
    /// Its name.
    pub legal_entity_name: String,
    /// In which currency.
    pub currency: Currency,
    /// What was owed before the first day.
    pub opening: Money,
    /// What invoices added.
    pub invoiced: Money,
    /// What payments took off.
    pub paid: Money,
    /// What credit notes took off.
    pub credited: Money,
    /// What refunds added.
    pub refunded: Money,
    /// What anything else added.
    pub other: Money,
    /// What is owed at the end of the last day: opening + invoiced − paid − credited + refunded + other.
    pub closing: Money,
    /// The movements, the oldest first.
    pub entries: Vec<StatementEntry>,
}

/// What happened on a supplier's account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Statement {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// Its programme.
    pub programme_id: ProgrammeId,
    /// The time zone in which its days are.
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// The first day.
    pub from: LocalDate,
    /// The last day.
    pub to: LocalDate,
    /// One entry a legal entity and currency; usually there is one.
    pub accounts: Vec<StatementAccount>,
}
