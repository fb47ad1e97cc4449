use super::*;
use crate::policy::presets;
use rstest::rstest;
use tradepost_contract::programmes::Preset;

fn policy(preset: Preset) -> PolicySet {
    serde_json::from_value(presets::document(preset).clone()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// R22, R42, R73, R114: each seller's own window, fixed when the lead is delivered.
#[rstest]
#[case::ten_calendar_days(Preset::B2bMonthly, "America/New_York", Some("2026-03-13T04:00:00Z"))]
#[case::five_days_from_receipt(Preset::LeadStore, "America/New_York", Some("2026-03-07T20:30:00Z"))]
#[case::seventy_two_hours(Preset::TradeWeekly, "Europe/London", Some("2026-03-05T20:30:00Z"))]
#[case::nothing_is_sold(Preset::IsaCalling, "America/New_York", None)]
#[case::until_the_invoice_of_a_week_later(Preset::LocalExclusive, "America/Chicago", Some("2026-03-16T05:00:00Z"))]
fn each_preset_has_its_own_window(#[case] preset: Preset, #[case] zone: &str, #[case] expected: Option<&str>) {
    let zone = Zone::parse(zone).unwrap();
    let deadline = return_deadline(&policy(preset), &zone, at("2026-03-02T20:30:00Z"), false);
    assert_eq!(deadline, expected.map(at));
}

#[test]
fn a_replacement_has_a_window_only_where_it_may_be_returned() {
    let mut policy = policy(Preset::LeadStore);
    let zone = Zone::utc();
    for returnable in [false, true] {
        policy.replacement.returnable = returnable;
        let deadline = return_deadline(&policy, &zone, at("2026-03-02T20:30:00Z"), true);
        assert_eq!(deadline.is_some(), returnable);
    }
}

fn delivery(policy: &PolicySet) -> Returning<'_> {
    Returning {
        policy,
        billing_state: BillingState::Unbilled,
        deadline: Some(at("2026-03-10T00:00:00Z")),
        replacement: false,
        requested: false,
        now: at("2026-03-09T23:59:59Z"),
    }
}

/// R22, R42: open until the last instant before the deadline, and not at it.
#[test]
fn r42_the_window_closes_at_its_deadline() {
    let policy = policy(Preset::LeadStore);
    let open = delivery(&policy);
    assert_eq!(not_returnable(open), None);
    let late = Returning {
        now: at("2026-03-10T00:00:00Z"),
        ..open
    };
    assert_eq!(not_returnable(late), Some(NotReturnableReason::WindowClosed));
}

#[rstest]
#[case::rejected(BillingState::Rejected, false, NotReturnableReason::AlreadyRejected)]
#[case::returned(BillingState::Returned, true, NotReturnableReason::AlreadyReturned)]
#[case::requested(BillingState::ReturnPending, true, NotReturnableReason::AlreadyRequested)]
fn what_was_done_is_not_done_again(
    #[case] billing_state: BillingState,
    #[case] requested: bool,
    #[case] expected: NotReturnableReason,
) {
    let policy = policy(Preset::LeadStore);
    let done = Returning {
        billing_state,
        requested,
        ..delivery(&policy)
    };
    assert_eq!(not_returnable(done), Some(expected));
}

/// R84: an invoice does not close a window that is still open.
#[test]
fn r84_a_window_outlives_the_invoice() {
    let policy = policy(Preset::TradeWeekly);
    let invoiced = Returning {
        billing_state: BillingState::Invoiced,
        ..delivery(&policy)
    };
    assert_eq!(not_returnable(invoiced), None);
}

/// R109, R113: in preset E a delivery is rejected with one click and the rejection undone, until invoiced.
#[test]
fn r109_one_click_until_the_invoice() {
    let policy = policy(Preset::LocalExclusive);
    let open = delivery(&policy);
    use DeliveryAction as A;
    assert_eq!(allowed_actions(open, true, true), [A::Update, A::Reject]);
    assert_eq!(allowed_actions(open, false, true), []);
    let rejected = Returning {
        billing_state: BillingState::Rejected,
        ..open
    };
    assert_eq!(allowed_actions(rejected, true, true), [A::Update, A::UndoRejection]);
    let invoiced = Returning {
        billing_state: BillingState::Invoiced,
        ..open
    };
    assert_eq!(not_returnable(invoiced), Some(NotReturnableReason::AlreadyInvoiced));
    assert_eq!(allowed_actions(invoiced, true, true), [A::Update]);
}

#[test]
fn where_reviewers_decide_there_is_no_one_click() {
    let policy = policy(Preset::B2bMonthly);
    use DeliveryAction as A;
    assert_eq!(
        allowed_actions(delivery(&policy), true, true),
        [A::Update, A::RequestReturn]
    );
    assert_eq!(allowed_actions(delivery(&policy), true, false), [A::Update]);
}
