//! When a review is due, and what it finds.

use crate::reports::likely_range;
use rust_decimal::Decimal;
use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::rate_reviews::RateFinding;

/// What was counted about one supplier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) deliveries: i64,
    pub(super) sent_back: i64,
    pub(super) excused: i64,
    pub(super) siblings: i64,
    pub(super) siblings_kept: i64,
}

impl Counts {
    /// What counts against the supplier.
    pub(super) const fn against(&self) -> i64 {
        self.sent_back - self.excused
    }
}

/// What an account's policy bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) window_days: u32,
    pub(super) min_deliveries: u32,
    pub(super) threshold: Decimal,
}

/// What earlier reviews left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// Nothing to hold against the supplier.
    Clean,
    /// It was warned then.
    Warned(Timestamp),
    /// A case about it is open.
    CaseOpen,
    /// A case was decided in its favour then.
    Kept(Timestamp),
}

/// Up to when the review that is due now counts: the last whole interval. None while the first is not over.
pub(super) fn due(last: Timestamp, every_days: u32, now: Timestamp) -> Option<Timestamp> {
    let every = Duration::days(i64::from(every_days.max(1)));
    let whole = now.since(last).whole_seconds() / every.whole_seconds();
    let whole = i32::try_from(whole).unwrap_or(i32::MAX);
    (whole >= 1).then(|| last.plus(every * whole))
}

/// From when on it counts: the window, but nothing from before a warning or a decision in the supplier's favour.
pub(super) fn from(past: Past, window_days: u32, to: Timestamp) -> Timestamp {
    let window = to.plus(-Duration::days(i64::from(window_days)));
    match past {
        Past::Warned(at) | Past::Kept(at) => window.max(at),
        Past::Clean | Past::CaseOpen => window,
    }
}

/// What is found.
pub(super) fn finding(counts: &Counts, bounds: &Bounds, past: Past) -> RateFinding {
    if counts.deliveries < i64::from(bounds.min_deliveries.max(1)) {
        return RateFinding::TooFew;
    }
    let surely = likely_range(counts.against(), counts.deliveries).map(|(low, _)| low);
    if surely.is_none_or(|low| low <= bounds.threshold) {
        return RateFinding::Fine;
    }
    match past {
        Past::Clean | Past::Kept(_) => RateFinding::Warned,
        Past::Warned(_) | Past::CaseOpen => RateFinding::Case,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const BOUNDS: Bounds = Bounds {
        window_days: 90,
        min_deliveries: 10,
        threshold: Decimal::from_parts(25, 0, 0, false, 2),
    };

    fn day(days: i64) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000).plus(Duration::days(days))
    }

    fn counts(deliveries: i64, sent_back: i64, excused: i64) -> Counts {
        Counts {
            deliveries,
            sent_back,
            excused,
            ..Counts::default()
        }
    }

    #[rstest]
    #[case::few_say_nothing(counts(9, 9, 0), Past::Clean, RateFinding::TooFew)]
    #[case::few_say_nothing_after_a_warning(counts(9, 9, 0), Past::Warned(day(0)), RateFinding::TooFew)]
    #[case::at_the_threshold(counts(100, 25, 0), Past::Clean, RateFinding::Fine)]
    #[case::above_it_but_not_surely(counts(20, 8, 0), Past::Clean, RateFinding::Fine)]
    #[case::surely_above_it(counts(100, 40, 0), Past::Clean, RateFinding::Warned)]
    #[case::few_but_all_of_them(counts(10, 10, 0), Past::Clean, RateFinding::Warned)]
    #[case::the_leads_were_bad(counts(100, 40, 30), Past::Clean, RateFinding::Fine)]
    #[case::and_again(counts(100, 40, 0), Past::Warned(day(0)), RateFinding::Case)]
    #[case::better_after_the_warning(counts(100, 20, 0), Past::Warned(day(0)), RateFinding::Fine)]
    #[case::a_second_chance(counts(100, 40, 0), Past::Kept(day(0)), RateFinding::Warned)]
    #[case::still_open(counts(100, 40, 0), Past::CaseOpen, RateFinding::Case)]
    fn r112_a_warning_first_and_a_case_when_it_goes_on(
        #[case] counts: Counts,
        #[case] past: Past,
        #[case] expected: RateFinding,
    ) {
        assert_eq!(finding(&counts, &BOUNDS, past), expected);
    }

    #[rstest]
    #[case::not_yet(29, None)]
    #[case::to_the_day(30, Some(30))]
    #[case::late(44, Some(30))]
    #[case::one_for_all_that_were_missed(100, Some(90))]
    fn r112_a_late_review_is_one_review(#[case] today: i64, #[case] to: Option<i64>) {
        assert_eq!(due(day(0), 30, day(today)), to.map(day));
    }

    #[rstest]
    #[case::the_window(Past::Clean, 10)]
    #[case::warned_before_it(Past::Warned(day(1)), 10)]
    #[case::warned_within_it(Past::Warned(day(70)), 70)]
    #[case::kept_within_it(Past::Kept(day(75)), 75)]
    #[case::open(Past::CaseOpen, 10)]
    fn r112_what_was_warned_of_is_not_counted_again(#[case] past: Past, #[case] first: i64) {
        assert_eq!(from(past, 90, day(100)), day(first));
    }
}
