//! Why a lead went to whom: the candidates of each attempt to sell it.

use crate::{BusinessId, DeliveryId, LeadId, Money, OrderId, SupplierId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// Whether a candidate got the lead.
    pub enum TraceVerdict {
        /// It did.
        Sold = "sold",
        /// It did not; the reason says why.
        Refused = "refused",
    }
}

text_enum! {
    /// Why an order did not get a lead.
    pub enum RefusalReason {
        /// The order has not begun.
        OrderNotStarted = "order_not_started",
        /// The order's end has passed.
        OrderEnded = "order_ended",
        /// The order is paused.
        OrderPaused = "order_paused",
        /// The ordered quantity is delivered.
        OrderFilled = "order_filled",
        /// The order is cancelled.
        OrderCancelled = "order_cancelled",
        /// The supplier is not active yet.
        SupplierOnboarding = "supplier_onboarding",
        /// The supplier takes a pause.
        SupplierPaused = "supplier_paused",
        /// The supplier is suspended.
        SupplierSuspended = "supplier_suspended",
        /// The supplier's notice has run out or freezes deliveries.
        SupplierInNotice = "supplier_in_notice",
        /// The supplier's account is closed.
        SupplierClosed = "supplier_closed",
        /// The business is closed.
        BusinessClosed = "business_closed",
        /// The place is outside the order's coverage.
        OutsideCoverage = "outside_coverage",
        /// The order takes no leads at this day and hour.
        OutsideSchedule = "outside_schedule",
        /// The cap of the day is reached.
        CapDay = "cap_day",
        /// The cap of the week is reached.
        CapWeek = "cap_week",
        /// The cap of the month is reached.
        CapMonth = "cap_month",
        /// The account cannot pay for it.
        NoFunds = "no_funds",
        /// The business has no package that runs (R117).
        NoPackage = "no_package",
        /// The supplier took this lead with another order.
        SameSupplier = "same_supplier",
        /// A business of the same association took this lead (R67).
        SameAssociation = "same_association",
        /// The supplier bought the same person's enquiry before.
        OwnDuplicate = "own_duplicate",
        /// The lead reached another business's own number (R101).
        OtherBusiness = "other_business",
        /// The person's consent names others (R81).
        NotNamed = "not_named",
        /// The lead's places went to orders that ranked higher.
        Outranked = "outranked",
        /// The lead or the order changed at the same moment.
        LostRace = "lost_race",
    }
}

impl RefusalReason {
    /// The reason in words that give nothing away about other suppliers.
    pub const fn explanation_for_supplier(self) -> &'static str {
        match self {
            Self::OrderNotStarted => "Your order had not begun.",
            Self::OrderEnded => "Your order had ended.",
            Self::OrderPaused => "Your order was paused.",
            Self::OrderFilled => "Your order was filled.",
            Self::OrderCancelled => "Your order was cancelled.",
            Self::SupplierOnboarding => "Your account was not active yet.",
            Self::SupplierPaused => "Your account was paused.",
            Self::SupplierSuspended => "Your account was suspended.",
            Self::SupplierInNotice => "Your account was in its notice period.",
            Self::SupplierClosed => "Your account was closed.",
            Self::BusinessClosed => "Your business was closed.",
            Self::OutsideCoverage => "The place was outside your coverage.",
            Self::OutsideSchedule => "The lead came outside the days and hours of your order.",
            Self::CapDay => "Your order had reached its cap for the day.",
            Self::CapWeek => "Your order had reached its cap for the week.",
            Self::CapMonth => "Your order had reached its cap for the month.",
            Self::NoFunds => "Your account could not pay for the lead.",
            Self::NoPackage => "No package of your business was running.",
            Self::SameSupplier => "You took the lead with another of your orders.",
            Self::SameAssociation => "A lead goes to one business of an association only, and this one had gone.",
            Self::OwnDuplicate => "You had bought this enquiry before.",
            Self::OtherBusiness => "The person had not contacted your business.",
            Self::NotNamed => "The person had not agreed to be passed on to you.",
            Self::Outranked => "The lead's places were taken by orders that ranked higher.",
            Self::LostRace => "The lead was taken at the same moment.",
        }
    }
}

/// One candidate of one attempt to sell a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraceEntry {
    /// The candidate order.
    pub order_id: OrderId,
    /// Whose order it is.
    pub supplier_id: SupplierId,
    /// The supplier's name.
    pub supplier_name: String,
    /// The business the order is for.
    pub business_id: BusinessId,
    /// Its place among those that could take the lead, from 1; null where it could not.
    pub rank: Option<i32>,
    /// Whether it got the lead.
    pub verdict: TraceVerdict,
    /// Why not.
    pub reason: Option<RefusalReason>,
    /// The verdict in words, with the figures that decided, for staff.
    pub explanation: String,
    /// The delivery, where it got the lead.
    pub delivery_id: Option<DeliveryId>,
    /// The price, where it got the lead.
    pub price: Option<Money>,
}

/// One attempt to sell a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraceAttempt {
    /// Its number, from 1.
    pub attempt: i32,
    /// When.
    pub traced_at: Timestamp,
    /// The candidates: those that got it by their place, then the others.
    pub candidates: Vec<TraceEntry>,
    /// How many further candidates there were that are not listed one by one.
    pub more_candidates: i32,
}

impl TraceAttempt {
    /// What the supplier of `order` may read about this attempt, where it was refused.
    pub fn missed_by(&self, lead_id: LeadId, order: OrderId) -> Option<MissedLead> {
        let entry = self
            .candidates
            .iter()
            .find(|entry| entry.order_id == order && entry.verdict == TraceVerdict::Refused)?;
        let reason = entry.reason?;
        let explanation = reason.explanation_for_supplier().to_owned();
        Some(MissedLead {
            order_id: order,
            lead_id,
            traced_at: self.traced_at,
            reason,
            explanation,
        })
    }
}

/// Why a lead went to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadTrace {
    /// The lead.
    pub lead_id: LeadId,
    /// Every attempt, oldest first.
    pub attempts: Vec<TraceAttempt>,
}

/// A lead that an order did not get, as its supplier may see it: nothing about the person, nothing about others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissedLead {
    /// The order.
    pub order_id: OrderId,
    /// The lead, to quote to support.
    pub lead_id: LeadId,
    /// When it was on offer.
    pub traced_at: Timestamp,
    /// Why the order did not get it.
    pub reason: RefusalReason,
    /// The reason in words.
    pub explanation: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_supplier_reads_names_nobody() {
        let sale = |order: i64, verdict, reason| TraceEntry {
            order_id: crate::Id::from_i64(order),
            supplier_id: crate::Id::from_i64(order + 100),
            supplier_name: format!("Supplier {order}"),
            business_id: crate::Id::from_i64(order + 200),
            rank: None,
            verdict,
            reason,
            explanation: "Supplier 1 ranked higher".to_owned(),
            delivery_id: None,
            price: None,
        };
        let attempt = TraceAttempt {
            attempt: 1,
            traced_at: Timestamp::from_seconds(0),
            candidates: vec![
                sale(1, TraceVerdict::Sold, None),
                sale(2, TraceVerdict::Refused, Some(RefusalReason::Outranked)),
            ],
            more_candidates: 0,
        };
        let lead = crate::Id::from_i64(9);
        assert_eq!(attempt.missed_by(lead, crate::Id::from_i64(1)), None);
        let missed = attempt
            .missed_by(lead, crate::Id::from_i64(2))
            .map(|missed| missed.explanation);
        assert_eq!(
            missed.as_deref(),
            Some(RefusalReason::Outranked.explanation_for_supplier())
        );
    }
}
