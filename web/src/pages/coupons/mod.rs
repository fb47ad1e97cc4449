//! Coupons: codes that make an order cheaper, and codes of one customer's own in their place (R36–R38).

pub mod form;
pub mod list;
pub mod page;

use leptos::prelude::untrack;
use tradepost_contract::coupons::{Coupon, Discount};

use crate::clock;
use crate::format::{money, share};
use crate::ui::badge::{Status, Tone};

/// Whether a coupon still counts, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Live,
    /// Its time has not come.
    Later,
    /// It was used as often as it may be.
    UsedUp,
    /// Its time is over, or it was ended.
    Ended,
}

impl Status for Standing {
    fn word(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Later => "later",
            Self::UsedUp => "used_up",
            Self::Ended => "ended",
        }
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Live => Tone::Good,
            Self::Later => Tone::Info,
            Self::UsedUp | Self::Ended => Tone::Neutral,
        }
    }
}

/// How a coupon stands now.
pub fn standing(coupon: &Coupon) -> Standing {
    let now = untrack(clock::now);
    // The device's clock and the server's are seconds apart: what was made just now counts.
    let soon = now.as_seconds() + 60;
    if coupon.ended_at.is_some() || coupon.valid_until.is_some_and(|until| until <= now) {
        Standing::Ended
    } else if coupon.max_uses.is_some_and(|most| coupon.uses >= most) {
        Standing::UsedUp
    } else if coupon.valid_from.as_seconds() > soon {
        Standing::Later
    } else {
        Standing::Live
    }
}

/// `10 %`, or `$45.00`.
pub fn discount(coupon: &Coupon) -> String {
    match coupon.discount {
        Discount::Percent { rate } => share::percent(Some(rate.decimal())),
        Discount::Amount { amount } => money::text(amount),
    }
}

/// `3 of 10`, or `3`.
pub fn uses(coupon: &Coupon) -> String {
    match coupon.max_uses {
        Some(most) => format!("{} of {most}", coupon.uses),
        None => coupon.uses.to_string(),
    }
}
