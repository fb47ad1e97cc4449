//! Which layer wins, what a patch may reach, and how faults are pointed at.

use super::*;
use crate::policy::presets;
use serde_json::json;
use tradepost_contract::policy::{ReturnWindow, WindowStart};
use tradepost_contract::programmes::Preset;

fn programme(preset: Preset) -> &'static Value {
    presets::document(preset)
}

fn resolved(preset: Preset, product: Value, account: Value, agreement: Value) -> Result<Resolved, Vec<FieldError>> {
    let amendments = Amendments {
        product: Some(&product),
        account: Some(&account),
        agreement: Some(&agreement),
    };
    resolve(programme(preset), amendments)
}

fn days(amount: u32) -> ReturnWindow {
    ReturnWindow::CalendarDays {
        amount,
        starts: WindowStart::DeliveredAt,
    }
}

fn amount(amount: u32) -> Value {
    json!({"returns": {"window": {"amount": amount}}})
}

/// R18: the agreement beats the account, the account the product, the product the programme.
#[test]
fn r18_the_agreement_has_the_last_word() {
    let none = || json!({});
    let window = |product, account, agreement| {
        resolved(Preset::B2bMonthly, product, account, agreement).map(|resolved| resolved.policy.returns.window)
    };
    assert_eq!(window(none(), none(), none()), Ok(days(10)));
    assert_eq!(window(amount(11), none(), none()), Ok(days(11)));
    assert_eq!(window(amount(11), amount(12), none()), Ok(days(12)));
    assert_eq!(window(amount(11), amount(12), amount(13)), Ok(days(13)));
    assert_eq!(window(amount(11), none(), amount(13)), Ok(days(13)));
}

/// R74: a premium product has a longer window, and everything else stays the programme's.
#[test]
fn r74_a_product_may_have_its_own_window() {
    let premium = resolved(Preset::TradeWeekly, amount(168), json!({}), json!({}))
        .unwrap()
        .policy;
    assert_eq!(
        premium.returns.window,
        ReturnWindow::Hours {
            amount: 168,
            starts: WindowStart::DeliveredAt
        }
    );
    let usual = resolve(programme(Preset::TradeWeekly), Amendments::default())
        .unwrap()
        .policy;
    assert_eq!(premium.returns.reasons, usual.returns.reasons);
    assert_eq!(premium.billing, usual.billing);
}

/// R11: an account's own terms of prepayment override the programme's.
#[test]
fn r11_an_account_may_have_its_own_prepay_terms() {
    let patch = json!({"prepaid": {"refill": "low_balance", "below_minor": 10_000, "top_up_minor": 50_000}});
    let policy = resolved(Preset::B2bMonthly, json!({}), patch, json!({}))
        .unwrap()
        .policy;
    let terms = &policy.prepaid;
    assert_eq!(
        (terms.refill, terms.below_minor, terms.top_up_minor),
        (
            tradepost_contract::policy::PrepaidRefill::LowBalance,
            Some(10_000),
            Some(50_000)
        )
    );
    assert_eq!(
        terms.min_top_up_minor,
        Some(5_000),
        "what is not said stays the programme's"
    );
}

#[test]
fn a_list_is_amended_by_key_and_null_removes() {
    let patch = json!({"returns": {"reasons": {
        "never_enquired": null,
        "duplicate_lead": {"label": "Sent twice"},
        "number_not_provided": {"label": "Number not provided", "class": "review"},
    }}});
    let policy = resolved(Preset::B2bMonthly, patch, json!({}), json!({}))
        .unwrap()
        .policy;
    assert!(!policy.returns.reasons.contains_key("never_enquired"));
    assert_eq!(policy.returns.reasons["duplicate_lead"].label, "Sent twice");
    assert_eq!(
        policy.returns.reasons["duplicate_lead"].clause.as_deref(),
        Some("3"),
        "the rest of it stays"
    );
    assert_eq!(policy.returns.reasons.len(), 5);
}

#[test]
fn a_choice_with_other_parameters_must_drop_the_old_ones() {
    let leftover = json!({"returns": {"window": {"unit": "until_invoiced"}}});
    let faults = resolved(Preset::B2bMonthly, json!({}), leftover, json!({})).unwrap_err();
    assert_eq!(faults[0].pointer, "/returns/window");
    let clean = json!({"returns": {"window": {"unit": "until_invoiced", "amount": null, "starts": null}}});
    assert!(resolved(Preset::B2bMonthly, json!({}), clean, json!({})).is_ok());
}

#[test]
fn faults_are_pointed_at() {
    let cases = [
        (json!({"returns": {"windw": {}}}), "/returns/windw"),
        (json!({"billing": {"terms_days": "7"}}), "/billing/terms_days"),
        (json!({"billing": {"terms_days": -7}}), "/billing/terms_days"),
        (json!({"billing": null}), ""),
        (json!({"tax": {"rate": 0.2}}), "/tax/rate"),
        (json!({"tax": {"rate": "1.2"}}), "/tax/rate"),
        (json!({"returns": {"window": {"amount": 0}}}), "/returns/window/amount"),
        (
            json!({"returns": {"window": {"amount": 4_000_000_000_u32}}}),
            "/returns/window/amount",
        ),
        (
            json!({"returns": {"reasons": {"x": {"label": "X", "class": "non_valid"}}}}),
            "/returns/reasons/x/message",
        ),
        (
            json!({"returns": {"reasons": {"X/Y": {"label": "X", "class": "valid"}}}}),
            "/returns/reasons/X~1Y",
        ),
        (json!({"returns": {"remedy": "line_dropped"}}), "/returns/remedy"),
        (
            json!({"self_service": {"everything": "edit"}}),
            "/self_service/everything",
        ),
        (
            json!({"pause": {"budget": {"per_months": 0}}}),
            "/pause/budget/per_months",
        ),
    ];
    for (patch, pointer) in cases {
        let faults = resolved(Preset::B2bMonthly, json!({}), patch.clone(), json!({})).unwrap_err();
        assert_eq!(faults[0].pointer, pointer, "{patch} {faults:?}");
    }
}

#[test]
fn no_layer_decides_what_is_the_programmes() {
    let cycle = json!({"billing": {"cycle": {"unit": "none"}}});
    let intake = json!({"intake": {"countries": {"IN": true}}});
    let fault = |product: Value, account: Value, agreement: Value| {
        resolved(Preset::B2bMonthly, product, account, agreement)
            .map(|_| ())
            .map_err(|faults| faults[0].pointer.clone())
    };
    assert_eq!(
        fault(cycle.clone(), json!({}), json!({})),
        Err("/billing/cycle".to_owned())
    );
    assert_eq!(fault(json!({}), json!({}), cycle), Err("/billing/cycle".to_owned()));
    assert_eq!(fault(intake.clone(), json!({}), json!({})), Ok(()));
    assert_eq!(fault(json!({}), intake, json!({})), Err("/intake".to_owned()));
    assert_eq!(fault(json!({}), json!("x"), json!({})), Err(String::new()));
    assert_eq!(
        fault(json!({}), json!(null), json!({})),
        Err(String::new()),
        "null would wipe the policy out"
    );
}

#[test]
fn equal_policies_have_one_text() {
    let reordered: Value = serde_json::from_str(&format!(
        "{{{}}}",
        programme(Preset::LeadStore)
            .as_object()
            .unwrap()
            .iter()
            .rev()
            .map(|(key, value)| format!("{}:{value}", json!(key)))
            .collect::<Vec<_>>()
            .join(",")
    ))
    .unwrap();
    let text = |document: &Value| resolve(document, Amendments::default()).unwrap().document;
    assert_eq!(text(&reordered), text(programme(Preset::LeadStore)));
    let again: Value = serde_json::from_str(&text(&reordered)).unwrap();
    assert_eq!(text(&again), text(&reordered), "a resolved policy resolves to itself");
}

#[test]
fn changes_are_told_leaf_by_leaf() {
    let before = json!({"a": {"b": 1, "c": 2}, "gone": {"x": 1}, "same": "s"});
    let after = json!({"a": {"b": 1, "c": 3, "d/e": true}, "same": "s", "kind": {"unit": "none"}});
    let told: Vec<_> = changes(&before, &after)
        .into_iter()
        .map(|change| (change.pointer, change.before, change.after))
        .collect();
    let expected = [
        ("/a/c", json!(2), json!(3)),
        ("/a/d~1e", json!(null), json!(true)),
        ("/gone/x", json!(1), json!(null)),
        ("/kind/unit", json!(null), json!("none")),
    ];
    assert_eq!(
        told,
        expected.map(|(pointer, before, after)| (pointer.to_owned(), before, after))
    );
    assert_eq!(changes(&before, &before), []);
}
