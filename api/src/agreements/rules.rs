//! When agreements renew (R21). Pure.
//!
//! Renewals are counted from the first day of the agreement, so that a short month moves none of the later ones.

use crate::calendar;
use tradepost_contract::LocalDate;
use tradepost_contract::policy::AgreementTerm;

/// How long a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Days(i32),
    Months(i32),
}

/// None for a term that does not end by itself.
const fn length(term: AgreementTerm) -> Option<Length> {
    match term {
        AgreementTerm::Rolling => None,
        AgreementTerm::Days30 => Some(Length::Days(30)),
        AgreementTerm::Days90 => Some(Length::Days(90)),
        AgreementTerm::Months6 => Some(Length::Months(6)),
        AgreementTerm::Year1 => Some(Length::Months(12)),
    }
}

/// The day on which the renewal of this number falls; the first is number 1.
fn nth(length: Length, starts_on: LocalDate, number: i32) -> LocalDate {
    match length {
        Length::Days(days) => starts_on.plus_days(i64::from(days) * i64::from(number)),
        Length::Months(months) => calendar::plus_months(starts_on, months.saturating_mul(number)),
    }
}

/// The first renewal after a day: a new term begins then. None where the agreement is rolling, or ends before.
pub(crate) fn renewal_after(
    term: AgreementTerm,
    starts_on: LocalDate,
    ends_on: Option<LocalDate>,
    day: LocalDate,
) -> Option<LocalDate> {
    let length = length(term)?;
    let passed = i32::try_from((day.date() - starts_on.date()).whole_days().max(0)).unwrap_or(i32::MAX);
    // No term has fewer days than this, so the search begins at or before the renewal that is looked for.
    let longest = match length {
        Length::Days(days) => days,
        Length::Months(months) => months * 31,
    };
    let renewal = (passed / longest..)
        .take(1_000)
        .map(|number| nth(length, starts_on, number.max(1)))
        .find(|renewal| *renewal > day)?;
    ends_on.is_none_or(|last| renewal <= last).then_some(renewal)
}

/// The last renewal on or before a day.
pub(crate) fn renewal_until(
    term: AgreementTerm,
    starts_on: LocalDate,
    ends_on: Option<LocalDate>,
    day: LocalDate,
) -> Option<LocalDate> {
    let length = length(term)?;
    let day = ends_on.map_or(day, |last| last.min(day));
    let passed = i32::try_from((day.date() - starts_on.date()).whole_days().max(0)).unwrap_or(i32::MAX);
    let shortest = match length {
        Length::Days(days) => days,
        Length::Months(months) => months * 28,
    };
    (1..=passed / shortest)
        .rev()
        .map(|number| nth(length, starts_on, number))
        .find(|renewal| *renewal <= day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use AgreementTerm as T;
    use proptest::prelude::*;
    use rstest::rstest;

    fn date(text: &str) -> LocalDate {
        text.parse().unwrap()
    }

    /// R21: 30 and 90 days are days, six months and a year are calendar months, counted from the first day.
    #[rstest]
    #[case(T::Days30, "2026-01-31", "2026-01-31", Some("2026-03-02"))]
    #[case(T::Days30, "2028-01-31", "2028-01-31", Some("2028-03-01"))]
    #[case(T::Days30, "2026-01-01", "2026-01-30", Some("2026-01-31"))]
    #[case(T::Days30, "2026-01-01", "2026-01-31", Some("2026-03-02"))]
    #[case(T::Days30, "2016-01-01", "2026-11-22", Some("2026-12-04"))]
    #[case(T::Days90, "2026-01-01", "2026-01-01", Some("2026-04-01"))]
    #[case(T::Months6, "2025-08-31", "2026-01-01", Some("2026-02-28"))]
    #[case(T::Months6, "2025-08-31", "2026-02-28", Some("2026-08-31"))]
    #[case(T::Months6, "2027-08-31", "2028-01-01", Some("2028-02-29"))]
    #[case(T::Months6, "1999-08-31", "2026-02-27", Some("2026-02-28"))]
    #[case(T::Year1, "2028-02-29", "2028-03-01", Some("2029-02-28"))]
    #[case(T::Year1, "2028-02-29", "2031-03-01", Some("2032-02-29"))]
    #[case(T::Year1, "1990-05-17", "2026-05-16", Some("2026-05-17"))]
    #[case(T::Year1, "1990-05-17", "2026-05-17", Some("2027-05-17"))]
    #[case(T::Year1, "2026-05-17", "2020-01-01", Some("2027-05-17"))]
    #[case(T::Rolling, "2026-01-31", "2026-03-01", None)]
    fn r21_the_next_renewal(
        #[case] term: T,
        #[case] starts_on: &str,
        #[case] day: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(
            renewal_after(term, date(starts_on), None, date(day)),
            expected.map(date)
        );
    }

    #[rstest]
    #[case(T::Days30, "2026-01-01", "2026-01-30", None)]
    #[case(T::Days30, "2026-01-01", "2026-01-31", Some("2026-01-31"))]
    #[case(T::Months6, "2025-08-31", "2026-03-15", Some("2026-02-28"))]
    #[case(T::Year1, "2028-02-29", "2032-02-29", Some("2032-02-29"))]
    #[case(T::Rolling, "2020-01-01", "2026-01-01", None)]
    fn r21_the_last_renewal(
        #[case] term: T,
        #[case] starts_on: &str,
        #[case] day: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(
            renewal_until(term, date(starts_on), None, date(day)),
            expected.map(date)
        );
    }

    /// An agreement with a last day does not renew after it.
    #[test]
    fn r21_what_ends_does_not_renew() {
        let (from, last) = (date("2026-01-01"), Some(date("2026-04-15")));
        let next = |day: &str| renewal_after(T::Days90, from, last, date(day));
        assert_eq!(next("2026-02-01"), Some(date("2026-04-01")));
        assert_eq!(next("2026-04-01"), None);
        let before = |day: &str| renewal_until(T::Days30, from, Some(date("2026-02-15")), date(day));
        assert_eq!(before("2027-01-01"), Some(date("2026-01-31")));
    }

    proptest! {
        /// Whatever the day: the last renewal and the next one are neighbours around it.
        #[test]
        fn r21_the_day_lies_between_two_renewals(started in 0_i64..20_000, later in 0_i64..20_000, term in 0..4_usize) {
            let term = [T::Days30, T::Days90, T::Months6, T::Year1][term];
            let starts_on = date("1980-01-31").plus_days(started);
            let day = starts_on.plus_days(later);
            let next = renewal_after(term, starts_on, None, day).unwrap();
            let last = renewal_until(term, starts_on, None, day);
            prop_assert!(next > day && last.is_none_or(|last| last <= day && last > starts_on));
            prop_assert_eq!(renewal_after(term, starts_on, None, last.unwrap_or(starts_on)), Some(next));
        }
    }
}
