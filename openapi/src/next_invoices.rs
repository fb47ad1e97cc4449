//! The next invoice of a supplier, before it is made.

use crate::invoices::InvoiceTax;
use crate::{BusinessId, DeliveryId, LeadId, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};

/// What the next billing run makes of what a supplier has received so far, if nothing changes until then.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NextInvoice {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its programme.
    pub programme_id: ProgrammeId,
    /// The first day of the period, in the programme's time zone.
    pub starts_on: LocalDate,
    /// The day after the period's last.
    pub ends_before: LocalDate,
    /// When the run is due.
    pub due_at: Timestamp,
    /// The day of that, in the programme's time zone.
    pub runs_on: LocalDate,
    /// How many lines the invoice would have.
    pub lines: i64,
    /// Before tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// The taxes on its lines, each once.
    pub taxes: Vec<InvoiceTax>,
    /// What credit of the account would pay of it.
    pub credit: Money,
    /// What the supplier's wallet has paid of it already.
    pub prepaid: Money,
    /// What would be left to pay.
    pub to_pay: Money,
    /// How many leads of the period are disputed: a return request for them is not decided. Whether they are
    /// on the invoice or wait, the programme's policy says.
    pub disputed: i64,
    /// How many leads of the period wait for a later invoice, because they may still come back (R84).
    pub waiting: i64,
    /// How many leads were delivered after the period, and are for the invoice after this one.
    pub later: i64,
}

text_enum! {
    /// What the next run does with a lead.
    pub enum NextLineFate {
        /// It is on the next invoice.
        Billed = "billed",
        /// It waits, because it may still come back (R84).
        Waiting = "waiting",
        /// It was delivered after the period.
        Later = "later",
    }
}

/// A lead that is not invoiced yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NextInvoiceLine {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The lead.
    pub lead_id: LeadId,
    /// What the lead's person is called; nothing once the person is erased, or where the reader may not know.
    pub lead_name: Option<String>,
    /// When it was delivered.
    pub delivered_at: Timestamp,
    /// What it is, in words.
    pub description: String,
    /// The business that it went to.
    pub business_id: BusinessId,
    /// That business's name.
    pub business_name: String,
    /// Its price.
    pub price: Money,
    /// Whether a return request for it is not decided.
    pub disputed: bool,
    /// What the next run does with it.
    pub fate: NextLineFate,
}
