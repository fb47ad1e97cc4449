//! Coverage: what may be covered, and from when.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::Timestamp;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;
use tradepost_tests::{Buyer, Market};

async fn values(market: &Market<'_>, buyer: &Buyer, at: &str) -> Vec<String> {
    let manager = market.app.staff("account_manager").await;
    let rows = manager
        .all(&format!("/suppliers/{}/coverage?in_force_at={at}", buyer.id))
        .await;
    let mut values: Vec<String> = rows
        .iter()
        .map(|row| row["value"].as_str().expect("a value").to_owned())
        .collect();
    values.sort();
    values
}

fn later(instant: &str, seconds: i64) -> String {
    let at: Timestamp = instant.parse().expect("an instant");
    Timestamp::from_micros(at.as_micros() + seconds * 1_000_000).to_string()
}

const HOUR: i64 = 3_600;

/// R69: areas change with 72 hours' notice; the earliest instant is named, the old areas serve until
/// then, and staff overrule it with a reason that the trail keeps.
#[rstest]
#[tokio::test]
async fn r69_areas_change_after_their_notice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}/coverage", buyer.id);
    let wish = json!({ "kind": "uk_area", "values": ["sw", "M"] });
    owner
        .post(&path)
        .json(&wish)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");

    let now = app.business_now().await;
    let with = |fields: Value| tradepost_tests::merged(wish.clone(), fields);
    let early = with(json!({ "effective_from": later(&now, 71 * HOUR) }));
    let refused = manager.post(&path).json(&early).send().await;
    refused.assert_problem(422, "invalid", "/effective_from");
    assert_eq!(refused.field_code("/effective_from"), "too_early");
    let message = refused.json()["errors"][0]["message"].clone();
    assert!(
        message.as_str().is_some_and(|text| text.contains("at the earliest")),
        "{message}"
    );

    let added = manager.post(&path).json(&wish).send().await.ok();
    let from: Timestamp = added["data"][0]["effective_from"]
        .as_str()
        .and_then(|at| at.parse().ok())
        .expect("an instant");
    let notice = from.since(now.parse().expect("an instant")).whole_seconds();
    assert!((72 * HOUR..72 * HOUR + 60).contains(&notice), "{notice}");
    assert_eq!(values(&market, &buyer, &now).await, ["*"]);
    assert_eq!(values(&market, &buyer, &later(&now, 73 * HOUR)).await, ["*", "M", "SW"]);
    manager
        .post(&path)
        .json(&wish)
        .send()
        .await
        .assert_problem(409, "duplicate", "/values");

    let everywhere = manager.all(&format!("{path}?kind=anywhere")).await;
    let end = format!("/coverage/{}/end", everywhere[0]["id"].as_str().expect("an id"));
    let at_once = json!({ "effective_to": later(&now, HOUR) });
    manager
        .post(&end)
        .json(&at_once)
        .send()
        .await
        .assert_problem(422, "invalid", "/effective_to");
    owner
        .post(&end)
        .json(&at_once)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    let overruled = json!({ "effective_to": later(&now, HOUR), "override_reason": "Flooded with leads" });
    manager.post(&end).json(&overruled).send().await.ok();
    assert_eq!(
        values(&market, &buyer, &later(&now, 2 * HOUR)).await,
        Vec::<String>::new()
    );
    let trail = app
        .staff("auditor")
        .await
        .all(&format!(
            "/audit-entries?action=coverage.ended&supplier_id={}",
            buyer.id
        ))
        .await;
    assert_eq!(trail[0]["reason"], "Flooded with leads");
    app.advance_seconds(2 * HOUR).await;
    manager
        .post(&end)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");

    // What has not begun is taken back, and nobody is told to wait for it.
    let pending = added["data"][0]["id"].as_str().expect("an id");
    let taken_back = manager
        .post(format!("/coverage/{pending}/end"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(taken_back["effective_to"], taken_back["effective_from"]);
    assert_eq!(values(&market, &buyer, &later(&now, 80 * HOUR)).await, ["M"]);
}

/// Where changes need no notice they count at once; nothing counts from the past.
#[rstest]
#[tokio::test]
async fn without_notice_areas_change_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/coverage", buyer.id);
    let add = async |body: Value| manager.post(&path).json(&body).send().await;
    add(json!({ "kind": "us_zip", "values": ["78701"] }))
        .await
        .assert_status(201);
    assert_eq!(values(&market, &buyer, &app.business_now().await).await, ["*", "78701"]);
    let yesterday = later(&app.business_now().await, -24 * HOUR);
    let past = json!({ "kind": "us_zip", "values": ["78702"], "effective_from": yesterday });
    add(past).await.assert_problem(422, "invalid", "/effective_from");
    add(json!({ "kind": "us_zip", "values": ["78702", "99999x"] }))
        .await
        .assert_problem(422, "invalid", "/values/1");
    add(json!({ "kind": "us_zip" }))
        .await
        .assert_problem(422, "invalid", "/values");
    add(json!({ "kind": "county", "values": ["Travis"] }))
        .await
        .assert_problem(400, "malformed_body", "/kind");
    let many: Vec<String> = (0..501).map(|n| format!("{n:05}")).collect();
    add(json!({ "kind": "us_zip", "values": many }))
        .await
        .assert_problem(422, "invalid", "/values");
}
