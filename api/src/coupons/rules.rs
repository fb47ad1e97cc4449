//! What may be a code, when a coupon counts, and what it takes off. Pure.

use tradepost_contract::coupons::Discount;
use tradepost_contract::{FieldError, LeadProductId, Money, MoneyError, SupplierId, Timestamp};

const SHORTEST: usize = 3;
const LONGEST: usize = 40;

/// A code as it is made: what nobody could type from a letter is refused.
pub(super) fn code(pointer: &str, text: &str) -> Result<String, FieldError> {
    let length = text.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let message = format!("expected {SHORTEST} to {LONGEST} characters");
        return Err(FieldError::new(pointer, "length", message));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        let message = "has no blanks at its ends and no control characters";
        return Err(FieldError::new(pointer, "invalid", message));
    }
    Ok(text.to_owned())
}

/// What a coupon asks of an order.
#[derive(Debug, Clone)]
pub(super) struct Conditions {
    pub(super) valid_from: Timestamp,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) products: Vec<LeadProductId>,
    pub(super) min_quantity: Option<i64>,
}

/// The order that a coupon is wanted for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) supplier: SupplierId,
    pub(super) product: LeadProductId,
    pub(super) quantity: i64,
    pub(super) at: Timestamp,
}

impl Conditions {
    /// Whether the coupon counts for this order, as far as its row says; how often it was used is the
    /// guarded counter's to say.
    pub(super) fn hold_for(&self, wanted: &Wanted) -> bool {
        self.valid_from <= wanted.at
            && self.valid_until.is_none_or(|until| wanted.at < until)
            && self.ended_at.is_none()
            && self.fit(wanted)
    }

    /// Whether a coupon that is held already still fits an order that was changed.
    pub(super) fn fit(&self, wanted: &Wanted) -> bool {
        self.supplier_id.is_none_or(|only| only == wanted.supplier)
            && (self.products.is_empty() || self.products.contains(&wanted.product))
            && self.min_quantity.is_none_or(|least| wanted.quantity >= least)
    }
}

/// What a coupon takes off a price: a share rounded half to even, or an amount, and never more than the price.
pub(crate) fn taken_off(discount: &Discount, price: Money) -> Result<Money, MoneyError> {
    let off = match discount {
        Discount::Percent { rate } => price.at_rate_half_even(rate.decimal())?,
        Discount::Amount { amount } => *amount,
    };
    Ok(if off.minus(price)?.minor > 0 { price } else { off })
}

/// The next number of a customer's uses: the lowest that is free, if the limit leaves one.
pub(super) fn free_number(taken: &[i64], per_customer: i64) -> Option<i64> {
    (1..=per_customer).find(|number| !taken.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::{Currency, Id};

    #[rstest]
    #[case("SAVE-10", true)]
    #[case("Save 10", true)]
    #[case("Ä10", true)]
    #[case("SAVE-10 ", false)]
    #[case(" SAVE-10", false)]
    #[case("AB", false)]
    #[case("A\nB1", false)]
    fn what_may_be_a_code(#[case] text: &str, #[case] good: bool) {
        assert_eq!(code("/code", text).is_ok(), good);
        assert!(code("/code", &"x".repeat(41)).is_err());
    }

    fn conditions() -> Conditions {
        Conditions {
            valid_from: Timestamp::from_seconds(100),
            valid_until: Some(Timestamp::from_seconds(200)),
            ended_at: None,
            supplier_id: None,
            products: vec![],
            min_quantity: None,
        }
    }

    fn wanted(at: i64) -> Wanted {
        Wanted {
            supplier: SupplierId::from_i64(1),
            product: LeadProductId::from_i64(2),
            quantity: 100,
            at: Timestamp::from_seconds(at),
        }
    }

    #[rstest]
    #[case::too_early(99, false)]
    #[case::the_first_instant(100, true)]
    #[case::the_last(199, true)]
    #[case::too_late(200, false)]
    fn a_coupon_counts_between_two_instants(#[case] at: i64, #[case] counts: bool) {
        assert_eq!(conditions().hold_for(&wanted(at)), counts);
        let endless = Conditions {
            valid_until: None,
            ..conditions()
        };
        assert!(endless.hold_for(&wanted(at.max(200))));
        let ended = Conditions {
            ended_at: Some(Timestamp::from_seconds(50)),
            ..conditions()
        };
        assert!(!ended.hold_for(&wanted(at)));
    }

    #[rstest]
    #[case::anybody(None, vec![], None, true)]
    #[case::this_customer(Some(1), vec![], None, true)]
    #[case::another_customer(Some(9), vec![], None, false)]
    #[case::this_product(None, vec![7, 2], None, true)]
    #[case::another_product(None, vec![7], None, false)]
    #[case::enough(None, vec![], Some(100), true)]
    #[case::too_few(None, vec![], Some(101), false)]
    fn a_coupon_may_ask_for_customer_product_and_quantity(
        #[case] supplier: Option<i64>,
        #[case] products: Vec<i64>,
        #[case] min_quantity: Option<i64>,
        #[case] counts: bool,
    ) {
        let conditions = Conditions {
            supplier_id: supplier.map(SupplierId::from_i64),
            products: products.into_iter().map(LeadProductId::from_i64).collect(),
            min_quantity,
            ..conditions()
        };
        assert_eq!(conditions.hold_for(&wanted(150)), counts);
    }

    #[rstest]
    #[case("0.10", 4500, 450)]
    #[case("0.10", 4505, 450)]
    #[case("0.10", 4515, 452)]
    #[case("1", 4500, 4500)]
    #[case("0.333333", 100, 33)]
    #[case("0", 4500, 0)]
    fn a_share_is_rounded_half_to_even(#[case] rate: &str, #[case] price: i64, #[case] off: i64) {
        let discount = Discount::Percent {
            rate: rate.parse().unwrap(),
        };
        let dollars = |minor| Money::new(minor, Currency::USD);
        assert_eq!(taken_off(&discount, dollars(price)), Ok(dollars(off)));
    }

    #[rstest]
    #[case(500, 4500, 500)]
    #[case(4500, 4500, 4500)]
    #[case(9000, 4500, 4500)]
    #[case(9000, 0, 0)]
    fn an_amount_is_at_most_the_price(#[case] amount: i64, #[case] price: i64, #[case] off: i64) {
        let dollars = |minor| Money::new(minor, Currency::USD);
        let discount = Discount::Amount {
            amount: dollars(amount),
        };
        assert_eq!(taken_off(&discount, dollars(price)), Ok(dollars(off)));
    }

    #[rstest]
    #[case(&[], 1, Some(1))]
    #[case(&[1], 1, None)]
    #[case(&[1], 2, Some(2))]
    #[case(&[2], 2, Some(1))]
    #[case(&[1, 2], 2, None)]
    fn a_customers_uses_are_numbered(#[case] taken: &[i64], #[case] limit: i64, #[case] next: Option<i64>) {
        assert_eq!(free_number(taken, limit), next);
    }
}
