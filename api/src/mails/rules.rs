//! When a mail is tried again, and for how long: pure.

use time::Duration;
use tradepost_contract::mails::MailAction;

/// The first wait after a try that did not work; each next one is twice as long.
const FIRST: Duration = Duration::seconds(30);
/// The longest wait.
const LONGEST: Duration = Duration::hours(4);
/// So many tries take about three days.
pub(super) const TRIES: i64 = 26;

/// How long to wait after so many tries. `chance`, from 0 to 255, spreads the mails that failed together: between four
/// and six fifths of the wait.
pub(super) fn wait(tries: i64, chance: u8) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
    let whole = FIRST.saturating_mul(1 << doublings.min(20)).min(LONGEST);
    let spread = whole * 2 / 5;
    whole - spread / 2 + spread * i32::from(chance) / 255
}

/// What becomes of a mail that could not be handed over.
pub(super) const fn after_failure(tries: i64) -> MailAction {
    if tries >= TRIES {
        MailAction::GiveUp
    } else {
        MailAction::Defer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(1, 30)]
    #[case(2, 60)]
    #[case(3, 120)]
    #[case(9, 7_680)]
    #[case(10, 14_400)]
    #[case(26, 14_400)]
    #[case(i64::MAX, 14_400)]
    fn the_wait_doubles_and_ends_at_four_hours(#[case] tries: i64, #[case] seconds: i64) {
        let (least, most) = (wait(tries, 0), wait(tries, 255));
        assert_eq!(least, Duration::seconds(seconds) * 4 / 5);
        assert_eq!(most, Duration::seconds(seconds) * 6 / 5);
        assert!(wait(tries, 128) > least && wait(tries, 128) < most);
    }

    #[test]
    fn it_goes_on_for_about_three_days() {
        let total: Duration = (1..TRIES).map(|tries| wait(tries, 128)).sum();
        assert!(total > Duration::hours(66) && total < Duration::hours(78), "{total}");
        assert_eq!(after_failure(TRIES - 1), MailAction::Defer);
        assert_eq!(after_failure(TRIES), MailAction::GiveUp);
    }
}
