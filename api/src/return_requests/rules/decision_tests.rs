//! Who decides, what a verdict is, and when a denial is appealed.

use super::{Case, DecisionRefusal, LATE, Reviewer, appeal_until, may_appeal, may_decide, remedy, verdict};
use crate::calendar::Zone;
use crate::policy::preset_document;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::policy::{PolicySet, ReasonClass, Remedy};
use tradepost_contract::programmes::Preset;
use tradepost_contract::return_requests::{ReturnAction, ReturnRemedy, ReturnStatus};
use tradepost_contract::{Id, Timestamp, UserId};

fn policy(preset: Preset) -> PolicySet {
    serde_json::from_value(preset_document(preset).clone()).unwrap()
}

fn case(status: ReturnStatus, reason: &str, class: ReasonClass) -> Case {
    Case {
        status,
        reason: reason.to_owned(),
        class,
        spoke_for_the_supplier: vec!["user_a".to_owned()],
        first_reviewer: None,
        decided_at: None,
        decision_rule: None,
    }
}

fn reviewer(number: i64, id_text: &str) -> Reviewer<'_> {
    Reviewer {
        id: UserId::from_i64(number),
        id_text,
    }
}

#[test]
fn who_asked_does_not_decide_and_an_appeal_goes_to_somebody_else() {
    let mut open = case(ReturnStatus::InReview, "wrong_number", ReasonClass::Valid);
    assert_eq!(
        may_decide(&open, reviewer(1, "user_a")),
        Err(DecisionRefusal::OwnRequest)
    );
    assert_eq!(may_decide(&open, reviewer(2, "user_b")), Ok(()));
    open.first_reviewer = Some(UserId::from_i64(2));
    assert_eq!(may_decide(&open, reviewer(2, "user_b")), Ok(()), "not appealed");
    open.status = ReturnStatus::Appealed;
    assert_eq!(
        may_decide(&open, reviewer(2, "user_b")),
        Err(DecisionRefusal::SameReviewer)
    );
    assert_eq!(may_decide(&open, reviewer(3, "user_c")), Ok(()));
    assert_eq!(
        may_decide(&open, reviewer(1, "user_a")),
        Err(DecisionRefusal::OwnRequest)
    );
}

/// R45: where the seller promises an explanation, a denial without one is refused at its field.
#[test]
fn r45_a_denial_without_explanation_is_refused_where_one_is_promised() {
    let store = policy(Preset::LeadStore);
    let open = case(ReturnStatus::InReview, "wrong_number", ReasonClass::Valid);
    let deny = |explanation: Option<&str>| {
        verdict(
            &store,
            &open,
            ReturnAction::Deny,
            None,
            None,
            explanation.map(str::to_owned),
        )
    };
    let Err(DecisionRefusal::Field(error)) = deny(None) else {
        panic!("denied without explanation");
    };
    assert_eq!(error.pointer, "/explanation");
    let denied = deny(Some("It rang and Dana answered.")).unwrap();
    assert_eq!(
        (denied.status, denied.rule.as_str()),
        (ReturnStatus::Denied, "reviewer")
    );
    assert_eq!(
        denied.clause.as_deref(),
        Some("Approved 2"),
        "the clause of the reason given"
    );
    let approved = verdict(&store, &open, ReturnAction::Approve, None, None, None).unwrap();
    assert_eq!(
        (approved.status, approved.rule.as_str()),
        (ReturnStatus::Approved, "reason:wrong_number")
    );
    let b2b = policy(Preset::B2bMonthly);
    let open = case(ReturnStatus::InReview, "never_enquired", ReasonClass::Review);
    let denied = verdict(&b2b, &open, ReturnAction::Deny, None, Some("9".to_owned()), None).unwrap();
    assert_eq!(
        (denied.clause.as_deref(), denied.explanation),
        (Some("9"), None),
        "another seller"
    );
}

/// R75: a denial that follows the suggestion is recorded with its rule; an approval against it is the reviewer's.
#[test]
fn r75_the_rule_behind_a_verdict_is_kept() {
    let trade = policy(Preset::TradeWeekly);
    let open = case(ReturnStatus::InReview, "could_not_quote", ReasonClass::Review);
    let rule = |action| {
        verdict(&trade, &open, action, Some("sibling:quoted"), None, None)
            .unwrap()
            .rule
    };
    assert_eq!(rule(ReturnAction::Deny), "sibling:quoted");
    assert_eq!(rule(ReturnAction::Approve), "reviewer");
}

#[test]
fn what_is_decided_is_not_decided_again() {
    let store = policy(Preset::LeadStore);
    for status in [
        ReturnStatus::Approved,
        ReturnStatus::Denied,
        ReturnStatus::FinalDenied,
        ReturnStatus::Withdrawn,
    ] {
        let case = case(status, "wrong_number", ReasonClass::Valid);
        for action in [ReturnAction::Approve, ReturnAction::Deny] {
            let outcome = verdict(&store, &case, action, None, None, Some("x".to_owned()));
            assert!(matches!(outcome, Err(DecisionRefusal::Status(_))), "{status} {action}");
        }
    }
    let appealed = case(ReturnStatus::Appealed, "wrong_number", ReasonClass::Valid);
    let denied = verdict(&store, &appealed, ReturnAction::Deny, None, None, Some("x".to_owned())).unwrap();
    assert_eq!(denied.status, ReturnStatus::FinalDenied);
}

/// One appeal, for so many calendar days after the denial, and none against lateness (R23).
#[test]
fn r23_a_denial_is_appealed_within_its_days_but_lateness_is_not() {
    let zone = Zone::parse("America/Chicago").unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let b2b = policy(Preset::B2bMonthly);
    let mut denied = case(ReturnStatus::Denied, "wrong_person", ReasonClass::Valid);
    denied.decided_at = Some(at("2026-03-03T15:30:00Z"));
    denied.decision_rule = Some("reviewer".to_owned());
    let until = at("2026-03-14T05:00:00Z");
    assert_eq!(appeal_until(&b2b, &zone, &denied), Some(until));
    let appeal = |case: &Case, may_override, now| may_appeal(&b2b, &zone, case, may_override, at(now));
    assert_eq!(
        appeal(&denied, false, "2026-03-14T04:59:59Z"),
        Ok(ReturnStatus::Appealed)
    );
    assert_eq!(
        appeal(&denied, false, "2026-03-14T05:00:00Z"),
        Err(DecisionRefusal::AppealTooLate(until))
    );
    denied.decision_rule = Some(LATE.to_owned());
    assert_eq!(
        appeal(&denied, false, "2026-03-04T00:00:00Z"),
        Err(DecisionRefusal::LateIsFinal)
    );
    assert_eq!(
        appeal(&denied, true, "2026-03-04T00:00:00Z"),
        Ok(ReturnStatus::Appealed)
    );
    denied.status = ReturnStatus::FinalDenied;
    assert!(matches!(
        appeal(&denied, true, "2026-03-04T00:00:00Z"),
        Err(DecisionRefusal::Status(_))
    ));

    let store = policy(Preset::LeadStore);
    let mut denied = case(ReturnStatus::Denied, "wrong_number", ReasonClass::Valid);
    denied.decided_at = Some(at("2026-03-03T15:30:00Z"));
    let refused = may_appeal(&store, &zone, &denied, true, at("2026-03-03T15:31:00Z"));
    assert_eq!(refused, Err(DecisionRefusal::NoAppeal), "this seller knows none");
}

/// R30: exactly one remedy, and which one is known before the verdict.
#[test]
fn r30_the_remedy_follows_from_the_charge() {
    use BillingState as S;
    for state in S::ALL {
        assert_eq!(
            remedy(Remedy::Replacement, *state, true),
            Some(ReturnRemedy::Replacement),
            "{state}"
        );
        for is_final in [false, true] {
            let given = remedy(Remedy::Credit, *state, is_final);
            let expected = match (state, is_final) {
                (S::Unbilled | S::ReturnPending, _) | (S::Invoiced, false) => Some(ReturnRemedy::LineDropped),
                (S::Invoiced, true) => Some(ReturnRemedy::CreditNote),
                (S::Rejected | S::Returned | S::Free | S::Paid, _) => None,
            };
            assert_eq!(given, expected, "{state} {is_final}");
        }
    }
}
