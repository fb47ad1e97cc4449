//! Payments as finance records them: money that arrived outside Tradepost, with its reference.

use crate::{InvoiceId, LocalDate, Money, PaymentId, SupplierId, Timestamp};

text_enum! {
    /// How the money came.
    pub enum PaymentMethod {
        /// A bank transfer.
        BankTransfer = "bank_transfer",
        /// A BACS payment (UK).
        Bacs = "bacs",
        /// A card.
        Card = "card",
        /// A direct debit.
        DirectDebit = "direct_debit",
        /// An ACH transfer (US).
        Ach = "ach",
        /// A cheque.
        Cheque = "cheque",
        /// Something else.
        Other = "other",
    }
}

/// Money received against an invoice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Payment {
    /// The payment's id.
    pub id: PaymentId,
    /// The invoice it pays.
    pub invoice_id: InvoiceId,
    /// Who paid.
    pub supplier_id: SupplierId,
    /// How much.
    pub amount: Money,
    /// How it came.
    pub method: PaymentMethod,
    /// The bank's or provider's reference; unique for the invoice.
    pub reference: String,
    /// The day it was received.
    pub received_on: LocalDate,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// Records a payment against an invoice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPayment {
    /// How much; without it, all that is open. More than is open is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// How it came.
    pub method: PaymentMethod,
    /// The bank's or provider's reference, 1 to 140 characters; the same one twice on an invoice is a `duplicate`.
    #[schema(example = "BACS 2026-03-09 4711")]
    pub reference: String,
    /// The day it was received: not in the future.
    pub received_on: LocalDate,
}
