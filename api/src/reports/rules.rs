//! Periods and shares.

use rust_decimal::{Decimal, RoundingStrategy};
use time::Duration;
use tradepost_contract::Timestamp;

const USUAL_DAYS: i64 = 30;
const LONGEST_DAYS: i64 = 366;

/// `part` of `whole` as a decimal of four digits, rounded half to even; none where there is no whole.
pub(crate) fn share(part: i64, whole: i64) -> Option<Decimal> {
    let share = Decimal::from(part).checked_div(Decimal::from(whole))?;
    Some(share.round_dp_with_strategy(4, RoundingStrategy::MidpointNearestEven))
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
    fn a_period_is_a_month_unless_said_otherwise_and_never_backwards() {
        let day = |n: i64| Timestamp::from_seconds(n * 86_400);
        assert_eq!(period(None, None, day(100)), Ok((day(70), day(100))));
        assert_eq!(period(Some(day(1)), Some(day(2)), day(100)), Ok((day(1), day(2))));
        assert!(period(Some(day(2)), Some(day(2)), day(100)).is_err());
        assert!(period(Some(day(0)), Some(day(367)), day(100)).is_err());
    }
}
