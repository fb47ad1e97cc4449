//! Statements of any range, and the next invoice.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::{Id, LocalDate, SupplierId};
use tradepost_tests::books::{Books, SUPPLIERS_FROM};
use tradepost_tests::{Database, Database::*};

use crate::papers::{ALL_ASKED_BACK, approve, invoices};

fn minor(value: &Value, field: &str) -> i64 {
    value[field]["amount"].as_i64().expect("an amount")
}

/// R91, R92: closing = opening + invoices − payments − credits + refunds for any range, the parts of a range add
/// up to it, and the file and the paper say the same.
#[rstest]
#[tokio::test]
async fn r91_r92_a_statement_of_any_range_adds_up(#[values(Sqlite, Postgres)] on: Database) {
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        from: now,
        apart: 1,
        ..Books::weekly(2, 4)
    };
    let app = books.serve(on, ALL_ASKED_BACK).await;
    app.advance(8).await;
    let finance = app.staff("finance").await;
    let first = invoices(&app).await.remove(0);
    let pay = async |amount: i64, reference: &str| {
        let today = app.business_now().await[..10].to_owned();
        let body = json!({ "method": "bacs", "reference": reference, "received_on": today,
            "amount": { "amount": amount, "currency": "GBP" } });
        let path = format!("/invoices/{}/payments", first["id"].as_str().expect("an id"));
        finance.post(path).json(&body).send().await.assert_status(201);
    };
    pay(5000, "BACS 1").await;
    app.advance(3).await;
    approve(&app, 0).await;
    app.advance(2).await;
    pay(2197, "BACS 2").await;
    approve(&app, 1).await;
    let note = finance.all("/credit-notes?number=TP-C-000002").await.remove(0);
    let today = app.business_now().await[..10].to_owned();
    let refund = json!({ "reference": "FPS 1", "refunded_on": today, "reason": "Asked for.", "amount": { "amount": 400, "currency": "GBP" } });
    let path = format!("/credit-notes/{}/refunds", note["id"].as_str().expect("an id"));
    finance.post(path).json(&refund).send().await.assert_status(201);

    let supplier = SupplierId::from_i64(SUPPLIERS_FROM);
    let own = app.key(&["invoices:read"], None, Some(&supplier.to_string())).await;
    let start: LocalDate = first["starts_on"].as_str().expect("a day").parse().expect("a day");
    let statement = async |from: LocalDate, to: LocalDate| {
        let path = format!("/suppliers/{supplier}/statement?from={from}&to={to}");
        own.get(path).send().await.ok()["accounts"][0].clone()
    };
    let (from, to) = (start.plus_days(-3), start.plus_days(30));
    let whole = statement(from, to).await;
    let kinds: Vec<_> = whole["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        kinds,
        ["invoice", "payment", "credit_note", "payment", "credit_note", "refund"],
        "{whole}"
    );
    assert_eq!(minor(&whole, "invoiced"), 4 * 2399);
    assert_eq!(
        (
            minor(&whole, "paid"),
            minor(&whole, "credited"),
            minor(&whole, "refunded")
        ),
        (7197, 2 * 2399, 400)
    );
    assert_eq!(minor(&whole, "closing"), -1999);
    for days in 0..33 {
        let cut = from.plus_days(days);
        let (before, after) = (statement(from, cut).await, statement(cut.plus_days(1), to).await);
        assert_eq!(before["closing"], after["opening"], "cut after {cut}");
        assert_eq!(after["closing"], whole["closing"]);
        for part in [&before, &after] {
            let sum = minor(part, "opening") + minor(part, "invoiced") - minor(part, "paid") - minor(part, "credited")
                + minor(part, "refunded")
                + minor(part, "other");
            assert_eq!(sum, minor(part, "closing"));
        }
        assert_eq!(minor(&before, "paid") + minor(&after, "paid"), minor(&whole, "paid"));
    }

    let range = format!("from={from}&to={to}");
    let csv = own
        .get(format!("/suppliers/{supplier}/statement.csv?{range}"))
        .send()
        .await;
    csv.assert_status(200);
    let last = csv.text().trim_end().lines().last().expect("a line").to_owned();
    assert!(last.contains("closing") && last.contains("-1999"), "{last}");
    let pdf = own
        .get(format!("/suppliers/{supplier}/statement.pdf?{range}"))
        .send()
        .await;
    pdf.assert_status(200);
    assert!(pdf.body.starts_with(b"%PDF-1.7"));

    let other = SupplierId::from_i64(SUPPLIERS_FROM + 1);
    for end in [
        "statement",
        "statement.csv",
        "statement.pdf",
        "next-invoice",
        "next-invoice/lines",
    ] {
        own.get(format!("/suppliers/{other}/{end}"))
            .send()
            .await
            .assert_problem(404, "not_found", "");
    }
    own.get(format!("/suppliers/{supplier}/statement?from={to}&to={from}"))
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?to");
    app.audit_is_green().await;
}

/// R84, R92: the next invoice says what the run then makes, and which lines are disputed.
#[rstest]
#[tokio::test]
async fn r84_the_next_invoice_is_what_the_run_makes(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        from: tradepost::clock::wall_now().as_micros(),
        apart: 1,
        policy: json!({ "tax": { "rounding": "per_rate" } }),
        ..Books::weekly(1, 7)
    };
    let asked = format!(
        "{ALL_ASKED_BACK}; UPDATE deliveries SET billing_state = 'unbilled' WHERE id > (SELECT MIN(id) FROM deliveries) + 1; \
        DELETE FROM return_requests WHERE id > (SELECT MIN(id) FROM deliveries) + 1;"
    );
    let app = books.serve(on, &asked).await;
    app.run_jobs().await;
    let supplier = SupplierId::from_i64(SUPPLIERS_FROM);
    let own = app.key(&["invoices:read"], None, Some(&supplier.to_string())).await;
    let next = own.get(format!("/suppliers/{supplier}/next-invoice")).send().await.ok();
    assert_eq!((&next["lines"], &next["disputed"]), (&json!(7), &json!(2)), "{next}");
    let lines = own
        .all(&format!("/suppliers/{supplier}/next-invoice/lines?limit=3"))
        .await;
    assert_eq!(lines.len(), 7);
    let disputed: Vec<_> = lines.iter().filter(|line| line["disputed"] == true).collect();
    assert_eq!(disputed.len(), 2, "{lines:?}");
    app.advance(8).await;
    let invoice = invoices(&app).await.remove(0);
    for field in ["net", "tax", "total", "taxes"] {
        assert_eq!(invoice[field], next[field], "{field}");
    }
    assert_eq!(invoice["line_count"], next["lines"]);
}
