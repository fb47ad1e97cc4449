//! Invoices, what is paid on them, and what becomes of those that are not.

use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::{Id, ReturnRequestId};
use tradepost_tests::books::{Books, DELIVERIES_FROM};
use tradepost_tests::{Buyer, Database, Database::*, TestApp, spawn};

use crate::billing_runs::assert_events;

async fn first_invoice(app: &TestApp) -> Value {
    app.run_jobs().await;
    let mut all = app.staff("finance").await.all("/invoices").await;
    all.sort_by_key(|invoice| invoice["number"].to_string());
    all.into_iter().next().expect("an invoice")
}

fn path(invoice: &Value) -> String {
    format!("/invoices/{}", invoice["id"].as_str().expect("an id"))
}

fn payment(amount: Option<i64>, reference: &str) -> Value {
    let mut body = json!({ "method": "bacs", "reference": reference, "received_on": "2026-11-01" });
    if let Some(amount) = amount {
        body["amount"] = json!({ "amount": amount, "currency": "GBP" });
    }
    body
}

#[rstest]
#[tokio::test]
async fn finance_records_what_was_paid(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(2, 3).serve(on, "").await;
    let invoice = first_invoice(&app).await;
    let total = invoice["total"]["amount"].as_i64().expect("a total");
    assert_eq!(
        (total, &invoice["status"], &invoice["number"]),
        (3 * 2399, &json!("open"), &json!("TP-000001"))
    );
    let finance = app.staff("finance").await;
    let payments = format!("{}/payments", path(&invoice));
    let refused = |body: Value| finance.post(&payments).json(&body).send();
    refused(payment(Some(total + 1), "a"))
        .await
        .assert_problem(422, "invalid", "/amount/amount");
    refused(payment(Some(0), "a"))
        .await
        .assert_problem(422, "invalid", "/amount/amount");
    refused(payment(Some(-5), "a"))
        .await
        .assert_problem(422, "invalid", "/amount/amount");
    refused(payment(None, "  "))
        .await
        .assert_problem(422, "invalid", "/reference");
    let mut dollars = payment(Some(5), "a");
    dollars["amount"]["currency"] = json!("USD");
    refused(dollars).await.assert_problem(422, "invalid", "/amount");
    let mut tomorrow = payment(Some(5), "a");
    tomorrow["received_on"] = json!("2031-01-01");
    refused(tomorrow).await.assert_problem(422, "invalid", "/received_on");
    app.staff("admin")
        .await
        .post(&payments)
        .json(&payment(None, "a"))
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    let part = finance
        .post(&payments)
        .json(&payment(Some(1000), "BACS 1"))
        .idempotency_key("pay-1")
        .send()
        .await;
    part.assert_status(201);
    let again = finance
        .post(&payments)
        .json(&payment(Some(1000), "BACS 1"))
        .idempotency_key("pay-1")
        .send()
        .await;
    assert_eq!(part.json()["id"], again.json()["id"], "a replay records nothing");
    refused(payment(Some(1000), "BACS 1"))
        .await
        .assert_problem(409, "duplicate", "/reference");
    let half = finance.get(path(&invoice)).send().await.ok();
    assert_eq!(
        (&half["status"], &half["open"]["amount"]),
        (&json!("partly_paid"), &json!(total - 1000))
    );
    refused(payment(None, "BACS 2")).await.assert_status(201);
    let paid = finance.get(path(&invoice)).send().await.ok();
    assert_eq!(
        (&paid["status"], &paid["open"]["amount"], &paid["paid"]["amount"]),
        (&json!("paid"), &json!(0), &json!(total))
    );
    refused(payment(Some(1), "BACS 3"))
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(finance.all(&payments).await.len(), 2);
    assert_events(&app, "invoice.paid", 2).await;
    app.audit_is_green().await;
}

/// Payments that race never take more than is open.
#[rstest]
#[tokio::test]
async fn racing_payments_never_overpay(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(1, 1).serve(on, "").await;
    let invoice = first_invoice(&app).await;
    let finance = app.staff("finance").await;
    let payments = format!("{}/payments", path(&invoice));
    let tries = (0..16).map(|n| {
        let (finance, payments) = (finance.clone(), payments.clone());
        tokio::spawn(async move {
            finance
                .post(&payments)
                .json(&payment(Some(500), &format!("racer {n}")))
                .send()
                .await
                .status
                .as_u16()
        })
    });
    let mut taken = 0;
    for outcome in tries.collect::<Vec<_>>() {
        match outcome.await.expect("a racer ends well") {
            201 => taken += 1,
            422 => {}
            other => panic!("unexpected status {other}"),
        }
    }
    assert_eq!(taken, 2399 / 500);
    app.audit_is_green().await;
}

/// What is unpaid after its due date becomes overdue once, and is still paid.
#[rstest]
#[tokio::test]
async fn what_is_late_is_overdue(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(1, 2).serve(on, "").await;
    let invoice = first_invoice(&app).await;
    app.advance(7).await;
    let finance = app.staff("finance").await;
    assert_eq!(
        finance.get(path(&invoice)).send().await.ok()["status"],
        "open",
        "the last day to pay is not late"
    );
    app.advance(1).await;
    app.run_jobs().await;
    assert_eq!(finance.get(path(&invoice)).send().await.ok()["status"], "overdue");
    assert_events(&app, "invoice.overdue", 1).await;
    let payments = format!("{}/payments", path(&invoice));
    finance
        .post(&payments)
        .json(&payment(Some(100), "part"))
        .send()
        .await
        .assert_status(201);
    assert_eq!(
        finance.get(path(&invoice)).send().await.ok()["status"],
        "overdue",
        "what is late stays late until it is settled"
    );
    finance
        .post(&payments)
        .json(&payment(None, "rest"))
        .send()
        .await
        .assert_status(201);
    assert_eq!(finance.get(path(&invoice)).send().await.ok()["status"], "paid");
    app.audit_is_green().await;
}

#[rstest]
#[tokio::test]
async fn lines_come_in_order_page_by_page(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(1, 25).serve(on, "").await;
    let invoice = first_invoice(&app).await;
    let finance = app.staff("finance").await;
    let lines = finance.all(&format!("{}/lines?limit=10", path(&invoice))).await;
    let positions: Vec<_> = lines.iter().filter_map(|line| line["position"].as_i64()).collect();
    assert_eq!(positions, (1..=25).collect::<Vec<_>>());
    let instants: Vec<_> = lines.iter().map(|line| line["delivered_at"].to_string()).collect();
    assert!(instants.is_sorted(), "{instants:?}");
    let found = finance
        .get("/invoices?number=TP-000001&status=open,paid&limit=1")
        .send()
        .await
        .ok();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{found}");
    finance
        .get("/invoices?status=lost")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?status");
    finance
        .get("/invoices?colour=red")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?colour");
    finance
        .get("/invoices?cursor=abc")
        .send()
        .await
        .assert_problem(400, "invalid_cursor", "");
    finance
        .get("/invoices/inv_0000000000001")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    finance
        .get("/invoices/nonsense/lines")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    finance
        .get("/credit-notes/cn_0000000000001")
        .send()
        .await
        .assert_problem(404, "not_found", "");
}

/// A final invoice is immutable even to somebody who holds the database.
#[rstest]
#[tokio::test]
async fn a_final_invoice_cannot_be_changed(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(1, 2).serve(on, "").await;
    first_invoice(&app).await;
    for sql in [
        "UPDATE invoices SET net_minor = net_minor + 1, total_minor = total_minor + 1",
        "UPDATE invoices SET number = 'TP-000009'",
        "UPDATE invoices SET due_on = '2030-01-01'",
        "UPDATE invoices SET buyer = '{}'",
        "UPDATE invoice_lines SET net_minor = net_minor - 1",
        "DELETE FROM invoice_lines",
        "UPDATE journal_entries SET memo = 'x'",
        "DELETE FROM postings",
    ] {
        let outcome = app.inside().db.write(move |tx| Ok(tx.batch_execute(sql)?)).await;
        assert!(outcome.is_err(), "{sql}");
    }
    app.audit_is_green().await;
}

/// R30, R84: a return approved before the run drops the line, one approved after it gives a credit
/// note; the note first reduces what is open, and the rest is the supplier's balance.
#[rstest]
#[tokio::test]
async fn r30_r84_a_return_after_the_invoice_is_a_credit_note(#[values(Sqlite, Postgres)] on: Database) {
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        from: now,
        apart: 1,
        ..Books::weekly(1, 3)
    };
    let asked = "INSERT INTO return_requests (id, delivery_id, lead_id, programme_id, supplier_id, business_id, resolved_policy_id, status, reason, \
         reason_class, channel, submitted_by, submitted_at) SELECT id, id, lead_id, programme_id, supplier_id, business_id, \
         resolved_policy_id, 'in_review', 'wrong_details', 'review', 'portal', 'user_0000000000001', delivered_at FROM deliveries; \
         UPDATE deliveries SET billing_state = 'return_pending'; \
         INSERT INTO events (id, kind, happened_at, programme_id, subject, data, created_at) \
         SELECT id + 5000000000, 'return.submitted', delivered_at, programme_id, 'books', '{}', delivered_at FROM deliveries";
    let app = books.serve(on, asked).await;
    let reviewer = app.staff("returns_reviewer").await;
    let approve = async |n: i64| {
        let id = ReturnRequestId::from_i64(DELIVERIES_FROM + n);
        let body = json!({ "explanation": "The number is somebody else's." });
        reviewer
            .post(format!("/return-requests/{id}/approve"))
            .json(&body)
            .send()
            .await
            .ok()
    };
    assert_eq!(approve(0).await["remedy"], "line_dropped");
    app.advance(8).await;
    let invoice = first_invoice(&app).await;
    assert_eq!(
        (&invoice["line_count"], &invoice["open"]["amount"]),
        (&json!(2), &json!(2 * 2399)),
        "{invoice}"
    );

    assert_eq!(approve(1).await["remedy"], "credit_note");
    let finance = app.staff("finance").await;
    let notes = finance
        .all(&format!(
            "/credit-notes?invoice_id={}",
            invoice["id"].as_str().expect("an id")
        ))
        .await;
    assert_eq!(notes.len(), 1);
    let note = &notes[0];
    assert_eq!(
        (&note["number"], &note["total"]["amount"], &note["tax"]["amount"]),
        (&json!("TP-C-000001"), &json!(2399), &json!(400)),
        "{note}"
    );
    assert_eq!(
        (&note["applied"]["amount"], &note["balance"]["amount"]),
        (&json!(2399), &json!(0)),
        "{note}"
    );
    let half = finance.get(path(&invoice)).send().await.ok();
    assert_eq!(
        (&half["open"]["amount"], &half["credited"]["amount"]),
        (&json!(2399), &json!(2399))
    );
    app.audit_is_green().await;

    // What is paid already comes back as a balance.
    finance
        .post(format!("{}/payments", path(&invoice)))
        .json(&payment(None, "BACS 9"))
        .send()
        .await
        .assert_status(201);
    approve(2).await;
    let notes = finance.all("/credit-notes?number=TP-C-000002").await;
    assert_eq!(
        (&notes[0]["applied"]["amount"], &notes[0]["balance"]["amount"]),
        (&json!(0), &json!(2399)),
        "{notes:?}"
    );
    let lines = finance.all(&format!("{}/lines", path(&invoice))).await;
    assert!(lines.iter().all(|line| line["credited"]["amount"] == 1999), "{lines:?}");
    assert_eq!(finance.get(path(&invoice)).send().await.ok()["status"], "paid");
    assert_events(&app, "credit_note.issued", 2).await;
    app.audit_is_green().await;
}

/// R80, R115: an invoice names its collection day while it is to be charged then and where it was, and not where it
/// was paid by hand.
#[rstest]
#[tokio::test]
async fn r80_what_is_paid_by_hand_was_not_collected(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let charged = market.buyer("Okafor", json!({})).await;
    let sends = market.buyer("Zenith", json!({})).await;
    for buyer in [&charged, &sends] {
        market.store_method(buyer, "card", "ok").await;
    }
    market.sell().await;
    market.until_invoiced(&charged).await;
    let invoice = async |buyer: &Buyer| market.invoices(buyer).await[0].clone();
    let (first, second) = (invoice(&charged).await, invoice(&sends).await);
    assert_eq!((&first["status"], &second["status"]), (&json!("open"), &json!("open")));
    assert!(
        first["collect_on"].is_string() && second["collect_on"].is_string(),
        "{second}"
    );
    let finance = app.staff("finance").await;
    let body = json!({ "method": "bacs", "reference": "BACS 1", "received_on": app.today().await.to_string() });
    let path = format!("/invoices/{}/payments", second["id"].as_str().expect("an id"));
    finance.post(path).json(&body).send().await.assert_status(201);
    assert_eq!(invoice(&sends).await["collect_on"], Value::Null);
    app.live_through(4).await;
    market.until_answered(&charged).await;
    let (first, second) = (invoice(&charged).await, invoice(&sends).await);
    assert_eq!((&first["status"], &second["status"]), (&json!("paid"), &json!("paid")));
    assert_eq!(
        (first["collect_on"].is_string(), &second["collect_on"]),
        (true, &Value::Null)
    );

    // R115: nor where nobody charges by itself.
    let market = app.local_market().await;
    let buyer = market.buyer("Reyes", json!({})).await;
    market.sell_to(&buyer).await;
    let invoice = market.until_invoiced(&buyer).await;
    app.run_jobs().await;
    let shown = finance
        .get(format!("/invoices/{}", invoice["id"].as_str().expect("an id")))
        .send()
        .await
        .ok();
    assert_eq!((&shown["status"], &shown["collect_on"]), (&json!("open"), &Value::Null));
}
