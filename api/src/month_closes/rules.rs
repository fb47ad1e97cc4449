//! Which month may be closed.

use crate::calendar::{Zone, month_start, plus_months};
use tradepost_contract::{LocalDate, Timestamp};

/// Why a month is not closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Not the first of a month.
    #[error("expected the first day of a month")]
    NotAMonth,
    /// It is not over.
    #[error("The month is not over.")]
    Running,
    /// Months are closed in order.
    #[error("The next month to close is {0}.")]
    NotNext(LocalDate),
}

/// The first instant of a month and the first after it, if it may be closed at `now`.
pub(super) fn bounds(
    month: LocalDate,
    zone: &Zone,
    closed_before: Option<Timestamp>,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), Refusal> {
    if month != month_start(month) {
        return Err(Refusal::NotAMonth);
    }
    let (starts_at, ends_at) = (zone.start_of(month), zone.start_of(plus_months(month, 1)));
    if let Some(before) = closed_before
        && starts_at != before
    {
        return Err(Refusal::NotNext(zone.date_of(before)));
    }
    if now < ends_at {
        return Err(Refusal::Running);
    }
    Ok((starts_at, ends_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[rstest]
    #[case("2026-03-01", None, "2026-03-31T23:00:00Z", Ok(("2026-03-01T00:00:00Z", "2026-03-31T23:00:00Z")))]
    #[case("2026-03-01", None, "2026-03-31T22:59:59Z", Err(Refusal::Running))]
    #[case("2026-03-02", None, "2026-06-01T00:00:00Z", Err(Refusal::NotAMonth))]
    #[case("2026-04-01", Some("2026-03-31T23:00:00Z"), "2026-06-01T00:00:00Z", Ok(("2026-03-31T23:00:00Z", "2026-04-30T23:00:00Z")))]
    fn months_of_london(
        #[case] month: &str,
        #[case] closed: Option<&str>,
        #[case] now: &str,
        #[case] expected: Result<(&str, &str), Refusal>,
    ) {
        let zone = Zone::parse("Europe/London").expect("a zone");
        let found = bounds(month.parse().expect("a day"), &zone, closed.map(at), at(now));
        assert_eq!(found, expected.map(|(from, to)| (at(from), at(to))));
    }

    #[test]
    fn months_are_closed_in_order() {
        let zone = Zone::parse("Europe/London").expect("a zone");
        let closed = Some(at("2026-03-31T23:00:00Z"));
        for month in ["2026-03-01", "2026-05-01"] {
            let found = bounds(month.parse().expect("a day"), &zone, closed, at("2026-09-01T00:00:00Z"));
            assert_eq!(found, Err(Refusal::NotNext("2026-04-01".parse().expect("a day"))));
        }
    }
}
