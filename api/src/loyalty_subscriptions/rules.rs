//! When a loyalty order is placed again, and with how many extra leads. Pure.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use tradepost_contract::LocalDate;
use tradepost_contract::policy::{LoyaltyPolicy, PerkEffect, PerkRounding, Rate};

/// What held when a subscription was joined; a later edit of the policy does not move it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Terms {
    pub(super) loyalty: LoyaltyPolicy,
    /// Whether the product was sold to one buyer only (R57).
    pub(super) exclusive: bool,
    /// What pauses do to the perk (R59, R60).
    pub(super) perk_effect: PerkEffect,
}

impl Terms {
    /// How many pauses keep the perk; none where pauses cost nothing.
    pub(super) const fn pauses_that_keep_perk(&self) -> Option<u32> {
        match self.perk_effect {
            PerkEffect::None {} => None,
            PerkEffect::RevertToBase { allowed } => Some(allowed),
        }
    }

    /// Whether so many pauses end the rise of the perk (R60).
    pub(super) fn reverts(&self, pauses: i64) -> bool {
        self.pauses_that_keep_perk()
            .is_some_and(|allowed| pauses > i64::from(allowed))
    }

    /// The share of extra leads of an order of the series (R57, R58), or the base after too many pauses (R60).
    pub(super) fn perk(&self, cycle: i64, reverted: bool) -> Rate {
        match &self.loyalty {
            LoyaltyPolicy::NotOffered {} => Rate::ZERO,
            LoyaltyPolicy::OptIn { base, .. } if reverted => *base,
            offered @ LoyaltyPolicy::OptIn { .. } => {
                offered.perk(self.exclusive, u32::try_from(cycle).unwrap_or(u32::MAX))
            }
        }
    }

    /// The extra leads of an order of so many (R57, R58).
    pub(super) fn bonus(&self, quantity: i64, cycle: i64, reverted: bool) -> i64 {
        let rounding = match &self.loyalty {
            LoyaltyPolicy::NotOffered {} => PerkRounding::Down,
            LoyaltyPolicy::OptIn { rounding, .. } => *rounding,
        };
        bonus(quantity, self.perk(cycle, reverted), rounding)
    }

    /// Whether renewals keep the first order's price (R61).
    pub(super) const fn keeps_price(&self) -> bool {
        match self.loyalty {
            LoyaltyPolicy::NotOffered {} => true,
            LoyaltyPolicy::OptIn { price_frozen, .. } => price_frozen,
        }
    }
}

/// The extra leads of an order: its number of leads times the perk, rounded as the policy says (R57, R58).
pub(crate) fn bonus(quantity: i64, rate: Rate, rounding: PerkRounding) -> i64 {
    let strategy = match rounding {
        PerkRounding::Down => RoundingStrategy::ToZero,
        PerkRounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        PerkRounding::Up => RoundingStrategy::AwayFromZero,
    };
    let exact = Decimal::from(quantity) * rate.decimal();
    exact.round_dp_with_strategy(0, strategy).to_i64().unwrap_or(0)
}

/// The day of the next order, so many exact days after the last (R62).
pub(super) fn next_on(last_due_on: LocalDate, interval_days: i64) -> LocalDate {
    last_due_on.plus_days(interval_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeMap;
    use tradepost_contract::policy::Sequence;

    fn rate(text: &str) -> Rate {
        serde_json::from_value(serde_json::json!(text)).unwrap()
    }

    fn terms(shared: &[(u32, &str)], exclusive: bool, allowed: Option<u32>) -> Terms {
        Terms {
            loyalty: LoyaltyPolicy::OptIn {
                exclusive: rate("0.10"),
                shared: shared
                    .iter()
                    .map(|(order, share)| (Sequence(*order), rate(share)))
                    .collect(),
                base: rate("0.10"),
                rounding: PerkRounding::HalfUp,
                intervals: BTreeMap::from([("monthly".to_owned(), 30)]),
                price_frozen: true,
                notice_days: 3,
            },
            exclusive,
            perk_effect: allowed.map_or(PerkEffect::None {}, |allowed| PerkEffect::RevertToBase { allowed }),
        }
    }

    /// The store's table; the first renewal is not stated and takes the entry before it.
    const STATED: &[(u32, &str)] = &[(0, "0.10"), (2, "0.20"), (3, "0.30")];
    /// The other reading: the order after the first is the first renewal and rises at once.
    const AT_ONCE: &[(u32, &str)] = &[(0, "0.10"), (1, "0.20"), (2, "0.30")];

    /// R57, R58: a hundred leads and what comes with them, by order of the series, in both readings.
    #[rstest]
    #[case::stated(STATED, false, &[10, 10, 20, 30, 30, 30])]
    #[case::at_once(AT_ONCE, false, &[10, 20, 30, 30, 30, 30])]
    #[case::exclusive(STATED, true, &[10, 10, 10, 10, 10, 10])]
    fn r58_the_extra_leads_of_a_series(
        #[case] shared: &[(u32, &str)],
        #[case] exclusive: bool,
        #[case] expected: &[i64],
    ) {
        let terms = terms(shared, exclusive, Some(1));
        for (cycle, bonus) in (0..).zip(expected) {
            assert_eq!(terms.bonus(100, cycle, false), *bonus, "order {cycle}");
        }
        assert_eq!(terms.bonus(100, 1_000_000, false), expected[5]);
        assert_eq!(terms.bonus(100, i64::MAX, false), expected[5]);
    }

    /// R59, R60: one pause keeps the perk, the second takes it back to the base, whatever the order of the series.
    #[rstest]
    #[case(0, false)]
    #[case(1, false)]
    #[case(2, true)]
    #[case(3, true)]
    fn r60_the_second_pause_reverts(#[case] pauses: i64, #[case] reverts: bool) {
        let terms = terms(STATED, false, Some(1));
        assert_eq!(terms.reverts(pauses), reverts);
        let bonus: Vec<i64> = (1..=4)
            .map(|cycle| terms.bonus(100, cycle, terms.reverts(pauses)))
            .collect();
        let expected = if reverts { [10, 10, 10, 10] } else { [10, 20, 30, 30] };
        assert_eq!(bonus, expected);
        assert!(
            !self::terms(STATED, false, None).reverts(pauses),
            "where pauses cost nothing"
        );
    }

    /// R57: a fraction of a lead goes by the policy's rounding.
    #[rstest]
    #[case(100, "0.10", PerkRounding::HalfUp, 10)]
    #[case(4, "0.10", PerkRounding::HalfUp, 0)]
    #[case(15, "0.10", PerkRounding::Down, 1)]
    #[case(11, "0.10", PerkRounding::Up, 2)]
    #[case(10, "0.10", PerkRounding::Up, 1)]
    #[case(15, "0.10", PerkRounding::HalfUp, 2)]
    #[case(14, "0.10", PerkRounding::HalfUp, 1)]
    #[case(14, "0.10", PerkRounding::Up, 2)]
    #[case(1, "0.10", PerkRounding::Up, 1)]
    #[case(1, "0.10", PerkRounding::HalfUp, 0)]
    #[case(0, "0.30", PerkRounding::Up, 0)]
    #[case(1_000_000, "0.30", PerkRounding::HalfUp, 300_000)]
    fn r57_fractions(
        #[case] quantity: i64,
        #[case] share: &str,
        #[case] rounding: PerkRounding,
        #[case] expected: i64,
    ) {
        assert_eq!(bonus(quantity, rate(share), rounding), expected);
    }

    /// R62: once a month is exactly every 30 days, across short months, leap years and the turn of the clocks.
    #[rstest]
    #[case("2026-01-31", 30, "2026-03-02")]
    #[case("2028-01-31", 30, "2028-03-01")]
    #[case("2026-02-28", 30, "2026-03-30")]
    #[case("2026-12-15", 14, "2026-12-29")]
    #[case("2026-03-07", 7, "2026-03-14")]
    fn r62_exact_days(#[case] last: &str, #[case] days: i64, #[case] expected: &str) {
        assert_eq!(next_on(last.parse().unwrap(), days), expected.parse().unwrap());
    }

    /// R62: three years of renewals lie on one grid from the first day.
    #[test]
    fn r62_no_drift_in_three_years() {
        let first: LocalDate = "2026-01-31".parse().unwrap();
        let mut day = first;
        for cycle in 1..=37 {
            day = next_on(day, 30);
            assert_eq!(day, first.plus_days(30 * cycle));
        }
    }
}
