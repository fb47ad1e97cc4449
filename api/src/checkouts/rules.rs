//! What an order of leads costs, how many it brings, and how many a day. Pure.

use crate::coupons::rules::taken_off;
use crate::loyalty_subscriptions::rules::bonus;
use crate::suppliers::fields::Faults;
use crate::tax::rules::Tax;
use tradepost_contract::checkouts::{JoinLoyalty, OrderLoyalty, Quote};
use tradepost_contract::coupons::Discount;
use tradepost_contract::lead_products::{Exclusivity, ProductTiming};
use tradepost_contract::policy::{LoyaltyPolicy, PolicySet};
use tradepost_contract::{Money, MoneyError};

/// More leads than anybody buys at once; it keeps prices far from the largest amount.
const MOST_LEADS: i64 = 1_000_000;

/// A number of leads.
pub(super) fn check_quantity(faults: &mut Faults, quantity: i64) {
    if !(1..=MOST_LEADS).contains(&quantity) {
        faults.push("/quantity", "out_of_range", format!("expected 1 to {MOST_LEADS}"));
    }
}

/// A daily ceiling: only where the policy of the product offers one, and never for batches (R54, R55).
pub(super) fn check_ceiling(faults: &mut Faults, policy: &PolicySet, timing: ProductTiming, percent: Option<i64>) {
    let Some(percent) = percent else {
        return;
    };
    if !offers_ceiling(policy, timing) {
        let message = match timing {
            ProductTiming::Batch => "leads that come in batches are delivered as soon as they are there",
            ProductTiming::RealTime => "the product has no daily ceiling to choose",
        };
        faults.push("/daily_percent", "not_offered", message);
    } else if !(1..=100).contains(&percent) {
        faults.push("/daily_percent", "out_of_range", "expected 1 to 100");
    }
}

/// Whether the buyer may choose a daily ceiling.
pub(crate) fn offers_ceiling(policy: &PolicySet, timing: ProductTiming) -> bool {
    policy.distribution.daily_percentage && timing == ProductTiming::RealTime
}

/// The daily ceiling in leads: the percentage of the order's quantity, rounded up, at least 1 (R54). The extra
/// leads are part of the quantity, so that 10 % means ten days with or without them.
pub(super) const fn cap_day(order_quantity: i64, percent: i64) -> i64 {
    let cap = (order_quantity * percent + 99) / 100;
    if cap < 1 { 1 } else { cap }
}

/// What joining the loyalty programme gives the first order, or why it cannot be joined like this.
pub(super) fn loyalty(
    faults: &mut Faults,
    policy: &LoyaltyPolicy,
    exclusivity: Exclusivity,
    quantity: i64,
    join: Option<&JoinLoyalty>,
) -> Option<OrderLoyalty> {
    let join = join?;
    let LoyaltyPolicy::OptIn {
        rounding, intervals, ..
    } = policy
    else {
        faults.push("/loyalty", "not_offered", "the programme has nothing to join");
        return None;
    };
    let Some(days) = intervals.get(&join.interval) else {
        let codes: Vec<&str> = intervals.keys().map(String::as_str).collect();
        let message = format!("expected one of: {}", codes.join(", "));
        faults.push("/loyalty/interval", "unknown_interval", message);
        return None;
    };
    let rate = policy.perk(exclusivity == Exclusivity::Exclusive, 0);
    Some(OrderLoyalty {
        interval: join.interval.clone(),
        interval_days: i64::from(*days),
        bonus: bonus(quantity, rate, *rounding),
        subscription_id: None,
    })
}

/// What an order costs: unit price times number, less the discount (a share of it is rounded half to even),
/// and one tax on the rest, rounded half to even.
pub(super) fn quote(
    unit_price: Money,
    quantity: i64,
    discount: Option<&Discount>,
    tax: &Tax,
) -> Result<Quote, MoneyError> {
    let subtotal = unit_price.times(quantity)?;
    let discount = match discount {
        Some(discount) => taken_off(discount, subtotal)?,
        None => Money::zero(unit_price.currency),
    };
    let split = tax.sums(&[(subtotal.minus(discount)?, 1)], Money::zero(unit_price.currency))?;
    Ok(Quote {
        unit_price,
        subtotal,
        discount,
        net: split.net,
        tax: split.tax,
        total: split.net.plus(split.tax)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeMap;
    use tradepost_contract::Currency;
    use tradepost_contract::policy::{PerkRounding, Rate, Sequence, TaxPrices, TaxRounding, TaxTreatment};

    /// R54: rounded up, at least 1.
    #[rstest]
    #[case(100, 10, 10)]
    #[case(101, 10, 11)]
    #[case(110, 10, 11)]
    #[case(5, 1, 1)]
    #[case(1, 1, 1)]
    #[case(99, 33, 33)]
    #[case(100, 33, 33)]
    #[case(7, 50, 4)]
    #[case(100, 100, 100)]
    #[case(1_000_000, 1, 10_000)]
    fn r54_the_ceiling_is_rounded_up(#[case] quantity: i64, #[case] percent: i64, #[case] cap: i64) {
        assert_eq!(cap_day(quantity, percent), cap);
    }

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn offered() -> LoyaltyPolicy {
        LoyaltyPolicy::OptIn {
            exclusive: rate("0.10"),
            shared: BTreeMap::from([(Sequence(0), rate("0.20")), (Sequence(2), rate("0.30"))]),
            base: rate("0.10"),
            rounding: PerkRounding::HalfUp,
            intervals: BTreeMap::from([("monthly".to_owned(), 30)]),
            price_frozen: true,
            notice_days: 3,
        }
    }

    /// R56–R58: nothing unless chosen; the first entry of the table on the first order.
    #[rstest]
    #[case::not_joined(None, Exclusivity::Exclusive, None, &[])]
    #[case::exclusive(Some("monthly"), Exclusivity::Exclusive, Some(10), &[])]
    #[case::shared(Some("monthly"), Exclusivity::Shared, Some(20), &[])]
    #[case::no_such_interval(Some("yearly"), Exclusivity::Shared, None, &["/loyalty/interval"])]
    fn r56_the_loyalty_programme_is_joined_by_choice(
        #[case] interval: Option<&str>,
        #[case] exclusivity: Exclusivity,
        #[case] extra: Option<i64>,
        #[case] faulty: &[&str],
    ) {
        let join = interval.map(|interval| JoinLoyalty {
            interval: interval.to_owned(),
        });
        let mut faults = Faults::default();
        let given = loyalty(&mut faults, &offered(), exclusivity, 100, join.as_ref());
        assert_eq!(
            given.map(|given| (given.bonus, given.interval_days)),
            extra.map(|extra| (extra, 30))
        );
        let found = faults.finish().map_or_else(
            |error| error.errors().iter().map(|fault| fault.pointer.clone()).collect(),
            |()| Vec::new(),
        );
        assert_eq!(found, faulty);
        let mut faults = Faults::default();
        assert_eq!(
            loyalty(
                &mut faults,
                &LoyaltyPolicy::NotOffered {},
                exclusivity,
                100,
                join.as_ref()
            ),
            None
        );
        assert_eq!(faults.finish().is_err(), join.is_some());
    }

    #[rstest]
    #[case::plain(4500, 100, None, "0", [450_000, 0, 450_000, 0, 450_000])]
    #[case::share(4500, 100, Some(Discount::Percent { rate: rate("0.10") }), "0.0825", [450_000, 45_000, 405_000, 33_412, 438_412])]
    #[case::a_half_cent_goes_to_even(1, 10, Some(Discount::Percent { rate: rate("0.05") }), "0.05", [10, 0, 10, 0, 10])]
    #[case::all_of_it(4500, 2, Some(Discount::Percent { rate: rate("1") }), "0.20", [9_000, 9_000, 0, 0, 0])]
    #[case::more_than_it(4500, 2, Some(Discount::Amount { amount: Money::new(10_000, Currency::USD) }), "0.20", [9_000, 9_000, 0, 0, 0])]
    #[case::free(0, 2, None, "0.20", [0, 0, 0, 0, 0])]
    fn a_quote_is_rounded_once_for_the_discount_and_once_for_the_tax(
        #[case] price: i64,
        #[case] quantity: i64,
        #[case] discount: Option<Discount>,
        #[case] tax: &str,
        #[case] expected: [i64; 5],
    ) {
        let tax = Tax {
            label: "Sales tax".to_owned(),
            rate: rate(tax).decimal(),
            treatment: TaxTreatment::Charged,
            note: None,
            prices: TaxPrices::Exclusive,
            rounding: TaxRounding::PerLine,
        };
        let quoted = quote(Money::new(price, Currency::USD), quantity, discount.as_ref(), &tax).unwrap();
        let amounts = [quoted.subtotal, quoted.discount, quoted.net, quoted.tax, quoted.total];
        assert_eq!(amounts.map(|amount| amount.minor), expected);
    }
}
