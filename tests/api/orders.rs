//! Standing orders.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Buyer;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

fn order_of(buyer: &Buyer) -> String {
    format!("/orders/{}", buyer.order_id.as_deref().expect("an order"))
}

/// An order takes its price from the product and its currency from the programme.
#[rstest]
#[tokio::test]
async fn an_order_is_placed_with_what_it_leaves_open_filled_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let order = market
        .order(
            &buyer,
            json!({ "quantity": 20, "schedule": { "monday": { "from": "09:00", "to": "17:30" } } }),
        )
        .await;
    assert_eq!(order["price"], market.money(4_500));
    assert_eq!((&order["status"], &order["hold"]), (&json!("open"), &json!("none")));
    assert_eq!(
        (&order["sold"], &order["remaining"], &order["weight"]),
        (&json!(0), &json!(20), &json!(1))
    );
    assert_eq!(order["allowed_actions"], json!(["pause", "cancel"]));

    let base = json!({ "business_id": buyer.business_id, "product_id": market.product["id"] });
    let refused = async |fields: Value, pointer: &str| {
        let body = tradepost_tests::merged(base.clone(), fields);
        manager
            .post("/orders")
            .json(&body)
            .send()
            .await
            .assert_problem(422, "invalid", pointer);
    };
    refused(json!({ "price": { "amount": -1, "currency": "USD" } }), "/price/amount").await;
    refused(
        json!({ "price": { "amount": 100, "currency": "GBP" } }),
        "/price/currency",
    )
    .await;
    refused(json!({ "quantity": 0 }), "/quantity").await;
    refused(json!({ "cap_day": 0 }), "/cap_day").await;
    refused(json!({ "priority": 101 }), "/priority").await;
    refused(json!({ "weight": 0 }), "/weight").await;
    refused(
        json!({ "schedule": { "friday": { "from": "10:00", "to": "10:00" } } }),
        "/schedule/friday/to",
    )
    .await;
    refused(
        json!({ "starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z" }),
        "/ends_at",
    )
    .await;
    let stranger = app.market("b2b-monthly").await;
    refused(json!({ "product_id": stranger.product["id"] }), "/product_id").await;
    let garbled = json!({ "business_id": buyer.business_id, "product_id": market.product["id"], "schedule": { "monday": { "from": "9am", "to": "17:00" } } });
    manager
        .post("/orders")
        .json(&garbled)
        .send()
        .await
        .assert_problem(400, "malformed_body", "/schedule/monday/from");
}

/// R52: the customer pauses and un-pauses his order himself. What staff paused, staff resume.
#[rstest]
#[tokio::test]
async fn r52_the_customer_pauses_and_resumes_an_order(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager, path) = (
        market.owner(&buyer).await,
        app.staff("account_manager").await,
        order_of(&buyer),
    );
    let paused = owner.post(format!("{path}/pause")).json(&json!({})).send().await.ok();
    assert_eq!(
        (&paused["status"], &paused["paused_by"]),
        (&json!("paused"), &json!("supplier"))
    );
    assert_eq!(paused["allowed_actions"], json!(["resume", "cancel"]));
    owner
        .post(format!("{path}/pause"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let resumed = owner.post(format!("{path}/resume")).send().await.ok();
    assert_eq!(
        (&resumed["status"], &resumed["paused_by"]),
        (&json!("open"), &Value::Null)
    );

    let reason = json!({ "reason": "Card declined" });
    let paused = manager.post(format!("{path}/pause")).json(&reason).send().await.ok();
    assert_eq!(paused["paused_by"], "staff");
    assert_eq!(owner.get(&path).send().await.ok()["allowed_actions"], json!(["cancel"]));
    owner
        .post(format!("{path}/resume"))
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    manager.post(format!("{path}/resume")).send().await.ok();
    let messages = manager
        .all(&format!("/notifications?kind=pause_started&supplier_id={}", buyer.id))
        .await;
    assert_eq!(messages.len(), 2, "one a pause");
    let member = market.member(&buyer, "member").await;
    member
        .post(format!("{path}/pause"))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}

/// R19: where pausing is the staff's, the supplier is told whom to ask; the entry records why.
#[rstest]
#[tokio::test]
async fn r19_pausing_goes_through_staff(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, path) = (market.owner(&buyer).await, order_of(&buyer));
    assert_eq!(owner.get(&path).send().await.ok()["allowed_actions"], json!([]));
    let refused = owner.post(format!("{path}/pause")).send().await;
    let detail = refused.assert_problem(403, "change_through_staff", "").json()["detail"].clone();
    assert!(
        detail.as_str().is_some_and(|detail| detail.contains("Accounts")),
        "{detail}"
    );
    let reason = json!({ "reason": "Mo asked for it by phone" });
    app.staff("support")
        .await
        .post(format!("{path}/pause"))
        .json(&reason)
        .send()
        .await
        .ok();
    let order = path.trim_start_matches("/orders/");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={order}&action=order.paused"))
        .await;
    assert_eq!(trail[0]["reason"], "Mo asked for it by phone");
    assert_eq!(trail[0]["before"], json!({ "status": "open", "paused_by": null }));
    assert_eq!(trail[0]["after"], json!({ "status": "paused", "paused_by": "staff" }));
}

/// R53: the daily quantity is fixed for the customer and not for staff.
#[rstest]
#[tokio::test]
async fn r53_the_daily_quantity_is_fixed_for_the_customer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let own =
        json!({ "business_id": buyer.business_id, "product_id": market.product["id"], "quantity": 50, "cap_day": 5 });
    let manager = app.staff("account_manager").await;
    let order = manager.post("/orders").json(&own).send().await.created();
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    let more = json!({ "cap_day": 10 });
    owner
        .patch(&path)
        .json(&more)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    let changed = app
        .staff("account_manager")
        .await
        .patch(&path)
        .json(&more)
        .send()
        .await
        .ok();
    assert_eq!(changed["cap_day"], 10);
    let hours = json!({ "schedule": { "sunday": { "from": "00:00", "to": "24:00" } } });
    assert_eq!(
        owner.patch(&path).json(&hours).send().await.ok()["schedule"]["sunday"]["to"],
        "24:00"
    );
    let cheaper = json!({ "price": { "amount": 1, "currency": "USD" } });
    owner
        .patch(&path)
        .json(&cheaper)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    let cheap = tradepost_tests::merged(own, cheaper);
    owner
        .post("/orders")
        .json(&cheap)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
}

/// F5: what the account's standing means for leads stands on each order, from the same transaction.
#[rstest]
#[tokio::test]
async fn the_standing_of_an_account_is_mirrored_on_its_orders(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (manager, path) = (app.staff("account_manager").await, order_of(&buyer));
    let hold = async || manager.get(&path).send().await.ok()["hold"].clone();
    let stand = async |action: &str| {
        manager
            .post(format!("/suppliers/{}/{action}", buyer.id))
            .send()
            .await
            .ok()
    };
    assert_eq!(hold().await, "none");
    stand("suspend").await;
    assert_eq!(hold().await, "suspended");
    let second = market.order(&buyer, json!({})).await;
    assert_eq!(second["hold"], "suspended", "a new order is held as well");
    assert_eq!(
        manager
            .all(&format!("/orders?hold=suspended&supplier_id={}", buyer.id))
            .await
            .len(),
        2
    );
    stand("activate").await;
    assert_eq!(hold().await, "none");
    stand("close").await;
    assert_eq!(hold().await, "closed");
    manager
        .patch(&path)
        .json(&json!({ "cap_day": 1 }))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
}

/// Orders are changed with the version that was seen, listed with filters, and cancelled for good.
#[rstest]
#[tokio::test]
async fn an_order_is_changed_listed_and_cancelled(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({ "quantity": 10 })).await;
    let (manager, path) = (app.staff("account_manager").await, order_of(&buyer));
    let seen = manager.get(&path).send().await.version();
    let change = json!({ "priority": 7, "quantity": null, "cap_week": 12, "price": market.money(5_000) });
    let changed = manager.patch(&path).json(&change).if_match(seen).send().await;
    assert_eq!(changed.version(), seen + 1);
    let order = changed.ok();
    assert_eq!(
        (&order["priority"], &order["quantity"], &order["cap_week"]),
        (&json!(7), &Value::Null, &json!(12))
    );
    manager
        .patch(&path)
        .json(&change)
        .if_match(seen)
        .send()
        .await
        .assert_problem(412, "stale", "");
    manager
        .post(format!("{path}/cancel"))
        .if_match(seen)
        .send()
        .await
        .assert_problem(412, "stale", "");

    for _ in 0..3 {
        market.order(&buyer, json!({})).await;
    }
    let product = market.product["id"].as_str().expect("an id");
    let all = manager
        .all(&format!("/orders?limit=3&product_id={product}&status=open,paused"))
        .await;
    assert_eq!(all.len(), 4);
    let cancelled = manager
        .post(format!("{path}/cancel"))
        .json(&json!({ "reason": "Done" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["allowed_actions"]),
        (&json!("cancelled"), &json!([]))
    );
    manager
        .post(format!("{path}/resume"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    manager
        .patch(&path)
        .json(&change)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    manager
        .get("/orders?status=lost")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?status");
    assert_eq!(app.events("order.cancelled").await.len(), 1);
}
