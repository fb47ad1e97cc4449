//! What a submission is, under the presets of the five sellers.

use super::submission::{
    Accepted, Ask, Facts, Outcome, Recent, Refusal, Siblings, Standing, judge, not_grounds, options, reasons,
};
use crate::calendar::{Zone, window_closes_at};
use crate::policy::preset_document;
use time::Duration;
use tradepost_contract::policy::{PolicySet, RateCap, ReasonClass, Remedy};
use tradepost_contract::programmes::Preset;
use tradepost_contract::return_requests::{ReturnStatus, ReturnSuggestion};
use tradepost_contract::{Id, ReturnRequestId, Timestamp};

fn policy(preset: Preset) -> PolicySet {
    serde_json::from_value(preset_document(preset).clone()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const DELIVERED: &str = "2026-03-03T15:30:00Z";

/// A lead delivered in Austin on March 3rd, five days before the clocks change there.
fn facts(policy: &PolicySet) -> Facts {
    let zone = Zone::parse("America/Chicago").unwrap();
    Facts {
        standing: Standing::Unbilled,
        is_replacement: false,
        return_deadline_at: window_closes_at(&policy.returns.window, &zone, at(DELIVERED)),
        live_request: None,
        siblings: Siblings::default(),
        recent: None,
    }
}

fn ask(reason: &str) -> Ask<'_> {
    Ask {
        reason,
        note: Some("The line is dead."),
        may_be_late: false,
    }
}

fn submit(policy: &PolicySet, facts: &Facts, reason: &str, now: &str) -> Result<Outcome, Refusal> {
    judge(policy, facts, ask(reason), at(now))
}

fn accepted(outcome: Result<Outcome, Refusal>) -> Accepted {
    match outcome {
        Ok(Outcome::Review(accepted)) => accepted,
        other => panic!("not taken for review: {other:?}"),
    }
}

/// R22, R23: ten calendar days in the programme's zone, over the change of the clock; the first
/// instant of day eleven is denied as late, without a due time and so without a reviewer's work.
#[test]
fn r22_r23_day_ten_is_in_time_and_day_eleven_is_denied_as_late() {
    let policy = policy(Preset::B2bMonthly);
    let facts = facts(&policy);
    // Central daylight time since March 8th: local midnight is 05:00 UTC.
    let cases = [
        ("2026-03-03T15:30:00Z", false),
        ("2026-03-13T23:59:59Z", false),
        ("2026-03-14T04:59:59.999999Z", false),
        ("2026-03-14T05:00:00Z", true),
        ("2026-04-01T00:00:00Z", true),
    ];
    for (now, late) in cases {
        let outcome = submit(&policy, &facts, "wrong_person", now).unwrap();
        assert_eq!(matches!(outcome, Outcome::DeniedAsLate(_)), late, "{now}");
        if let Outcome::DeniedAsLate(accepted) = outcome {
            assert_eq!((accepted.decision_due_at, accepted.suggestion), (None, None), "{now}");
        }
    }
}

/// R24: exactly one of the five reasons; a code that is none of them is refused at the field.
#[test]
fn r24_only_the_five_reasons_are_taken() {
    let policy = policy(Preset::B2bMonthly);
    let facts = facts(&policy);
    assert_eq!(policy.returns.reasons.len(), 5);
    for code in policy.returns.reasons.keys() {
        assert_eq!(accepted(submit(&policy, &facts, code, DELIVERED)).reason, *code);
    }
    for unknown in [
        "",
        " ",
        "telemarketer",
        "wrong_person,duplicate_lead",
        "WRONG_PERSON",
        "not_interested",
    ] {
        let refusal = submit(&policy, &facts, unknown, DELIVERED).unwrap_err();
        let Refusal::Field(error) = refusal else {
            panic!("{unknown}: {refusal:?}");
        };
        assert_eq!(
            (error.pointer.as_str(), error.code.as_str()),
            ("/reason", "unknown_reason")
        );
    }
}

/// R25: where a note is demanded, blanks are none.
#[test]
fn r25_an_empty_note_is_refused_where_one_is_required() {
    let demands = policy(Preset::B2bMonthly);
    let facts_a = facts(&demands);
    for note in [None, Some(""), Some("  \n\t ")] {
        let ask = Ask {
            note,
            ..ask("wrong_person")
        };
        let refusal = judge(&demands, &facts_a, ask, at(DELIVERED)).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Field(error) if error.pointer == "/note"),
            "{refusal:?}"
        );
    }
    let relaxed = policy(Preset::LeadStore);
    let ask = Ask {
        note: None,
        ..ask("wrong_number")
    };
    assert!(judge(&relaxed, &facts(&relaxed), ask, at(DELIVERED)).is_ok());
    let mut one_reason = relaxed;
    one_reason.returns.reasons.get_mut("wrong_number").unwrap().needs_note = true;
    let refusal = judge(&one_reason, &facts(&one_reason), ask, at(DELIVERED)).unwrap_err();
    assert!(matches!(&refusal, Refusal::Field(error) if error.pointer == "/note"));
}

/// R27, R43: the decision is due 72 hours, or seven days, after submission; where nothing is
/// promised it has no due time.
#[test]
fn r27_r43_the_decision_is_due_by_the_programmes_promise() {
    for (preset, reason, hours) in [
        (Preset::B2bMonthly, "wrong_person", Some(72)),
        (Preset::LeadStore, "wrong_number", Some(168)),
        (Preset::TradeWeekly, "wrong_details", None),
    ] {
        let policy = policy(preset);
        let due = accepted(submit(&policy, &facts(&policy), reason, DELIVERED)).decision_due_at;
        assert_eq!(
            due,
            hours.map(|hours| at(DELIVERED).plus(Duration::hours(hours))),
            "{preset}"
        );
    }
}

/// R32: a lead that cannot be reached is answered with the help article, not taken.
#[test]
fn r32_cannot_reach_the_lead_is_answered_with_help() {
    let policy = policy(Preset::B2bMonthly);
    let refusal = submit(&policy, &facts(&policy), "cannot_reach", DELIVERED).unwrap_err();
    let Refusal::NoGround(help) = refusal else {
        panic!("{refusal:?}");
    };
    assert!(help.contains("Unresponsive Buyers"), "{help}");
    let offered = not_grounds(&policy);
    assert!(
        offered
            .iter()
            .any(|line| line.code == "cannot_reach" && line.message.is_some())
    );
    assert!(!reasons(&policy).iter().any(|line| line.code == "cannot_reach"));
}

/// R42: five days from receipt, to the second, refused in the seller's words.
#[test]
fn r42_five_days_from_receipt_to_the_second() {
    let policy = policy(Preset::LeadStore);
    let facts = facts(&policy);
    assert!(submit(&policy, &facts, "wrong_number", "2026-03-08T15:29:59Z").is_ok());
    for late in ["2026-03-08T15:30:00Z", "2026-03-08T15:30:01Z"] {
        let refusal = submit(&policy, &facts, "wrong_number", late).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::TooLate(message) if message.contains("delivered over 5 days ago")),
            "{late}: {refusal:?}"
        );
    }
}

/// R46, R48: the four approved reasons are taken, and an alias as the reason it stands for.
#[test]
fn r46_r48_approved_reasons_and_their_aliases() {
    let policy = policy(Preset::LeadStore);
    let facts = facts(&policy);
    for (given, reason) in [
        ("disconnected", "disconnected"),
        ("wrong_number", "wrong_number"),
        ("outside_us_canada", "outside_us_canada"),
        ("third_party", "third_party"),
        ("out_of_service", "disconnected"),
        ("prospect_does_not_live_there", "wrong_number"),
    ] {
        let accepted = accepted(submit(&policy, &facts, given, DELIVERED));
        assert_eq!(
            (accepted.reason.as_str(), accepted.class),
            (reason, ReasonClass::Valid),
            "{given}"
        );
    }
    assert_eq!(reasons(&policy).len(), 6);
}

/// R47: each of the seven listed complaints is shown, and refused with a message of its own.
#[test]
fn r47_each_non_valid_reason_is_refused_with_its_own_message() {
    let policy = policy(Preset::LeadStore);
    let facts = facts(&policy);
    let shown = not_grounds(&policy);
    let mut messages: Vec<String> = Vec::new();
    for (code, _) in policy
        .returns
        .reasons
        .iter()
        .filter(|(_, reason)| reason.class == ReasonClass::NonValid)
    {
        let Err(Refusal::NoGround(message)) = submit(&policy, &facts, code, DELIVERED) else {
            panic!("{code} is taken");
        };
        assert!(shown.iter().any(|line| line.code == *code), "{code} is not shown");
        messages.push(message);
    }
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), 7);
}

/// R73: 72 hours to the second; staff with the permission take it all the same, which is marked.
#[test]
fn r73_after_72_hours_only_an_override_helps() {
    let policy = policy(Preset::TradeWeekly);
    let facts = facts(&policy);
    assert!(submit(&policy, &facts, "wrong_details", "2026-03-06T15:29:59Z").is_ok());
    let late = "2026-03-06T15:30:01Z";
    assert!(matches!(
        submit(&policy, &facts, "wrong_details", late),
        Err(Refusal::TooLate(_))
    ));
    let overridden = Ask {
        may_be_late: true,
        ..ask("wrong_details")
    };
    assert!(accepted(judge(&policy, &facts, overridden, at(late))).overrides_window);
    assert!(!accepted(judge(&policy, &facts, overridden, at(DELIVERED))).overrides_window);
}

/// R75, R76: a buyer who quoted or won makes the lead valid, so a denial is suggested.
#[test]
fn r75_r76_a_siblings_quote_suggests_a_denial() {
    let trade = policy(Preset::TradeWeekly);
    let with = |policy: &PolicySet, quoted, won| {
        let facts = Facts {
            siblings: Siblings { quoted, won },
            ..facts(policy)
        };
        accepted(submit(
            policy,
            &facts,
            policy.returns.reasons.keys().next().unwrap(),
            DELIVERED,
        ))
        .suggestion
    };
    let denial = Some((ReturnSuggestion::Deny, "sibling:quoted"));
    assert_eq!(with(&trade, 0, 0), None);
    assert_eq!(with(&trade, 1, 0), denial);
    assert_eq!(with(&trade, 0, 2), denial);
    assert_eq!(with(&policy(Preset::B2bMonthly), 1, 1), None, "another seller's rule");
}

/// R84: an invoice before the window's end closes nothing.
#[test]
fn r84_an_invoiced_lead_is_returned_within_its_window() {
    let policy = policy(Preset::TradeWeekly);
    let facts = Facts {
        standing: Standing::Invoiced,
        ..facts(&policy)
    };
    assert!(submit(&policy, &facts, "wrong_details", DELIVERED).is_ok());
}

/// R109, R113: where leads are rejected with one click there is nothing to review; a window that ends
/// with the invoice is closed by it.
#[test]
fn r109_r113_instant_rejection_and_the_invoice_as_the_end() {
    let instant = policy(Preset::LocalExclusive);
    let refusal = submit(&instant, &facts(&instant), "telemarketer", DELIVERED).unwrap_err();
    assert_eq!(refusal, Refusal::RejectInstead);
    let mut reviewed = instant;
    reviewed.returns.decision_mode = tradepost_contract::policy::DecisionMode::Reviewer;
    assert!(submit(&reviewed, &facts(&reviewed), "telemarketer", "2030-01-01T00:00:00Z").is_ok());
    let invoiced = Facts {
        standing: Standing::Invoiced,
        ..facts(&reviewed)
    };
    assert_eq!(
        submit(&reviewed, &invoiced, "telemarketer", DELIVERED),
        Err(Refusal::Invoiced)
    );
}

/// R110: only the four kinds of unwanted calls.
#[test]
fn r110_only_spam_is_a_reason_under_preset_e() {
    let mut policy = policy(Preset::LocalExclusive);
    policy.returns.decision_mode = tradepost_contract::policy::DecisionMode::Reviewer;
    for good in ["telemarketer", "spammer", "solicitor", "sales_call"] {
        assert!(submit(&policy, &facts(&policy), good, DELIVERED).is_ok(), "{good}");
    }
    assert!(matches!(
        submit(&policy, &facts(&policy), "wrong_number", DELIVERED),
        Err(Refusal::Field(_))
    ));
}

#[test]
fn nothing_is_returned_twice_or_where_nothing_is_returned() {
    let store = policy(Preset::LeadStore);
    for standing in [Standing::Rejected, Standing::Returned] {
        let gone = Facts {
            standing,
            ..facts(&store)
        };
        let refusal = submit(&store, &gone, "wrong_number", DELIVERED).unwrap_err();
        assert_eq!(refusal, Refusal::NothingToReturn(standing));
    }
    let id = ReturnRequestId::from_i64(7);
    for status in [ReturnStatus::InReview, ReturnStatus::Approved, ReturnStatus::Denied] {
        let asked = Facts {
            live_request: Some((id, status)),
            ..facts(&store)
        };
        let refusal = submit(&store, &asked, "wrong_number", DELIVERED).unwrap_err();
        assert_eq!(refusal, Refusal::Requested(id, status));
        assert_eq!(options(&store, &asked, at(DELIVERED)), Some(refusal));
    }
    let none = policy(Preset::IsaCalling);
    assert_eq!(
        submit(&none, &facts(&none), "wrong_number", DELIVERED),
        Err(Refusal::NoReturns)
    );
}

#[test]
fn a_free_replacement_is_returned_only_for_another_lead() {
    let free = |policy: &PolicySet| Facts {
        standing: Standing::Free,
        is_replacement: true,
        ..facts(policy)
    };
    let mut store = policy(Preset::LeadStore);
    assert!(submit(&store, &free(&store), "wrong_number", DELIVERED).is_ok());
    store.returns.remedy = Remedy::Credit;
    assert_eq!(
        submit(&store, &free(&store), "wrong_number", DELIVERED),
        Err(Refusal::ReplacementIsFinal)
    );
    store.returns.remedy = Remedy::Replacement;
    store.replacement.returnable = false;
    assert_eq!(
        submit(&store, &free(&store), "wrong_number", DELIVERED),
        Err(Refusal::ReplacementIsFinal)
    );
}

#[test]
fn too_high_a_rate_is_capped_once_there_are_enough_deliveries() {
    let mut policy = policy(Preset::LeadStore);
    policy.returns.max_rate = Some(RateCap {
        rate: "0.2".parse().unwrap(),
        per_days: 30,
        min_deliveries: 10,
    });
    for (deliveries, approved, capped) in [
        (0, 0, false),
        (9, 9, false),
        (10, 1, false),
        (10, 2, true),
        (100, 19, false),
        (100, 20, true),
    ] {
        let recent = Some(Recent {
            deliveries,
            requested: approved,
            approved,
        });
        let facts = Facts {
            recent,
            ..facts(&policy)
        };
        let outcome = submit(&policy, &facts, "wrong_number", DELIVERED);
        assert_eq!(
            matches!(outcome, Err(Refusal::RateReached(_))),
            capped,
            "{approved} of {deliveries}"
        );
    }
}

#[test]
fn a_note_is_kept_without_blanks_and_never_too_long_or_unprintable() {
    let policy = policy(Preset::LeadStore);
    let note = |note: &str| {
        let ask = Ask {
            note: Some(note),
            ..ask("wrong_number")
        };
        judge(&policy, &facts(&policy), ask, at(DELIVERED))
    };
    assert_eq!(accepted(note("  dead\nline ")).note.as_deref(), Some("dead\nline"));
    assert_eq!(accepted(note("  ")).note, None);
    assert!(accepted(note(&"ü".repeat(4000))).note.is_some());
    for bad in ["a\u{0}b".to_owned(), "ü".repeat(4001)] {
        assert!(matches!(note(&bad), Err(Refusal::Field(_))));
    }
}
