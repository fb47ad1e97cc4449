//! Loyalty subscriptions: renewals and their extra leads, pauses, hold, activate, cancel (R57–R64).

use super::checkouts::{begin, pay};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::LocalDate;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, spawn};

/// A buyer of the store who has joined with ten leads every thirty days, and pays with a card.
async fn member<'a>(app: &'a TestApp, behaviour: &str) -> (Market<'a>, Buyer, Client) {
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    join(&market, &buyer, &owner, json!({})).await;
    market.store_method(&buyer, "card", behaviour).await;
    (market, buyer, owner)
}

async fn join(market: &Market<'_>, buyer: &Buyer, owner: &Client, more: Value) {
    let wish = tradepost_tests::merged(json!({ "quantity": 10, "loyalty": { "interval": "monthly" } }), more);
    let checkout = begin(market, owner, buyer, wish).await;
    assert_eq!(pay(market.app, owner, &checkout).await["status"], "completed");
}

/// The only subscription that somebody sees.
async fn own(client: &Client) -> Value {
    let mut all = client.all("/loyalty-subscriptions").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn path_of(subscription: &Value) -> String {
    format!("/loyalty-subscriptions/{}", subscription["id"].as_str().expect("an id"))
}

async fn does(client: &Client, subscription: &Value, action: &str) -> Answer {
    let path = format!("{}/{action}", path_of(subscription));
    client.post(path).json(&json!({})).send().await
}

fn day(value: &Value) -> LocalDate {
    value.as_str().expect("a day").parse().expect("a day")
}

/// The extra leads of the orders so far, the first first.
async fn bonuses(client: &Client) -> Vec<i64> {
    let cycles = client.all(&format!("{}/cycles", path_of(&own(client).await))).await;
    let bonus = |cycle: &Value| cycle["bonus"].as_i64().expect("a number");
    cycles.iter().rev().map(bonus).collect()
}

async fn orders(client: &Client) -> usize {
    client.all("/orders").await.len()
}

async fn told(app: &TestApp, kind: &str) -> usize {
    let staff = app.staff("support").await;
    staff.all(&format!("/notifications?kind={kind}")).await.len()
}

/// R58, R61, R62: placed again every thirty days at the price of the first order, with more extra leads each time.
#[rstest]
#[tokio::test]
async fn r58_a_shared_lead_type_rises_with_each_renewal(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = member(&app, "ok").await;
    let first = own(&owner).await;
    assert_eq!(
        (
            &first["status"],
            &first["cycle"],
            &first["quantity"],
            &first["next_bonus"]
        ),
        (&json!("active"), &json!(0), &json!(10), &json!(1))
    );
    let price = first["unit_price"].clone();
    let product = format!("/lead-products/{}", market.product["id"].as_str().expect("an id"));
    let dearer = json!({ "price": market.money(9_900) });
    app.staff("admin").await.patch(product).json(&dearer).send().await.ok();
    let begun = day(&first["renews_on"]).plus_days(-30);
    for cycle in 1..=4 {
        app.advance(30).await;
        let now = own(&owner).await;
        assert_eq!((&now["cycle"], &now["unit_price"]), (&json!(cycle), &price), "R61");
        assert_eq!(day(&now["renews_on"]), begun.plus_days(30 * (cycle + 1)), "R62");
    }
    assert_eq!(bonuses(&owner).await, [1, 1, 2, 3, 3]);
    let quantities: Vec<i64> = owner
        .all("/orders?sort=oldest")
        .await
        .iter()
        .map(|order| order["quantity"].as_i64().expect("a number"))
        .collect();
    assert_eq!(quantities, [11, 11, 12, 13, 13]);
    let invoices = market.invoices(&buyer).await;
    assert!(
        invoices.iter().all(|invoice| invoice["status"] == "paid"),
        "{invoices:?}"
    );
    assert_eq!(told(&app, "order_confirmed").await, 5);
    app.audit_is_green().await;
}

/// R57: an exclusive lead type has ten per cent more, first and later.
#[rstest]
#[tokio::test]
async fn r57_an_exclusive_lead_type_stays_at_ten_per_cent(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let product = market
        .new_product("exclusive", 1, json!({ "exclusivity": "exclusive" }))
        .await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    join(
        &market,
        &buyer,
        &owner,
        json!({ "product_id": product["id"], "quantity": 20 }),
    )
    .await;
    market.store_method(&buyer, "card", "ok").await;
    for _ in 0..3 {
        app.advance(30).await;
    }
    assert_eq!(bonuses(&owner).await, [2, 2, 2, 2]);
    app.audit_is_green().await;
}

/// R61: weekly and every other week are offered, too.
#[rstest]
#[tokio::test]
async fn r61_the_interval_is_the_customers(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(("weekly", 7), ("every_other_week", 14))] interval: (&str, i64),
) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    join(
        &market,
        &buyer,
        &owner,
        json!({ "loyalty": { "interval": interval.0 } }),
    )
    .await;
    market.store_method(&buyer, "card", "ok").await;
    app.advance(interval.1 - 1).await;
    assert_eq!(own(&owner).await["cycle"], 0);
    app.advance(1).await;
    assert_eq!(own(&owner).await["cycle"], 1);
    app.audit_is_green().await;
}

/// R59, R60: one pause keeps the extra leads, the second takes them back to ten per cent for good.
#[rstest]
#[tokio::test]
async fn r60_the_second_pause_reverts_for_good(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (_, buyer, owner) = member(&app, "ok").await;
    let pause = async |order: &Value| {
        let body = json!({ "supplier_id": buyer.id, "order_id": order });
        owner.post("/pauses").json(&body).send().await.created();
        app.advance(8).await;
    };
    pause(&own(&owner).await["order_id"]).await;
    let one = own(&owner).await;
    assert_eq!((&one["pauses"], &one["reverted"]), (&json!(1), &json!(false)));
    app.advance(22).await;
    app.advance(30).await;
    assert_eq!(bonuses(&owner).await, [1, 1, 2], "R59: one pause keeps it");
    let latest = own(&owner).await["order_id"].as_str().expect("an order").to_owned();
    let path = format!("/suppliers/{}/pause-allowance?order_id={latest}", buyer.id);
    let shown = owner.get(path).send().await.ok();
    assert_eq!(
        (&shown["pauses_so_far"], &shown["pauses_that_keep_perk"]),
        (&json!(1), &json!(1)),
        "counted over all orders of the series"
    );
    pause(&own(&owner).await["order_id"]).await;
    let two = own(&owner).await;
    assert_eq!(
        (&two["pauses"], &two["reverted"], &two["next_bonus"]),
        (&json!(2), &json!(true), &json!(1))
    );
    app.advance(22).await;
    app.advance(30).await;
    app.advance(30).await;
    assert_eq!(bonuses(&owner).await, [1, 1, 2, 1, 1, 1], "R60: it never rises again");
    app.audit_is_green().await;
}

/// R63: on hold the day passes without an order and without a charge. Activated after it, the order is placed at once
/// and the days count from then; activated before it, everything stays as planned.
#[rstest]
#[tokio::test]
async fn r63_on_hold_until_it_is_activated(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = member(&app, "ok").await;
    let planned = day(&own(&owner).await["renews_on"]);
    let held = does(&owner, &own(&owner).await, "hold").await.ok();
    assert_eq!(
        (&held["status"], &held["allowed_actions"]),
        (&json!("on_hold"), &json!(["activate", "cancel"]))
    );
    assert_eq!(told(&app, "renewal_held").await, 1);
    does(&owner, &held, "hold")
        .await
        .assert_problem(409, "state_conflict", "");
    app.advance(5).await;
    let active = does(&owner, &held, "activate").await.ok();
    assert_eq!(
        (&active["status"], day(&active["renews_on"])),
        (&json!("active"), planned)
    );
    assert_eq!(orders(&owner).await, 1);
    app.advance(25).await;
    assert_eq!(orders(&owner).await, 2);

    does(&owner, &active, "hold").await.ok();
    app.advance(45).await;
    let passed = own(&owner).await;
    assert_eq!((&passed["status"], &passed["cycle"]), (&json!("on_hold"), &json!(1)));
    assert_eq!(
        (orders(&owner).await, market.payments(&buyer).await.len()),
        (2, 2),
        "no lead, no charge"
    );
    let activated = does(&owner, &passed, "activate").await.ok();
    assert_eq!(
        (&activated["status"], &activated["cycle"]),
        (&json!("active"), &json!(2))
    );
    assert_eq!(
        day(&activated["renews_on"]),
        planned.plus_days(45 + 30),
        "a new count of days"
    );
    assert_eq!(
        (&activated["awaiting_checkout_id"], orders(&owner).await),
        (&Value::Null, 3)
    );
    app.advance(30).await;
    assert_eq!(orders(&owner).await, 4);
    assert_eq!(bonuses(&owner).await, [1, 1, 2, 3], "a hold is no pause");
    app.audit_is_green().await;
}

/// R64: the customer's own list has hold, activate and cancel; it ends at any time, and what is paid still comes.
#[rstest]
#[tokio::test]
async fn r64_cancelled_at_any_time(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = member(&app, "ok").await;
    let shown = own(&owner).await;
    assert_eq!(shown["allowed_actions"], json!(["hold", "cancel"]));
    let other = market.supplier("Reyes").await;
    let stranger = market.owner(&other).await;
    assert!(stranger.all("/loyalty-subscriptions").await.is_empty());
    does(&stranger, &shown, "cancel")
        .await
        .assert_problem(404, "not_found", "");
    let member = market.member(&buyer, "member").await;
    assert_eq!(own(&member).await["allowed_actions"], json!([]));
    does(&member, &shown, "cancel")
        .await
        .assert_problem(403, "forbidden", "");
    let over = does(&owner, &shown, "cancel").await.ok();
    assert_eq!(
        (&over["status"], &over["renews_on"], &over["allowed_actions"]),
        (&json!("cancelled"), &Value::Null, &json!([]))
    );
    does(&owner, &over, "activate")
        .await
        .assert_problem(409, "state_conflict", "");
    market.sell_to(&buyer).await;
    app.advance(31).await;
    assert_eq!((orders(&owner).await, market.payments(&buyer).await.len()), (1, 1));
    app.audit_is_green().await;
}

/// R61: a renewal that nobody pays is tried again by the plan of the policy, and then ends the subscription.
#[rstest]
#[case::tried_again("recovers", 2, "active")]
#[case::refused("declined", 1, "lapsed")]
#[tokio::test]
async fn r61_a_renewal_that_is_not_paid(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] expected_orders: usize,
    #[case] expected: &str,
) {
    let app = spawn(on).await;
    let (_, _, owner) = member(&app, behaviour).await;
    app.advance(30).await;
    assert_eq!(orders(&owner).await, 1);
    assert!(own(&owner).await["awaiting_checkout_id"].is_string());
    app.live_through(20).await;
    let now = own(&owner).await;
    assert_eq!(
        (now["status"].as_str(), orders(&owner).await),
        (Some(expected), expected_orders)
    );
    assert_eq!(told(&app, "renewal_lapsed").await, usize::from(expected == "lapsed"));
    app.audit_is_green().await;
}

/// The customer is told three days before; a suspended account is held, because it gets no leads.
#[rstest]
#[tokio::test]
async fn r63_told_before_and_held_while_suspended(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (_, buyer, owner) = member(&app, "ok").await;
    app.advance(26).await;
    assert_eq!(told(&app, "renewal_upcoming").await, 0);
    app.advance(1).await;
    app.advance(1).await;
    assert_eq!(told(&app, "renewal_upcoming").await, 1);
    let why = json!({ "reason": "A question about the licence." });
    let manager = app.staff("account_manager").await;
    let standing = |action: &str| format!("/suppliers/{}/{action}", buyer.id);
    manager.post(standing("suspend")).json(&why).send().await.ok();
    app.advance(2).await;
    let held = own(&manager).await;
    assert_eq!((&held["status"], &held["cycle"]), (&json!("on_hold"), &json!(0)));
    does(&manager, &held, "activate")
        .await
        .assert_problem(409, "state_conflict", "");
    manager.post(standing("activate")).json(&why).send().await.ok();
    does(&manager, &held, "activate").await.ok();
    assert_eq!(orders(&owner).await, 2);
    app.audit_is_green().await;
}
