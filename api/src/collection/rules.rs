//! Whether an invoice is charged by itself.

use tradepost_contract::payments::PaymentOrigin;
use tradepost_contract::policy::{CollectionRule, RevocationRule};

/// What was decided about an invoice on its collection day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A payment was begun.
    Charged,
    /// The supplier pays by hand.
    ByHand,
    /// There is no stored method.
    NoMethod,
    /// The credit balance paid all of it.
    NothingOpen,
    /// A payment of it is under way.
    PaidAlready,
}

impl Outcome {
    /// The word in the database.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Charged => "charged",
            Self::ByHand => "by_hand",
            Self::NoMethod => "no_method",
            Self::NothingOpen => "nothing_open",
            Self::PaidAlready => "paid_already",
        }
    }
}

/// What the decision is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) rule: &'a CollectionRule,
    pub(super) revocation: RevocationRule,
    /// The supplier chose to be charged when an invoice is final (R115).
    pub(super) auto_bill: bool,
    /// The supplier took the authorisation to collect back (R13).
    pub(super) revoked: bool,
    pub(super) open_minor: i64,
    pub(super) under_way: bool,
    pub(super) has_method: bool,
}

/// Decides; a charge says what sets it off.
pub(super) fn decide(case: Case<'_>) -> Result<PaymentOrigin, Outcome> {
    if case.open_minor <= 0 {
        return Err(Outcome::NothingOpen);
    }
    if case.under_way {
        return Err(Outcome::PaidAlready);
    }
    let origin = match (case.revoked, case.revocation) {
        (false, _) => PaymentOrigin::Collection,
        // What was delivered before is charged, even when it is invoiced later.
        (true, RevocationRule::ChargeAndDeactivate) => PaymentOrigin::Revocation,
        (true, RevocationRule::Suspend) => return Err(Outcome::ByHand),
    };
    let by_itself = match case.rule {
        CollectionRule::FirstOfMonth {}
        | CollectionRule::WeekdayAfterIssue { .. }
        | CollectionRule::AtSignUpAndRenewal {} => true,
        CollectionRule::OnFinalise {} => case.auto_bill || case.revoked,
        CollectionRule::AtOrder {} => false,
    };
    match (by_itself, case.has_method) {
        (false, _) => Err(Outcome::ByHand),
        (true, false) => Err(Outcome::NoMethod),
        (true, true) => Ok(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::policy::Weekday;

    const FIRST: CollectionRule = CollectionRule::FirstOfMonth {};
    const FINAL: CollectionRule = CollectionRule::OnFinalise {};
    const WEDNESDAY: CollectionRule = CollectionRule::WeekdayAfterIssue {
        weekday: Weekday::Wednesday,
        business_days_only: true,
    };

    fn case(rule: &CollectionRule) -> Case<'_> {
        Case {
            rule,
            revocation: RevocationRule::ChargeAndDeactivate,
            auto_bill: false,
            revoked: false,
            open_minor: 100,
            under_way: false,
            has_method: true,
        }
    }

    #[rstest]
    #[case(FIRST, false, Ok(PaymentOrigin::Collection))]
    #[case(WEDNESDAY, false, Ok(PaymentOrigin::Collection))]
    #[case(FINAL, false, Err(Outcome::ByHand))]
    #[case(FINAL, true, Ok(PaymentOrigin::Collection))]
    #[case(CollectionRule::AtOrder {}, true, Err(Outcome::ByHand))]
    #[case(CollectionRule::AtSignUpAndRenewal {}, false, Ok(PaymentOrigin::Collection))]
    fn r115_who_is_charged_by_itself(
        #[case] rule: CollectionRule,
        #[case] auto_bill: bool,
        #[case] expected: Result<PaymentOrigin, Outcome>,
    ) {
        let case = Case {
            auto_bill,
            ..case(&rule)
        };
        assert_eq!(decide(case), expected);
    }

    #[test]
    fn nothing_is_charged_twice_or_without_a_method() {
        let none = Case {
            has_method: false,
            ..case(&FIRST)
        };
        assert_eq!(decide(none), Err(Outcome::NoMethod));
        let paid = Case {
            open_minor: 0,
            ..case(&FIRST)
        };
        assert_eq!(decide(paid), Err(Outcome::NothingOpen));
        let twice = Case {
            under_way: true,
            ..case(&FIRST)
        };
        assert_eq!(decide(twice), Err(Outcome::PaidAlready));
    }

    #[test]
    fn r13_after_a_revocation_only_the_last_debts_are_charged() {
        let revoked = Case {
            revoked: true,
            ..case(&FINAL)
        };
        assert_eq!(decide(revoked), Ok(PaymentOrigin::Revocation));
        let suspended = Case {
            revocation: RevocationRule::Suspend,
            ..revoked
        };
        assert_eq!(decide(suspended), Err(Outcome::ByHand));
    }
}
