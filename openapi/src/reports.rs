//! Reports: sums over what happened, for staff.

use crate::{ProgrammeId, SupplierId, Timestamp};
use rust_decimal::Decimal;

/// How much of what suppliers bought came back. Deliveries count in the period they were made in,
/// with what became of them since.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateReport {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after the period.
    pub to: Timestamp,
    /// All suppliers together.
    pub total: ReturnRateNumbers,
    /// One line a supplier, the highest rate first; at most 500.
    pub suppliers: Vec<ReturnRateLine>,
    /// The same deliveries by the reason that was given.
    pub reasons: Vec<ReturnReasonLine>,
}

/// One supplier's line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateLine {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// Its programme.
    pub programme_id: ProgrammeId,
    /// The numbers.
    #[serde(flatten)]
    pub numbers: ReturnRateNumbers,
}

/// What became of a number of deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateNumbers {
    /// Leads delivered.
    pub deliveries: i64,
    /// Return requests for them, not counting withdrawn ones.
    pub requested: i64,
    /// Granted.
    pub approved: i64,
    /// Refused, finally or open to appeal.
    pub denied: i64,
    /// Not decided yet.
    pub open: i64,
    /// Rejected with one click (R109).
    pub rejected: i64,
    /// Granted and rejected ones as a share of the deliveries, to four digits; null without deliveries (R112).
    #[schema(value_type = Option<String>, example = "0.0833")]
    pub rate: Option<Decimal>,
}

/// Return requests of one reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnReasonLine {
    /// The code of the reason.
    pub reason: String,
    /// Return requests with it, not counting withdrawn ones.
    pub requested: i64,
    /// Granted.
    pub approved: i64,
    /// Refused, finally or open to appeal.
    pub denied: i64,
}

/// How leads came in and what became of them, by advertising source (R107).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadSourceReport {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after the period.
    pub to: Timestamp,
    /// One line a source, the most leads first; at most 500.
    pub sources: Vec<LeadSourceLine>,
}

/// One advertising source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadSourceLine {
    /// The source as the leads name it; null for those that name none.
    pub source: Option<String>,
    /// Leads that came in.
    pub leads: i64,
    /// Of these, sold at least once.
    pub sold: i64,
    /// Of these, refused or duplicates.
    pub refused: i64,
    /// Times they were sold.
    pub deliveries: i64,
    /// Of these deliveries, returned or rejected.
    pub returned: i64,
}
