//! When an event is sent again, and what an answer means. Pure.

use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{WebhookDisabledBecause, WebhookFault, is_for_suppliers};

/// How long after each failed attempt the next one follows, as Standard Webhooks recommends: 75 hours and 35 minutes
/// altogether. After the last of them the event is given up.
const SCHEDULE: &[Duration] = &[
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
    Duration::hours(20),
    Duration::hours(24),
];

/// An endpoint at which nothing has arrived for so long is disabled.
const PATIENCE: Duration = Duration::days(5);

/// The longest that an answer's `Retry-After` is waited for.
const LONGEST_WISH: Duration = Duration::days(1);

/// When the next attempt follows the `failed`th one; none where that was the last. Up to a tenth is added by chance
/// (`permille` of it), so that what failed together does not come back together.
pub(super) fn next_attempt(failed: i64, permille: u16, wish: Option<Duration>) -> Option<Duration> {
    let at = usize::try_from(failed).ok()?.checked_sub(1)?;
    let planned = *SCHEDULE.get(at)?;
    let tenth = planned.whole_milliseconds() / 10;
    let jitter = tenth * i128::from(permille.min(1000)) / 1000;
    let planned = planned + Duration::milliseconds(i64::try_from(jitter).unwrap_or(0));
    Some(wish.map_or(planned, |wish| planned.max(wish.min(LONGEST_WISH))))
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was taken.
    Delivered,
    /// It was not, and is sent again.
    Failed(WebhookFault),
    /// The other end does not want anything any more.
    Gone,
}

/// What the status of an answer means.
pub(super) const fn judge(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        _ => Verdict::Failed(WebhookFault::BadStatus),
    }
}

/// Whether an endpoint is disabled after an attempt that came out like this.
pub(super) fn disables(
    verdict: Verdict,
    failing_since: Option<Timestamp>,
    now: Timestamp,
) -> Option<WebhookDisabledBecause> {
    match verdict {
        Verdict::Delivered => None,
        Verdict::Gone => Some(WebhookDisabledBecause::Gone),
        Verdict::Failed(_) => failing_since
            .is_some_and(|since| now.since(since) >= PATIENCE)
            .then_some(WebhookDisabledBecause::Failing),
    }
}

/// The kinds of events that an endpoint is sent: those that were chosen, else all that its owner may see. Tests are
/// sent to the endpoint that is tried only.
pub(crate) fn kinds_of(chosen: &[EventKind], of_supplier: bool) -> Vec<EventKind> {
    let all = EventKind::ALL.iter().copied();
    all.filter(|kind| *kind != EventKind::WebhookTest)
        .filter(|kind| chosen.is_empty() || chosen.contains(kind))
        .filter(|kind| !of_supplier || is_for_suppliers(*kind))
        .collect()
}

/// How an answer begins, as it is kept: text that can be shown and stored.
pub(super) fn beginning(answer: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(answer)
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(1000)
        .collect();
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn retries_go_on_for_three_days_and_end() {
        let mut total = Duration::ZERO;
        let mut failed = 1;
        while let Some(wait) = next_attempt(failed, 0, None) {
            assert!(wait >= Duration::seconds(5));
            total += wait;
            failed += 1;
        }
        assert_eq!(failed, 10, "ten attempts");
        assert!(total >= Duration::days(3) && total < Duration::days(4), "{total}");
        assert_eq!(next_attempt(0, 0, None), None, "nothing has failed");
        assert_eq!(next_attempt(-1, 0, None), None);
    }

    #[rstest]
    #[case(1, 0, None, Duration::seconds(5))]
    #[case(1, 1000, None, Duration::milliseconds(5_500))]
    #[case(1, u16::MAX, None, Duration::milliseconds(5_500))]
    #[case(4, 500, None, Duration::minutes(126))]
    #[case(1, 0, Some(Duration::minutes(2)), Duration::minutes(2))]
    #[case(4, 0, Some(Duration::minutes(2)), Duration::hours(2))]
    #[case(1, 0, Some(Duration::days(400)), Duration::days(1))]
    fn when_the_next_attempt_follows(
        #[case] failed: i64,
        #[case] permille: u16,
        #[case] wish: Option<Duration>,
        #[case] expected: Duration,
    ) {
        assert_eq!(next_attempt(failed, permille, wish), Some(expected));
    }

    #[rstest]
    #[case(200, Verdict::Delivered)]
    #[case(204, Verdict::Delivered)]
    #[case(299, Verdict::Delivered)]
    #[case(199, Verdict::Failed(WebhookFault::BadStatus))]
    #[case(301, Verdict::Failed(WebhookFault::BadStatus))]
    #[case(404, Verdict::Failed(WebhookFault::BadStatus))]
    #[case(410, Verdict::Gone)]
    #[case(429, Verdict::Failed(WebhookFault::BadStatus))]
    #[case(500, Verdict::Failed(WebhookFault::BadStatus))]
    fn what_an_answer_means(#[case] status: u16, #[case] expected: Verdict) {
        assert_eq!(judge(status), expected);
    }

    #[test]
    fn an_endpoint_is_disabled_when_it_is_gone_or_has_failed_for_five_days() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let failed = Verdict::Failed(WebhookFault::TimedOut);
        let since = |hours: i64| Some(now.plus(-Duration::hours(hours)));
        assert_eq!(disables(Verdict::Gone, None, now), Some(WebhookDisabledBecause::Gone));
        assert_eq!(disables(failed, since(120), now), Some(WebhookDisabledBecause::Failing));
        assert_eq!(disables(failed, since(119), now), None);
        assert_eq!(disables(failed, None, now), None);
        assert_eq!(disables(Verdict::Delivered, since(999), now), None);
    }

    /// R127: whatever a supplier's endpoint asks for, it is sent nothing but what is a supplier's.
    #[test]
    fn r127_a_suppliers_endpoint_gets_no_kind_of_the_sellers() {
        let asked = [
            EventKind::DeliveryCreated,
            EventKind::LeadReceived,
            EventKind::RateCaseOpened,
        ];
        assert_eq!(kinds_of(&asked, true), [EventKind::DeliveryCreated]);
        assert_eq!(kinds_of(&asked, false).len(), 3);
        let all = kinds_of(&[], true);
        assert!(all.len() > 40 && all.iter().all(|kind| is_for_suppliers(*kind)));
        assert!(!kinds_of(&[], false).contains(&EventKind::WebhookTest));
    }

    #[test]
    fn an_answer_is_kept_as_text() {
        assert_eq!(beginning(b""), None);
        assert_eq!(beginning(b"\0\x07"), None);
        assert_eq!(beginning(b"no\0 such\nthing").as_deref(), Some("no such\nthing"));
        assert_eq!(beginning(&[b'x'; 5000]).map(|text| text.len()), Some(1000));
        assert_eq!(beginning(&[0xff, b'a']).as_deref(), Some("\u{fffd}a"));
    }
}
