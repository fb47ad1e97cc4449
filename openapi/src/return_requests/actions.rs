//! What is sent to ask for a return, to decide about it, and to talk about it.

use super::ReturnChannel;
use crate::DeliveryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for the return of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReturnRequest {
    /// The delivery; `unknown_id` where it is not one's own.
    pub delivery_id: DeliveryId,
    /// The code of exactly one reason, or an alias of it, from the delivery's return options (R24, R48).
    #[schema(example = "wrong_number", min_length = 1, max_length = 60)]
    pub reason: String,
    /// What is wrong with the lead. Some programmes and some reasons demand it (R25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub note: Option<String>,
    /// A supplier's person may say `email_link` (R31); everybody else's channel is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ReturnChannel>,
    /// Why it is taken after the window. Only staff with `returns.override` may give it (R73).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub override_reason: Option<String>,
}

/// Grants a return.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveReturnRequest {
    /// What the supplier reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub explanation: Option<String>,
    /// The clause of the guidelines; the reason's own where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub clause: Option<String>,
    /// What was found out, for staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub evidence: Option<String>,
}

/// Refuses a return.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DenyReturnRequest {
    /// Why, for the supplier to read. Some programmes demand it (R45): 422 at `/explanation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub explanation: Option<String>,
    /// The clause of the guidelines; the reason's own where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub clause: Option<String>,
    /// What was found out, for staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub evidence: Option<String>,
}

/// A reviewer's question, or the supplier's answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnMessage {
    /// The text.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
}

/// Asks for a second reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealReturnRequest {
    /// What the first reviewer missed.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}
