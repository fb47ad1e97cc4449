//! Loyalty and coupons.

use super::{Rate, Sequence, in_range};
use crate::FieldError;
use std::collections::BTreeMap;

/// The recurring order with its perk (K21).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum LoyaltyPolicy {
    /// Not offered.
    NotOffered {},
    /// Offered at checkout, off unless chosen (R56).
    OptIn {
        /// The extra leads of exclusive products, on the first order and every renewal (R57).
        exclusive: Rate,
        /// The extra leads of shared products by order of the series (R58). An order that is not
        /// listed takes the entry before it.
        shared: BTreeMap<Sequence, Rate>,
        /// The perk after too many pauses (R60).
        base: Rate,
        /// How a fraction of a lead is rounded.
        rounding: PerkRounding,
        /// The intervals to choose from by code, in exact days (R61, R62).
        intervals: BTreeMap<String, u32>,
        /// Renewals keep the first order's price (R61).
        price_frozen: bool,
        /// So many days before a renewal its customer is told of it.
        notice_days: u32,
    },
}

impl LoyaltyPolicy {
    /// The perk of an order of the series, before pauses are looked at.
    pub fn perk(&self, exclusive_product: bool, order: u32) -> Rate {
        match self {
            Self::NotOffered {} => Rate::ZERO,
            Self::OptIn { exclusive, .. } if exclusive_product => *exclusive,
            Self::OptIn { shared, .. } => shared
                .range(..=Sequence(order))
                .next_back()
                .map_or(Rate::ZERO, |(_, rate)| *rate),
        }
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        if let Self::OptIn {
            intervals,
            shared,
            notice_days,
            ..
        } = self
        {
            in_range(faults, "/loyalty/notice_days", *notice_days, 0..=60);
            if intervals.is_empty() {
                faults.push(FieldError::new(
                    "/loyalty/intervals",
                    "required",
                    "at least one interval must be offered",
                ));
            }
            for (code, days) in intervals {
                in_range(faults, &format!("/loyalty/intervals/{code}"), *days, 1..=366);
            }
            if !shared.contains_key(&Sequence(0)) {
                faults.push(FieldError::new(
                    "/loyalty/shared",
                    "required",
                    "the perk of the first order (\"0\") is missing",
                ));
            }
        }
    }
}

text_enum! {
    /// How a fraction of an extra lead is rounded.
    pub enum PerkRounding {
        /// Away.
        Down = "down",
        /// Half and more become one.
        HalfUp = "half_up",
        /// To a whole lead.
        Up = "up",
    }
}

/// Coupon codes (R36–R38).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponPolicy {
    /// Whether there are coupons at all.
    pub accepted: bool,
    /// Capital letters, spaces and dashes must be exact (R36).
    pub case_sensitive: bool,
    /// An attempt uses the code up, even if the order was not completed (R37).
    pub attempt_consumes: bool,
    /// How often one customer may use a code.
    pub per_customer: u32,
}
