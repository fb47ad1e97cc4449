//! Return requests: a supplier's claim that a delivery was bad, and what became of it.

use crate::deliveries::LeadOutcome;
use crate::events::EventKind;
pub use crate::policy::ReasonClass;
use crate::transition::InvalidTransition;
use crate::{
    BusinessId, DeliveryId, LeadId, PolicyVersionId, ProgrammeId, ReturnRequestId, SupplierId, Timestamp, leads,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// Where a return request stands.
    pub enum ReturnStatus {
        /// A reviewer has to decide.
        InReview = "in_review",
        /// A reviewer asked the supplier for more.
        InfoNeeded = "info_needed",
        /// Granted; `remedy` says what the supplier got.
        Approved = "approved",
        /// Refused; the programme may allow one appeal.
        Denied = "denied",
        /// Refused once; a second reviewer has to decide.
        Appealed = "appealed",
        /// Refused twice; nothing follows.
        FinalDenied = "final_denied",
        /// The supplier took it back.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be done with a return request.
    pub enum ReturnAction {
        /// The reviewer asks the supplier for more.
        Ask = "ask",
        /// The supplier answers.
        Answer = "answer",
        /// The reviewer grants it.
        Approve = "approve",
        /// The reviewer refuses it.
        Deny = "deny",
        /// The supplier takes it back.
        Withdraw = "withdraw",
        /// The supplier asks for a second reviewer.
        Appeal = "appeal",
    }
}

impl ReturnStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: ReturnAction) -> Result<Self, InvalidTransition> {
        use ReturnAction as A;
        match (self, action) {
            (Self::InReview, A::Ask) => Ok(Self::InfoNeeded),
            (Self::InfoNeeded, A::Answer) => Ok(Self::InReview),
            (Self::InReview | Self::InfoNeeded | Self::Appealed, A::Approve) => Ok(Self::Approved),
            (Self::InReview | Self::InfoNeeded, A::Deny) => Ok(Self::Denied),
            (Self::Appealed, A::Deny) => Ok(Self::FinalDenied),
            (Self::InReview | Self::InfoNeeded, A::Withdraw) => Ok(Self::Withdrawn),
            (Self::Denied, A::Appeal) => Ok(Self::Appealed),
            (Self::InReview, A::Answer | A::Appeal)
            | (Self::InfoNeeded, A::Ask | A::Appeal)
            | (Self::Appealed, A::Ask | A::Answer | A::Withdraw | A::Appeal)
            | (Self::Denied, A::Ask | A::Answer | A::Approve | A::Deny | A::Withdraw)
            | (
                Self::Approved | Self::FinalDenied | Self::Withdrawn,
                A::Ask | A::Answer | A::Approve | A::Deny | A::Withdraw | A::Appeal,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether somebody of the seller's staff has to decide.
    pub const fn awaits_decision(self) -> bool {
        self.after(ReturnAction::Approve).is_ok()
    }
}

text_enum! {
    /// How a return request came. Mail that comes in makes none (R31).
    pub enum ReturnChannel {
        /// The supplier's portal.
        Portal = "portal",
        /// The link in the mail that brought the lead (R2).
        EmailLink = "email_link",
        /// A program with an API key.
        Api = "api",
        /// Staff, on behalf of the supplier.
        Staff = "staff",
    }
}

text_enum! {
    /// What an approved return gave. Exactly one of them (R30).
    pub enum ReturnRemedy {
        /// The lead was on a final invoice, so a credit note gives the price back.
        CreditNote = "credit_note",
        /// The lead was not on a final invoice yet and is never charged.
        LineDropped = "line_dropped",
        /// Another lead is owed and delivered free of charge (R44).
        Replacement = "replacement",
    }
}

text_enum! {
    /// What the rules suggest to the reviewer.
    pub enum ReturnSuggestion {
        /// Granting it.
        Approve = "approve",
        /// Refusing it (R75).
        Deny = "deny",
    }
}

text_enum! {
    /// How a list of return requests is sorted.
    pub enum ReturnSort {
        /// Newest first.
        Newest = "newest",
        /// What is due soonest first, and what has no due time last: the reviewer's queue.
        Due = "due",
    }
}

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

/// A claim that a delivery was bad. There is one a delivery, not counting withdrawn ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnRequest {
    /// Its id.
    pub id: ReturnRequestId,
    /// The delivery that is claimed to be bad.
    pub delivery_id: DeliveryId,
    /// The programme whose rules apply.
    pub programme_id: ProgrammeId,
    /// Who asks.
    pub supplier_id: SupplierId,
    /// For which of their businesses.
    pub business_id: BusinessId,
    /// Where it stands.
    pub status: ReturnStatus,
    /// The code of the reason; an alias is kept as the reason it stands for (R48).
    pub reason: String,
    /// The reason in the programme's words.
    pub reason_label: String,
    /// Whether the reason is a listed ground or one that a reviewer judges.
    pub reason_class: ReasonClass,
    /// What the supplier wrote.
    pub note: Option<String>,
    /// How it came (R31).
    pub channel: ReturnChannel,
    /// When it came, in business time.
    pub submitted_at: Timestamp,
    /// When the decision is promised (R27, R43); null where the programme promises nothing.
    pub decision_due_at: Option<Timestamp>,
    /// Questions, answers and the appeal, oldest first.
    pub thread: Vec<ReturnThreadEntry>,
    /// The latest verdict.
    pub decision: Option<ReturnDecision>,
    /// What the supplier got.
    pub remedy: Option<ReturnRemedy>,
    /// When the supplier got it.
    pub remedied_at: Option<Timestamp>,
    /// When the appeal was made.
    pub appealed_at: Option<Timestamp>,
    /// Until when an appeal is possible; null where none is.
    pub appeal_until: Option<Timestamp>,
    /// The rules in force when the lead was delivered (R29).
    pub guidelines: ReturnGuidelines,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<ReturnAction>,
    /// Grows with every change.
    pub version: i64,
    /// What only staff see; absent for suppliers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReturnReview>,
}

/// The rules in force when the lead was delivered (R29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnGuidelines {
    /// Where they can be read.
    pub url: Option<String>,
    /// The version of the programme's policy; `GET /policy-versions/{id}` shows it.
    pub policy_version_id: PolicyVersionId,
}

/// A verdict as the supplier reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnDecision {
    /// The verdict in the programme's words, such as "Chargeback Granted" (R44, R45).
    pub title: String,
    /// When it was made.
    pub decided_at: Timestamp,
    /// Whether a rule made it without a reviewer, such as `auto:late` (R23).
    pub automatic: bool,
    /// The clause of the guidelines.
    pub clause: Option<String>,
    /// Why.
    pub explanation: Option<String>,
}

text_enum! {
    /// What an entry of a request's thread is.
    pub enum ReturnThreadKind {
        /// A reviewer's question.
        Question = "question",
        /// The supplier's answer.
        Answer = "answer",
        /// The supplier's appeal.
        Appeal = "appeal",
    }
}

/// Something said about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnThreadEntry {
    /// What it is.
    pub kind: ReturnThreadKind,
    /// When it was said, in business time.
    pub at: Timestamp,
    /// What was said.
    pub text: String,
    /// The id of the person or key; suppliers are not told which reviewer asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
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

/// A return request with all that its reader needs to act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnRequestDetail {
    /// The request.
    #[serde(flatten)]
    pub request: ReturnRequest,
    /// What a reviewer decides by; absent for suppliers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<ReturnCase>,
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

/// What another buyer of the same lead made of it. For staff only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiblingOutcome {
    /// That buyer's delivery.
    pub delivery_id: DeliveryId,
    /// The buyer.
    pub supplier_id: SupplierId,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// R45: what is decided stays decided, but for the one appeal of a denial.
    #[test]
    fn r45_the_whole_table_of_transitions() {
        use ReturnAction as A;
        use ReturnStatus as S;
        let allowed = [
            (S::InReview, A::Ask, S::InfoNeeded),
            (S::InReview, A::Approve, S::Approved),
            (S::InReview, A::Deny, S::Denied),
            (S::InReview, A::Withdraw, S::Withdrawn),
            (S::InfoNeeded, A::Answer, S::InReview),
            (S::InfoNeeded, A::Approve, S::Approved),
            (S::InfoNeeded, A::Deny, S::Denied),
            (S::InfoNeeded, A::Withdraw, S::Withdrawn),
            (S::Denied, A::Appeal, S::Appealed),
            (S::Appealed, A::Approve, S::Approved),
            (S::Appealed, A::Deny, S::FinalDenied),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expect = allowed
                    .iter()
                    .find(|row| (row.0, row.1) == (*from, *action))
                    .map(|row| row.2);
                assert_eq!(from.after(*action).ok(), expect, "{from} {action}");
            }
        }
    }
}
