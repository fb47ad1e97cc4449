//! When a lead that is owed becomes a credit.

use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::policy::ReplacementPolicy;

/// When what is owed from now on is credited instead; none where it stays owed (R44). Days of 24 hours, because the
/// supplier waits for a lead and not for an office.
pub(crate) fn credit_due(policy: &ReplacementPolicy, now: Timestamp) -> Option<Timestamp> {
    policy
        .converts_to_credit_after_days
        .map(|days| now.plus(Duration::days(i64::from(days))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::stays_owed(None, None)]
    #[case::a_month(Some(30), Some(30 * 86_400))]
    #[case::a_day(Some(1), Some(86_400))]
    fn r44_what_is_owed_becomes_a_credit_after_the_days_of_the_policy(
        #[case] days: Option<u32>,
        #[case] seconds: Option<i64>,
    ) {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let policy = ReplacementPolicy {
            returnable: true,
            converts_to_credit_after_days: days,
        };
        assert_eq!(
            credit_due(&policy, now),
            seconds.map(|seconds| now.plus(Duration::seconds(seconds)))
        );
    }
}
