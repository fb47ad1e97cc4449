//! Standing orders: which leads a supplier takes, how many, when and at what price.

mod schedule;

pub use schedule::*;

use crate::checkouts::OrderLoyalty;
use crate::patch::given;
use crate::pauses::RequestChannel;
use crate::transition::InvalidTransition;
use crate::{
    BusinessId, CheckoutId, LeadProductId, LocalDate, Money, OrderId, ProgrammeId, ResolvedPolicyId, SupplierId,
    Timestamp,
};

text_enum! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// It takes leads.
        Open = "open",
        /// It takes none until it is resumed.
        Paused = "paused",
        /// It has all the leads it asked for.
        Filled = "filled",
        /// It is over.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can happen to an order.
    pub enum OrderAction {
        /// Stop for a while.
        Pause = "pause",
        /// Go on.
        Resume = "resume",
        /// The last lead was delivered.
        Fill = "fill",
        /// More leads were asked for.
        Extend = "extend",
        /// End it.
        Cancel = "cancel",
    }
}

impl OrderStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: OrderAction) -> Result<Self, InvalidTransition> {
        use OrderAction as A;
        match (self, action) {
            (Self::Open, A::Pause) => Ok(Self::Paused),
            (Self::Paused, A::Resume) => Ok(Self::Open),
            (Self::Open, A::Fill) => Ok(Self::Filled),
            (Self::Filled, A::Extend) => Ok(Self::Open),
            (Self::Open | Self::Paused | Self::Filled, A::Cancel) => Ok(Self::Cancelled),
            (Self::Paused | Self::Filled | Self::Cancelled, A::Pause)
            | (Self::Open | Self::Filled | Self::Cancelled, A::Resume)
            | (Self::Paused | Self::Filled | Self::Cancelled, A::Fill)
            | (Self::Open | Self::Paused | Self::Cancelled, A::Extend)
            | (Self::Cancelled, A::Cancel) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// What the account's standing does to its orders. An order takes leads only while it is `none`.
    pub enum OrderHold {
        /// Nothing.
        None = "none",
        /// The account is being set up.
        Onboarding = "onboarding",
        /// The account takes a pause.
        Paused = "paused",
        /// The account is suspended.
        Suspended = "suspended",
        /// The account's notice is over.
        InNotice = "in_notice",
        /// The account is closed.
        Closed = "closed",
    }
}

text_enum! {
    /// Who paused an order.
    pub enum PausedBy {
        /// The supplier himself (R52).
        Supplier = "supplier",
        /// The seller's staff (R19).
        Staff = "staff",
    }
}

text_enum! {
    /// How a list of orders is sorted; a minus turns it round. Amounts are compared whatever their currency.
    pub enum OrderSort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// The cheapest first.
        Price = "price",
        /// The dearest first.
        PriceFalling = "-price",
        /// What will be filled soonest first, and what has no end last.
        Remaining = "remaining",
        /// What has no end first, and then what has most left.
        RemainingFalling = "-remaining",
    }
}

/// A standing request for leads.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// The programme it buys in.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// That supplier's name.
    pub supplier_name: String,
    /// The business it buys for.
    pub business_id: BusinessId,
    /// That business's name.
    pub business_name: String,
    /// What it buys.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// How soon its leads come, in words (R39).
    pub eta_text: Option<String>,
    /// The checkout it was bought in; its leads are paid for then.
    pub checkout_id: Option<CheckoutId>,
    /// Whether it is placed again, and with how many extra leads (R56).
    pub loyalty: Option<OrderLoyalty>,
    /// Where it stands.
    pub status: OrderStatus,
    /// What the account's standing does to it: it takes leads only while this is `none`.
    pub hold: OrderHold,
    /// Who paused it, while it is paused.
    pub paused_by: Option<PausedBy>,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<OrderAction>,
    /// The price of a lead.
    pub price: Money,
    /// How many leads it asks for in all; no end where there is none.
    pub quantity: Option<i64>,
    /// How many it got (R39).
    pub sold: i64,
    /// How many it still waits for (R39).
    pub remaining: Option<i64>,
    /// The most leads a day, on the programme's calendar.
    pub cap_day: Option<i64>,
    /// The most leads a week, from Monday.
    pub cap_week: Option<i64>,
    /// The most leads a month.
    pub cap_month: Option<i64>,
    /// When it takes leads.
    pub schedule: OrderSchedule,
    /// Higher goes first, 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub priority: i32,
    /// Its share among orders of the same rank, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: i32,
    /// From this instant on.
    pub starts_at: Timestamp,
    /// Until before this instant.
    pub ends_at: Option<Timestamp>,
    /// The policy it sells by now; each delivery keeps the one of its own time.
    pub resolved_policy_id: ResolvedPolicyId,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new order. It takes leads at once, unless the account's standing holds it.
///
/// A supplier's own people may place one where the policy lets them (`self_service.orders`); the
/// price, the priority and the weight are the seller's to set.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrder {
    /// The business it buys for; its supplier pays.
    pub business_id: BusinessId,
    /// What it buys: a product of the supplier's programme.
    pub product_id: LeadProductId,
    /// The price of a lead, in the programme's currency; the product's where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// How many leads in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub quantity: Option<i64>,
    /// The most leads a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub cap_day: Option<i64>,
    /// The most leads a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub cap_week: Option<i64>,
    /// The most leads a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub cap_month: Option<i64>,
    /// When it takes leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<OrderSchedule>,
    /// Higher goes first; 0 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub priority: Option<i32>,
    /// Its share among orders of the same rank; 1 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: Option<i32>,
    /// From when on; at once where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// Until before when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// A change of an order, as a merge patch: what is left out stays. Send `If-Match`.
///
/// A supplier's own people may change the quantity and the caps where the policy lets them
/// (`self_service.volume`), and the schedule and the dates likewise (`self_service.schedule`);
/// otherwise 403 `change_through_staff` (R5, R53, R77). The rest is the seller's to change.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrder {
    /// The price of a lead delivered from now on.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// How many leads in all, at least as many as were delivered; null means no end. Raising it opens
    /// a filled order again.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub quantity: Option<Option<i64>>,
    /// The most leads a day; null means no limit.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub cap_day: Option<Option<i64>>,
    /// The most leads a week; null means no limit.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub cap_week: Option<Option<i64>>,
    /// The most leads a month; null means no limit.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub cap_month: Option<Option<i64>>,
    /// When it takes leads, as a whole.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub schedule: Option<OrderSchedule>,
    /// Higher goes first.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub priority: Option<i32>,
    /// Its share among orders of the same rank.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: Option<i32>,
    /// From when on.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// Until before when; null means without end.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Timestamp>)]
    pub ends_at: Option<Option<Timestamp>>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A pause of an order. Without a beginning it begins as soon as the notice of the policy allows, and without a return
/// date it lasts as long as the policy allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseOrder {
    /// From when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// The day on which leads come again (R70).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns_on: Option<LocalDate>,
    /// Who asked for it, where staff write it down (R19); staff say this and `channel`, or a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mo Okafor", max_length = 200)]
    pub requested_by: Option<String>,
    /// How they asked (R19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<RequestChannel>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mo Okafor asked for it by phone", max_length = 500)]
    pub reason: Option<String>,
}

/// A resumption or a cancellation of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrderStatus {
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
        use OrderAction as A;
        use OrderStatus as S;
        let allowed = [
            (S::Open, A::Pause, S::Paused),
            (S::Paused, A::Resume, S::Open),
            (S::Open, A::Fill, S::Filled),
            (S::Filled, A::Extend, S::Open),
            (S::Open, A::Cancel, S::Cancelled),
            (S::Paused, A::Cancel, S::Cancelled),
            (S::Filled, A::Cancel, S::Cancelled),
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
}
