//! Cash in and owed, the journal as a file, and months that are closed.

use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::{Id, LegalEntityId};
use tradepost_tests::books::Books;
use tradepost_tests::{Database, Database::*, TestApp};

use crate::billing_runs::assert_events;
use crate::papers::invoices;

fn entity() -> String {
    LegalEntityId::from_i64(7).to_string()
}

/// Books of March 2026, invoiced now, because the run catches up.
async fn invoiced(on: Database) -> (TestApp, Value) {
    let app = Books::weekly(2, 3).serve(on, "").await;
    app.run_jobs().await;
    let first = invoices(&app).await.remove(0);
    (app, first)
}

fn minor(value: &Value, field: &str) -> i64 {
    value[field]["amount"].as_i64().expect("an amount")
}

/// R92: what a month invoiced, received and left owed is what the journal says, and so is the file.
#[rstest]
#[tokio::test]
async fn r92_cash_in_and_owed_and_the_journal_agree(#[values(Sqlite, Postgres)] on: Database) {
    let (app, first) = invoiced(on).await;
    let finance = app.staff("finance").await;
    let today = app.business_now().await[..10].to_owned();
    let body = json!({ "method": "bacs", "reference": "=BACS", "received_on": today, "amount": { "amount": 1000, "currency": "GBP" } });
    let path = format!("/invoices/{}/payments", first["id"].as_str().expect("an id"));
    finance.post(path).json(&body).send().await.assert_status(201);
    let report = finance.get("/reports/cash?months=2").send().await.ok();
    let lines = report["lines"].as_array().expect("lines");
    assert_eq!(lines.len(), 2, "{report}");
    let this = &lines[1];
    assert_eq!(
        (minor(this, "invoiced"), minor(this, "received"), minor(this, "owed")),
        (6 * 2399, 1000, 6 * 2399 - 1000),
        "{this}"
    );
    assert_eq!(minor(&lines[0], "owed"), 0);

    let journal = finance
        .get(format!(
            "/journal.csv?legal_entity_id={}&from=2026-01-01&to={today}",
            entity()
        ))
        .send()
        .await;
    journal.assert_status(200);
    let text = journal.body.clone();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2 * 3 + 2, "three postings an invoice, two a payment");
    let sum: i64 = rows.iter().map(|row| row[8].parse::<i64>().expect("minor units")).sum();
    assert_eq!(sum, 0, "and they balance");
    let owed: i64 = rows
        .iter()
        .filter(|row| &row[6] == "receivable")
        .map(|row| row[8].parse::<i64>().expect("minor units"))
        .sum();
    assert_eq!(owed, minor(this, "owed"));
    finance
        .get(format!(
            "/journal.csv?legal_entity_id={}&from=2026-02-01&to=2026-01-01",
            entity()
        ))
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?to");
    app.staff("caller")
        .await
        .get("/reports/cash")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    app.audit_is_green().await;
}

/// R92: a closed month takes no entry; opening it again wants a reason and is audited.
#[rstest]
#[tokio::test]
async fn r92_a_closed_month_takes_no_entry(#[values(Sqlite, Postgres)] on: Database) {
    let (app, first) = invoiced(on).await;
    let finance = app.staff("finance").await;
    let this = format!("{}-01", &app.business_now().await[..7]);
    let close = |month: &str| {
        let body = json!({ "legal_entity_id": entity(), "month": month });
        finance.post("/month-closes").json(&body).send()
    };
    close(&this).await.assert_problem(409, "state_conflict", "");
    close("2026-03-02").await.assert_problem(422, "invalid", "/month");
    app.staff("admin")
        .await
        .post("/month-closes")
        .json(&json!({ "legal_entity_id": entity(), "month": this }))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    // Two months later both are over.
    app.advance(62).await;
    let closed = close(&this).await;
    closed.assert_status(201);
    let closed = closed.json();
    close(&this).await.assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;

    // An entry is dated now; so let the books be closed beyond that.
    let ahead = "UPDATE legal_entities SET closed_before = 4102444800000000";
    app.inside()
        .db
        .write(move |tx| Ok(tx.batch_execute(ahead)?))
        .await
        .expect("the clock is turned");
    let today = app.business_now().await[..10].to_owned();
    let body = json!({ "method": "bacs", "reference": "late", "received_on": today });
    let payments = format!("/invoices/{}/payments", first["id"].as_str().expect("an id"));
    finance
        .post(&payments)
        .json(&body)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(finance.all(&payments).await.len(), 0, "and nothing of it is left");

    let reopen = format!("/month-closes/{}/reopen", closed["id"].as_str().expect("an id"));
    finance
        .post(&reopen)
        .json(&json!({ "reason": " " }))
        .send()
        .await
        .assert_problem(422, "invalid", "/reason");
    let reason = json!({ "reason": "A payment was found." });
    let opened = finance.post(&reopen).json(&reason).send().await.ok();
    assert_eq!(opened["reopen_reason"], "A payment was found.");
    finance
        .post(&reopen)
        .json(&reason)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    finance.post(&payments).json(&body).send().await.assert_status(201);
    assert_events(&app, "month.closed", 1).await;
    assert_events(&app, "month.reopened", 1).await;
    let listed = finance.all("/month-closes").await;
    assert_eq!(listed.len(), 1);
    app.audit_is_green().await;
    // The auditor notices an entry that got in behind a closing.
    close(&this).await.assert_status(201);
    let behind = "INSERT INTO journal_entries (id, kind, reference, posted_at, memo, created_at) VALUES (5, 'payment', 'x', 5, '', 5); \
        INSERT INTO postings (id, entry_id, account_id, amount_minor, currency) SELECT 5, 5, MIN(id), 1, 'GBP' FROM ledger_accounts; \
        INSERT INTO postings (id, entry_id, account_id, amount_minor, currency) SELECT 6, 5, MIN(id), -1, 'GBP' FROM ledger_accounts";
    app.inside()
        .db
        .write(move |tx| Ok(tx.batch_execute(behind)?))
        .await
        .expect("an entry behind everybody's back");
    let found = app.inside().db.read(tradepost::auditor::run).await.expect("an audit");
    assert!(
        found
            .iter()
            .any(|violation| violation.invariant.contains("closed month")),
        "{found:?}"
    );
}
