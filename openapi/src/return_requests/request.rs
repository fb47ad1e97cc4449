//! A return request as it is kept and read.

use super::{ReasonClass, ReturnAction, ReturnCase, ReturnReview, ReturnStatus};
use crate::{BusinessId, DeliveryId, Money, PolicyVersionId, ProgrammeId, ReturnRequestId, SupplierId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// How a list of return requests is sorted.
    pub enum ReturnSort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// What is due soonest first, and what has no due time last: the reviewer's queue.
        Due = "due",
    }
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
    /// What that is called.
    pub programme_name: String,
    /// Who asks.
    pub supplier_id: SupplierId,
    /// That supplier's name.
    pub supplier_name: String,
    /// For which of their businesses.
    pub business_id: BusinessId,
    /// That business's name.
    pub business_name: String,
    /// What the lead was sold as.
    pub product_name: String,
    /// Who enquired: the person's name, or what else is known of them; null once erased, and for a key that may
    /// not read deliveries.
    pub lead_name: Option<String>,
    /// What the lead costs, before tax.
    pub price: Money,
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
