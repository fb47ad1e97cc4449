//! An invoice that is given up: what it has open is an expense against the allowance, and a late payment takes
//! it back.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, TestApp, spawn};

/// What stands on the accounts of a kind, by the journal's file.
async fn balance(app: &TestApp, finance: &Client, entity: &Value, kind: &str) -> i64 {
    let today = app.business_now().await[..10].to_owned();
    let entity = entity.as_str().expect("an id");
    let path = format!("/journal.csv?legal_entity_id={entity}&from=2020-01-01&to={today}");
    let journal = finance.get(path).send().await;
    journal.assert_status(200);
    let text = journal.body.clone();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.filter(|row| &row[6] == kind)
        .map(|row| row[8].parse::<i64>().expect("minor units"))
        .sum()
}

#[rstest]
#[tokio::test]
async fn what_is_given_up_is_in_the_journal_and_a_late_payment_takes_it_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    for _ in 0..2 {
        market.sell_to(&buyer).await;
    }
    let invoice = market.until_invoiced(&buyer).await;
    app.live_through(2).await;
    let finance = app.staff("finance").await;
    let id = invoice["id"].as_str().expect("an id");
    let programme = invoice["programme_id"].as_str().expect("an id");
    let programme = app
        .staff("admin")
        .await
        .get(format!("/programmes/{programme}"))
        .send()
        .await
        .ok();
    let entity = &programme["legal_entity_id"];
    let total = invoice["total"]["amount"].as_i64().expect("a total");
    assert_eq!(total, 9_000);

    let why = json!({ "reason": "The company was dissolved." });
    let given_up = finance
        .post(format!("/invoices/{id}/write-off"))
        .json(&why)
        .send()
        .await
        .ok();
    assert_eq!(
        (&given_up["status"], &given_up["open"]["amount"]),
        (&json!("uncollectible"), &json!(total))
    );
    let of = async |kind: &str| balance(&app, &finance, entity, kind).await;
    assert_eq!((of("write_off").await, of("allowance").await), (total, -total));
    assert_eq!(of("receivable").await, total, "it stays owed");
    app.audit_is_green().await;

    let today = app.today().await.to_string();
    let pay = async |minor: i64, reference: &str| {
        let body = json!({ "method": "bank_transfer", "reference": reference, "received_on": today, "amount": market.money(minor) });
        let path = format!("/invoices/{id}/payments");
        finance.post(path).json(&body).send().await.created()
    };
    pay(4_000, "late 1").await;
    assert_eq!((of("write_off").await, of("allowance").await), (5_000, -5_000));
    let last = pay(5_000, "late 2").await;
    assert_eq!((of("write_off").await, of("allowance").await), (0, 0));
    assert_eq!(of("receivable").await, 0);
    app.audit_is_green().await;

    // Made void again: the invoice has forgotten that it was given up, and is owed as any other.
    let path = format!("/payments/{}/void", last["id"].as_str().expect("an id"));
    finance
        .post(path)
        .json(&json!({ "reason": "Another supplier's." }))
        .send()
        .await
        .ok();
    assert_eq!(of("receivable").await, 5_000);
    app.audit_is_green().await;
}
