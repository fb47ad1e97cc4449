//! Selling: who gets a lead, who does not and why, on both databases.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Market, merged, spawn};

fn suppliers(receipt: &Value, list: &str) -> Vec<String> {
    let entries = receipt[list].as_array().expect("a receipt has lists");
    entries
        .iter()
        .map(|entry| entry["supplier_name"].as_str().expect("a name").to_owned())
        .collect()
}

fn reason_of(receipt: &Value, name: &str) -> Value {
    let entries = receipt["not_sold_to"].as_array().expect("a receipt has lists");
    let entry = entries.iter().find(|entry| entry["supplier_name"] == name);
    entry.unwrap_or_else(|| panic!("{name} is not among {entries:?}"))["reason"].clone()
}

async fn fresh(market: &Market<'_>) -> Value {
    market.submit(market.lead()).await
}

/// R66: an exclusive lead has one buyer, and the trace says why the others did not get it.
#[rstest]
#[tokio::test]
async fn r66_an_exclusive_lead_has_one_buyer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let solo = market.new_product("solo", 1, json!({})).await;
    for name in ["Ann", "Bo", "Cy"] {
        let buyer = market.supplier(name).await;
        market.order(&buyer, json!({ "product_id": solo["id"] })).await;
    }
    let receipt = market.submit(merged(market.lead(), json!({ "product": "solo" }))).await;
    assert_eq!(suppliers(&receipt, "sold_to").len(), 1);
    assert_eq!(receipt["lead"]["status"], "sold_out");
    let reasons: Vec<&Value> = receipt["not_sold_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["reason"])
        .collect();
    assert_eq!(reasons, ["outranked", "outranked"]);

    let lead = receipt["lead"]["id"].as_str().unwrap();
    let trace = market.key.get(format!("/leads/{lead}/trace")).send().await.ok();
    let candidates = trace["attempts"][0]["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 3);
    assert_eq!(candidates[0]["verdict"], "sold");
    assert_eq!(candidates[0]["delivery_id"], receipt["sold_to"][0]["delivery_id"]);
}

/// R67: at most three buyers, of different business associations.
#[rstest]
#[tokio::test]
async fn r67_three_buyers_of_different_associations(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let manager = app.staff("account_manager").await;
    let chain = manager
        .post("/business-associations")
        .json(&json!({ "name": format!("Chain of {}", market.id()) }))
        .send()
        .await
        .created();
    let member = json!({ "association_id": chain["id"] });
    for name in ["North", "South"] {
        let buyer = market.supplier_with(name, json!({}), member.clone()).await;
        market.order(&buyer, json!({ "priority": 9 })).await;
    }
    for name in ["Ann", "Bo", "Cy"] {
        market.buyer(name, json!({})).await;
    }
    let receipt = fresh(&market).await;
    let sold = suppliers(&receipt, "sold_to");
    assert_eq!(sold.len(), 3, "{receipt}");
    let of_chain = sold
        .iter()
        .filter(|name| ["North", "South"].contains(&name.as_str()))
        .count();
    assert_eq!(of_chain, 1, "one of the association: {sold:?}");
    let other = if sold.contains(&"North".to_owned()) {
        "South"
    } else {
        "North"
    };
    assert_eq!(reason_of(&receipt, other), "same_association");
    let slots: Vec<&Value> = receipt["sold_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sale| &sale["slot"])
        .collect();
    assert_eq!(slots, [1, 2, 3]);
}

/// R54: the daily ceiling is never passed, and the next day takes leads again.
#[rstest]
#[tokio::test]
async fn r54_a_daily_cap_is_a_ceiling_until_the_next_day(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    market.buyer("Capped", json!({ "cap_day": 2 })).await;
    for expected in [1, 1, 0, 0] {
        let receipt = fresh(&market).await;
        assert_eq!(suppliers(&receipt, "sold_to").len(), expected, "{receipt}");
        if expected == 0 {
            assert_eq!(reason_of(&receipt, "Capped"), "cap_day");
        }
    }
    app.advance(1).await;
    assert_eq!(suppliers(&fresh(&market).await, "sold_to"), ["Capped"]);
}

/// R55: where the daily ceiling is a share of the order, batch leads are delivered as soon as they are there;
/// elsewhere the ceiling holds for them, too.
#[rstest]
#[case::as_they_come("lead-store", 3)]
#[case::within_the_ceiling("b2b-monthly", 1)]
#[tokio::test]
async fn r55_batch_leads_come_as_soon_as_they_are_there(
    #[case] preset: &str,
    #[case] sold: usize,
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = spawn(on).await;
    let market = app.market(preset).await;
    let aged = market.new_product("aged", 1, json!({ "timing": "batch" })).await;
    let buyer = market.supplier("Okafor").await;
    let limits = json!({ "product_id": aged["id"], "quantity": 50, "cap_day": 1 });
    market.order(&buyer, limits).await;
    let mut got = 0;
    for _ in 0..3 {
        let receipt = market.submit(merged(market.lead(), json!({ "product": "aged" }))).await;
        got += suppliers(&receipt, "sold_to").len();
    }
    assert_eq!(got, sold);
}

/// R39: an order that has all it asked for is filled, and what it got is shown.
#[rstest]
#[tokio::test]
async fn r39_an_order_is_filled_by_its_last_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Small", json!({ "quantity": 2 })).await;
    for _ in 0..2 {
        assert_eq!(suppliers(&fresh(&market).await, "sold_to"), ["Small"]);
    }
    assert_eq!(reason_of(&fresh(&market).await, "Small"), "order_filled");
    let path = format!("/orders/{}", buyer.order_id.as_deref().unwrap());
    let order = market.owner(&buyer).await.get(&path).send().await.ok();
    assert_eq!(
        (&order["status"], &order["sold"], &order["remaining"]),
        (&json!("filled"), &json!(2), &json!(0))
    );
}

/// R52: a pause counts from the very next lead on, and so does the end of it; a suspended account gets nothing.
#[rstest]
#[tokio::test]
async fn r52_a_pause_counts_from_the_next_lead_on(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Pausing", json!({})).await;
    let order = format!("/orders/{}", buyer.order_id.as_deref().unwrap());
    let owner = market.owner(&buyer).await;
    owner.post(format!("{order}/pause")).json(&json!({})).send().await.ok();
    assert_eq!(reason_of(&fresh(&market).await, "Pausing"), "order_paused");
    owner.post(format!("{order}/resume")).json(&json!({})).send().await.ok();
    assert_eq!(suppliers(&fresh(&market).await, "sold_to"), ["Pausing"]);
    let manager = app.staff("account_manager").await;
    let suspend = json!({ "reason": "Two invoices are unpaid" });
    manager
        .post(format!("/suppliers/{}/suspend", buyer.id))
        .json(&suspend)
        .send()
        .await
        .ok();
    assert_eq!(reason_of(&fresh(&market).await, "Pausing"), "supplier_suspended");
}

/// R16: the lead mail goes to each active address for leads, exactly once.
#[rstest]
#[tokio::test]
async fn r16_every_address_for_leads_gets_the_mail_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Mailed", json!({})).await;
    let manager = app.staff("account_manager").await;
    for email in ["first@buyer.example", "second@buyer.example"] {
        let contact = json!({ "purpose": "leads", "email": email });
        manager
            .post(format!("/suppliers/{}/contacts", buyer.id))
            .json(&contact)
            .send()
            .await
            .created();
    }
    let delivery = market.sell_to(&buyer).await;
    let mails = app.staff("support").await.all("/notifications?kind=lead").await;
    let about: Vec<&Value> = mails
        .iter()
        .filter(|mail| mail["facts"]["delivery_id"] == *delivery)
        .collect();
    assert_eq!(about.len(), 1);
    assert_eq!(
        about[0]["recipients"],
        json!(["first@buyer.example", "second@buyer.example"])
    );
    assert_eq!(
        about[0]["facts"]["return_path"],
        format!("/deliveries/{delivery}/return")
    );
}

/// R127: the supplier reads why it did not get a lead, and nothing about anybody else.
#[rstest]
#[tokio::test]
async fn r127_missed_leads_say_why_and_nothing_of_others(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let loser = market.buyer("Loser", json!({ "cap_day": 1 })).await;
    let winner = market.buyer("Winner", json!({})).await;
    fresh(&market).await;
    let second = fresh(&market).await;
    let path = format!("/orders/{}/missed-leads", loser.order_id.as_deref().unwrap());
    let owner = market.owner(&loser).await;
    let answer = owner.get(&path).send().await;
    let missed = answer.ok();
    assert_eq!(missed["data"].as_array().unwrap().len(), 1, "{missed}");
    assert_eq!(missed["data"][0]["lead_id"], second["lead"]["id"]);
    assert_eq!(missed["data"][0]["reason"], "cap_day");
    let text = answer.text();
    for hidden in [winner.id.as_str(), "Winner", "Dana", "Elm Street"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    market
        .owner(&winner)
        .await
        .get(&path)
        .send()
        .await
        .assert_problem(404, "not_found", "");
    owner
        .get(format!("{path}?page=2"))
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?page");
}

/// R44: a replacement that is owed goes out with the next lead, free, before any other order gets it, and
/// only once.
#[rstest]
#[tokio::test]
async fn r44_the_next_lead_fills_what_is_owed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Wronged", json!({ "quantity": 1 })).await;
    let delivery = market.sell_to(&buyer).await;
    let owner = market.owner(&buyer).await;
    let claim = json!({ "delivery_id": delivery, "reason": "wrong_number" });
    let request = owner.post("/return-requests").json(&claim).send().await.created();
    let reviewer = app.staff("returns_reviewer").await;
    let approve = format!("/return-requests/{}/approve", request["id"].as_str().unwrap());
    reviewer.post(&approve).json(&json!({})).send().await.ok();

    let receipt = fresh(&market).await;
    let sale = &receipt["sold_to"][0];
    assert_eq!(
        (&sale["supplier_name"], &sale["replacement"]),
        (&json!("Wronged"), &json!(true))
    );
    assert_eq!(sale["price"]["amount"], 0);
    let new = owner
        .get(format!("/deliveries/{}", sale["delivery_id"].as_str().unwrap()))
        .send()
        .await
        .ok();
    assert_eq!(
        (&new["billing_state"], &new["replaces_delivery_id"]),
        (&json!("free"), &json!(delivery))
    );
    let owed = owner.get("/replacements").send().await.ok();
    assert_eq!(owed["data"][0]["filled_delivery_id"], sale["delivery_id"]);
    assert_eq!(
        reason_of(&fresh(&market).await, "Wronged"),
        "order_filled",
        "one lead was owed, not two"
    );
}

/// R69: until the new area is in force, the old one counts.
#[rstest]
#[tokio::test]
async fn r69_an_area_that_is_announced_does_not_count_yet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Moving", json!({})).await;
    let manager = app.staff("account_manager").await;
    let order = buyer.order_id.as_deref().unwrap();
    let area = json!({ "kind": "uk_area", "values": ["M"], "order_id": order });
    manager
        .post(format!("/suppliers/{}/coverage", buyer.id))
        .json(&area)
        .send()
        .await
        .assert_status(201);
    assert_eq!(
        suppliers(&fresh(&market).await, "sold_to"),
        ["Moving"],
        "72 hours of notice"
    );
    app.advance(4).await;
    assert_eq!(reason_of(&fresh(&market).await, "Moving"), "outside_coverage");
}

#[rstest]
#[tokio::test]
async fn the_dearer_order_goes_first_where_price_ranks(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "distribution": { "ranking": "priority_then_price" } });
    let market = app.market_with("b2b-monthly", policy).await;
    for (name, price) in [("Low", 1_000), ("High", 9_000), ("Lowest", 500), ("Middle", 5_000)] {
        market.buyer(name, json!({ "price": market.money(price) })).await;
    }
    let receipt = fresh(&market).await;
    assert_eq!(suppliers(&receipt, "sold_to"), ["High", "Middle", "Low"]);
    assert_eq!(
        suppliers(&receipt, "not_sold_to"),
        ["Lowest"],
        "three places went to dearer orders"
    );
    assert_eq!(receipt["sold_to"][0]["price"]["amount"], 9_000);
}
