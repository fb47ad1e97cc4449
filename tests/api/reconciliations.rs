//! The gateway and the books, compared: what nothing here asked for is found, explained, and keeps its month
//! open until then.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::paying::pay;
use tradepost_tests::{TestApp, spawn};

/// Sends a form to the simulator as its own clients do, and gives what it made.
async fn at_the_gateway(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Value {
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let answer = reqwest::Client::new()
        .post(format!("{}/sandbox/gateway/v1{path}", app.address))
        .bearer_auth("sk_sandbox")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.join("&"))
        .send()
        .await
        .expect("the simulator answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.expect("JSON")
}

/// F18: money that was given back on the gateway's own pages is found; its month stays open until somebody
/// has said what it was.
#[rstest]
#[tokio::test]
async fn f18_a_refund_made_elsewhere_keeps_the_month_open(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    market.sell_to(&buyer).await;
    market.store_method(&buyer, "card", "ok").await;
    let invoice = market.until_invoiced(&buyer).await;
    let payment = pay(&owner, &invoice).await;
    let finance = app.staff("finance").await;
    let payment_path = format!("/payments/{}", payment["id"].as_str().expect("an id"));
    let detail = finance.get(&payment_path).send().await.ok();
    let charge = detail["tries"][0]["reference"]
        .as_str()
        .expect("the gateway's number")
        .to_owned();
    let month = format!("{}-01", &app.business_now().await[..7]);
    let given = at_the_gateway(&app, "/refunds", &[("payment_intent", &charge), ("amount", "700")]).await;
    app.live_through(2).await;

    let open = finance.all("/reconciliation-differences?open=true").await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(
        (&open[0]["kind"], &open[0]["reference"]),
        (&json!("refund"), &given["id"])
    );
    assert_eq!(
        (&open[0]["mended"], &open[0]["resolved_at"]),
        (&json!(false), &Value::Null)
    );

    let programme = app
        .staff("admin")
        .await
        .get(format!(
            "/programmes/{}",
            invoice["programme_id"].as_str().expect("an id")
        ))
        .send()
        .await
        .ok();
    app.advance(62).await;
    let close = || {
        let body = json!({ "legal_entity_id": programme["legal_entity_id"], "month": month });
        finance.post("/month-closes").json(&body).send()
    };
    close().await.assert_problem(409, "state_conflict", "");

    let resolve = format!(
        "/reconciliation-differences/{}/resolve",
        open[0]["id"].as_str().expect("an id")
    );
    let nothing = json!({ "note": " " });
    finance
        .post(&resolve)
        .json(&nothing)
        .send()
        .await
        .assert_problem(422, "invalid", "/note");
    let note = json!({ "note": "Given back by hand on the gateway's pages." });
    let viewer = app.staff("auditor").await;
    viewer
        .post(&resolve)
        .json(&note)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let resolved = finance.post(&resolve).json(&note).send().await.ok();
    assert_eq!(resolved["resolution"], "Given back by hand on the gateway's pages.");
    finance
        .post(&resolve)
        .json(&note)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    assert!(finance.all("/reconciliation-differences?open=true").await.is_empty());
    assert_eq!(finance.all("/reconciliation-differences?open=false").await.len(), 1);
    close().await.assert_status(201);
    app.await_events("reconciliation.resolved", 1).await;
    app.audit_is_green().await;
}

/// Refunds that the gateway and the books agree on are no difference.
#[rstest]
#[tokio::test]
async fn f18_refunds_of_our_own_agree(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    market.sell_to(&buyer).await;
    market.store_method(&buyer, "card", "ok").await;
    let invoice = market.until_invoiced(&buyer).await;
    let payment = pay(&owner, &invoice).await;
    let finance = app.staff("finance").await;
    let body = json!({ "payment_id": payment["id"], "amount": market.money(1_000), "reason": "Agreed." });
    finance.post("/refunds").json(&body).send().await.assert_status(201);
    // A clock that is moved while the gateway is being asked would put the two books on different days.
    market.until_answered(&buyer).await;
    app.live_through(3).await;
    let refunds = finance.all("/refunds").await;
    assert_eq!(refunds[0]["status"], "succeeded");
    let days = finance.all("/reconciliations").await;
    assert!(
        days.len() >= 2 && days.iter().all(|day| day["differences"] == 0),
        "{days:?}"
    );
}
