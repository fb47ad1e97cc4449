//! Until when a ticket is answered, and where it stands. Pure.

use crate::calendar::{self, Zone};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::support_tickets::TicketStatus;
use tradepost_contract::{Timestamp, UserId};

/// How much is written in one ticket; what comes after it is another one.
pub(super) const MOST_MESSAGES: i64 = 500;

/// How many questions of one supplier wait for an answer at once: more than anybody has, and fewer than a program run
/// wild would write to everybody in support.
pub(super) const MOST_WAITING: i64 = 100;

/// Until when the policy promises an answer to what is asked now (R34).
pub(super) fn promised(policy: &PolicySet, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
    let hours = policy.support.reply_within_business_hours?;
    Some(calendar::plus_business_hours(&policy.calendar, zone, now, hours))
}

/// Until when a ticket is to be answered after the supplier has written: who writes again while it waits does not wait
/// longer for it.
pub(super) fn due(before: TicketStatus, due: Option<Timestamp>, promised: Option<Timestamp>) -> Option<Timestamp> {
    match before {
        TicketStatus::Open => due,
        TicketStatus::Answered | TicketStatus::Closed => promised,
    }
}

/// Whose a new ticket is among staff (R83).
pub(super) fn assignee(policy: &PolicySet, manager: Option<UserId>) -> Option<UserId> {
    manager.filter(|_| policy.support.to_account_manager)
}

/// Whether a ticket waits for longer than was promised.
pub(super) fn is_late(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_some_and(|due| due <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::layers::{Amendments, resolve};
    use crate::policy::presets::document;
    use rstest::rstest;
    use tradepost_contract::Id;
    use tradepost_contract::programmes::Preset;

    fn preset(preset: Preset) -> PolicySet {
        resolve(document(preset), Amendments::default())
            .expect("a whole policy")
            .policy
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    /// R34: two business days of 24 hours; weekends and holidays do not count. In January Chicago is six hours behind.
    #[rstest]
    #[case::within_the_week("2026-01-06T15:00:00Z", "2026-01-08T15:00:00Z")]
    #[case::over_the_weekend("2026-01-09T15:00:00Z", "2026-01-13T15:00:00Z")]
    #[case::asked_on_a_saturday("2026-01-10T18:00:00Z", "2026-01-14T06:00:00Z")]
    #[case::over_a_holiday("2026-01-16T15:00:00Z", "2026-01-21T15:00:00Z")]
    fn r34_business_hours(#[case] asked: &str, #[case] due: &str) {
        let mut policy = preset(Preset::LeadStore);
        let holiday = "2026-01-19".parse().expect("a date");
        policy
            .calendar
            .holidays
            .insert(holiday, "Martin Luther King Jr. Day".to_owned());
        let zone = Zone::parse("America/Chicago").expect("a zone");
        assert_eq!(promised(&policy, &zone, at(asked)), Some(at(due)));
        policy.support.reply_within_business_hours = None;
        assert_eq!(promised(&policy, &zone, at(asked)), None);
    }

    #[test]
    fn who_writes_twice_does_not_wait_longer() {
        let (first, later) = (Some(at("2026-01-08T15:00:00Z")), Some(at("2026-01-09T15:00:00Z")));
        assert_eq!(due(TicketStatus::Open, first, later), first);
        assert_eq!(due(TicketStatus::Answered, None, later), later);
        assert_eq!(due(TicketStatus::Closed, None, later), later);
        assert!(!is_late(first, at("2026-01-08T14:59:59Z")) && is_late(first, at("2026-01-08T15:00:00Z")));
        assert!(!is_late(None, at("2026-01-08T14:59:59Z")));
    }

    /// R83: to the account manager where the policy says so and there is one.
    #[test]
    fn r83_a_question_goes_to_the_account_manager() {
        let manager = Some(UserId::from_i64(7));
        let trade = preset(Preset::TradeWeekly);
        let store = preset(Preset::LeadStore);
        assert_eq!(assignee(&trade, manager), manager);
        assert_eq!(assignee(&trade, None), None);
        assert_eq!(assignee(&store, manager), None);
    }
}
