//! How leads are bought at a checkout.

use super::in_range;
use crate::FieldError;

/// How leads are bought at a checkout (R39, R51, R54).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckoutPolicy {
    /// Not offered: the seller's staff place the orders, and suppliers where `self_service.orders` says so.
    NotOffered {},
    /// Offered: a supplier's own people order there and nowhere else, because what they order is paid first.
    Offered {
        /// New buyers register by themselves, and the storefront is open to everybody (R51).
        sign_up: bool,
        /// A checkout that is not submitted is abandoned after so many minutes, and its coupon with it (R37).
        hold_minutes: u32,
        /// An order that was submitted waits so many hours for its money.
        payment_hours: u32,
    },
}

impl CheckoutPolicy {
    /// Whether new buyers register by themselves.
    pub const fn sign_up(&self) -> bool {
        match self {
            Self::NotOffered {} => false,
            Self::Offered { sign_up, .. } => *sign_up,
        }
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        if let Self::Offered {
            hold_minutes,
            payment_hours,
            ..
        } = self
        {
            in_range(faults, "/checkout/hold_minutes", *hold_minutes, 1..=10_080);
            in_range(faults, "/checkout/payment_hours", *payment_hours, 1..=720);
        }
    }
}
