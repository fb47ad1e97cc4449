//! Deliveries: one lead sold to one supplier, and what the supplier does with it.

use crate::leads::{LeadPerson, LeadPlace};
use crate::patch::given;
use crate::return_requests::ReturnGuidelines;
use crate::transition::InvalidTransition;
use crate::{
    BusinessId, DeliveryId, InvoiceId, LeadId, LeadProductId, Money, OrderId, ProgrammeId, ReturnRequestId, SupplierId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

text_enum! {
    /// Where the charge for a delivery stands.
    pub enum BillingState {
        /// It will stand on the next invoice.
        Unbilled = "unbilled",
        /// It waits for the decision of a return before it is invoiced.
        ReturnPending = "return_pending",
        /// The supplier rejected it with one click; it is never charged (R111).
        Rejected = "rejected",
        /// It was returned; it is not charged, or was credited.
        Returned = "returned",
        /// It stands on an invoice.
        Invoiced = "invoiced",
        /// It replaces another lead and costs nothing (R44).
        Free = "free",
        /// It was paid with its order and is never charged again (K12).
        Paid = "paid",
    }
}

text_enum! {
    /// What can happen to the charge for a delivery.
    pub enum BillingAction {
        /// The supplier rejects it with one click (R109).
        Reject = "reject",
        /// The supplier takes the rejection back (R109).
        UndoRejection = "undo_rejection",
        /// A return is asked for, and the policy defers such lines (R84).
        Hold = "hold",
        /// That return was denied, withdrawn or replaced.
        Release = "release",
        /// It goes onto an invoice.
        Invoice = "invoice",
        /// A return was approved and gives the price back.
        Return = "return",
    }
}

impl BillingState {
    /// The state `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: BillingAction) -> Result<Self, InvalidTransition> {
        use BillingAction as A;
        match (self, action) {
            (Self::Unbilled, A::Reject) => Ok(Self::Rejected),
            (Self::Rejected, A::UndoRejection) => Ok(Self::Unbilled),
            (Self::Unbilled, A::Hold) => Ok(Self::ReturnPending),
            (Self::ReturnPending, A::Release) => Ok(Self::Unbilled),
            (Self::Unbilled, A::Invoice) => Ok(Self::Invoiced),
            // What was paid with its order is given back where no lead came to replace it (R44).
            (Self::Unbilled | Self::ReturnPending | Self::Invoiced | Self::Paid, A::Return) => Ok(Self::Returned),
            (Self::Unbilled, A::UndoRejection | A::Release)
            | (Self::ReturnPending, A::Reject | A::UndoRejection | A::Hold | A::Invoice)
            | (Self::Rejected, A::Reject | A::Hold | A::Release | A::Invoice | A::Return)
            | (Self::Invoiced, A::Reject | A::UndoRejection | A::Hold | A::Release | A::Invoice)
            | (Self::Paid, A::Reject | A::UndoRejection | A::Hold | A::Release | A::Invoice)
            | (
                Self::Returned | Self::Free,
                A::Reject | A::UndoRejection | A::Hold | A::Release | A::Invoice | A::Return,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// What came of a lead so far (R76).
    pub enum LeadOutcome {
        /// Nothing was done yet.
        New = "new",
        /// The person was spoken to.
        Contacted = "contacted",
        /// Nobody was reached.
        Unreachable = "unreachable",
        /// A meeting was agreed.
        Appointment = "appointment",
        /// A quote was given.
        Quoted = "quoted",
        /// It became a sale.
        Won = "won",
        /// It did not.
        Lost = "lost",
    }
}

text_enum! {
    /// Why a delivery cannot be returned (any more).
    pub enum NotReturnableReason {
        /// The programme takes nothing back.
        ReturnsNotOffered = "returns_not_offered",
        /// The window has closed (R23, R42, R73).
        WindowClosed = "window_closed",
        /// It stands on an invoice, and the window ended with that (R113).
        AlreadyInvoiced = "already_invoiced",
        /// A return was asked for already.
        AlreadyRequested = "already_requested",
        /// It was rejected already.
        AlreadyRejected = "already_rejected",
        /// It was returned already.
        AlreadyReturned = "already_returned",
        /// It replaces another lead, and the programme takes replacements not back.
        ReplacementNotReturnable = "replacement_not_returnable",
    }
}

text_enum! {
    /// What the caller may do with a delivery now.
    pub enum DeliveryAction {
        /// Rate it, note the outcome, write a note.
        Update = "update",
        /// Ask for its return.
        RequestReturn = "request_return",
        /// Reject it with one click (R109).
        Reject = "reject",
        /// Take the rejection back (R109).
        UndoRejection = "undo_rejection",
    }
}

text_enum! {
    /// How a list of deliveries is sorted; a minus turns it round.
    pub enum DeliverySort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// What must be returned soonest first, and what has no deadline last.
        Deadline = "deadline",
        /// The cheapest first. Amounts are compared whatever their currency.
        Price = "price",
        /// The dearest first.
        PriceFalling = "-price",
    }
}

/// How many deliveries wait for what; the counts of a home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryCounts {
    /// Nobody of the supplier opened them yet.
    pub unseen: i64,
    /// They can still be returned.
    pub returnable: i64,
    /// Of these, the window closes within 24 hours.
    pub closing_soon: i64,
    /// Delivered within the last seven days.
    pub last_seven_days: i64,
}

/// One lead sold to one supplier. It shows nothing of other buyers of the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The lead.
    pub lead_id: LeadId,
    /// The programme it was sold in.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What it was sold as.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// The order that took it.
    pub order_id: OrderId,
    /// The buyer.
    pub supplier_id: SupplierId,
    /// The buyer's name.
    pub supplier_name: String,
    /// The buyer's business.
    pub business_id: BusinessId,
    /// The business's name.
    pub business_name: String,
    /// What it costs; zero where it replaces another lead.
    pub price: Money,
    /// The delivery it replaces (R44).
    pub replaces_delivery_id: Option<DeliveryId>,
    /// When it was sold: the return window starts here.
    pub delivered_at: Timestamp,
    /// When one of the supplier's people first opened it.
    pub seen_at: Option<Timestamp>,
    /// Where the charge stands.
    pub billing_state: BillingState,
    /// The invoice it stands on.
    pub invoice_id: Option<InvoiceId>,
    /// Why it was rejected, as a code of the programme's reasons.
    pub rejection_reason: Option<String>,
    /// A return must be asked for before this instant; fixed when the lead was delivered. Where the
    /// window lasts until the invoice, it is the instant the invoice is planned for. Null where nothing
    /// is taken back.
    pub return_deadline_at: Option<Timestamp>,
    /// Whether it can be returned or rejected now.
    pub returnable: bool,
    /// Why not.
    pub not_returnable_reason: Option<NotReturnableReason>,
    /// The return request for it, if there is one that was not withdrawn.
    pub return_request_id: Option<ReturnRequestId>,
    /// From 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<i32>,
    /// What came of it so far.
    pub outcome: Option<LeadOutcome>,
    /// When that was noted.
    pub outcome_at: Option<Timestamp>,
    /// The supplier's own note.
    pub note: Option<String>,
    /// Who asked.
    pub person: LeadPerson,
    /// Where the work is wanted.
    pub place: LeadPlace,
    /// When the person asked.
    pub enquired_at: Timestamp,
    /// When the person was erased: who they were is not kept any more, and is to be erased by the supplier, too, unless it
    /// went because its time was over.
    pub erased_at: Option<Timestamp>,
    /// Whether it went because its time was over, and nobody asked for it.
    pub erased_by_time: bool,
    /// The person is shown once this notice of the policy is accepted (R82); null where nothing is held back.
    #[schema(example = "data_controller")]
    pub withheld_until_accepted: Option<String>,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<DeliveryAction>,
    /// Grows with every change; the `ETag`.
    pub version: i64,
}

/// A delivery with everything the supplier may know of the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The advertisement or directory that brought the lead (R107).
    pub source: Option<String>,
    /// What else the form asked.
    pub answers: BTreeMap<String, String>,
    /// What the person agreed to (R81).
    pub consent: Option<DeliveryConsent>,
    /// What the buyer must know, such as that it is the data controller from now on (R82).
    pub notices: Vec<DeliveryNotice>,
    /// The return rules in force when the lead was delivered (R29).
    pub guidelines: ReturnGuidelines,
    /// What the link to the return form is called (R2, R26, R49).
    #[schema(example = "Return this lead")]
    pub return_link_label: String,
}

/// What the person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryConsent {
    /// The words.
    pub text: String,
    /// Their version.
    pub text_version: String,
    /// When.
    pub given_at: Timestamp,
}

/// A notice that goes with the delivery (R82).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryNotice {
    /// Its key in the policy.
    #[schema(example = "data_controller")]
    pub key: String,
    /// Its version.
    pub version: String,
    /// What it says.
    pub text: String,
    /// Whether the supplier accepts it once a version.
    pub must_accept: bool,
}

/// What the supplier notes about a delivery, as a merge patch: what is left out stays, null clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rating": 4, "outcome": "quoted", "note": "Wants it by June"}))]
pub struct UpdateDelivery {
    /// From 1 (bad) to 5 (good) (R49).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 5)]
    pub rating: Option<Option<i32>>,
    /// What came of it so far (R76).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LeadOutcome>)]
    pub outcome: Option<Option<LeadOutcome>>,
    /// A note of one's own.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 4000)]
    pub note: Option<Option<String>>,
}

/// Rejects a delivery with one click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectDelivery {
    /// The code of one of the programme's reasons, such as `telemarketer`; any other is refused (R110).
    #[schema(example = "telemarketer", min_length = 1, max_length = 60)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_action_is_decided() {
        use BillingAction as A;
        use BillingState as S;
        let allowed = [
            (S::Unbilled, A::Reject, S::Rejected),
            (S::Rejected, A::UndoRejection, S::Unbilled),
            (S::Unbilled, A::Hold, S::ReturnPending),
            (S::ReturnPending, A::Release, S::Unbilled),
            (S::Unbilled, A::Invoice, S::Invoiced),
            (S::Unbilled, A::Return, S::Returned),
            (S::ReturnPending, A::Return, S::Returned),
            (S::Invoiced, A::Return, S::Returned),
            (S::Paid, A::Return, S::Returned),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(f, a, _)| f == from && a == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
    }

    /// R113: once invoiced, a one-click rejection is too late.
    #[test]
    fn r113_an_invoiced_delivery_cannot_be_rejected() {
        assert!(BillingState::Invoiced.after(BillingAction::Reject).is_err());
    }
}
