//! Coupons: codes that make an order cheaper, and what became of each use (R36–R38).

use crate::policy::Rate;
use crate::transition::InvalidTransition;
use crate::{CouponId, LeadProductId, Money, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Where one use of a coupon stands.
    pub enum RedemptionStatus {
        /// A checkout that is not paid holds it.
        Reserved = "reserved",
        /// It is used up: by an order, or by the attempt where the policy says so (R37).
        Consumed = "consumed",
        /// The checkout was abandoned, and the use is free again.
        Released = "released",
    }
}

text_enum! {
    /// What can happen to one use of a coupon.
    pub enum RedemptionAction {
        /// The order was paid, or the attempt counts.
        Consume = "consume",
        /// The checkout came to nothing and the attempt does not count.
        Release = "release",
    }
}

impl RedemptionStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: RedemptionAction) -> Result<Self, InvalidTransition> {
        use RedemptionAction as A;
        match (self, action) {
            (Self::Reserved, A::Consume) => Ok(Self::Consumed),
            (Self::Reserved, A::Release) => Ok(Self::Released),
            (Self::Consumed | Self::Released, A::Consume | A::Release) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Discount {
    /// A share of the price, rounded half to even to a whole minor unit.
    Percent {
        /// The share: `"0.10"` is 10 %.
        rate: Rate,
    },
    /// An amount, at most the price.
    Amount {
        /// How much, in the programme's currency.
        amount: Money,
    },
}

/// A code that makes an order cheaper.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Coupon {
    /// Its id.
    pub id: CouponId,
    /// The programme it counts in.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What the buyer types, exactly (R36).
    #[schema(example = "SAVE-10")]
    pub code: String,
    /// What it takes off.
    pub discount: Discount,
    /// The products it counts for; all of the programme where there is none.
    pub products: Vec<LeadProductId>,
    /// The fewest leads of an order that it counts for.
    pub min_quantity: Option<i64>,
    /// From this instant on.
    pub valid_from: Timestamp,
    /// Until before this instant; without end where there is none.
    pub valid_until: Option<Timestamp>,
    /// How often it may be used in all.
    pub max_uses: Option<i64>,
    /// How often it was used or is held by a checkout.
    pub uses: i64,
    /// How often one customer may use it (R37).
    pub per_customer: i64,
    /// The only customer it counts for, where there is one.
    pub supplier_id: Option<SupplierId>,
    /// What that customer is called.
    pub supplier_name: Option<String>,
    /// The coupon that it stands in for (R38).
    pub alternative_of: Option<CouponId>,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// Grows with every change and every use; the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new coupon.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCoupon {
    /// The programme it counts in.
    pub programme_id: ProgrammeId,
    /// What the buyer types: 3 to 40 characters, unique in the programme, without blanks at its ends.
    #[schema(example = "SAVE-10", min_length = 3, max_length = 40)]
    pub code: String,
    /// What it takes off.
    pub discount: Discount,
    /// The products it counts for; all of the programme where it is left out or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<LeadProductId>,
    /// The fewest leads of an order that it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub min_quantity: Option<i64>,
    /// From when on; at once where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Until before when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// How often it may be used in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub max_uses: Option<i64>,
    /// How often one customer may use it; as often as the policy says where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub per_customer: Option<i64>,
    /// The only customer it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
}

/// The end of a coupon before its time. Checkouts that hold it keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndCoupon {
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A code of one customer's own, in place of one that an attempt has used up (R38).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAlternative {
    /// Who gets it.
    pub supplier_id: SupplierId,
    /// Why, for the audit trail.
    #[schema(
        example = "The order was not completed; the customer wrote on Monday.",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use RedemptionAction as A;
        use RedemptionStatus as S;
        let allowed = [
            (S::Reserved, A::Consume, S::Consumed),
            (S::Reserved, A::Release, S::Released),
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
