//! How long a link works, and how it stands: pure.

use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::access_links::{AccessLinkState, AccessPurpose};

/// How long a link works.
pub(super) const fn life(purpose: AccessPurpose) -> Duration {
    match purpose {
        AccessPurpose::Invitation => Duration::hours(72),
        AccessPurpose::Reset | AccessPurpose::Email => Duration::hours(1),
    }
}

/// So many links for forgotten passwords are sent to one person in an hour; more would only annoy.
pub(super) const RESETS_AN_HOUR: i64 = 5;

/// What decides whether a link works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) expires_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
}

/// How a link stands. What was used stays `used`, whatever came later.
pub(super) fn state(link: &Link, now: Timestamp) -> AccessLinkState {
    match link {
        Link { used_at: Some(_), .. } => AccessLinkState::Used,
        Link { ended_at: Some(_), .. } => AccessLinkState::Replaced,
        Link { expires_at, .. } if now >= *expires_at => AccessLinkState::Expired,
        Link { .. } => AccessLinkState::Good,
    }
}

/// Why a link does not work, to whoever holds it.
pub(super) const fn told(state: AccessLinkState) -> &'static str {
    match state {
        AccessLinkState::Good => "this link works",
        AccessLinkState::Used => "this link was used already",
        AccessLinkState::Expired => "the time of this link is over",
        AccessLinkState::Replaced => "a newer link was sent in its place",
        AccessLinkState::Unknown => "this is no link of ours",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, None, 99, AccessLinkState::Good)]
    #[case(None, None, 100, AccessLinkState::Expired)]
    #[case(Some(5), None, 50, AccessLinkState::Used)]
    #[case(Some(5), Some(6), 200, AccessLinkState::Used)]
    #[case(None, Some(6), 50, AccessLinkState::Replaced)]
    #[case(None, Some(6), 200, AccessLinkState::Replaced)]
    fn how_a_link_stands(
        #[case] used: Option<i64>,
        #[case] ended: Option<i64>,
        #[case] now: i64,
        #[case] expected: AccessLinkState,
    ) {
        let link = Link {
            expires_at: Timestamp::from_micros(100),
            used_at: used.map(Timestamp::from_micros),
            ended_at: ended.map(Timestamp::from_micros),
        };
        assert_eq!(state(&link, Timestamp::from_micros(now)), expected);
    }
}
