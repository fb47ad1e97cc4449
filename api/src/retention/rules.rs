//! Whether a lead's time is over, and what keeps it longer: pure.

use std::collections::BTreeSet;
use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::policy::RetentionPolicy;
use tradepost_contract::retention::{RetentionBlock, RetentionKind};

/// What is looked at of a lead.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) status: LeadStatus,
    pub(super) created_at: Timestamp,
    pub(super) last_sold_at: Option<Timestamp>,
    pub(super) last_called_at: Option<Timestamp>,
    pub(super) blocks: BTreeSet<RetentionBlock>,
}

/// What becomes of a lead's person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing: its time is not over, or it is kept for ever.
    Kept,
    /// Its time is over, and something else needs it.
    Waits(RetentionBlock),
    /// It is anonymised.
    Due(RetentionKind),
}

/// What becomes of a lead's person at this instant. The first block is the one that is named.
pub(super) fn verdict(policy: &RetentionPolicy, facts: &Facts, now: Timestamp) -> Verdict {
    let Some(kind) = RetentionKind::of_lead(facts.status, facts.last_sold_at.is_some()) else {
        return Verdict::Kept;
    };
    let Some(days) = kind.days(policy) else {
        return Verdict::Kept;
    };
    let touched = [facts.last_sold_at, facts.last_called_at];
    let since = touched.into_iter().flatten().fold(facts.created_at, Timestamp::max);
    if since.plus(Duration::days(i64::from(days))) > now {
        return Verdict::Kept;
    }
    match facts.blocks.first() {
        Some(block) => Verdict::Waits(*block),
        None => Verdict::Due(kind),
    }
}

/// The shortest time that a policy gives to leads: younger ones need not be looked at.
pub(super) fn shortest(policy: &RetentionPolicy) -> Option<u32> {
    [
        policy.sold_leads_days,
        policy.unsold_leads_days,
        policy.refused_leads_days,
    ]
    .into_iter()
    .flatten()
    .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000).plus(Duration::days(day))
    }

    fn policy() -> RetentionPolicy {
        RetentionPolicy {
            sold_leads_days: Some(100),
            unsold_leads_days: Some(50),
            refused_leads_days: Some(10),
            ..RetentionPolicy::default()
        }
    }

    /// A lead of day 0, sold on one day and called on another, looked at on a third.
    #[rstest]
    #[case("available", None, None, 49, Verdict::Kept)]
    #[case("available", None, None, 50, Verdict::Due(RetentionKind::UnsoldLeads))]
    #[case("expired", None, None, 50, Verdict::Due(RetentionKind::UnsoldLeads))]
    #[case("withdrawn", None, None, 50, Verdict::Due(RetentionKind::UnsoldLeads))]
    #[case("partly_sold", Some(20), None, 119, Verdict::Kept)]
    #[case("partly_sold", Some(20), None, 120, Verdict::Due(RetentionKind::SoldLeads))]
    #[case("withdrawn", Some(0), None, 100, Verdict::Due(RetentionKind::SoldLeads))]
    #[case("quarantined", None, None, 10, Verdict::Due(RetentionKind::RefusedLeads))]
    #[case("duplicate", None, None, 9, Verdict::Kept)]
    #[case("rejected", None, None, 10, Verdict::Due(RetentionKind::RefusedLeads))]
    #[case("in_service", None, Some(30), 129, Verdict::Kept)]
    #[case("in_service", None, Some(30), 130, Verdict::Due(RetentionKind::SoldLeads))]
    #[case("in_service", None, None, 100, Verdict::Due(RetentionKind::SoldLeads))]
    #[case("erased", Some(0), None, 10_000, Verdict::Kept)]
    fn a_lead_goes_when_its_time_is_over(
        #[case] status: &str,
        #[case] sold: Option<i64>,
        #[case] called: Option<i64>,
        #[case] today: i64,
        #[case] expected: Verdict,
    ) {
        let mut facts = Facts {
            status: status.parse().expect("a status"),
            created_at: at(0),
            last_sold_at: sold.map(at),
            last_called_at: called.map(at),
            blocks: BTreeSet::new(),
        };
        assert_eq!(verdict(&policy(), &facts, at(today)), expected);
        assert_eq!(
            verdict(&RetentionPolicy::default(), &facts, at(today)),
            Verdict::Kept,
            "kept for ever"
        );
        // Whatever still needs it keeps it, and keeps nothing that would stay anyway.
        for block in RetentionBlock::ALL {
            facts.blocks = BTreeSet::from([*block]);
            let waits = match expected {
                Verdict::Due(_) => Verdict::Waits(*block),
                other => other,
            };
            assert_eq!(verdict(&policy(), &facts, at(today)), waits, "{block}");
        }
    }

    #[test]
    fn young_leads_are_not_looked_at() {
        assert_eq!(shortest(&policy()), Some(10));
        assert_eq!(shortest(&RetentionPolicy::default()), None);
    }
}
