//! Pauses: who, from when, for how long, and what the refusal says (R17, R19, R52, R59, R70, R71).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost::calendar::Zone;
use tradepost_contract::Timestamp;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, spawn};

/// So many days after today, on the programme's calendar.
async fn in_days(market: &Market<'_>, days: i64) -> String {
    let zone = market.programme["time_zone"].as_str().expect("a time zone");
    let zone = Zone::parse(zone).expect("a known zone");
    let now: Timestamp = market.app.business_now().await.parse().expect("an instant");
    zone.date_of(now).plus_days(days).to_string()
}

async fn asks(client: &Client, buyer: &Buyer, more: Value) -> Answer {
    let body = tradepost_tests::merged(json!({ "supplier_id": buyer.id }), more);
    client.post("/pauses").json(&body).send().await
}

/// What staff write down of who asked.
fn by_phone(more: Value) -> Value {
    tradepost_tests::merged(json!({ "requested_by": "Mo Okafor", "channel": "phone" }), more)
}

async fn allowance(client: &Client, buyer: &Buyer) -> Value {
    let path = format!("/suppliers/{}/pause-allowance", buyer.id);
    client.get(path).send().await.ok()
}

async fn order(client: &Client, buyer: &Buyer) -> Value {
    let path = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    client.get(path).send().await.ok()
}

async fn messages(app: &TestApp, kind: &str) -> usize {
    let staff = app.staff("support").await;
    staff.all(&format!("/notifications?kind={kind}")).await.len()
}

/// R17: two weeks within six months, with the days that are left shown, and given back where a pause ends early.
#[rstest]
#[tokio::test]
async fn r17_two_weeks_within_six_months(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let shown = allowance(&manager, &buyer).await;
    assert_eq!(
        (&shown["days_left"], &shown["budget"]),
        (&json!(14), &json!({ "days": 14, "per_months": 6 }))
    );
    let until = in_days(&market, 9).await;
    let pause = asks(&manager, &buyer, by_phone(json!({ "returns_on": until })))
        .await
        .created();
    assert_eq!(
        (&pause["status"], &pause["returns_on"]),
        (&json!("active"), &json!(until))
    );
    let held = order(&manager, &buyer).await;
    assert_eq!((&held["status"], &held["hold"]), (&json!("open"), &json!("paused")));
    assert!(market.sell().await.is_empty(), "the account takes a pause");
    assert_eq!(allowance(&manager, &buyer).await["days_left"], 5);
    app.advance(3).await;
    let ended = manager
        .post(format!("/pauses/{}/end", pause["id"].as_str().expect("an id")))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(ended["status"], "ended");
    market.sell_to(&buyer).await;
    let left = allowance(&manager, &buyer).await["days_left"].as_i64().expect("days");
    assert_eq!(left, 10, "four days were touched");
    app.advance(2).await;
    let late = in_days(&market, 11).await;
    let refused = asks(&manager, &buyer, by_phone(json!({ "returns_on": late }))).await;
    let problem = refused
        .assert_problem(422, "policy_refuses", "/returns_on")
        .json()
        .clone();
    assert_eq!(problem["errors"][0]["code"], "over_budget");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|text| text.starts_with("10 days are left")),
        "{problem}"
    );
    // Without a date it lasts as long as is left, and ends by itself.
    let pause = asks(&manager, &buyer, by_phone(json!({}))).await.created();
    assert_eq!(pause["returns_on"], in_days(&market, 10).await);
    app.live_through(11).await;
    market.sell_to(&buyer).await;
    let refused = asks(&manager, &buyer, by_phone(json!({}))).await;
    refused.assert_problem(422, "policy_refuses", "/returns_on");
    app.advance(185).await;
    assert_eq!(allowance(&manager, &buyer).await["days_left"], 14);
    app.audit_is_green().await;
}

/// R19: staff pause, and write down who asked for it and how; the supplier is told whom to ask.
#[rstest]
#[tokio::test]
async fn r19_staff_write_down_who_asked(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    asks(&owner, &buyer, json!({}))
        .await
        .assert_problem(403, "change_through_staff", "");
    assert_eq!(allowance(&owner, &buyer).await["may_pause"], false);
    asks(&manager, &buyer, json!({ "requested_by": "Mo Okafor" }))
        .await
        .assert_problem(422, "invalid", "/reason");
    let pause = asks(&manager, &buyer, by_phone(json!({}))).await.created();
    assert_eq!(
        (&pause["paused_by"], &pause["requested_by"], &pause["channel"]),
        (&json!("staff"), &json!("Mo Okafor"), &json!("phone"))
    );
    let object = pause["id"].as_str().expect("an id");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={object}&action=pause.asked"))
        .await;
    assert_eq!(
        (&trail[0]["after"]["requested_by"], &trail[0]["after"]["channel"]),
        (&json!("Mo Okafor"), &json!("phone"))
    );
    // What staff paused, staff end.
    owner
        .post(format!("/pauses/{object}/end"))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    assert_eq!(owner.all("/pauses").await.len(), 1);
}

/// R52, R59: the store's customer pauses an order; it starts again by itself after seven days.
#[rstest]
#[tokio::test]
async fn r59_an_order_starts_again_after_seven_days(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let id = buyer.order_id.clone().expect("an order");
    let too_long = in_days(&market, 8).await;
    asks(&owner, &buyer, json!({ "order_id": id, "returns_on": too_long }))
        .await
        .assert_problem(422, "policy_refuses", "/returns_on");
    let pause = asks(&owner, &buyer, json!({ "order_id": id })).await.created();
    assert_eq!(pause["returns_on"], in_days(&market, 7).await);
    assert_eq!(order(&owner, &buyer).await["status"], "paused");
    asks(&owner, &buyer, json!({ "order_id": id }))
        .await
        .assert_problem(409, "state_conflict", "");
    app.advance(6).await;
    assert!(market.sell().await.is_empty());
    app.advance(1).await;
    assert_eq!(order(&owner, &buyer).await["status"], "open");
    market.sell_to(&buyer).await;
    let ended = &owner.all("/pauses?status=ended").await[0];
    assert_eq!(ended["id"], pause["id"]);
    let events = app.events("pause.changed").await;
    assert_eq!(
        events.iter().filter(|event| event["data"]["status"] == "ended").count(),
        1
    );
    assert_eq!(
        (
            messages(&app, "pause_started").await,
            messages(&app, "pause_ended").await
        ),
        (1, 1)
    );
    let path = format!("/suppliers/{}/pause-allowance?order_id={id}", buyer.id);
    let shown = owner.get(path).send().await.ok();
    assert_eq!(
        (&shown["pauses_so_far"], &shown["pauses_that_keep_perk"]),
        (&Value::Null, &Value::Null),
        "an order without extra leads loses none"
    );
    app.audit_is_green().await;
}

/// R70, R71: 72 hours' notice, a date of return within 30 days of the request, and leads again on that day.
#[rstest]
#[tokio::test]
async fn r70_notice_and_a_date_of_return(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let refused = asks(&manager, &buyer, by_phone(json!({}))).await;
    assert_eq!(
        refused.assert_problem(422, "policy_refuses", "/returns_on").json()["errors"][0]["code"],
        "required"
    );
    let late = json!({ "returns_on": in_days(&market, 31).await });
    let refused = asks(&manager, &buyer, by_phone(late)).await;
    let latest = in_days(&market, 30).await;
    let problem = refused
        .assert_problem(422, "policy_refuses", "/returns_on")
        .json()
        .clone();
    assert!(
        problem["detail"].as_str().is_some_and(|text| text.contains(&latest)),
        "{problem}"
    );
    let soon = json!({ "starts_at": app.business_now().await, "returns_on": latest });
    let refused = asks(&manager, &buyer, by_phone(soon)).await;
    assert_eq!(
        refused.assert_problem(422, "policy_refuses", "/starts_at").json()["errors"][0]["code"],
        "notice"
    );
    let back = in_days(&market, 10).await;
    let pause = asks(&manager, &buyer, by_phone(json!({ "returns_on": back })))
        .await
        .created();
    assert_eq!(pause["status"], "scheduled");
    assert_eq!(messages(&app, "pause_scheduled").await, 1);
    market.sell_to(&buyer).await;
    app.advance(2).await;
    market.sell_to(&buyer).await;
    app.advance(1).await;
    assert!(market.sell().await.is_empty(), "the notice has been worked");
    assert_eq!(order(&manager, &buyer).await["hold"], "paused");
    app.advance(6).await;
    assert!(market.sell().await.is_empty());
    app.advance(1).await;
    market.sell_to(&buyer).await;
    assert_eq!(messages(&app, "pause_ended").await, 1, "R71: they are told");
    app.audit_is_green().await;
}

/// A scheduled pause can be moved within its limits and cancelled; the version that was seen counts.
#[rstest]
#[tokio::test]
async fn a_pause_to_come_is_changed_and_cancelled(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let back = json!({ "returns_on": in_days(&market, 10).await });
    let pause = asks(&manager, &buyer, by_phone(back.clone())).await.created();
    asks(&manager, &buyer, by_phone(back))
        .await
        .assert_problem(409, "state_conflict", "");
    let path = format!("/pauses/{}", pause["id"].as_str().expect("an id"));
    let later = json!({ "returns_on": in_days(&market, 30).await });
    let stale = manager
        .patch(&path)
        .header("If-Match", "\"v7\"")
        .json(&later)
        .send()
        .await;
    stale.assert_problem(412, "stale", "");
    app.advance(1).await;
    let moved = manager.patch(&path).json(&later).send().await.ok();
    assert_eq!(moved["returns_on"], later["returns_on"]);
    let too_late = json!({ "returns_on": in_days(&market, 30).await });
    let refused = manager.patch(&path).json(&too_late).send().await;
    refused.assert_problem(422, "policy_refuses", "/returns_on");
    let cancelled = manager.post(format!("{path}/end")).json(&json!({})).send().await.ok();
    assert_eq!(cancelled["status"], "cancelled");
    manager
        .post(format!("{path}/end"))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.advance(5).await;
    market.sell_to(&buyer).await;
    app.audit_is_green().await;
}

/// F5: an account that is suspended within its pause and active again still takes it; orders placed meanwhile wait, too.
#[rstest]
#[tokio::test]
async fn f5_a_pause_outlives_a_suspension(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    asks(&manager, &buyer, by_phone(json!({}))).await.created();
    let placed = market.order(&buyer, json!({})).await;
    assert_eq!(placed["hold"], "paused");
    let standing = |action: &str| format!("/suppliers/{}/{action}", buyer.id);
    let why = json!({ "reason": "An invoice was overlooked." });
    manager.post(standing("suspend")).json(&why).send().await.ok();
    assert_eq!(order(&manager, &buyer).await["hold"], "suspended");
    manager.post(standing("activate")).json(&why).send().await.ok();
    assert_eq!(order(&manager, &buyer).await["hold"], "paused");
    assert!(market.sell().await.is_empty());
    manager.post(standing("suspend")).json(&why).send().await.ok();
    app.advance(15).await;
    assert_eq!(order(&manager, &buyer).await["hold"], "suspended");
    manager.post(standing("activate")).json(&why).send().await.ok();
    assert_eq!(order(&manager, &buyer).await["hold"], "none");
    market.sell_to(&buyer).await;
    app.audit_is_green().await;
}

/// A cancelled order takes its pauses with it; one whose time comes after that does nothing.
#[rstest]
#[tokio::test]
async fn an_order_that_is_over_has_no_pauses(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let id = buyer.order_id.clone().expect("an order");
    asks(&owner, &buyer, json!({ "order_id": id })).await.created();
    let cancelled = app
        .staff("account_manager")
        .await
        .post(format!("/orders/{id}/cancel"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["paused_by"]),
        (&json!("cancelled"), &Value::Null)
    );
    assert_eq!(owner.all("/pauses?status=scheduled,active").await.len(), 0);
    app.advance(8).await;
    assert_eq!(order(&owner, &buyer).await["status"], "cancelled");
    app.audit_is_green().await;
}

/// Nobody learns of another's pauses, and ids of others are unknown ones.
#[rstest]
#[tokio::test]
async fn r123_pauses_of_others_are_not_there(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Reyes", json!({})).await,
    );
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let id = buyer.order_id.clone().expect("an order");
    let pause = asks(&owner, &buyer, json!({ "order_id": id })).await.created();
    let path = format!("/pauses/{}", pause["id"].as_str().expect("an id"));
    for answer in [
        stranger.get(&path).send().await,
        stranger.post(format!("{path}/end")).json(&json!({})).send().await,
        stranger
            .get(format!("/suppliers/{}/pause-allowance", buyer.id))
            .send()
            .await,
    ] {
        answer.assert_problem(404, "not_found", "");
    }
    assert!(stranger.all("/pauses").await.is_empty());
    assert!(
        stranger
            .all(&format!("/pauses?supplier_id={}", buyer.id))
            .await
            .is_empty()
    );
    asks(&stranger, &buyer, json!({}))
        .await
        .assert_problem(422, "invalid", "/supplier_id");
    asks(&stranger, &other, json!({ "order_id": id }))
        .await
        .assert_problem(422, "invalid", "/order_id");
}

/// R126: who takes a pause is told once, so many days before leads come again as the programme says; when the day is
/// changed they are told of the new one; of a pause that is shorter than that there is nothing to tell.
#[rstest]
#[tokio::test]
async fn r126_the_end_of_a_pause_is_told_before(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app
        .market_with("b2b-monthly", json!({ "pause": { "remind_days": 2 } }))
        .await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let until = in_days(&market, 6).await;
    let pause = asks(&manager, &buyer, by_phone(json!({ "returns_on": until })))
        .await
        .created();
    let path = format!("/pauses/{}", pause["id"].as_str().expect("an id"));
    app.advance(3).await;
    assert_eq!(messages(&app, "pause_ending").await, 0);
    app.advance(2).await;
    assert_eq!(messages(&app, "pause_ending").await, 1);
    app.run_jobs().await;
    assert_eq!(messages(&app, "pause_ending").await, 1, "told once");
    let shown = manager.get(&path).send().await.ok();
    assert_eq!(
        shown["version"], 2,
        "being told changes nothing that anybody could overwrite"
    );

    let later = in_days(&market, 5).await;
    manager
        .patch(&path)
        .json(&json!({ "returns_on": later }))
        .send()
        .await
        .ok();
    app.advance(4).await;
    assert_eq!(messages(&app, "pause_ending").await, 2, "of the new day");
    app.advance(3).await;
    assert_eq!(messages(&app, "pause_ended").await, 1);

    let soon = in_days(&market, 1).await;
    asks(&manager, &buyer, by_phone(json!({ "returns_on": soon })))
        .await
        .created();
    app.advance(2).await;
    assert_eq!(
        messages(&app, "pause_ending").await,
        2,
        "it was known when it was asked for"
    );
    assert_eq!(messages(&app, "pause_ended").await, 2);
    app.audit_is_green().await;
}
