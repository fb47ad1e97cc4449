//! What waits for being accepted, and what it holds back: pure decisions.

use std::collections::BTreeMap;
use tradepost_contract::Timestamp;
use tradepost_contract::policy::Notice;

/// That a version was accepted, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) key: String,
    pub(super) version: String,
    pub(super) at: Timestamp,
}

/// Whether today's version of a notice waits.
pub(super) fn waits(key: &str, notice: &Notice, accepted: &[Accepted]) -> bool {
    let done = accepted
        .iter()
        .any(|row| row.key == key && row.version == notice.version);
    notice.must_accept && !done
}

/// The first notice that holds back what was delivered then: neither its own version was accepted, nor any later on.
pub(super) fn held_back<'n>(
    notices: &'n BTreeMap<String, Notice>,
    accepted: &[Accepted],
    delivered_at: Timestamp,
) -> Option<&'n str> {
    let open = |key: &str, notice: &Notice| {
        accepted
            .iter()
            .any(|row| row.key == key && (row.version == notice.version || row.at >= delivered_at))
    };
    notices
        .iter()
        .find(|(key, notice)| notice.must_accept && notice.before_contact && !open(key, notice))
        .map(|(key, _)| key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::policy::NoticeAccepter;

    fn notices(version: &str, before_contact: bool) -> BTreeMap<String, Notice> {
        let notice = Notice {
            version: version.to_owned(),
            text: "You become the Data Controller.".to_owned(),
            must_accept: true,
            accepted_by: NoticeAccepter::Owner,
            before_contact,
        };
        BTreeMap::from([("data_controller".to_owned(), notice)])
    }

    fn accepted(version: &str, at: i64) -> Vec<Accepted> {
        vec![Accepted {
            key: "data_controller".to_owned(),
            version: version.to_owned(),
            at: Timestamp::from_seconds(at),
        }]
    }

    /// R82: a new version asks again, and moves nothing that was open.
    #[rstest]
    #[case::nothing_accepted("1", vec![], true)]
    #[case::its_own_version("1", accepted("1", 50), false)]
    #[case::an_earlier_version("2", accepted("1", 50), true)]
    #[case::a_later_version_afterwards("1", accepted("2", 150), false)]
    fn r82_what_is_held_back(#[case] version: &str, #[case] accepted: Vec<Accepted>, #[case] held: bool) {
        let delivered = Timestamp::from_seconds(100);
        assert_eq!(held_back(&notices(version, true), &accepted, delivered).is_some(), held);
        assert_eq!(
            held_back(&notices(version, false), &accepted, delivered),
            None,
            "only asked"
        );
    }

    #[rstest]
    #[case("1", vec![], true)]
    #[case("1", accepted("1", 1), false)]
    #[case("2", accepted("1", 1), true)]
    fn r82_each_version_is_asked_once(#[case] version: &str, #[case] accepted: Vec<Accepted>, #[case] expected: bool) {
        let notices = notices(version, false);
        assert_eq!(
            waits("data_controller", &notices["data_controller"], &accepted),
            expected
        );
        let optional = Notice {
            must_accept: false,
            ..notices["data_controller"].clone()
        };
        assert!(!waits("data_controller", &optional, &accepted));
    }
}
