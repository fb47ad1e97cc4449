//! Cancellations of accounts: who, when, what the preview says, what is lost and owed, and what ends (R13, R20, R21,
//! R72, R89, R93, R94, R120).

mod ends;
mod leaving;
mod notices;
mod reasons;

use serde_json::{Value, json};
use tradepost::calendar::Zone;
use tradepost_contract::{LocalDate, Timestamp};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, merged};

/// So many days after today, on the programme's calendar.
async fn in_days(market: &Market<'_>, days: i64) -> LocalDate {
    let zone = market.programme["time_zone"].as_str().expect("a time zone");
    let zone = Zone::parse(zone).expect("a known zone");
    let now: Timestamp = market.app.business_now().await.parse().expect("an instant");
    zone.date_of(now).plus_days(days)
}

/// When that day begins there.
async fn beginning(market: &Market<'_>, day: LocalDate) -> Timestamp {
    let zone = market.programme["time_zone"].as_str().expect("a time zone");
    Zone::parse(zone).expect("a known zone").start_of(day)
}

async fn asks(client: &Client, buyer: &Buyer, more: Value) -> Answer {
    let body = merged(json!({ "supplier_id": buyer.id }), more);
    client.post("/cancellations").json(&body).send().await
}

/// What staff write down of who asked.
fn by_phone(more: Value) -> Value {
    merged(json!({ "requested_by": "Mo Okafor", "channel": "phone" }), more)
}

/// A written notice that was received on a day.
fn written(received_on: LocalDate, more: Value) -> Value {
    let notice = json!({
        "requested_by": "Mo Okafor", "channel": "letter", "received_on": received_on, "skip_reason": true,
        "document": { "name": "notice.txt", "text": "We leave.\nMo Okafor" },
    });
    merged(notice, more)
}

async fn preview(client: &Client, buyer: &Buyer, query: &str) -> Value {
    let path = format!("/suppliers/{}/cancellation-preview{query}", buyer.id);
    client.get(path).send().await.ok()
}

async fn shown(client: &Client, cancellation: &Value) -> Value {
    client.get(path_of(cancellation)).send().await.ok()
}

fn path_of(cancellation: &Value) -> String {
    format!("/cancellations/{}", cancellation["id"].as_str().expect("an id"))
}

async fn standing(app: &TestApp, buyer: &Buyer) -> String {
    let staff = app.staff("support").await;
    let supplier = staff.get(format!("/suppliers/{}", buyer.id)).send().await.ok();
    supplier["status"].as_str().expect("a status").to_owned()
}

async fn messages(app: &TestApp, kind: &str) -> usize {
    let staff = app.staff("support").await;
    staff.all(&format!("/notifications?kind={kind}")).await.len()
}

/// Stores an agreement whose first day was so many days ago.
async fn agreement(market: &Market<'_>, buyer: &Buyer, term: &str, days_ago: i64, more: Value) -> Value {
    let manager = market.app.staff("account_manager").await;
    let starts_on = in_days(market, -days_ago).await;
    let body = json!({ "title": "Supplier agreement", "term": term, "starts_on": starts_on, "document": "As agreed." });
    manager
        .post(format!("/suppliers/{}/agreements", buyer.id))
        .json(&merged(body, more))
        .send()
        .await
        .created()
}

/// What an amount of money comes to.
fn minor(money: &Value) -> i64 {
    money["amount"].as_i64().unwrap_or_else(|| panic!("no money: {money}"))
}
