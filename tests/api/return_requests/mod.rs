//! Returns from the supplier's request to the remedy, on both databases and under the sellers' presets.

mod decisions;
mod presets;

use serde_json::{Value, json};
use tradepost_tests::{Answer, Buyer, Client, Market, PASSWORD, TestApp};

const DAY: i64 = 86_400;

fn id(row: &Value) -> &str {
    row["id"].as_str().expect("an id")
}

async fn ask(client: &Client, delivery: &str, reason: &str, note: Option<&str>) -> Answer {
    let mut body = json!({ "delivery_id": delivery, "reason": reason });
    if let Some(note) = note {
        body["note"] = json!(note);
    }
    client.post("/return-requests").json(&body).send().await
}

async fn act(client: &Client, request: &Value, action: &str, body: Value) -> Answer {
    let path = format!("/return-requests/{}/{action}", id(request));
    client.post(path).json(&body).send().await
}

/// Another reviewer than the usual one.
async fn second_reviewer(app: &TestApp) -> Client {
    let email = "second.reviewer@staff.example";
    let body = json!({ "email": email, "name": "Second", "roles": ["returns_reviewer"], "password": PASSWORD });
    let answer = app.staff("admin").await.post("/users").json(&body).send().await;
    assert!(matches!(answer.status.as_u16(), 201 | 409), "{answer}");
    app.sign_in(email, PASSWORD).await
}

async fn notifications(app: &TestApp, kind: &str, request: &Value) -> Vec<Value> {
    let rows = app
        .staff("auditor")
        .await
        .all(&format!("/notifications?kind={kind}"))
        .await;
    rows.into_iter()
        .filter(|row| row["facts"]["return_request_id"] == request["id"])
        .collect()
}

async fn billing_state(client: &Client, delivery: &str) -> Value {
    client.get(format!("/deliveries/{delivery}")).send().await.ok()["billing_state"].clone()
}

struct Scene<'a> {
    market: Market<'a>,
    buyer: Buyer,
    owner: Client,
    reviewer: Client,
}

async fn scene<'a>(app: &'a TestApp, preset: &str) -> Scene<'a> {
    let market = app.market(preset).await;
    let buyer = market.buyer("Acme", json!({})).await;
    let owner = market.owner(&buyer).await;
    let reviewer = app.staff("returns_reviewer").await;
    Scene {
        market,
        buyer,
        owner,
        reviewer,
    }
}
