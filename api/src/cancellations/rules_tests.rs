use super::*;
use CancelEffective as E;
use CancelRule as R;
use rstest::rstest;
use tradepost_contract::{AgreementId, Id};

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn policy(effective: E, notice: Option<(AgreementTerm, CancelNotice)>) -> CancelPolicy {
    CancelPolicy {
        written: false,
        notice_by_term: notice.into_iter().collect(),
        freeze: false,
        effective,
        alternative: None,
        ask_reason: false,
        undelivered: Undelivered::None,
        remind_days: 0,
    }
}

fn terms(term: AgreementTerm, starts_on: &str, ends_on: Option<&str>) -> Terms {
    Terms {
        id: AgreementId::from_i64(1),
        title: "Terms".to_owned(),
        term,
        starts_on: date(starts_on),
        ends_on: ends_on.map(date),
    }
}

/// An account with nothing that is paid ahead.
fn case<'a>(policy: &'a CancelPolicy, agreement: Option<&'a Terms>, received_on: &str, today: &str) -> Case<'a> {
    Case {
        policy,
        agreement,
        received_on: date(received_on),
        today: date(today),
        idle: false,
        period_ends_on: None,
        package_leads: 0,
        order_leads: 0,
    }
}

fn end_of(decision: Decision) -> (End, CancelRule) {
    match decision {
        Decision::Ends { end, rule, .. } => (end, rule),
        Decision::Renews(next) => panic!("renews: {next:?}"),
    }
}

fn within(days: u32, side: RenewalSide) -> CancelNotice {
    CancelNotice::RenewalWindow { days, side }
}

/// What a notice for an agreement of 90 days from 1 January 2026 comes to, which renews on 1 April and 30 June.
fn of_quarter(days: u32, side: RenewalSide, received: &str, recorded: &str) -> Decision {
    let policy = policy(E::AtRenewal, Some((AgreementTerm::Days90, within(days, side))));
    let agreement = terms(AgreementTerm::Days90, "2026-01-01", None);
    decide(&case(&policy, Some(&agreement), received, recorded), E::AtRenewal).unwrap()
}

/// R21: "within 30 days from the auto-renewal date" read as before it: both edges, and one day outside of each.
#[rstest]
#[case("2026-03-01", None)]
#[case("2026-03-02", Some((End::On(date("2026-04-01")), R::NotRenewed)))]
#[case("2026-03-31", Some((End::On(date("2026-04-01")), R::NotRenewed)))]
#[case("2026-04-01", Some((End::Now, R::NotRenewed)))]
#[case("2026-04-02", None)]
#[case("2026-05-30", None)]
#[case("2026-05-31", Some((End::On(date("2026-06-30")), R::NotRenewed)))]
fn r21_a_window_before_the_renewal(#[case] received: &str, #[case] expected: Option<(End, CancelRule)>) {
    match (of_quarter(30, RenewalSide::Before, received, received), expected) {
        (Decision::Renews(next), None) => {
            assert!(next.from > date(received), "the window to come: {next:?}");
            assert_eq!(next.until, next.renews_on);
        }
        (decision, expected) => assert_eq!(Some(end_of(decision)), expected),
    }
}

/// R21: the same words read as after the renewal.
#[rstest]
#[case("2026-03-31", None)]
#[case("2026-04-01", Some(R::NotRenewed))]
#[case("2026-04-02", Some(R::RenewalUndone))]
#[case("2026-05-01", Some(R::RenewalUndone))]
#[case("2026-05-02", None)]
fn r21_a_window_after_the_renewal(#[case] received: &str, #[case] expected: Option<CancelRule>) {
    match (of_quarter(30, RenewalSide::After, received, received), expected) {
        (Decision::Renews(next), None) => assert_eq!(next.from, next.renews_on),
        (decision, expected) => assert_eq!(Some(end_of(decision)), expected.map(|rule| (End::Now, rule))),
    }
}

/// R21: and read as both.
#[rstest]
#[case("2026-03-01", None)]
#[case("2026-03-02", Some(End::On(date("2026-04-01"))))]
#[case("2026-04-15", Some(End::Now))]
#[case("2026-05-01", Some(End::Now))]
#[case("2026-05-02", None)]
fn r21_a_window_on_either_side(#[case] received: &str, #[case] expected: Option<End>) {
    match (of_quarter(30, RenewalSide::Either, received, received), expected) {
        (Decision::Renews(_), None) => {}
        (decision, expected) => assert_eq!(Some(end_of(decision).0), expected),
    }
}

/// R21: the day of receipt decides, and not the day on which staff wrote it down.
#[test]
fn r21_the_day_of_receipt_decides() {
    let late = of_quarter(30, RenewalSide::Before, "2026-03-20", "2026-04-10");
    assert_eq!(end_of(late), (End::Now, R::NotRenewed));
    assert_eq!(
        of_quarter(30, RenewalSide::Before, "2026-02-20", "2026-03-20"),
        Decision::Renews(NoticeWindow {
            renews_on: date("2026-04-01"),
            from: date("2026-03-02"),
            until: date("2026-04-01"),
            side: RenewalSide::Before,
        })
    );
}

/// R21: 30 days before the renewal of an agreement of 30 days is always; the earliest renewal is meant.
#[rstest]
#[case("2026-01-01", "2026-01-31")]
#[case("2026-01-30", "2026-01-31")]
#[case("2026-02-01", "2026-03-02")]
fn r21_a_short_agreement_is_always_in_its_window(#[case] received: &str, #[case] expected: &str) {
    let notice = within(30, RenewalSide::Before);
    let policy = policy(E::AtRenewal, Some((AgreementTerm::Days30, notice)));
    let agreement = terms(AgreementTerm::Days30, "2026-01-01", None);
    let decision = decide(&case(&policy, Some(&agreement), received, received), E::AtRenewal).unwrap();
    assert_eq!(end_of(decision), (End::On(date(expected)), R::NotRenewed));
}

/// What does not renew by itself needs no window: it ends with its last day, and a rolling account at once.
#[test]
fn r21_without_a_renewal_there_is_no_window() {
    let notice = within(10, RenewalSide::Before);
    let policy = policy(E::AtRenewal, Some((AgreementTerm::Year1, notice)));
    let ending = terms(AgreementTerm::Year1, "2026-01-01", Some("2026-12-31"));
    let decision = decide(&case(&policy, Some(&ending), "2026-05-05", "2026-05-05"), E::AtRenewal).unwrap();
    assert_eq!(end_of(decision), (End::On(date("2027-01-01")), R::AgreementOver));
    let decision = decide(&case(&policy, None, "2026-05-05", "2026-05-05"), E::AtRenewal).unwrap();
    assert_eq!(end_of(decision), (End::Now, R::AtOnce));
}

/// R72: the notice is worked by the agreement's term, the day of its receipt not counted.
#[rstest]
#[case(AgreementTerm::Rolling, 14, "2026-03-02", "2026-03-02", End::On(date("2026-03-17")))]
#[case(AgreementTerm::Year1, 60, "2026-01-31", "2026-01-31", End::On(date("2026-04-02")))]
#[case(AgreementTerm::Rolling, 14, "2026-03-02", "2026-03-16", End::On(date("2026-03-17")))]
#[case(AgreementTerm::Rolling, 14, "2026-03-02", "2026-03-17", End::Now)]
#[case(AgreementTerm::Rolling, 0, "2026-03-02", "2026-03-02", End::On(date("2026-03-03")))]
fn r72_a_notice_is_worked(
    #[case] term: AgreementTerm,
    #[case] days: u32,
    #[case] received: &str,
    #[case] today: &str,
    #[case] expected: End,
) {
    let policy = policy(E::EndOfNotice, Some((term, CancelNotice::Worked { days })));
    let agreement = (term != AgreementTerm::Rolling).then(|| terms(term, "2025-06-01", None));
    let decision = decide(&case(&policy, agreement.as_ref(), received, today), E::EndOfNotice).unwrap();
    assert_eq!(end_of(decision), (expected, R::NoticeWorked));
}

/// R72: a term that is not listed needs no notice.
#[test]
fn r72_a_term_that_is_not_listed_needs_no_notice() {
    let listed = (AgreementTerm::Year1, CancelNotice::Worked { days: 60 });
    let policy = policy(E::EndOfNotice, Some(listed));
    let decision = decide(&case(&policy, None, "2026-03-02", "2026-03-02"), E::EndOfNotice).unwrap();
    assert_eq!(end_of(decision), (End::Now, R::AtOnce));
}

/// A notice that is worked and a renewal: the first renewal that is not before the notice is over.
#[rstest]
#[case("2026-03-01", End::On(date("2026-04-01")))]
#[case("2026-03-17", End::On(date("2026-04-01")))]
#[case("2026-03-18", End::On(date("2026-06-30")))]
fn r72_a_notice_is_worked_until_a_renewal(#[case] received: &str, #[case] expected: End) {
    let policy = policy(
        E::AtRenewal,
        Some((AgreementTerm::Days90, CancelNotice::Worked { days: 14 })),
    );
    let agreement = terms(AgreementTerm::Days90, "2026-01-01", None);
    let decision = decide(&case(&policy, Some(&agreement), received, received), E::AtRenewal).unwrap();
    assert_eq!(end_of(decision), (expected, R::NotRenewed));
}

/// R94: at once or with the paid period, as is chosen; without a period there is nothing to wait for.
#[rstest]
#[case(E::AtOnce, Some("2026-04-01"), End::Now, R::AtOnce)]
#[case(E::PeriodEnd, Some("2026-04-01"), End::On(date("2026-04-01")), R::PeriodEnd)]
#[case(E::PeriodEnd, None, End::Now, R::AtOnce)]
fn r94_at_once_or_with_the_period(
    #[case] effective: E,
    #[case] period: Option<&str>,
    #[case] expected: End,
    #[case] rule: CancelRule,
) {
    let policy = CancelPolicy {
        alternative: Some(E::PeriodEnd),
        ..policy(E::AtOnce, None)
    };
    assert_eq!(choices(&policy), [E::AtOnce, E::PeriodEnd]);
    let case = Case {
        period_ends_on: period.map(date),
        ..case(&policy, None, "2026-03-10", "2026-03-10")
    };
    assert_eq!(end_of(decide(&case, effective).unwrap()), (expected, rule));
}

/// R120: not before the packages are complete, then at once.
#[test]
fn r120_after_the_package() {
    let policy = policy(E::AfterPackage, None);
    let complete = case(&policy, None, "2026-03-10", "2026-03-10");
    let running = Case {
        package_leads: 7,
        ..complete
    };
    assert_eq!(decide(&running, E::AfterPackage), Err(PackageLeadsToCome(7)));
    let decision = decide(&complete, E::AfterPackage).unwrap();
    assert_eq!(end_of(decision), (End::Now, R::PackagesComplete));
}

/// What was paid for and is still delivered keeps the account open until then.
#[test]
fn paid_leads_are_delivered_first() {
    let policy = CancelPolicy {
        undelivered: Undelivered::Finish,
        ..policy(E::AtOnce, None)
    };
    let nothing = case(&policy, None, "2026-03-10", "2026-03-10");
    assert_eq!(end_of(decide(&nothing, E::AtOnce).unwrap()), (End::Now, R::AtOnce));
    let leads = Case {
        order_leads: 3,
        ..nothing
    };
    assert_eq!(
        end_of(decide(&leads, E::AtOnce).unwrap()),
        (End::WithLastLead(None), R::LeadsDelivered)
    );
    let both = Case {
        period_ends_on: Some(date("2026-04-01")),
        ..leads
    };
    assert_eq!(
        end_of(decide(&both, E::AtOnce).unwrap()).0,
        End::WithLastLead(Some(date("2026-04-01")))
    );
    let plan = Case {
        period_ends_on: Some(date("2026-04-01")),
        ..nothing
    };
    assert_eq!(
        end_of(decide(&plan, E::AtOnce).unwrap()),
        (End::On(date("2026-04-01")), R::PeriodEnd)
    );
}

/// An account that gets no leads, because it is being set up or was deactivated, has nothing to wait for.
#[test]
fn an_idle_account_ends_at_once() {
    let policy = policy(
        E::EndOfNotice,
        Some((AgreementTerm::Rolling, CancelNotice::Worked { days: 14 })),
    );
    let idle = Case {
        idle: true,
        ..case(&policy, None, "2026-03-10", "2026-03-10")
    };
    assert_eq!(end_of(decide(&idle, E::EndOfNotice).unwrap()), (End::Now, R::AtOnce));
}
