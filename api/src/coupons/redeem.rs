//! A checkout's use of a coupon: held, then consumed or released.

use super::rules::{self, Wanted};
use super::store;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, is_unique_violation};
use tradepost_contract::coupons::{Discount, RedemptionAction, RedemptionStatus};
use tradepost_contract::policy::{PolicySet, WordingKey};
use tradepost_contract::{CheckoutId, CouponId, LeadProductId, ProblemCode, ProgrammeId, SupplierId};

/// The order that a coupon is wanted for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    pub(crate) product: LeadProductId,
    pub(crate) quantity: i64,
}

impl Wish {
    const fn at(&self, tx: &Tx<'_>) -> Wanted {
        Wanted {
            supplier: self.supplier,
            product: self.product,
            quantity: self.quantity,
            at: tx.business_now(),
        }
    }
}

/// The one answer to every code that does not count, so that nobody learns which codes exist (R36).
fn invalid(policy: &PolicySet) -> ApiError {
    let word = policy.word(WordingKey::InvalidCoupon);
    ApiError::new(ProblemCode::InvalidCoupon)
        .detail(word)
        .field("/coupon", "invalid_coupon", word)
}

/// Finds the coupon of a code that counts for the order, and counts one use of it (F22). [`Held::by`]
/// writes it down, once the checkout has its row.
pub(crate) fn reserve(
    tx: &mut Tx<'_>,
    policy: &PolicySet,
    wish: Wish,
    code: &str,
) -> ApiResult<(CouponId, Discount, Held)> {
    let refuse = || invalid(policy);
    if !policy.coupon.accepted {
        return Err(refuse());
    }
    let wanted = wish.at(tx);
    let coupon = store::by_code(tx, wish.programme, code, policy.coupon.case_sensitive)?
        .filter(|coupon| coupon.conditions.hold_for(&wanted))
        .ok_or_else(refuse)?;
    if !store::count_use(tx, coupon.id)? {
        return Err(refuse());
    }
    let taken = store::numbers_of(tx, coupon.id, wish.supplier)?;
    let number = rules::free_number(&taken, coupon.per_customer).ok_or_else(refuse)?;
    let held = Held {
        coupon: coupon.id,
        supplier: wish.supplier,
        number,
    };
    Ok((coupon.id, coupon.discount, held))
}

/// A use that was counted and is about to be written down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    coupon: CouponId,
    supplier: SupplierId,
    number: i64,
}

impl Held {
    /// Writes the use down for the checkout that holds it.
    pub(crate) fn by(self, tx: &mut Tx<'_>, checkout: CheckoutId, policy: &PolicySet) -> ApiResult<()> {
        let new = store::NewRedemption {
            coupon: self.coupon,
            supplier: self.supplier,
            checkout,
            number: self.number,
        };
        match store::insert_redemption(tx, &new) {
            Ok(_) => Ok(()),
            // Another checkout of the customer took the number at the same moment.
            Err(cause) if is_unique_violation(&cause) => Err(invalid(policy)),
            Err(cause) => Err(cause.into()),
        }
    }
}

/// The discount of a coupon that a checkout holds, for an order that was changed.
pub(crate) fn again(tx: &mut Tx<'_>, policy: &PolicySet, wish: Wish, coupon: CouponId) -> ApiResult<Discount> {
    let wanted = wish.at(tx);
    store::find(tx, coupon)?
        .filter(|coupon| coupon.conditions.fit(&wanted))
        .map(|coupon| coupon.discount)
        .ok_or_else(|| invalid(policy))
}

/// Settles the use that a checkout holds, if it holds one: `Consume` when it is paid or the attempt counts
/// (R37), `Release` when it came to nothing. Doing it again changes nothing.
pub(crate) fn settle(tx: &mut Tx<'_>, checkout: CheckoutId, action: RedemptionAction) -> ApiResult<()> {
    let to = RedemptionStatus::Reserved.after(action).map_err(ApiError::internal)?;
    let Some(coupon) = store::settle(tx, checkout, to)? else {
        return Ok(());
    };
    if to == RedemptionStatus::Released {
        store::give_use_back(tx, coupon)?;
    }
    Ok(())
}
