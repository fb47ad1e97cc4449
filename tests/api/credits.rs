//! What credit notes leave over: used by the next invoice, or paid out.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::books::Books;
use tradepost_tests::{Database, Database::*, TestApp};

use crate::billing_runs::assert_events;
use crate::papers::{ALL_ASKED_BACK, approve, invoices};

/// Two weeks of two leads; those of the first week are paid and then come back.
async fn paid_and_returned(on: Database) -> (TestApp, Value) {
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        from: now,
        apart: 1,
        ..Books::weekly(1, 4)
    };
    let later = format!(
        "UPDATE deliveries SET delivered_at = {} WHERE id IN (SELECT id FROM deliveries ORDER BY id DESC LIMIT 2); {ALL_ASKED_BACK};",
        now + 8 * 86_400_000_000
    );
    let app = books.serve(on, &later).await;
    app.advance(8).await;
    // The server's own jobs may be making it at this moment.
    app.until("the first week is invoiced", async || !invoices(&app).await.is_empty())
        .await;
    let first = invoices(&app).await.remove(0);
    assert_eq!(first["line_count"], 2, "{first}");
    let finance = app.staff("finance").await;
    let body =
        json!({ "method": "bacs", "reference": "BACS 1", "received_on": app.business_now().await[..10].to_owned() });
    finance
        .post(format!("/invoices/{}/payments", first["id"].as_str().expect("an id")))
        .json(&body)
        .send()
        .await
        .assert_status(201);
    approve(&app, 0).await;
    app.audit_is_green().await;
    (app, first)
}

fn minor(value: &Value, field: &str) -> i64 {
    value[field]["amount"].as_i64().expect("an amount")
}

/// R84, R92: a credit on a paid invoice is used up by the next one, whose open amount is less by it.
#[rstest]
#[tokio::test]
async fn r84_the_next_invoice_uses_the_credit(#[values(Sqlite, Postgres)] on: Database) {
    let (app, _) = paid_and_returned(on).await;
    let finance = app.staff("finance").await;
    let note = &finance.all("/credit-notes").await[0];
    assert_eq!(
        (minor(note, "balance"), minor(note, "left"), minor(note, "used")),
        (2399, 2399, 0)
    );
    let supplier = note["supplier_id"].as_str().expect("an id");
    let expected = finance
        .get(format!("/suppliers/{supplier}/next-invoice"))
        .send()
        .await
        .ok();
    assert_eq!(
        (minor(&expected, "credit"), minor(&expected, "to_pay")),
        (2399, 2399),
        "{expected}"
    );

    app.advance(8).await;
    let second = invoices(&app).await.remove(1);
    assert_eq!(
        (
            minor(&second, "total"),
            minor(&second, "credit_applied"),
            minor(&second, "open")
        ),
        (4798, 2399, 2399),
        "{second}"
    );
    assert_eq!(second["status"], "open");
    let id = second["id"].as_str().expect("an id");
    let used = finance.get(format!("/invoices/{id}/credits")).send().await.ok();
    assert_eq!(
        (
            &used["data"][0]["credit_note_number"],
            &used["data"][0]["amount"]["amount"]
        ),
        (&json!("TP-C-000001"), &json!(2399)),
        "{used}"
    );
    let note = &finance.all("/credit-notes").await[0];
    assert_eq!((minor(note, "left"), minor(note, "used")), (0, 2399));
    app.audit_is_green().await;

    // What is open takes no more than itself, and a credit of this invoice has only that to reduce.
    approve(&app, 2).await;
    approve(&app, 3).await;
    let second = finance.get(format!("/invoices/{id}")).send().await.ok();
    assert_eq!(
        (minor(&second, "open"), minor(&second, "credited")),
        (0, 2399),
        "{second}"
    );
    assert_eq!(second["status"], "paid");
    let left: i64 = finance
        .all("/credit-notes")
        .await
        .iter()
        .map(|note| minor(note, "left"))
        .sum();
    assert_eq!(left, 2399, "and the rest is credit again");
    app.audit_is_green().await;
}

/// What is left is paid out by hand, once, and no more than it is.
#[rstest]
#[tokio::test]
async fn r92_what_is_left_is_refunded(#[values(Sqlite, Postgres)] on: Database) {
    let (app, _) = paid_and_returned(on).await;
    let finance = app.staff("finance").await;
    let note = finance.all("/credit-notes").await.remove(0);
    let refunds = format!("/credit-notes/{}/refunds", note["id"].as_str().expect("an id"));
    let today = app.business_now().await[..10].to_owned();
    let body = |amount: Option<i64>, reference: &str| {
        let mut body = json!({ "reference": reference, "refunded_on": today, "reason": "The account is closed." });
        if let Some(amount) = amount {
            body["amount"] = json!({ "amount": amount, "currency": "GBP" });
        }
        body
    };
    let send = |body: Value| finance.post(&refunds).json(&body).send();
    send(body(Some(2400), "a"))
        .await
        .assert_problem(422, "invalid", "/amount/amount");
    send(body(Some(0), "a"))
        .await
        .assert_problem(422, "invalid", "/amount/amount");
    send(body(None, " ")).await.assert_problem(422, "invalid", "/reference");
    let mut dollars = body(Some(5), "a");
    dollars["amount"]["currency"] = json!("USD");
    send(dollars).await.assert_problem(422, "invalid", "/amount");
    let mut tomorrow = body(None, "a");
    tomorrow["refunded_on"] = json!("2031-01-01");
    send(tomorrow).await.assert_problem(422, "invalid", "/refunded_on");
    app.staff("account_manager")
        .await
        .post(&refunds)
        .json(&body(None, "a"))
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    send(body(Some(1000), "FPS 1")).await.assert_status(201);
    send(body(Some(1000), "FPS 1"))
        .await
        .assert_problem(409, "duplicate", "/reference");
    send(body(None, "FPS 2")).await.assert_status(201);
    send(body(None, "FPS 3"))
        .await
        .assert_problem(409, "state_conflict", "");
    let note = finance.all("/credit-notes").await.remove(0);
    assert_eq!((minor(&note, "refunded"), minor(&note, "left")), (2399, 0));
    let listed = finance.get(&refunds).send().await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
    assert_events(&app, "credit.refunded", 2).await;
    app.audit_is_green().await;
    app.advance(8).await;
    let second = invoices(&app).await.remove(1);
    assert_eq!(
        minor(&second, "credit_applied"),
        0,
        "what was paid out is not used as well"
    );
    app.audit_is_green().await;
}

/// Refunds that race give out no more than there is.
#[rstest]
#[tokio::test]
async fn racing_refunds_never_exceed_the_credit(#[values(Sqlite, Postgres)] on: Database) {
    let (app, _) = paid_and_returned(on).await;
    let finance = app.staff("finance").await;
    let note = finance.all("/credit-notes").await.remove(0);
    let refunds = format!("/credit-notes/{}/refunds", note["id"].as_str().expect("an id"));
    let today = app.business_now().await[..10].to_owned();
    let racers = (0..16).map(|n| {
        let (finance, refunds, today) = (finance.clone(), refunds.clone(), today.clone());
        tokio::spawn(async move {
            let body = json!({ "amount": { "amount": 500, "currency": "GBP" }, "reference": format!("racer {n}"),
                "refunded_on": today, "reason": "Race." });
            finance.post(&refunds).json(&body).send().await.status.as_u16()
        })
    });
    let mut given = 0;
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.expect("a racer ends well") {
            201 => given += 1,
            409 | 422 => {}
            other => panic!("unexpected status {other}"),
        }
    }
    assert_eq!(given, 2399 / 500);
    app.audit_is_green().await;
}
