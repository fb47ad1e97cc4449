//! Periods, shares and their confidence, days and weeks.

use crate::calendar::{Zone, week_start};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;
use time::Duration;
use tradepost_contract::policy::Weekday;
use tradepost_contract::{LocalDate, Timestamp};

const USUAL_DAYS: i64 = 30;
const LONGEST_DAYS: i64 = 366;

/// `part` of `whole` as a decimal of up to four digits, rounded half to even, without zeros at its end; none
/// where there is no whole.
pub(crate) fn share(part: i64, whole: i64) -> Option<Decimal> {
    let share = Decimal::from(part).checked_div(Decimal::from(whole))?;
    let rounded = share.round_dp_with_strategy(4, RoundingStrategy::MidpointNearestEven);
    Some(rounded.normalize())
}

/// The range that a rate of `hits` in `tries` is in with a confidence of 95 % (Wilson), to four digits; none
/// where nothing was tried. In whole numbers: 1.96² is 3.8416.
pub(crate) fn likely_range(hits: i64, tries: i64) -> Option<(Decimal, Decimal)> {
    if tries <= 0 {
        return None;
    }
    let (hits, tries) = (i128::from(hits.clamp(0, tries)), i128::from(tries));
    let denominator = tries * 10_000 + 38_416;
    let centre = (hits * 10_000 + 19_208) * 10_000 / denominator;
    let spread = hits * (tries - hits) * 10_000 / tries + 9_604;
    let half = 19_600 * (spread * 10_000).isqrt() / denominator;
    let decimal = |share: i128| Decimal::from_i128_with_scale(share, 4).normalize();
    Some((decimal((centre - half).max(0)), decimal((centre + half).min(10_000))))
}

/// A quarter of an hour in microseconds: the days of all time zones begin at one.
pub(super) const QUARTER_MICROS: i64 = 900_000_000;

/// The local day that the quarter-hour of this number, counted since 1970, lies in.
pub(super) fn day_of_quarter(zone: &Zone, quarter: i64) -> LocalDate {
    zone.date_of(Timestamp::from_micros(quarter.saturating_mul(QUARTER_MICROS)))
}

/// Counts by quarter-hour as counts by local day.
pub(super) fn by_day(zone: &Zone, quarters: &[(i64, i64)]) -> HashMap<LocalDate, i64> {
    let mut days = HashMap::new();
    for (quarter, count) in quarters {
        *days.entry(day_of_quarter(zone, *quarter)).or_default() += count;
    }
    days
}

/// The days before `ends_before`, the oldest first.
pub(super) fn days_before(ends_before: LocalDate, count: u32) -> Vec<LocalDate> {
    (1..=i64::from(count))
        .rev()
        .map(|back| ends_before.plus_days(-back))
        .collect()
}

/// The Mondays of so many weeks up to the one of `today`, the oldest first.
pub(super) fn weeks_until(today: LocalDate, count: u32) -> Vec<LocalDate> {
    let last = monday(today);
    (0..i64::from(count))
        .rev()
        .map(|back| last.plus_days(-7 * back))
        .collect()
}

/// The Monday of a day's week.
pub(super) fn monday(day: LocalDate) -> LocalDate {
    week_start(day, Weekday::Monday)
}

/// The period that was asked for, or what is wrong with it.
pub(super) fn period(
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), &'static str> {
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| to.plus(-Duration::days(USUAL_DAYS)));
    if from >= to {
        return Err("the period ends before it starts");
    }
    if to.since(from) > Duration::days(LONGEST_DAYS) {
        return Err("a period is at most 366 days");
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_four_digits_and_nothing_has_none() {
        assert_eq!(share(1, 12).unwrap().to_string(), "0.0833");
        assert_eq!(share(2, 3).unwrap().to_string(), "0.6667");
        assert_eq!(share(5, 5).unwrap(), Decimal::ONE);
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn few_leads_say_little() {
        let range = |hits, tries| likely_range(hits, tries).map(|(low, high)| format!("{low} to {high}"));
        assert_eq!(range(0, 0), None);
        assert_eq!(range(1, 4).as_deref(), Some("0.0456 to 0.6992"));
        assert_eq!(range(100, 1_000).as_deref(), Some("0.0829 to 0.1201"));
        assert_eq!(range(0, 1_000).as_deref(), Some("0 to 0.0038"));
        assert_eq!(range(5, 5).as_deref(), Some("0.5655 to 0.9999"));
    }

    /// A day is 23 hours long in March and 25 in November where the clocks change.
    #[test]
    fn days_are_those_of_the_zone() {
        let zone = Zone::parse("America/Chicago").unwrap();
        let quarter = |at: &str| at.parse::<Timestamp>().unwrap().as_micros().div_euclid(QUARTER_MICROS);
        let counted = by_day(
            &zone,
            &[
                (quarter("2026-03-08T05:59:00Z"), 1),
                (quarter("2026-03-08T06:00:00Z"), 2),
                (quarter("2026-03-09T04:45:00Z"), 3),
                (quarter("2026-03-09T05:00:00Z"), 4),
            ],
        );
        let day = |text: &str| counted.get(&text.parse::<LocalDate>().unwrap()).copied();
        assert_eq!(
            (day("2026-03-07"), day("2026-03-08"), day("2026-03-09")),
            (Some(1), Some(5), Some(4))
        );
    }

    #[test]
    fn a_series_has_every_day_and_week() {
        let day = |text: &str| text.parse::<LocalDate>().unwrap();
        assert_eq!(
            days_before(day("2026-03-01"), 2),
            [day("2026-02-27"), day("2026-02-28")]
        );
        assert_eq!(
            weeks_until(day("2026-01-01"), 2),
            [day("2025-12-22"), day("2025-12-29")]
        );
        assert_eq!(weeks_until(day("2025-12-29"), 1), [day("2025-12-29")]);
    }

    #[test]
    fn a_period_is_a_month_unless_said_otherwise_and_never_backwards() {
        let day = |n: i64| Timestamp::from_seconds(n * 86_400);
        assert_eq!(period(None, None, day(100)), Ok((day(70), day(100))));
        assert_eq!(period(Some(day(1)), Some(day(2)), day(100)), Ok((day(1), day(2))));
        assert!(period(Some(day(2)), Some(day(2)), day(100)).is_err());
        assert!(period(Some(day(0)), Some(day(367)), day(100)).is_err());
    }
}
