//! Replacements: their place in the queue, and the credit that comes in place of a lead (R44).

use super::checkouts::{begin, pay};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, spawn};

const DAY: i64 = 86_400;

/// A store that credits what no lead has replaced in thirty days.
fn thirty_days() -> Value {
    json!({ "replacement": { "converts_to_credit_after_days": 30 } })
}

/// A buyer that has ordered and paid ten leads, and its owner.
async fn bought(market: &Market<'_>, name: &str) -> (Buyer, Client) {
    let buyer = market.supplier(name).await;
    let owner = market.owner(&buyer).await;
    let checkout = begin(market, &owner, &buyer, json!({ "quantity": 10 })).await;
    assert_eq!(pay(market.app, &owner, &checkout).await["status"], "completed");
    (buyer, owner)
}

/// Has a delivery returned and approved; answers what is owed for it.
async fn owed_for(app: &TestApp, owner: &Client, delivery: &str) -> Value {
    let asked = json!({ "delivery_id": delivery, "reason": "wrong_number" });
    let made = owner.post("/return-requests").json(&asked).send().await.created();
    let path = format!("/return-requests/{}/approve", made["id"].as_str().expect("an id"));
    let reviewer = app.staff("returns_reviewer").await;
    let approved = reviewer.post(path).json(&json!({})).send().await.ok();
    assert_eq!(approved["remedy"], "replacement");
    let all = owner.all("/replacements?status=owed").await;
    let found = all.iter().find(|row| row["original_delivery_id"] == json!(delivery));
    found.expect("it is owed").clone()
}

async fn convert(client: &Client, replacement: &Value, body: Value) -> Answer {
    let path = format!("/replacements/{}/convert", replacement["id"].as_str().expect("an id"));
    client.post(path).json(&body).send().await
}

async fn state_of(client: &Client, delivery: &str) -> String {
    let shown = client.get(format!("/deliveries/{delivery}")).send().await.ok();
    shown["billing_state"].as_str().expect("a state").to_owned()
}

/// R44: what no lead has replaced in the time of the policy is credited, exactly then and once, with its part of what
/// the order cost; the leads that come later are not free.
#[rstest]
#[tokio::test]
async fn r44_what_stays_owed_becomes_a_credit(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market_with("lead-store", thirty_days()).await;
    let (buyer, owner) = bought(&market, "Okafor").await;
    let delivery = market.sell_to(&buyer).await;
    let owed = owed_for(&app, &owner, &delivery).await;
    assert_eq!(owed["place_in_order"], 1);
    assert!(owed["credit_due_at"].is_string(), "{owed}");

    app.advance_seconds(30 * DAY - 3_600).await;
    assert_eq!(
        owner.all("/replacements?status=owed").await.len(),
        1,
        "not a moment earlier"
    );
    app.advance_seconds(3_601).await;
    let settled = owner.all("/replacements").await.remove(0);
    assert_eq!(
        (
            &settled["status"],
            &settled["credited_delivery_id"],
            &settled["place_in_order"]
        ),
        (&json!("converted_to_credit"), &json!(delivery), &Value::Null)
    );
    assert_eq!(state_of(&owner, &delivery).await, "returned");
    let notes = owner.all("/credit-notes").await;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(
        (&notes[0]["net"]["amount"], &notes[0]["return_request_id"]),
        (&json!(4_500), &owed["return_request_id"])
    );
    app.advance(3).await;
    assert_eq!(owner.all("/credit-notes").await.len(), 1, "once");
    let next = market.sell_to(&buyer).await;
    assert_eq!(state_of(&owner, &next).await, "paid");
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=replacement_converted")
        .await;
    assert_eq!(told.len(), 1, "{told:?}");
    app.audit_is_green().await;
}

/// R44: a store that sets no time owes its lead for as long as it takes.
#[rstest]
#[tokio::test]
async fn r44_without_a_time_it_stays_owed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, owner) = bought(&market, "Okafor").await;
    let delivery = market.sell_to(&buyer).await;
    let owed = owed_for(&app, &owner, &delivery).await;
    assert_eq!(owed["credit_due_at"], Value::Null);
    app.advance(90).await;
    let still = owner.all("/replacements?status=owed").await;
    assert_eq!((still.len(), &still[0]["age_days"]), (1, &json!(90)));
    let filled = market.sell_to(&buyer).await;
    assert_eq!(owner.all("/replacements").await[0]["filled_delivery_id"], json!(filled));
}

/// R44: a lead that replaced another and is returned in its turn is made good with the price of the first one.
#[rstest]
#[tokio::test]
async fn r44_a_chain_of_returns_credits_what_was_paid(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "replacement": { "converts_to_credit_after_days": 30, "returnable": true } });
    let market = app.market_with("lead-store", policy).await;
    let (buyer, owner) = bought(&market, "Okafor").await;
    let first = market.sell_to(&buyer).await;
    owed_for(&app, &owner, &first).await;
    let second = market.sell_to(&buyer).await;
    assert_eq!(state_of(&owner, &second).await, "free");
    owed_for(&app, &owner, &second).await;
    app.advance(31).await;
    let all = owner.all("/replacements").await;
    let converted: Vec<&Value> = all
        .iter()
        .filter(|row| row["status"] == "converted_to_credit")
        .collect();
    assert_eq!(converted.len(), 1, "{all:?}");
    assert_eq!(converted[0]["credited_delivery_id"], json!(first));
    assert_eq!(state_of(&owner, &first).await, "returned");
    assert_eq!(state_of(&owner, &second).await, "free");
    assert_eq!(owner.all("/credit-notes").await[0]["net"]["amount"], 4_500);
    app.audit_is_green().await;
}

/// R44, R30: where leads are billed afterwards, one that is not billed yet never is, and an invoiced one is credited.
#[rstest]
#[tokio::test]
async fn r44_what_is_billed_afterwards_is_credited_like_any_return(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy =
        json!({ "returns": { "remedy": "replacement" }, "replacement": { "converts_to_credit_after_days": 2 } });
    let market = app.market_with("trade-weekly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let delivery = market.sell_to(&buyer).await;
    let asked = json!({ "delivery_id": delivery, "reason": "wrong_number" });
    let reasons = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let reason = reasons["reasons"][0]["code"].clone();
    let asked = tradepost_tests::merged(asked, json!({ "reason": reason, "note": "It rings out." }));
    let made = owner.post("/return-requests").json(&asked).send().await.created();
    let path = format!("/return-requests/{}/approve", made["id"].as_str().expect("an id"));
    app.staff("returns_reviewer")
        .await
        .post(path)
        .json(&json!({}))
        .send()
        .await
        .ok();
    app.advance(2).await;
    assert_eq!(owner.all("/replacements").await[0]["status"], "converted_to_credit");
    assert_eq!(state_of(&owner, &delivery).await, "returned");
    app.advance(14).await;
    let charged: i64 = market
        .invoices(&buyer)
        .await
        .iter()
        .map(|i| i["net"]["amount"].as_i64().unwrap())
        .sum();
    let credited: i64 = owner
        .all("/credit-notes")
        .await
        .iter()
        .map(|n| n["net"]["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(charged - credited, 0, "charged {charged}, credited {credited}");
    app.audit_is_green().await;
}

/// R44, R127: the queue has places; a supplier sees its own only, and nothing that counts another's.
#[rstest]
#[tokio::test]
async fn r44_what_is_owed_has_a_place_in_the_queue(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (one, ones) = bought(&market, "Okafor").await;
    let (two, twos) = bought(&market, "Hartmann").await;
    let (mut of_one, mut of_two) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let sold = market.sell().await;
        for delivery in &sold {
            let id = delivery["delivery_id"].as_str().expect("an id").to_owned();
            if delivery["supplier_id"] == json!(one.id) {
                of_one.push(id);
            } else {
                assert_eq!(delivery["supplier_id"], json!(two.id));
                of_two.push(id);
            }
        }
    }
    owed_for(&app, &ones, &of_one[0]).await;
    app.advance_seconds(60).await;
    owed_for(&app, &twos, &of_two[0]).await;
    app.advance_seconds(60).await;
    owed_for(&app, &ones, &of_one[1]).await;

    let staff = app
        .staff("returns_reviewer")
        .await
        .all("/replacements?status=owed")
        .await;
    let places: Vec<(i64, i64)> = staff
        .iter()
        .rev()
        .map(|row| {
            (
                row["place_in_order"].as_i64().unwrap(),
                row["place_in_product"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(places, [(1, 1), (1, 2), (2, 3)]);
    let own = twos.all("/replacements").await;
    assert_eq!(
        (own.len(), &own[0]["place_in_order"], &own[0]["place_in_product"]),
        (1, &json!(1), &Value::Null)
    );
}

/// R44, R123, R124: staff credit what is owed before its time, with a reason; nobody else does, and nobody twice.
#[rstest]
#[tokio::test]
async fn r44_staff_credit_what_is_owed_by_hand(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, owner) = bought(&market, "Okafor").await;
    let delivery = market.sell_to(&buyer).await;
    let owed = owed_for(&app, &owner, &delivery).await;
    let why = json!({ "reason": "None came for a month." });
    convert(&owner, &owed, why.clone())
        .await
        .assert_problem(403, "forbidden", "");
    let reviewer = app.staff("returns_reviewer").await;
    convert(&reviewer, &owed, json!({ "reason": "  " }))
        .await
        .assert_problem(422, "invalid", "/reason");
    let done = convert(&reviewer, &owed, why.clone()).await.ok();
    assert_eq!(done["status"], "converted_to_credit");
    convert(&reviewer, &owed, why)
        .await
        .assert_problem(409, "state_conflict", "");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", owed["id"].as_str().unwrap()))
        .await;
    assert_eq!(trail[0]["reason"], "None came for a month.", "{trail:?}");
    assert_eq!(owner.all("/credit-notes").await.len(), 1);
    app.audit_is_green().await;
}

/// F9's like: a lead that fills what is owed and a credit of it at the same moment: one of them.
#[rstest]
#[tokio::test]
async fn r44_a_lead_or_a_credit_and_never_both(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, owner) = bought(&market, "Okafor").await;
    let reviewer = app.staff("returns_reviewer").await;
    let mut credits = 0;
    for round in 0..4 {
        let delivery = market.sell_to(&buyer).await;
        let owed = owed_for(&app, &owner, &delivery).await;
        let lead = market.lead();
        let (sold, credited) = tokio::join!(
            market.try_submit(lead),
            convert(&reviewer, &owed, json!({ "reason": "None came." }))
        );
        assert!(sold.status.is_success(), "round {round}: {sold}");
        let all = owner.all("/replacements").await;
        let now = all
            .iter()
            .find(|row| row["id"] == owed["id"])
            .expect("it is there")
            .clone();
        if credited.status == 200 {
            credits += 1;
            assert_eq!(now["status"], "converted_to_credit");
        } else {
            credited.assert_problem(409, "state_conflict", "");
            assert_eq!(now["status"], "delivered");
        }
    }
    assert_eq!(owner.all("/credit-notes").await.len(), credits);
    app.audit_is_green().await;
}
