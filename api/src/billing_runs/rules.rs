//! Which period follows which, what a run takes, and when it must stop and ask.

use crate::calendar::{self, BillingPeriod, Zone};
use tradepost_contract::policy::{BillingCycle, BillingMode, BillingPolicy, OpenWindowLines};
use tradepost_contract::{Money, Timestamp};

/// The period that starts where the last one ended. It ends at the first boundary of the cycle after
/// that, so that periods stay contiguous even when a policy change moves the boundaries; then one of
/// them is shorter. `None` for cycles that hang on an order or a subscription: they have no period
/// of the programme.
pub(crate) fn period_from(cycle: &BillingCycle, zone: &Zone, last_end: Timestamp) -> Option<BillingPeriod> {
    let period = calendar::period_of(cycle, zone, last_end)?;
    Some(BillingPeriod {
        start_at: last_end,
        starts_on: zone.date_of(last_end),
        ..period
    })
}

/// Whether a supplier on this mode of billing is invoiced for delivered leads by periodic runs.
///
/// Orders and plans are charged when they are placed or renewed: their deliveries stay unbilled here. A
/// package's leads are invoiced as they are delivered, and so are those that a wallet paid, which pays the
/// invoice too.
pub(crate) const fn billed_by_runs(mode: BillingMode) -> bool {
    match mode {
        BillingMode::Arrears | BillingMode::Package | BillingMode::Prepaid => true,
        BillingMode::Order | BillingMode::Subscription => false,
    }
}

/// What a run does with a delivery of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It gets a line.
    Billed,
    /// It waits for a later run, because it may still come back (R84).
    Deferred,
    /// Runs do not bill it.
    NotByRuns,
}

/// What a run does with a delivery, under the policy stamped on it. `may_come_back` says that its
/// return window or a return request is still open when the run starts.
pub(crate) const fn fate(billing: &BillingPolicy, may_come_back: bool) -> Fate {
    match (billed_by_runs(billing.mode), billing.open_window_lines, may_come_back) {
        (false, _, _) => Fate::NotByRuns,
        (true, OpenWindowLines::Defer, true) => Fate::Deferred,
        (true, OpenWindowLines::Defer, false) | (true, OpenWindowLines::IncludeThenCredit, _) => Fate::Billed,
    }
}

/// Why a run cannot start now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooEarly {
    /// The period is not over.
    PeriodRunning,
    /// The period is over, but the policy gives suppliers more days before it is invoiced (R114).
    LagRunning,
}

/// Whether a period may be invoiced at `now`.
pub(crate) fn may_start(period_end_at: Timestamp, due_at: Timestamp, now: Timestamp) -> Result<(), TooEarly> {
    if now < period_end_at {
        Err(TooEarly::PeriodRunning)
    } else if now < due_at {
        Err(TooEarly::LagRunning)
    } else {
        Ok(())
    }
}

/// How many of a supplier's last invoices the safety bound compares with.
pub(crate) const BOUND_LOOKS_BACK: i64 = 6;
/// Below so many earlier invoices there is nothing to compare with.
const BOUND_NEEDS: usize = 3;
/// A total below this is never unusual, whatever came before: small accounts grow quickly.
const BOUND_FLOOR_MINOR: i64 = 100_000;

/// Whether a total is so far above the supplier's recent invoices that a fault is likelier than
/// good business: more than three times their mean (F8). It protects the operator from bugs and is
/// no seller's rule, so it is not policy; finance can accept such totals for a run.
pub(crate) fn is_unusual(total: Money, recent_totals: &[i64]) -> bool {
    if recent_totals.len() < BOUND_NEEDS || total.minor <= BOUND_FLOOR_MINOR {
        return false;
    }
    let sum: i128 = recent_totals.iter().map(|minor| i128::from(*minor)).sum();
    i128::from(total.minor) * recent_totals.len() as i128 > 3 * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::Currency;
    use tradepost_contract::policy::Weekday;

    const MONTH: BillingCycle = BillingCycle::CalendarMonth {};
    const MONDAYS: BillingCycle = BillingCycle::Week {
        anchor: Weekday::Monday,
        lag_days: 0,
    };
    const MONDAYS_LATER: BillingCycle = BillingCycle::Week {
        anchor: Weekday::Monday,
        lag_days: 7,
    };

    fn zone() -> Zone {
        Zone::parse("America/New_York").unwrap()
    }

    /// The periods that follow one another from the start of a day, as `[starts_on, ends_before) on`.
    fn periods(cycle: &BillingCycle, from: &str, count: usize) -> Vec<String> {
        let zone = zone();
        let mut at = zone.start_of(from.parse().unwrap());
        let mut texts = Vec::new();
        for _ in 0..count {
            let period = period_from(cycle, &zone, at).unwrap();
            assert_eq!(period.start_at, at, "no gap and no overlap");
            texts.push(format!(
                "[{}, {}) on {}",
                period.starts_on, period.ends_before, period.invoiced_on
            ));
            at = period.end_at;
        }
        texts
    }

    /// R6: a cycle closes on the last day of the month, leap February too.
    #[test]
    fn r6_months_follow_one_another() {
        assert_eq!(
            periods(&MONTH, "2028-01-01", 3),
            [
                "[2028-01-01, 2028-02-01) on 2028-02-01",
                "[2028-02-01, 2028-03-01) on 2028-03-01",
                "[2028-03-01, 2028-04-01) on 2028-04-01"
            ]
        );
    }

    /// R78: the run on Monday M takes [M−7d, M).
    #[test]
    fn r78_a_week_is_invoiced_on_the_monday_it_ends_on() {
        assert_eq!(
            periods(&MONDAYS, "2026-03-02", 1),
            ["[2026-03-02, 2026-03-09) on 2026-03-09"]
        );
    }

    /// R114: the run on Monday M takes [M−14d, M−7d).
    #[test]
    fn r114_a_week_is_invoiced_a_week_after_it_ends() {
        assert_eq!(
            periods(&MONDAYS_LATER, "2026-03-02", 1),
            ["[2026-03-02, 2026-03-09) on 2026-03-16"]
        );
    }

    #[test]
    fn a_changed_cycle_makes_one_short_period_and_no_gap() {
        assert_eq!(
            periods(&MONTH, "2026-03-30", 2),
            [
                "[2026-03-30, 2026-04-01) on 2026-04-01",
                "[2026-04-01, 2026-05-01) on 2026-05-01"
            ]
        );
    }

    #[test]
    fn orders_and_subscriptions_have_no_period_of_the_programme() {
        for cycle in [
            BillingCycle::None {},
            BillingCycle::BillingMonth {},
            BillingCycle::Days { amount: 30 },
        ] {
            assert_eq!(period_from(&cycle, &zone(), Timestamp::from_seconds(0)), None);
        }
    }

    /// R84: a line whose window is open at the run is invoiced or waits, as the policy says.
    #[rstest]
    #[case(BillingMode::Arrears, OpenWindowLines::IncludeThenCredit, true, Fate::Billed)]
    #[case(BillingMode::Arrears, OpenWindowLines::IncludeThenCredit, false, Fate::Billed)]
    #[case(BillingMode::Arrears, OpenWindowLines::Defer, true, Fate::Deferred)]
    #[case(BillingMode::Arrears, OpenWindowLines::Defer, false, Fate::Billed)]
    #[case(BillingMode::Package, OpenWindowLines::Defer, true, Fate::Deferred)]
    #[case(BillingMode::Package, OpenWindowLines::IncludeThenCredit, true, Fate::Billed)]
    #[case(BillingMode::Prepaid, OpenWindowLines::IncludeThenCredit, false, Fate::Billed)]
    #[case(BillingMode::Order, OpenWindowLines::IncludeThenCredit, false, Fate::NotByRuns)]
    #[case(BillingMode::Order, OpenWindowLines::Defer, true, Fate::NotByRuns)]
    #[case(BillingMode::Subscription, OpenWindowLines::Defer, false, Fate::NotByRuns)]
    fn r84_what_becomes_of_a_delivery(
        #[case] mode: BillingMode,
        #[case] open_window_lines: OpenWindowLines,
        #[case] may_come_back: bool,
        #[case] expected: Fate,
    ) {
        let billing = BillingPolicy {
            mode,
            open_window_lines,
            ..crate::invoices::rules::tests::weekly()
        };
        assert_eq!(fate(&billing, may_come_back), expected);
    }

    #[test]
    fn a_run_waits_for_the_end_of_its_period_and_for_the_lag() {
        let at = Timestamp::from_seconds;
        assert_eq!(may_start(at(100), at(200), at(99)), Err(TooEarly::PeriodRunning));
        assert_eq!(may_start(at(100), at(200), at(100)), Err(TooEarly::LagRunning));
        assert_eq!(may_start(at(100), at(200), at(199)), Err(TooEarly::LagRunning));
        assert_eq!(may_start(at(100), at(200), at(200)), Ok(()));
    }

    #[rstest]
    #[case(300_001, &[100_000, 100_000, 100_000], true)]
    #[case(300_000, &[100_000, 100_000, 100_000], false)]
    #[case(9_000_000, &[100_000, 100_000], false)]
    #[case(9_000_000, &[], false)]
    #[case(100_000, &[1, 1, 1], false)]
    #[case(100_001, &[1, 1, 1], true)]
    #[case(i64::MAX, &[i64::MAX, i64::MAX, i64::MAX], false)]
    #[case(500_000, &[0, 0, 0, 0, 0, 0], true)]
    fn three_times_the_usual_is_unusual(#[case] total: i64, #[case] recent: &[i64], #[case] expected: bool) {
        assert_eq!(is_unusual(Money::new(total, Currency::GBP), recent), expected);
    }
}
