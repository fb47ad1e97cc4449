//! Loyalty subscriptions: an order that is placed again at an interval, with extra leads (R56–R64).

use crate::payments::{PaymentFailure, PaymentStatus};
use crate::transition::InvalidTransition;
use crate::{
    BusinessId, CheckoutId, LeadProductId, LocalDate, LoyaltySubscriptionId, Money, OrderId, ProgrammeId, SupplierId,
    Timestamp,
};

text_enum! {
    /// Where a loyalty subscription stands.
    pub enum LoyaltyStatus {
        /// The order is placed again on its day.
        Active = "active",
        /// Its day passes without an order, until it is activated (R63).
        OnHold = "on_hold",
        /// A renewal was not paid.
        Lapsed = "lapsed",
        /// It is over.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can happen to a loyalty subscription.
    pub enum LoyaltyAction {
        /// Not to reopen on its day (R63).
        Hold = "hold",
        /// To go on (R63).
        Activate = "activate",
        /// To end (R64).
        Cancel = "cancel",
        /// A renewal was not paid.
        Lapse = "lapse",
    }
}

impl LoyaltyStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: LoyaltyAction) -> Result<Self, InvalidTransition> {
        use LoyaltyAction as A;
        match (self, action) {
            (Self::Active, A::Hold) => Ok(Self::OnHold),
            (Self::OnHold, A::Activate) => Ok(Self::Active),
            (Self::Active | Self::OnHold, A::Cancel) => Ok(Self::Cancelled),
            (Self::Active | Self::OnHold, A::Lapse) => Ok(Self::Lapsed),
            (Self::Active, A::Activate)
            | (Self::OnHold, A::Hold)
            | (Self::Lapsed | Self::Cancelled, A::Hold | A::Activate | A::Cancel | A::Lapse) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }
}

/// A loyalty subscription.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LoyaltySubscription {
    /// Its id.
    pub id: LoyaltySubscriptionId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// The business it buys for.
    pub business_id: BusinessId,
    /// What that is called.
    pub business_name: String,
    /// What it buys.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// Where it stands.
    pub status: LoyaltyStatus,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<LoyaltyAction>,
    /// The interval by its code.
    pub interval: String,
    /// The interval in exact days (R62).
    pub interval_days: i64,
    /// How many leads are paid for each time, as in the first order (R61).
    pub quantity: i64,
    /// The price of a lead at the next renewal: that of the first order, where the policy keeps it (R61).
    pub unit_price: Money,
    /// How many renewals there were; 0 while the first order is the only one.
    pub cycle: i64,
    /// The day of the next renewal, or the day that a hold has let pass; none where there is no next one.
    pub renews_on: Option<LocalDate>,
    /// The extra leads of the next renewal, as things stand (R57, R58, R60).
    pub next_bonus: i64,
    /// How many times its orders were paused.
    pub pauses: i64,
    /// How many pauses keep the extra leads; none where pauses cost nothing (R59).
    pub pauses_that_keep_perk: Option<u32>,
    /// Whether it has fallen back to the base perk for good (R60).
    pub reverted: bool,
    /// The latest order.
    pub order_id: Option<OrderId>,
    /// A renewal that waits for its money.
    pub awaiting_checkout_id: Option<CheckoutId>,
    /// When it was joined.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// One order of a loyalty subscription: the first, or a renewal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LoyaltyCycle {
    /// 0 is the first order, 1 the first renewal.
    pub cycle: i64,
    /// The day it was due.
    pub due_on: LocalDate,
    /// Its checkout.
    pub checkout_id: CheckoutId,
    /// The order that came of it; none while it waits for its money, or where that never came.
    pub order_id: Option<OrderId>,
    /// How many leads were paid for.
    pub quantity: i64,
    /// The extra leads.
    pub bonus: i64,
    /// How its latest payment stands.
    pub payment: Option<PaymentStatus>,
    /// Why that failed.
    pub failure: Option<PaymentFailure>,
}

/// A hold, an activation or a cancellation of a loyalty subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLoyalty {
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use LoyaltyAction as A;
        use LoyaltyStatus as S;
        let allowed = [
            (S::Active, A::Hold, S::OnHold),
            (S::OnHold, A::Activate, S::Active),
            (S::Active, A::Cancel, S::Cancelled),
            (S::OnHold, A::Cancel, S::Cancelled),
            (S::Active, A::Lapse, S::Lapsed),
            (S::OnHold, A::Lapse, S::Lapsed),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed.iter().find(|(f, a, _)| f == from && a == action);
                assert_eq!(
                    from.after(*action).ok(),
                    expected.map(|(_, _, to)| *to),
                    "{from} {action}"
                );
            }
        }
    }
}
