//! Agreements and the layers of terms: which policy a supplier buys under.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::{LocalDate, Timestamp};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{TestApp, spawn};

fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("a row has an id").to_owned()
}

/// The date so many days from now, in UTC.
async fn local_date(app: &TestApp, days: i64) -> LocalDate {
    let now: Timestamp = app.business_now().await.parse().expect("an instant");
    LocalDate::new(now.to_offset().date()).plus_days(days)
}

/// R18: an agreement is kept with its text, and its terms beat the account's and the programme's.
#[rstest]
#[tokio::test]
async fn r18_the_terms_of_an_agreement_beat_the_programmes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}", buyer.id);
    let days =
        async || owner.get(format!("{path}/policy")).send().await.ok()["policy"]["returns"]["window"]["amount"].clone();
    let stamp = async || {
        let order = buyer.order_id.as_deref().expect("an order");
        owner.get(format!("/orders/{order}")).send().await.ok()["resolved_policy_id"].clone()
    };
    let terms = |days: u32| json!({ "returns": { "window": { "amount": days } } });
    let (before, first_stamp) = (days().await, stamp().await);
    assert_eq!(before, 10);
    manager
        .patch(&path)
        .json(&json!({ "policy_override": terms(12) }))
        .send()
        .await
        .ok();
    assert_eq!(days().await, 12);
    let second_stamp = stamp().await;
    assert_ne!(second_stamp, first_stamp, "the open order sells by the new terms");

    // A day ago it was today in every time zone, or is.
    let today = local_date(&app, -1).await;
    let agreement = json!({
        "title": "Supplier agreement", "term": "days_90", "starts_on": today, "policy_override": terms(20),
        "document": "Between us and you.\nTwenty days.",
    });
    let stored = manager
        .post(format!("{path}/agreements"))
        .json(&agreement)
        .send()
        .await
        .created();
    assert_eq!(days().await, 20);
    assert_ne!(stamp().await, second_stamp);
    let shown = owner.get(format!("/agreements/{}", id_of(&stored))).send().await.ok();
    assert_eq!((&shown["in_force"], &shown["term"]), (&json!(true), &json!("days_90")));
    let file = owner
        .get(format!("/agreements/{}/document", id_of(&stored)))
        .send()
        .await;
    assert_eq!(file.assert_status(200).text(), "Between us and you.\nTwenty days.");
    assert!(
        file.header("Content-Disposition")
            .is_some_and(|value| value.contains("attachment"))
    );
    let listed = owner.all(&format!("{path}/agreements")).await;
    assert!(listed.len() == 1 && listed[0].get("document").is_none());

    let unreadable = json!({
        "title": "Bad", "term": "days_90", "starts_on": today, "document": "x",
        "policy_override": { "returns": { "window": { "amount": "many" } } },
    });
    let refused = manager
        .post(format!("{path}/agreements"))
        .json(&unreadable)
        .send()
        .await;
    let pointer = refused.assert_problem(422, "invalid", "").json()["errors"][0]["pointer"].clone();
    assert!(
        pointer
            .as_str()
            .is_some_and(|pointer| pointer.starts_with("/policy_override/returns")),
        "{refused}"
    );
    let backwards = json!({
        "title": "Bad", "term": "days_90", "starts_on": "2026-03-02", "ends_on": "2026-03-01", "document": "x",
    });
    let refused = manager.post(format!("{path}/agreements")).json(&backwards).send().await;
    refused.assert_problem(422, "invalid", "/ends_on");
    assert_eq!(days().await, 20);
}

/// R18: an agreement that starts later takes effect on its day, and no day earlier.
#[rstest]
#[tokio::test]
async fn r18_a_later_agreement_takes_effect_on_its_day(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let order = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    let stamp = async || manager.get(&order).send().await.ok()["resolved_policy_id"].clone();
    let before = stamp().await;
    let starts_on = local_date(&app, 3).await;
    let agreement = json!({
        "title": "Next term", "term": "days_30", "starts_on": starts_on, "ends_on": starts_on.plus_days(2), "document": "Text",
        "policy_override": { "returns": { "window": { "amount": 20 } } },
    });
    manager
        .post(format!("/suppliers/{}/agreements", buyer.id))
        .json(&agreement)
        .send()
        .await
        .created();
    assert_eq!(stamp().await, before);
    app.advance(1).await;
    assert_eq!(stamp().await, before);
    app.advance(3).await;
    let agreed = stamp().await;
    app.advance(3).await;
    assert_eq!(stamp().await, before, "the programme's terms again, after the last day");
    assert_ne!(agreed, before);
}

/// R33: one account, two categories, each with its own price, area and policy.
#[rstest]
#[tokio::test]
async fn r33_one_account_buys_in_two_categories(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let policy =
        json!({ "policy_override": { "returns": { "window": { "amount": 15 } } }, "price": market.money(9_900) });
    let premium = market.new_product("premium", 3, policy).await;
    let buyer = market.supplier("Okafor").await;
    let plain = market.order(&buyer, json!({ "price": market.money(4_000) })).await;
    let dear = market.order(&buyer, json!({ "product_id": premium["id"] })).await;
    assert_eq!(
        (&plain["price"]["amount"], &dear["price"]["amount"]),
        (&json!(4_000), &json!(9_900))
    );
    assert_ne!(plain["resolved_policy_id"], dear["resolved_policy_id"]);
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}", buyer.id);
    let own = json!({ "kind": "us_state", "values": ["TX"], "order_id": dear["id"] });
    manager
        .post(format!("{path}/coverage"))
        .json(&own)
        .send()
        .await
        .assert_status(201);
    let areas = manager
        .all(&format!(
            "{path}/coverage?order_id={}",
            dear["id"].as_str().unwrap_or_default()
        ))
        .await;
    assert_eq!(areas.len(), 1);
    let window = async |query: String| {
        let policy = manager.get(format!("{path}/policy{query}")).send().await.ok();
        policy["policy"]["returns"]["window"]["amount"].clone()
    };
    assert_eq!(window(String::new()).await, 10);
    assert_eq!(
        window(format!("?product_id={}", premium["id"].as_str().unwrap_or_default())).await,
        15
    );
    let nothing = manager
        .get(format!("{path}/policy?product_id=prod_0000000000001"))
        .send()
        .await;
    nothing.assert_problem(400, "invalid_parameter", "?product_id");
}
