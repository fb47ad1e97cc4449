//! Change requests: asked for, decided, and carried out at their instant (R5, R14, R16, R33, R69, R72, R77, R90).

mod asking;
mod notice;
mod plan;
mod through_staff;

use serde_json::{Value, json};
use tradepost_contract::Timestamp;
use tradepost_tests::{Answer, Buyer, Client, TestApp, merged};

const HOUR: i64 = 3_600;

async fn asks(client: &Client, buyer: &Buyer, change: Value, more: Value) -> Answer {
    let mut body = merged(json!({ "supplier_id": buyer.id }), more);
    // A merge would take the nulls of the change away.
    body["change"] = change;
    client.post("/change-requests").json(&body).send().await
}

/// What staff write down of who asked.
fn by_phone() -> Value {
    json!({ "requested_by": "Mo Okafor", "channel": "phone" })
}

fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("an id").to_owned()
}

fn path_of(request: &Value) -> String {
    format!("/change-requests/{}", id_of(request))
}

async fn does(client: &Client, request: &Value, action: &str, body: Value) -> Answer {
    let path = format!("{}/{action}", path_of(request));
    client.post(path).json(&body).send().await
}

async fn approve(manager: &Client, request: &Value) -> Value {
    does(manager, request, "approve", json!({})).await.ok()
}

async fn shown(client: &Client, request: &Value) -> Value {
    client.get(path_of(request)).send().await.ok()
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).expect("an instant")
}

fn after(at: &Value, seconds: i64) -> String {
    Timestamp::from_micros(instant(at).as_micros() + seconds * 1_000_000).to_string()
}

/// How long after it was asked for something takes effect.
fn wait_of(request: &Value) -> i64 {
    instant(&request["effective_at"])
        .since(instant(&request["requested_at"]))
        .whole_seconds()
}

/// The areas in force at an instant.
async fn areas(client: &Client, buyer: &Buyer, at: &str) -> Vec<String> {
    let path = format!("/suppliers/{}/coverage?in_force_at={at}", buyer.id);
    let rows = client.all(&path).await;
    let mut values: Vec<String> = rows
        .iter()
        .map(|row| row["value"].as_str().expect("a value").to_owned())
        .collect();
    values.sort();
    values
}

async fn messages(app: &TestApp, kind: &str) -> Vec<Value> {
    app.staff("support")
        .await
        .all(&format!("/notifications?kind={kind}"))
        .await
}

async fn order(client: &Client, buyer: &Buyer) -> Value {
    let path = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    client.get(path).send().await.ok()
}

fn everywhere(rows: &[Value]) -> Value {
    let row = rows.iter().find(|row| row["kind"] == "anywhere").expect("everywhere");
    row["id"].clone()
}
