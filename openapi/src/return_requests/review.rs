//! What only staff see of a return request: what they decide by.

use super::{ReturnRemedy, ReturnStatus};
use crate::deliveries::LeadOutcome;
use crate::events::EventKind;
use crate::leads;
use crate::{DeliveryId, LeadId, Money, SupplierId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What the rules suggest to the reviewer.
    pub enum ReturnSuggestion {
        /// Granting it.
        Approve = "approve",
        /// Refusing it (R75).
        Deny = "deny",
    }
}

/// What only staff see of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnReview {
    /// The lead.
    pub lead_id: LeadId,
    /// Who asked: the id of a person or key.
    pub submitted_by: String,
    /// Whether the decision is later than promised.
    pub overdue: bool,
    /// When that was reported to staff (R27).
    pub escalated_at: Option<Timestamp>,
    /// What the rules suggest.
    pub suggestion: Option<ReturnSuggestion>,
    /// The rule that suggests it, such as `sibling:quoted` (R75).
    pub suggestion_rule: Option<String>,
    /// Who made the latest verdict.
    pub decided_by: Option<String>,
    /// The rule behind the latest verdict: `reviewer`, `auto:late`, `sibling:quoted`.
    pub decision_rule: Option<String>,
    /// What the latest verdict rests on: never who another buyer is.
    #[schema(value_type = Object)]
    pub decision_evidence: serde_json::Value,
    /// Why it was taken after the window (R73).
    pub override_reason: Option<String>,
}

/// What a reviewer decides by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnCase {
    /// Who enquired.
    pub person: leads::LeadPerson,
    /// Where the work is wanted.
    pub place: leads::LeadPlace,
    /// When the lead was delivered.
    pub delivered_at: Timestamp,
    /// Until when it could be returned.
    pub return_deadline_at: Option<Timestamp>,
    /// The supplier's name.
    pub supplier_name: String,
    /// How much of what the supplier bought came back.
    pub supplier_return_rate: SupplierReturnRate,
    /// What an approval would give now; null once nothing is to be decided any more. A billing run in
    /// between turns a line that would be dropped into a credit note.
    pub expected_remedy: Option<ExpectedRemedy>,
    /// What the lead's other buyers made of it.
    pub siblings: Vec<SiblingOutcome>,
    /// What happened to the request, oldest first.
    pub history: Vec<ReturnHistoryEntry>,
}

/// How much of what a supplier bought lately came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SupplierReturnRate {
    /// How many days back.
    pub days: u32,
    /// Deliveries in that time.
    pub deliveries: i64,
    /// Return requests for them, not counting withdrawn ones.
    pub requested: i64,
    /// Granted ones.
    pub approved: i64,
    /// Granted ones as a share of the deliveries; null without deliveries.
    #[schema(value_type = Option<String>, example = "0.0833")]
    pub rate: Option<rust_decimal::Decimal>,
}

/// What approving a return would do to the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpectedRemedy {
    /// Which of the three.
    pub remedy: ReturnRemedy,
    /// What the supplier pays less, before tax: nothing where another lead is owed instead.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// The invoice that the credit note would correct.
    pub invoice_number: Option<String>,
}

/// What another buyer of the same lead made of it. For staff only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiblingOutcome {
    /// That buyer's delivery.
    pub delivery_id: DeliveryId,
    /// The buyer.
    pub supplier_id: SupplierId,
    /// The buyer's name.
    pub supplier_name: String,
    /// What came of it, as the buyer noted.
    pub outcome: Option<LeadOutcome>,
    /// When it was noted.
    pub outcome_at: Option<Timestamp>,
    /// Where that buyer's own return request stands.
    pub return_status: Option<ReturnStatus>,
}

/// One step of a request's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnHistoryEntry {
    /// What happened.
    pub kind: EventKind,
    /// When, in business time.
    pub at: Timestamp,
}
