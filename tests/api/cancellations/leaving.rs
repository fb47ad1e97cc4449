//! Who cancels and takes it back, and how it stands beside other changes of the account (R89, R123).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R89: the owner may take back what has not taken effect, unless the account is frozen; then staff do. The account
/// stands as before.
#[rstest]
#[tokio::test]
async fn r89_a_cancellation_is_taken_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let worked = json!({ "cancel": { "notice_by_term": { "rolling": { "kind": "worked", "days": 14 } } } });
    let open = app.market_with("isa-calling", worked).await;
    let frozen = app.market("trade-weekly").await;
    let manager = app.staff("account_manager").await;
    for (market, itself) in [(&open, true), (&frozen, false)] {
        let buyer = market.supplier("Okafor").await;
        let owner = market.owner(&buyer).await;
        let made = asks(&owner, &buyer, json!({})).await.created();
        let expected = if itself { json!(["withdraw"]) } else { json!([]) };
        assert_eq!(made["allowed_actions"], expected);
        assert_eq!(shown(&manager, &made).await["allowed_actions"], json!(["withdraw"]));
        let path = format!("{}/withdraw", path_of(&made));
        let stale = manager
            .post(&path)
            .header("If-Match", "\"v7\"")
            .json(&json!({}))
            .send()
            .await;
        stale.assert_problem(412, "stale", "");
        let answer = owner.post(&path).json(&json!({ "reason": "We stay." })).send().await;
        let withdrawn = if itself {
            answer.ok()
        } else {
            answer.assert_problem(403, "change_through_staff", "");
            manager.post(&path).json(&json!({})).send().await.ok()
        };
        assert_eq!(
            (&withdrawn["status"], &withdrawn["allowed_actions"]),
            (&json!("withdrawn"), &json!([]))
        );
        assert_eq!(standing(&app, &buyer).await, "active");
        manager
            .post(&path)
            .json(&json!({}))
            .send()
            .await
            .assert_problem(409, "state_conflict", "");
        app.advance(20).await;
        assert_eq!(standing(&app, &buyer).await, "active", "its day passes");
    }
    assert_eq!(messages(&app, "cancellation_withdrawn").await, 2);
    app.audit_is_green().await;
}

/// An account that was suspended when it gave notice gets no leads in it, and is suspended again when it stays.
#[rstest]
#[tokio::test]
async fn a_notice_does_not_lift_a_suspension(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let suspend = format!("/suppliers/{}/suspend", buyer.id);
    manager
        .post(suspend)
        .json(&json!({ "reason": "It owes." }))
        .send()
        .await
        .ok();
    let made = asks(&manager, &buyer, by_phone(json!({}))).await.created();
    assert_eq!(standing(&app, &buyer).await, "in_notice");
    assert!(market.sell().await.is_empty());
    let order = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    assert_eq!(manager.get(&order).send().await.ok()["hold"], "in_notice");
    app.audit_is_green().await;
    let path = format!("{}/withdraw", path_of(&made));
    manager.post(path).json(&json!({})).send().await.ok();
    assert_eq!(standing(&app, &buyer).await, "suspended");
    assert_eq!(manager.get(&order).send().await.ok()["hold"], "suspended");
    app.audit_is_green().await;
}

/// What ends the account otherwise overtakes its cancellation: staff who close it, or a revoked authorisation.
#[rstest]
#[tokio::test]
async fn another_end_overtakes_a_cancellation(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "billing": { "revocation": "charge_and_deactivate" } });
    let market = app.market_with("trade-weekly", policy).await;
    let manager = app.staff("account_manager").await;
    let closed = market.buyer("Okafor", json!({})).await;
    let revoked = market.buyer("Reyes", json!({})).await;
    market.store_method(&revoked, "card", "ok").await;
    let owner = market.owner(&revoked).await;
    let first = asks(&manager, &closed, by_phone(json!({}))).await.created();
    let second = asks(&manager, &revoked, by_phone(json!({}))).await.created();
    let why = json!({ "reason": "By mutual consent." });
    manager
        .post(format!("/suppliers/{}/close", closed.id))
        .json(&why)
        .send()
        .await
        .ok();
    owner
        .post(format!("/suppliers/{}/authorisation/revoke", revoked.id))
        .json(&why)
        .send()
        .await
        .ok();
    for (made, buyer, now) in [(&first, &closed, "closed"), (&second, &revoked, "deactivated")] {
        assert_eq!(shown(&manager, made).await["status"], "overtaken");
        assert_eq!(standing(&app, buyer).await, now);
    }
    app.advance(20).await;
    assert_eq!(shown(&manager, &first).await["status"], "overtaken");
    // What is deactivated is closed without a notice.
    let last = asks(&owner, &revoked, json!({})).await.created();
    assert_eq!(
        (&last["status"], standing(&app, &revoked).await.as_str()),
        (&json!("effective"), "closed")
    );
    app.audit_is_green().await;
}

/// An account that is being set up has nothing to work a notice for.
#[rstest]
#[tokio::test]
async fn an_account_that_never_began_ends_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Newcomer", "address": "1 High Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: String::new(),
        order_id: None,
    };
    let ended = asks(&manager, &buyer, by_phone(json!({}))).await.created();
    assert_eq!(
        (&ended["status"], &ended["rule"]),
        (&json!("effective"), &json!("at_once"))
    );
    assert_eq!(standing(&app, &buyer).await, "closed");
    app.audit_is_green().await;
}

/// Everything of an account ends with it: its pauses, orders and checkouts, too.
#[rstest]
#[tokio::test]
async fn pauses_and_checkouts_end_with_the_account(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let checkout = crate::checkouts::begin(&market, &owner, &buyer, json!({ "quantity": 10 })).await;
    let order = buyer.order_id.clone().expect("an order");
    let pause = json!({ "supplier_id": buyer.id, "order_id": order });
    owner.post("/pauses").json(&pause).send().await.created();
    let ended = asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(ended["status"], "effective", "nothing of it was paid");
    assert_eq!(owner.all("/pauses?status=scheduled,active").await.len(), 0);
    assert_eq!(
        owner.get(format!("/orders/{order}")).send().await.ok()["status"],
        "cancelled"
    );
    let path = crate::checkouts::path_of(&checkout);
    assert_eq!(owner.get(path).send().await.ok()["status"], "abandoned");
    app.audit_is_green().await;
}

/// R123, R127: nobody learns of another's cancellations, and ids of others are unknown ones.
#[rstest]
#[tokio::test]
async fn r127_cancellations_of_others_are_not_there(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Reyes").await);
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let member = market.member(&buyer, "member").await;
    let made = asks(&owner, &buyer, json!({})).await.created();
    let path = path_of(&made);
    for answer in [
        stranger.get(&path).send().await,
        stranger.get(format!("{path}/document")).send().await,
        stranger.post(format!("{path}/withdraw")).json(&json!({})).send().await,
        stranger
            .get(format!("/suppliers/{}/cancellation-preview", buyer.id))
            .send()
            .await,
    ] {
        answer.assert_problem(404, "not_found", "");
    }
    assert!(stranger.all("/cancellations").await.is_empty());
    assert!(
        stranger
            .all(&format!("/cancellations?supplier_id={}", buyer.id))
            .await
            .is_empty()
    );
    asks(&stranger, &buyer, json!({}))
        .await
        .assert_problem(422, "invalid", "/supplier_id");
    owner
        .get(format!("{path}/document"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    // Who only works the leads of one business sees none of it.
    member
        .get("/cancellations")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}
