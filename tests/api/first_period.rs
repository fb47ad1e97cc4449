//! The one early charge of a new supplier's first period (R12).

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

use crate::payments::charged_at_the_gateway;
use crate::wallets::sell_at_once;

/// R12: sixteen sales at 495 of 500 dollars make one charge of exactly 500; the cycle's end bills the rest, and the
/// second cycle has none.
#[rstest]
#[tokio::test]
async fn r12_one_charge_of_the_threshold(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    app.advance_to_first().await;
    assert_eq!(sell_at_once(&market, 11).await, 11);
    app.run_jobs().await;
    assert_eq!(market.payments(&buyer).await.len(), 0, "495.00 is less than 500.00");
    assert_eq!(sell_at_once(&market, 16).await, 16);
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    let payments = market.payments(&buyer).await;
    assert_eq!(payments.len(), 1, "{payments:?}");
    assert_eq!(
        (&payments[0]["purpose"], &payments[0]["amount"], &payments[0]["status"]),
        (&json!("first_period"), &market.money(50_000), &json!("succeeded"))
    );
    // Reached a second time: nothing more.
    assert_eq!(sell_at_once(&market, 12).await, 12);
    app.run_jobs().await;
    assert_eq!(charged_at_the_gateway(&app).await, [50_000]);
    app.audit_is_green().await;

    app.advance_to_first().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"]),
        (&json!("paid"), &market.money(39 * 4_500))
    );
    assert_eq!(charged_at_the_gateway(&app).await, [50_000, 39 * 4_500 - 50_000]);
    assert_eq!(sell_at_once(&market, 12).await, 12);
    app.run_jobs().await;
    assert_eq!(
        market.payments(&buyer).await.len(),
        2,
        "the second cycle has no threshold"
    );
    app.audit_is_green().await;
}

/// R12: an ACH charge that is on its way over the first is waited for, and one that failed is not tried beside the
/// invoice.
#[rstest]
#[case("ok", &[50_000, 4_000])]
#[case("fails_later", &[])]
#[tokio::test]
async fn r12_a_charge_on_its_way_is_waited_for(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] charged: &[i64],
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "ach", behaviour).await;
    // The evening before the first.
    let first = app.advance_to_first().await;
    let next = first + time::Duration::days(i64::from(first.month().length(first.year())) - 1);
    app.advance_to(next.with_hms(20, 0, 0).expect("an evening").assume_utc())
        .await;
    assert_eq!(sell_at_once(&market, 12).await, 12);
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(market.payments(&buyer).await[0]["status"], "pending");
    app.advance(1).await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["paid"]["amount"]),
        (&json!("open"), &json!(0))
    );
    assert_eq!(market.payments(&buyer).await.len(), 1, "the invoice waits for it");
    app.live_through(5).await;
    assert_eq!(charged_at_the_gateway(&app).await, charged);
    let first = &market.payments(&buyer).await[0];
    if charged.is_empty() {
        assert_eq!(first["status"], "void", "the invoice asks for all of it");
    } else {
        assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    }
    app.audit_is_green().await;
}

/// R12, R18: the threshold is that of the account or its agreement, lower than the programme's, or where the
/// programme has none.
#[rstest]
#[case(json!({}), "account")]
#[case(json!({ "billing": { "first_period": { "rule": "none", "threshold_minor": null } } }), "agreement")]
#[tokio::test]
async fn r12_r18_the_threshold_is_the_accounts_own(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] policy: serde_json::Value,
    #[case] layer: &str,
) {
    let app = spawn(on).await;
    let market = app.market_with("b2b-monthly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let other = market.buyer("Zenith", json!({})).await;
    for one in [&buyer, &other] {
        market.store_method(one, "card", "ok").await;
    }
    let manager = app.staff("account_manager").await;
    let terms = json!({ "billing": { "first_period": { "rule": "threshold_charge", "threshold_minor": 20_000 } } });
    let path = format!("/suppliers/{}", buyer.id);
    if layer == "account" {
        let body = json!({ "policy_override": terms });
        manager.patch(path).json(&body).send().await.ok();
    } else {
        let agreement = json!({
            "title": "Supplier agreement", "term": "days_90", "policy_override": terms,
            "starts_on": (app.today().await - time::Duration::days(1)).to_string(), "document": "200 dollars first.",
        });
        let path = format!("{path}/agreements");
        manager.post(path).json(&agreement).send().await.assert_status(201);
    }
    app.advance_to_first().await;
    for _ in 0..4 {
        market.sell_to(&buyer).await;
    }
    app.run_jobs().await;
    assert_eq!(market.payments(&buyer).await.len(), 0, "180.00 is less than 200.00");
    // 225.00, which is less than half of the programme's 500.00.
    market.sell_to(&buyer).await;
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    let payments = market.payments(&buyer).await;
    assert_eq!(payments.len(), 1, "{payments:?}");
    assert_eq!(
        (&payments[0]["purpose"], &payments[0]["amount"]),
        (&json!("first_period"), &market.money(20_000))
    );
    assert_eq!(market.payments(&other).await.len(), 0);
    app.audit_is_green().await;
}
