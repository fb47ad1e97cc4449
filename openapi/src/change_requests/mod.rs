//! Change requests: what a supplier may not change itself and asks its account manager for (R5, R14, R16, R33, R69,
//! R77, R90).

mod change;
mod status;

pub use change::*;
pub use status::*;

use crate::pauses::RequestChannel;
use crate::policy::{SelfServiceField, SelfServiceMode};
use crate::{ChangeRequestId, OrderId, PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Who entered a change request.
    pub enum ChangeAsker {
        /// The supplier itself.
        Supplier = "supplier",
        /// The seller's staff, for the supplier (R77).
        Staff = "staff",
    }
}

/// One thing that a change request changes, before and after. Words and numbers as they are stored, amounts in minor
/// units with their currency (`800 USD`); areas by their kind, and what is added or removed as a whole has one side.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Difference {
    /// What it is, such as `cap_day` or `uk_area`.
    #[schema(example = "cap_day")]
    pub field: String,
    /// What stood there when it was asked for, or when it was changed.
    pub before: Option<String>,
    /// What stands there then.
    pub after: Option<String>,
}

/// A change that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChangeRequest {
    /// Its id.
    pub id: ChangeRequestId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// The order that it changes, where it changes one.
    pub order_id: Option<OrderId>,
    /// The plan that it changes, where it changes one.
    pub plan_subscription_id: Option<PlanSubscriptionId>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The change.
    pub change: Change,
    /// What is different then.
    pub differences: Vec<Difference>,
    /// Where it stands.
    pub status: ChangeRequestStatus,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<ChangeRequestAction>,
    /// Who entered it.
    pub asked_by: ChangeAsker,
    /// Who asked staff for it (R77).
    pub requested_by: Option<String>,
    /// How they asked.
    pub channel: Option<RequestChannel>,
    /// Why.
    pub reason: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The earliest instant it may take effect by its notice (R69); staff may overrule it with a reason.
    pub earliest_at: Timestamp,
    /// When it takes effect, or would if it were approved now.
    pub effective_at: Timestamp,
    /// Why staff let it take effect before its notice was over.
    pub override_reason: Option<String>,
    /// When staff decided.
    pub decided_at: Option<Timestamp>,
    /// What staff say to it.
    pub answer: Option<String>,
    /// When it was carried out; never before `effective_at`.
    pub applied_at: Option<Timestamp>,
    /// When it ended without being carried out.
    pub closed_at: Option<Timestamp>,
    /// Why it could not be carried out.
    pub failure: Option<String>,
    /// The later request that took its place.
    pub superseded_by_id: Option<ChangeRequestId>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A change that is asked for. One that could not be carried out is refused at once, with pointers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateChangeRequest {
    /// Whose account.
    pub supplier_id: SupplierId,
    /// The change.
    pub change: Change,
    /// When it is to take effect; as soon as its notice allows where it is left out. A plan changes with its next
    /// period (R90), so that it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// Who asked for it, where staff write it down (R77); staff say this and `channel`, or a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mo Okafor", max_length = 200)]
    pub requested_by: Option<String>,
    /// How they asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<RequestChannel>,
    /// Why, for whoever decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Agrees to a change. It takes effect as asked, or as soon as its notice allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveChangeRequest {
    /// Another instant at which it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// Why it may take effect before its notice is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub override_reason: Option<String>,
    /// Something to tell the supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub answer: Option<String>,
}

/// Refuses a change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineChangeRequest {
    /// Why; the supplier reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub answer: String,
}

/// Takes a change back that has not been carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawChangeRequest {
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// What may be done about one field of an account, as things stand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChangeOption {
    /// The field.
    pub field: SelfServiceField,
    /// What the policy lets the supplier's own people do about it.
    pub mode: SelfServiceMode,
    /// Whether the caller may ask for a change of it now.
    pub may_ask: bool,
    /// When one that is asked for now takes effect at the earliest (R69); for a plan, with its next period (R90), and
    /// none where no plan runs.
    pub earliest_at: Option<Timestamp>,
}

/// What may be asked for, field by field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChangeOptions {
    /// Every field.
    pub data: Vec<ChangeOption>,
}
