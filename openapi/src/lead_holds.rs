//! Holds: a lead whose person is neither erased nor anonymised for as long as somebody has a reason.

use crate::{LeadHoldId, LeadId, ProgrammeId, Timestamp};

/// That a lead is held, or was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadHold {
    /// Its id.
    pub id: LeadHoldId,
    /// The lead.
    pub lead_id: LeadId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Why, such as a claim; gone once the lead is erased.
    pub reason: String,
    /// Who set it.
    pub held_by_name: String,
    /// When.
    pub held_at: Timestamp,
    /// When it was lifted; absent while it holds.
    pub lifted_at: Option<Timestamp>,
    /// By whom.
    pub lifted_by_name: Option<String>,
    /// Whether the caller may lift it.
    pub may_lift: bool,
}

/// Holds a lead: what is kept of its person stays until the hold is lifted, also when the person asks to be erased.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "lead_id": "lead_05a3wwm8rdsqr", "reason": "Claim 2026-118 before the county court" }))]
pub struct CreateLeadHold {
    /// Which lead.
    pub lead_id: LeadId,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Lifts a hold. Nothing else is to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftLeadHold {}
