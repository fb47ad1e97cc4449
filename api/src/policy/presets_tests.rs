//! Table K, row by row, against the five presets; and what single requirements say of one of them.

use super::*;
use crate::policy::layers::{Amendments, resolve};
use tradepost_contract::LocalDate;
use tradepost_contract::policy::*;

use Preset::{B2bMonthly as A, IsaCalling as D, LeadStore as B, LocalExclusive as E, TradeWeekly as C};

const PRESETS: [Preset; 5] = [A, B, C, D, E];

fn policy(preset: Preset) -> PolicySet {
    resolve(document(preset), Amendments::default()).unwrap().policy
}

/// The five cells of one row.
fn row<T>(of: impl Fn(&PolicySet) -> T) -> [T; 5] {
    PRESETS.map(|preset| of(&policy(preset)))
}

fn minutes_are_hours(amount: u32) -> ReturnWindow {
    ReturnWindow::Hours {
        amount,
        starts: WindowStart::DeliveredAt,
    }
}

#[test]
fn each_preset_is_complete_without_the_ground_below_it() {
    for preset in PRESETS {
        let whole: PolicySet =
            serde_json::from_value(document(preset).clone()).unwrap_or_else(|cause| panic!("{preset}: {cause}"));
        assert_eq!(whole.faults(), [], "{preset}");
        assert_eq!(whole, policy(preset), "{preset}: nothing of the default shines through");
    }
    let ground: PolicySet = serde_json::from_value(default_document().clone()).unwrap();
    assert_eq!(ground.faults(), []);
    assert_eq!(Preset::ALL.len(), PRESETS.len());
}

#[test]
fn k1_k2_return_window_and_its_clock() {
    let days = ReturnWindow::CalendarDays {
        amount: 10,
        starts: WindowStart::DeliveredAt,
    };
    let expected = [
        days,
        minutes_are_hours(120),
        minutes_are_hours(72),
        ReturnWindow::None {},
        ReturnWindow::UntilInvoiced {},
    ];
    assert_eq!(row(|policy| policy.returns.window.clone()), expected);
}

/// R24, R46, R47, R76, R110.
#[test]
fn k3_reasons() {
    let count = |class| {
        row(|policy| {
            policy
                .returns
                .reasons
                .values()
                .filter(|reason| reason.class == class)
                .count()
        })
    };
    assert_eq!(count(ReasonClass::Valid), [4, 4, 0, 0, 4]);
    assert_eq!(count(ReasonClass::Review), [1, 0, 4, 0, 0]);
    assert_eq!(count(ReasonClass::NonValid), [0, 7, 0, 0, 0]);
    assert_eq!(
        row(|policy| policy
            .returns
            .reasons
            .values()
            .filter(|reason| reason.placeholder)
            .count()),
        [5, 0, 4, 0, 0]
    );
    assert_eq!(
        row(|policy| policy.returns.sibling_quote_denies),
        [false, false, true, false, false]
    );
    let kinds: Vec<_> = policy(E).returns.reasons.into_keys().collect();
    assert_eq!(kinds, ["sales_call", "solicitor", "spammer", "telemarketer"]);
}

#[test]
fn k4_note_and_explanation() {
    assert_eq!(
        row(|policy| policy.returns.note_required),
        [true, false, false, false, false]
    );
    assert_eq!(
        row(|policy| policy.returns.explanation_required_on_deny),
        [false, true, false, false, false]
    );
}

#[test]
fn k5_decision() {
    use DecisionMode::{Instant, Reviewer};
    assert_eq!(
        row(|policy| policy.returns.decision_mode),
        [Reviewer, Reviewer, Reviewer, Reviewer, Instant]
    );
    assert_eq!(
        row(|policy| policy.returns.sla_hours),
        [Some(72), Some(168), None, None, None]
    );
}

#[test]
fn k6_late() {
    use LateRule::{AutoDeny, Refuse};
    assert_eq!(
        row(|policy| policy.returns.late),
        [AutoDeny, Refuse, Refuse, Refuse, Refuse]
    );
    assert!(
        policy(B).returns.reasons.contains_key("delivered_over_5_days_ago"),
        "and listed as non-valid"
    );
}

#[test]
fn k7_remedy() {
    use Remedy::{Credit, LineDropped, Replacement};
    assert_eq!(
        row(|policy| policy.returns.remedy),
        [Credit, Replacement, Credit, Credit, LineDropped]
    );
}

#[test]
fn k8_pause_by() {
    use PauseActor::{Nobody, Staff, Supplier};
    assert_eq!(
        row(|policy| policy.pause.actor),
        [Staff, Supplier, Staff, Nobody, Nobody]
    );
}

/// R17, R59, R60, R70.
#[test]
fn k9_pause_limit() {
    assert_eq!(
        row(|policy| policy.pause.max_days),
        [Some(14), Some(7), Some(30), None, None]
    );
    let budget = row(|policy| policy.pause.budget.clone());
    assert_eq!(
        budget,
        [
            Some(PauseBudget {
                days: 14,
                per_months: 6
            }),
            None,
            None,
            None,
            None
        ]
    );
    assert_eq!(
        row(|policy| policy.pause.return_date_required),
        [false, false, true, false, false]
    );
    assert_eq!(policy(B).pause.perk_effect, PerkEffect::RevertToBase { allowed: 1 });
}

/// R69.
#[test]
fn k10_change_notice() {
    use ChangeNotice as N;
    let expected = [
        N::ByAgreement {},
        N::None {},
        N::Hours { amount: 72 },
        N::OnRequest {},
        N::None {},
    ];
    assert_eq!(row(|policy| policy.changes.notice.clone()), expected);
    assert_eq!(row(|policy| policy.pause.notice_hours), [0, 0, 72, 0, 0]);
}

/// R21, R72, R93, R94, R120.
#[test]
fn k11_cancel() {
    use CancelEffective::{AfterPackage, AtOnce, AtRenewal, EndOfNotice, PeriodEnd};
    assert_eq!(
        row(|policy| policy.cancel.effective),
        [AtRenewal, AtOnce, EndOfNotice, AtOnce, AfterPackage]
    );
    assert_eq!(
        row(|policy| policy.cancel.alternative),
        [None, None, None, Some(PeriodEnd), None]
    );
    assert_eq!(row(|policy| policy.cancel.written), [true, false, false, false, false]);
    assert_eq!(row(|policy| policy.cancel.freeze), [false, false, true, false, false]);
    let terms: Vec<_> = policy(A).cancel.notice_by_term.into_iter().collect();
    let window = CancelNotice::RenewalWindow {
        days: 30,
        side: RenewalSide::Before,
    };
    use AgreementTerm::{Days30, Days90, Months6, Year1};
    assert_eq!(
        terms,
        [Days30, Days90, Months6, Year1].map(|term| (term, window.clone()))
    );
    assert!(policy(C).cancel.notice_by_term.contains_key(&AgreementTerm::Rolling));
}

/// R6, R78, R114; and K13, what a month is.
#[test]
fn k12_k13_invoice_cadence() {
    let weekly = |lag_days| BillingCycle::Week {
        anchor: Weekday::Monday,
        lag_days,
    };
    let expected = [
        BillingCycle::CalendarMonth {},
        BillingCycle::None {},
        weekly(0),
        BillingCycle::BillingMonth {},
        weekly(7),
    ];
    assert_eq!(row(|policy| policy.billing.cycle.clone()), expected);
    use BillingMode::{Arrears, Order, Package, Subscription};
    assert_eq!(
        row(|policy| policy.billing.mode),
        [Arrears, Order, Arrears, Subscription, Package]
    );
    let LoyaltyPolicy::OptIn { intervals, .. } = policy(B).loyalty else {
        panic!("B has a loyalty programme")
    };
    assert_eq!(
        intervals.into_values().collect::<Vec<_>>(),
        [14, 30, 7],
        "every other week, once a month, weekly"
    );
}

/// R7, R79, R80, R115.
#[test]
fn k14_collection() {
    use CollectionRule as Rule;
    let wednesday = Rule::WeekdayAfterIssue {
        weekday: Weekday::Wednesday,
        business_days_only: true,
    };
    let expected = [
        Rule::FirstOfMonth {},
        Rule::AtOrder {},
        wednesday,
        Rule::AtSignUpAndRenewal {},
        Rule::OnFinalise {},
    ];
    assert_eq!(row(|policy| policy.billing.collection_rule.clone()), expected);
    assert_eq!(row(|policy| policy.billing.terms_days), [0, 0, 7, 0, 0]);
}

/// R7–R10, R79, R80, R116.
#[test]
fn k15_methods() {
    let kinds = row(|policy| {
        policy
            .payment_methods
            .keys()
            .map(|kind| kind.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    });
    let expected = [
        "card ach prepaid_card prepaid_ach",
        "card",
        "card bacs direct_debit",
        "card",
        "card bank_account paypal apple_pay android_pay",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(
        policy(A).payment_methods[&PaymentMethodKind::Ach].pending_hours,
        72,
        "R8"
    );
    assert_eq!(policy(A).prepaid.refill, PrepaidRefill::MonthlyOn1st, "R9");
}

/// R15, R41.
#[test]
fn k16_card_self_update() {
    use SelfServiceMode::{Edit, None, Request};
    assert_eq!(
        row(|policy| policy.self_service(SelfServiceField::PaymentMethod)),
        [Edit, None, Request, Request, Edit]
    );
}

/// R5, R53, R65, R69, R77, R90, R106.
#[test]
fn k17_self_edit() {
    use SelfServiceMode::{Edit, None, Request};
    let field = |field| row(|policy| policy.self_service(field));
    assert_eq!(field(SelfServiceField::Profile), [Request, Edit, Request, Edit, Edit]);
    assert_eq!(
        field(SelfServiceField::Coverage),
        [Request, Request, Request, None, Edit]
    );
    assert_eq!(field(SelfServiceField::Volume), [Request, None, Request, None, Edit]);
    assert_eq!(field(SelfServiceField::Plan), [None, None, None, Request, None]);
}

/// R51.
#[test]
fn k18_login_email_case() {
    assert_eq!(
        row(|policy| policy.access.email_case_sensitive),
        [false, true, false, false, false]
    );
}

/// R66, R67, R99, R101, R103.
#[test]
fn k19_max_buyers() {
    assert_eq!(row(|policy| policy.distribution.max_buyers), [5, 3, 4, 0, 1]);
    use SellingMode::{AssignedNumber, Market, OwnLeads};
    assert_eq!(
        row(|policy| policy.distribution.mode),
        [Market, Market, Market, OwnLeads, AssignedNumber]
    );
    assert_eq!(policy(B).distribution.distinct_by, DistinctBy::BusinessAssociation);
}

/// R12, R85, R117.
#[test]
fn k20_first_period() {
    use FirstPeriod as F;
    let threshold = F::ThresholdCharge {
        threshold_minor: 50_000,
    };
    let expected = [
        threshold,
        F::None {},
        F::None {},
        F::PayFirst {},
        F::IntroPackagePrepaid {},
    ];
    assert_eq!(row(|policy| policy.billing.first_period.clone()), expected);
}

/// R57, R58, R60, R95: and the first renewal, which the page leaves out, under both readings.
#[test]
fn k21_loyalty() {
    let offered = row(|policy| policy.loyalty != (LoyaltyPolicy::NotOffered {}));
    assert_eq!(offered, [false, true, false, false, false]);
    let perks =
        |policy: &PolicySet, exclusive| [0, 1, 2, 3, 9].map(|order| policy.loyalty.perk(exclusive, order).to_string());
    assert_eq!(perks(&policy(B), true), ["0.10"; 5]);
    assert_eq!(perks(&policy(B), false), ["0.10", "0.10", "0.20", "0.30", "0.30"]);
    let other = serde_json::json!({"loyalty": {"shared": {"1": "0.20", "2": "0.30", "3": null}}});
    let other = resolve(
        document(B),
        Amendments {
            product: Some(&other),
            ..Amendments::default()
        },
    )
    .unwrap()
    .policy;
    assert_eq!(perks(&other, false), ["0.10", "0.20", "0.30", "0.30", "0.30"]);
    let PlanPolicy::Offered { tiers, .. } = policy(D).plan else {
        panic!("D sells plans")
    };
    let mut prices: Vec<_> = tiers
        .values()
        .map(|tier| (tier.min_units, tier.unit_price_minor))
        .collect();
    prices.sort_unstable();
    assert!(
        prices.windows(2).all(|pair| pair[0].1 > pair[1].1),
        "a bigger plan has a lower unit price"
    );
    assert!(prices.contains(&(100, 800)));
}

/// R112.
#[test]
fn k22_abuse_control() {
    assert_eq!(
        row(|policy| policy.rate_review != (RateReviewPolicy::Off {})),
        [false, false, false, false, true]
    );
}

/// R26, R44, R45, R49: the words of the sellers.
#[test]
fn r26_the_words_are_the_programmes_own() {
    assert_eq!(policy(A).word(WordingKey::ReturnAction), "Request bogus");
    assert_eq!(policy(A).word(WordingKey::ReturnLink), "Submit For Review");
    assert_eq!(policy(B).word(WordingKey::ReturnApproved), "Chargeback Granted");
    assert_eq!(policy(B).word(WordingKey::ReturnDenied), "Chargeback Denied");
    assert_eq!(policy(B).word(WordingKey::ReturnLink), "Return this Business Prospect");
    assert_eq!(
        policy(D).word(WordingKey::ReturnAction),
        "Request return",
        "the usual word"
    );
}

/// R47: each refused reason has a message of its own.
#[test]
fn r47_each_refused_reason_has_its_own_message() {
    let reasons = policy(B).returns.reasons;
    let mut messages: Vec<_> = reasons.values().filter_map(|reason| reason.message.clone()).collect();
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), 7);
}

/// R48: what the page calls a bad lead maps to approved reasons.
#[test]
fn r48_other_words_mean_an_approved_reason() {
    let returns = policy(B).returns;
    for (word, code) in [
        ("out_of_service", "disconnected"),
        ("prospect_does_not_live_there", "wrong_number"),
        ("third_party", "third_party"),
    ] {
        let (found, reason) = returns.reason(word).unwrap();
        assert_eq!((found, reason.class), (code, ReasonClass::Valid));
    }
    assert_eq!(returns.reason("ringing"), None);
}

/// R81: nothing is sold without consent and a verification call.
#[test]
fn r81_consent_and_verification_are_demanded() {
    let intake = policy(C).intake;
    assert!(intake.consent.required && intake.verification.required);
    assert!(intake.verification.methods[&VerificationMethod::PhoneCall]);
    assert_ne!(intake.verdict(IntakeCheck::ConsentMissing), CheckVerdict::Accept);
    assert_ne!(intake.verdict(IntakeCheck::VerificationMissing), CheckVerdict::Accept);
}

/// R34, R125: holidays are no business days.
#[test]
fn r34_the_calendar_knows_weekends_and_holidays() {
    let date = |text: &str| text.parse::<LocalDate>().unwrap();
    let open = |preset, text: &str| policy(preset).calendar.is_business_day(date(text));
    assert!(open(B, "2026-06-08") && !open(B, "2026-06-13") && !open(B, "2026-12-25"));
    assert!(
        open(C, "2026-11-26") && !open(A, "2026-11-26"),
        "Thanksgiving is no holiday in the UK"
    );
}

/// R51: one of the sellers lets new buyers register by themselves, at the checkout.
#[test]
fn r51_only_the_shop_has_a_checkout() {
    assert_eq!(
        row(|policy| policy.checkout.sign_up()),
        [false, true, false, false, false]
    );
    let without = |patch: serde_json::Value| {
        let resolved = resolve(
            document(B),
            Amendments {
                product: Some(&patch),
                ..Amendments::default()
            },
        );
        resolved
            .map(drop)
            .map_err(|faults| faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>())
    };
    let credit = serde_json::json!({ "returns": { "remedy": "credit" } });
    assert_eq!(without(credit), Err(vec!["/returns/remedy".to_owned()]));
    let refund = serde_json::json!({ "cancel": { "undelivered": "refund" } });
    assert_eq!(without(refund), Err(vec!["/cancel/undelivered".to_owned()]));
}
