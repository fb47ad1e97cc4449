//! Whether and for what a delivery can be returned now.

use super::{ReasonClass, ReturnGuidelines};
use crate::{DeliveryId, ReturnRequestId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether and for what a delivery can be returned now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnOptions {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Whether a request would be taken for review now.
    pub returnable: bool,
    /// Why not: a stable word such as `window_closed`; null when it is returnable.
    pub refusal: Option<String>,
    /// Why not, in the programme's words.
    pub message: Option<String>,
    /// The first instant that is too late; null where the programme sets none.
    pub return_deadline_at: Option<Timestamp>,
    /// Every request needs a note (R25).
    pub note_required: bool,
    /// The grounds to pick exactly one of (R24).
    pub reasons: Vec<ReturnReasonOption>,
    /// Complaints that are no grounds, each with what is said to them (R32, R47).
    pub not_grounds: Vec<ReturnReasonOption>,
    /// The request that exists already.
    pub return_request_id: Option<ReturnRequestId>,
    /// The text of the button, such as "Request bogus" (R26).
    pub action_label: String,
    /// The rules in force when the lead was delivered (R29).
    pub guidelines: ReturnGuidelines,
}

/// One reason to pick, or one complaint that is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnReasonOption {
    /// What to send as `reason`. An alias has a line of its own (R48).
    pub code: String,
    /// What the supplier reads.
    pub label: String,
    /// Whether it is a ground.
    pub class: ReasonClass,
    /// This reason needs a note.
    pub needs_note: bool,
    /// What is said to it.
    pub message: Option<String>,
    /// Where help stands (R32).
    pub help_url: Option<String>,
}
