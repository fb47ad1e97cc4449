//! Who decides and when: late, twice, at once, and who may not.

use super::{Scene, act, ask, billing_state, id, notifications, scene, second_reviewer};
use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, spawn};

/// R27: a decision that is late is reported once, and listed as overdue.
#[rstest]
#[tokio::test]
async fn r27_a_late_decision_is_escalated_exactly_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market,
        buyer,
        owner,
        reviewer,
    } = scene(&app, "b2b-monthly").await;
    let delivery = market.sell_to(&buyer).await;
    let made = ask(&owner, &delivery, "wrong_person", Some("x")).await.created();
    app.advance_seconds(72 * 3600 - 60).await;
    assert!(notifications(&app, "return_escalated", &made).await.is_empty());
    app.advance_seconds(120).await;
    app.run_jobs().await;
    app.advance(1).await;
    assert_eq!(notifications(&app, "return_escalated", &made).await.len(), 1);
    let overdue = reviewer.get("/return-requests?overdue=true&sort=due").send().await.ok();
    assert_eq!(
        (id(&overdue["data"][0]), &overdue["data"][0]["review"]["overdue"]),
        (id(&made), &json!(true))
    );
    assert!(!overdue["data"][0]["review"]["escalated_at"].is_null());
    act(&reviewer, &made, "approve", json!({})).await.ok();
    let overdue = reviewer.get("/return-requests?overdue=true").send().await.ok();
    assert_eq!(overdue["data"], json!([]));
}

/// Whoever asks for a return does not decide it, withdrawing frees the delivery, and stale versions are refused.
#[rstest]
#[tokio::test]
async fn r123_who_asks_does_not_decide(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market,
        buyer,
        owner,
        reviewer,
    } = scene(&app, "lead-store").await;
    let delivery = market.sell_to(&buyer).await;
    let email = "both@staff.example";
    let both =
        json!({ "email": email, "name": "Both", "roles": ["support", "returns_reviewer"], "password": PASSWORD });
    app.staff("admin")
        .await
        .post("/users")
        .json(&both)
        .send()
        .await
        .created();
    let both = app.sign_in(email, PASSWORD).await;

    let made = ask(&both, &delivery, "wrong_number", None).await.created();
    act(&both, &made, "approve", json!({}))
        .await
        .assert_problem(403, "forbidden", "");
    act(&owner, &made, "approve", json!({}))
        .await
        .assert_problem(403, "forbidden", "");
    let withdrawn = act(&owner, &made, "withdraw", json!({})).await.ok();
    assert_eq!(withdrawn["status"], "withdrawn");
    assert_eq!(billing_state(&owner, &delivery).await, "unbilled");
    act(&reviewer, &made, "approve", json!({}))
        .await
        .assert_problem(409, "state_conflict", "");

    let again = ask(&owner, &delivery, "wrong_number", None).await.created();
    let path = format!("/return-requests/{}/approve", id(&again));
    let stale = reviewer
        .post(&path)
        .header("If-Match", "\"v9\"")
        .json(&json!({}))
        .send()
        .await;
    stale.assert_problem(412, "stale", "");
    let channel = json!({ "delivery_id": delivery, "reason": "wrong_number", "channel": "staff" });
    owner
        .post("/return-requests")
        .json(&channel)
        .send()
        .await
        .assert_problem(422, "invalid", "/channel");
    for bad in [
        "/return-requests?state=open",
        "/return-requests?status=open",
        "/return-requests?sort=price",
    ] {
        reviewer
            .get(bad)
            .send()
            .await
            .assert_problem(400, "invalid_parameter", "");
    }
    let rates = app
        .staff("finance")
        .await
        .get("/reports/return-rates")
        .send()
        .await
        .ok();
    assert_eq!(
        (&rates["total"]["deliveries"], &rates["total"]["open"]),
        (&json!(1), &json!(1)),
        "{rates}"
    );
}

/// Two reviewers at once: one verdict, one remedy, one message.
#[rstest]
#[tokio::test]
async fn r44_two_reviewers_at_once_make_one_decision(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market,
        buyer,
        owner,
        reviewer,
    } = scene(&app, "lead-store").await;
    let second = second_reviewer(&app).await;
    for round in 0..8 {
        let delivery = market.sell_to(&buyer).await;
        let made = ask(&owner, &delivery, "wrong_number", None).await.created();
        let (one, two) = tokio::join!(
            act(&reviewer, &made, "approve", json!({})),
            act(&second, &made, "deny", json!({ "explanation": "It rings." })),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}: {one} {two}");
        let approved = notifications(&app, "return_approved", &made).await.len();
        let denied = notifications(&app, "return_denied", &made).await.len();
        assert_eq!((approved, denied), if one.status == 200 { (1, 0) } else { (0, 1) });
        let owed = owner.all("/replacements").await;
        let owed = owed
            .iter()
            .filter(|row| row["original_delivery_id"] == json!(delivery))
            .count();
        assert_eq!(owed, approved);
    }
}

/// Many requests for one delivery at once: one is taken.
#[rstest]
#[tokio::test]
async fn a_delivery_has_one_request_however_many_ask(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market, buyer, owner, ..
    } = scene(&app, "lead-store").await;
    let delivery = market.sell_to(&buyer).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (owner, delivery) = (owner.clone(), delivery.clone());
        tasks.spawn(async move { ask(&owner, &delivery, "wrong_number", None).await.status.as_u16() });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "{statuses:?}"
    );
    assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
}

/// R30: the reviewer reads what an approval would give before giving it, and gets exactly that.
#[rstest]
#[tokio::test]
async fn r30_the_remedy_is_known_before_the_verdict(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    for (preset, remedy, reason) in [
        ("b2b-monthly", "line_dropped", "wrong_person"),
        ("lead-store", "replacement", "wrong_number"),
    ] {
        let Scene {
            market,
            buyer,
            owner,
            reviewer,
        } = scene(&app, preset).await;
        let delivery = market.sell_to(&buyer).await;
        let made = ask(&owner, &delivery, reason, Some("x")).await.created();
        let path = format!("/return-requests/{}", id(&made));
        let shown = reviewer.get(&path).send().await.ok();
        let expected = &shown["case"]["expected_remedy"];
        assert_eq!(expected["remedy"], remedy, "{preset}: {shown}");
        let net = if remedy == "replacement" { 0 } else { 4_500 };
        assert_eq!(expected["net"], market.money(net), "{preset}: {expected}");
        assert!(
            owner.get(&path).send().await.ok()["case"].is_null(),
            "suppliers see no case"
        );
        let approved = act(&reviewer, &made, "approve", json!({})).await.ok();
        assert_eq!(approved["remedy"], remedy, "{preset}");
        let after = reviewer.get(&path).send().await.ok();
        assert!(after["case"]["expected_remedy"].is_null(), "nothing is left to decide");
    }
}
