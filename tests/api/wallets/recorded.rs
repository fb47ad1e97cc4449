//! Money that was sent by bank transfer and is recorded by finance.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, spawn};

use super::{balance, entries, kinds, prepaid, wallet};

async fn body(market: &Market<'_>, minor: i64, reference: &str) -> Value {
    json!({
        "amount": market.money(minor), "method": "bank_transfer", "reference": reference,
        "received_on": market.app.today().await.to_string(),
    })
}

async fn record(market: &Market<'_>, finance: &Client, buyer: &Buyer, minor: i64, reference: &str) -> Value {
    let path = format!("/suppliers/{}/wallet/payments", buyer.id);
    let body = body(market, minor, reference).await;
    finance.post(path).json(&body).send().await.created()
}

/// R9: what was sent is in the wallet at once and pays for leads; the same reference is not taken twice.
#[rstest]
#[tokio::test]
async fn r9_money_that_was_sent_fills_the_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 0).await;
    let finance = app.staff("finance").await;
    let payment = record(&market, &finance, &buyer, 5_000, "WIRE 1").await;
    assert_eq!(
        (
            &payment["status"],
            &payment["purpose"],
            &payment["channel"],
            &payment["captured"]
        ),
        (
            &json!("succeeded"),
            &json!("wallet_top_up"),
            &json!("recorded"),
            &market.money(5_000)
        )
    );
    assert_ne!(wallet(&market, &buyer).await["funded_at"], Value::Null);
    market.sell_to(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 500);
    let top_up = &entries(&market, &buyer).await[1];
    assert_eq!(
        (
            &top_up["payment_id"],
            &top_up["payment_method"],
            &top_up["payment_origin"]
        ),
        (&payment["id"], &json!("bank_transfer"), &json!("recorded"))
    );
    let path = format!("/suppliers/{}/wallet/payments", buyer.id);
    let again = finance
        .post(&path)
        .json(&body(&market, 5_000, "WIRE 1").await)
        .send()
        .await;
    again.assert_problem(409, "duplicate", "/reference");
    // Another supplier's bank may use the same words.
    let other = market.buyer("Zenith", json!({})).await;
    super::open(&market, &other, json!({})).await;
    record(&market, &finance, &other, 5_000, "WIRE 1").await;
    let manager = app.staff("account_manager").await;
    let refused = manager
        .post(&path)
        .json(&body(&market, 5_000, "WIRE 2").await)
        .send()
        .await;
    refused.assert_problem(403, "forbidden", "");
    let owner = market.owner(&buyer).await;
    let refused = owner
        .post(&path)
        .json(&body(&market, 5_000, "WIRE 2").await)
        .send()
        .await;
    refused.assert_problem(403, "forbidden", "");
    for (wrong, pointer) in [
        (json!({ "amount": market.money(0) }), "/amount/amount"),
        (json!({ "amount": { "amount": 5_000, "currency": "GBP" } }), "/amount"),
        (json!({ "reference": " " }), "/reference"),
        (json!({ "received_on": "2099-01-01" }), "/received_on"),
    ] {
        let body = tradepost_tests::merged(body(&market, 5_000, "WIRE 3").await, wrong);
        finance
            .post(&path)
            .json(&body)
            .send()
            .await
            .assert_problem(422, "invalid", pointer);
    }
    app.audit_is_green().await;
}

/// A record made by mistake comes out again as far as the wallet has it, and the rest is owed; then it may be
/// recorded as it was meant.
#[rstest]
#[tokio::test]
async fn r9_a_record_made_by_mistake_comes_out_again(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 0).await;
    let finance = app.staff("finance").await;
    let payment = record(&market, &finance, &buyer, 10_000, "WIRE 1").await;
    market.sell_to(&buyer).await;
    let void = format!("/payments/{}/void", payment["id"].as_str().expect("an id"));
    let body = json!({ "reason": "Of another supplier." });
    let voided = finance.post(&void).json(&body).send().await.ok();
    assert_eq!(
        (&voided["status"], &voided["captured"]),
        (&json!("void"), &market.money(0))
    );
    assert_eq!(balance(&market, &buyer).await, 0);
    assert_eq!(kinds(&market, &buyer).await, ["reversal", "lead", "top_up"]);
    let owner = market.owner(&buyer).await;
    let statement = owner
        .get(format!("/suppliers/{}/statement", buyer.id))
        .send()
        .await
        .ok();
    let closing = &statement["accounts"][0]["closing"];
    assert_eq!(*closing, market.money(0), "what was drawn for the lead is owed");
    app.audit_is_green().await;
    record(&market, &finance, &buyer, 1_000, "WIRE 1").await;
    assert_eq!(balance(&market, &buyer).await, 1_000);
    app.audit_is_green().await;
}

/// R9: what had never come did not fill the wallet for the first time; what came later did.
#[rstest]
#[tokio::test]
async fn r9_a_mistake_funds_no_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 0).await;
    let finance = app.staff("finance").await;
    let void = async |payment: &Value| {
        let path = format!("/payments/{}/void", payment["id"].as_str().expect("an id"));
        let body = json!({ "reason": "Of another supplier." });
        finance.post(path).json(&body).send().await.ok();
    };
    let funded_at = async || wallet(&market, &buyer).await["funded_at"].clone();
    let first = record(&market, &finance, &buyer, 4_500, "WIRE 1").await;
    let since = funded_at().await;
    assert_ne!(since, Value::Null);
    // All of it is used: nothing is left in the wallet that could be taken out.
    market.sell_to(&buyer).await;
    void(&first).await;
    assert_eq!(funded_at().await, Value::Null);
    app.audit_is_green().await;

    let first = record(&market, &finance, &buyer, 5_000, "WIRE 2").await;
    app.advance_seconds(60).await;
    let second = record(&market, &finance, &buyer, 5_000, "WIRE 3").await;
    let since = funded_at().await;
    void(&first).await;
    let later = funded_at().await;
    assert!(later.as_str() > since.as_str(), "{later} and {since}");
    void(&second).await;
    assert_eq!(funded_at().await, Value::Null);
    app.audit_is_green().await;
}
