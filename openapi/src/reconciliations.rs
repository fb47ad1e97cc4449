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
        /// A refund stands here as given back, and the gateway does not have it so.
        Refund = "refund",
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
    /// The day that was compared (UTC).
    pub day: LocalDate,
    /// The payment, where there is one.
    pub payment_id: Option<PaymentId>,
    /// The gateway's reference, or ours where it has none.
    pub reference: String,
    /// What stands where.
    pub detail: String,
    /// Whether the books took over what the gateway knew, and agree now.
    pub mended: bool,
    /// When a person found out what it was; a difference that is neither mended nor resolved is open, and
    /// its month cannot be closed.
    pub resolved_at: Option<Timestamp>,
    /// Who that was.
    pub resolved_by: Option<String>,
    /// What it was.
    pub resolution: Option<String>,
    /// When it was found.
    pub created_at: Timestamp,
}

impl ReconciliationDifference {
    /// Whether somebody still has to find out what it is.
    pub const fn is_open(&self) -> bool {
        !self.mended && self.resolved_at.is_none()
    }
}

/// Says what a difference was, so that it no longer keeps its month open.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveDifference {
    /// What it was and what was done about it, 1 to 500 characters.
    #[schema(example = "A test charge made on the gateway's own pages; refunded there.")]
    pub note: String,
}
