//! Reconciliation: what the gateway says of a day, compared with what stands here.

use crate::{LocalDate, PaymentId, ReconciliationDifferenceId, ReconciliationId, Timestamp};

text_enum! {
    /// How the two differ.
    pub enum DifferenceKind {
        /// The gateway knew more, and its news had not come: it was taken over.
        MissedNews = "missed_news",
        /// It stands here as taken, and the gateway has no such charge.
        UnknownAtGateway = "unknown_at_gateway",
        /// The gateway has a charge that nothing here asked for.
        UnknownHere = "unknown_here",
        /// The amounts differ.
        Amount = "amount",
    }
}

/// The comparison of one day (UTC).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Reconciliation {
    /// Its id.
    pub id: ReconciliationId,
    /// The day.
    pub day: LocalDate,
    /// How many charges the gateway has of it.
    pub charges: i64,
    /// How many differences there were.
    pub differences: i64,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Something in which the gateway and the books differed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReconciliationDifference {
    /// Its id.
    pub id: ReconciliationDifferenceId,
    /// How they differ.
    pub kind: DifferenceKind,
    /// The payment, where there is one.
    pub payment_id: Option<PaymentId>,
    /// The gateway's reference, or ours where it has none.
    pub reference: String,
    /// What stands where.
    pub detail: String,
    /// Whether the books agree now.
    pub mended: bool,
}
