//! Rate reviews: a warning first, then a case for a person, and nothing by itself (R112).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, spawn};

/// A local market that suspends nobody for what is owed, so that months can pass without payments.
async fn patient_market(app: &TestApp) -> Market<'_> {
    let policy = json!({ "distribution": { "mode": "market" }, "dunning": { "suspend_after_days": null } });
    app.market_with("local-exclusive", policy).await
}

/// Delivers so many leads, of which the supplier rejects some.
async fn deliver(market: &Market<'_>, buyer: &Buyer, owner: &Client, leads: usize, rejected: usize) {
    for at in 0..leads {
        let delivery = market.sell_to(buyer).await;
        if at < rejected {
            let path = format!("/deliveries/{delivery}/reject");
            owner
                .post(path)
                .json(&json!({ "reason": "telemarketer" }))
                .send()
                .await
                .ok();
        }
    }
}

async fn reviews(client: &Client, buyer: &Buyer) -> Vec<Value> {
    client.all(&format!("/rate-reviews?supplier_id={}", buyer.id)).await
}

async fn decide(client: &Client, review: &Value, action: &str, reason: &str) -> Answer {
    let path = format!("/rate-reviews/{}/{action}", review["id"].as_str().expect("an id"));
    client.post(path).json(&json!({ "reason": reason })).send().await
}

async fn told(app: &TestApp, kind: &str) -> usize {
    let staff = app.staff("support").await;
    staff.all(&format!("/notifications?kind={kind}")).await.len()
}

/// R112: looked at every thirty days; warned first; what goes on opens one case, which a person decides, and only then
/// does the account end.
#[rstest]
#[tokio::test]
async fn r112_a_warning_then_a_case_and_a_person_ends_the_account(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = patient_market(&app).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let manager = app.staff("account_manager").await;
    deliver(&market, &buyer, &owner, 16, 12).await;
    app.advance(29).await;
    assert!(reviews(&manager, &buyer).await.is_empty(), "not before its day");
    app.advance(2).await;
    let first = reviews(&manager, &buyer).await;
    assert_eq!(first.len(), 1);
    assert_eq!(
        (
            &first[0]["finding"],
            &first[0]["deliveries"],
            &first[0]["sent_back"],
            &first[0]["case_status"]
        ),
        (&json!("warned"), &json!(16), &json!(12), &Value::Null)
    );
    assert_eq!(
        (told(&app, "rate_warning").await, told(&app, "rate_case").await),
        (1, 0)
    );

    app.advance(30).await;
    let second = reviews(&manager, &buyer).await;
    assert_eq!(
        second[0]["finding"], "too_few",
        "what it was warned of is not counted again"
    );
    deliver(&market, &buyer, &owner, 14, 11).await;
    app.advance(30).await;
    let third = reviews(&manager, &buyer).await.remove(0);
    assert_eq!(
        (&third["finding"], &third["case_status"]),
        (&json!("case"), &json!("open"))
    );
    assert_eq!(told(&app, "rate_case").await, 1);
    app.advance(30).await;
    let open = manager.all("/rate-reviews?case_status=open").await;
    assert_eq!(open.len(), 1, "one case at a time: {open:?}");
    let supplier = format!("/suppliers/{}", buyer.id);
    assert_eq!(
        owner.get(&supplier).send().await.ok()["status"],
        "active",
        "never by itself"
    );

    decide(&manager, &third, "end-account", " ")
        .await
        .assert_problem(422, "invalid", "/reason");
    decide(&app.staff("support").await, &third, "end-account", "x")
        .await
        .assert_problem(403, "forbidden", "");
    let ended = decide(&manager, &third, "end-account", "Rejects real enquiries.")
        .await
        .ok();
    assert_eq!(
        (&ended["case_status"], &ended["decision_reason"]),
        (&json!("ended"), &json!("Rejects real enquiries."))
    );
    decide(&manager, &third, "keep", "No.")
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(
        app.staff("admin").await.get(&supplier).send().await.ok()["status"],
        "terminated"
    );
    assert!(market.sell().await.is_empty(), "and no lead after it");
    app.audit_is_green().await;
}

/// R112: whom a person keeps starts afresh, and who betters himself after the warning has no case.
#[rstest]
#[tokio::test]
async fn r112_a_second_chance_is_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = patient_market(&app).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let manager = app.staff("account_manager").await;
    for expected in ["warned", "case"] {
        deliver(&market, &buyer, &owner, 12, 10).await;
        app.advance(30).await;
        assert_eq!(reviews(&manager, &buyer).await[0]["finding"], expected);
    }
    let case = reviews(&manager, &buyer).await.remove(0);
    decide(&manager, &case, "keep", "A new receptionist.").await.ok();
    deliver(&market, &buyer, &owner, 12, 10).await;
    app.advance(30).await;
    assert_eq!(
        reviews(&manager, &buyer).await[0]["finding"],
        "warned",
        "and not a case at once"
    );
    deliver(&market, &buyer, &owner, 12, 1).await;
    app.advance(30).await;
    assert_eq!(reviews(&manager, &buyer).await[0]["finding"], "fine");
    app.audit_is_green().await;
}

/// R112: what the others who got the same leads sent back too is no fault of the supplier.
#[rstest]
#[tokio::test]
async fn r112_siblings_who_kept_the_same_leads_tell(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let periodic =
        json!({ "mode": "periodic", "every_days": 30, "window_days": 90, "min_deliveries": 10, "threshold": "0.10" });
    let market = app
        .market_with(
            "lead-store",
            json!({ "rate_review": periodic, "replacement": { "returnable": true } }),
        )
        .await;
    let mut buyers = Vec::new();
    for name in ["Okafor", "Hartmann", "Sato"] {
        let buyer = market.buyer(name, json!({})).await;
        let owner = market.owner(&buyer).await;
        buyers.push((buyer, owner));
    }
    let reviewer = app.staff("returns_reviewer").await;
    for at in 0..12 {
        for delivery in market.sell().await {
            let (place, (_, owner)) = buyers
                .iter()
                .enumerate()
                .find(|(_, (buyer, _))| delivery["supplier_id"] == json!(buyer.id))
                .expect("it is one of them");
            // All three send eight of them back, and the first all twelve.
            if at < 8 || place == 0 {
                let asked = json!({ "delivery_id": delivery["delivery_id"], "reason": "wrong_number" });
                let made = owner.post("/return-requests").json(&asked).send().await.created();
                let path = format!("/return-requests/{}/approve", made["id"].as_str().expect("an id"));
                reviewer.post(path).json(&json!({})).send().await.ok();
            }
        }
    }
    app.advance(30).await;
    let manager = app.staff("account_manager").await;
    let of_first = reviews(&manager, &buyers[0].0).await.remove(0);
    let numbers = |review: &Value| {
        ["deliveries", "sent_back", "excused", "siblings", "siblings_kept"].map(|name| review[name].as_i64().unwrap())
    };
    assert_eq!(numbers(&of_first), [12, 12, 8, 24, 8]);
    assert_eq!(of_first["finding"], "warned");
    for (buyer, _) in &buyers[1..] {
        let review = reviews(&manager, buyer).await.remove(0);
        assert_eq!(
            (numbers(&review), &review["finding"]),
            ([12, 8, 8, 16, 0], &json!("fine"))
        );
    }
    app.audit_is_green().await;
}

/// R112, R18: an agreement may bear more than the programme does.
#[rstest]
#[tokio::test]
async fn r112_terms_of_ones_own_may_bear_more(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = patient_market(&app).await;
    let lenient = json!({ "policy_override": { "rate_review": { "threshold": "1" } } });
    let buyer = market.supplier_with("Lenient", lenient, json!({})).await;
    market.order(&buyer, json!({})).await;
    let owner = market.owner(&buyer).await;
    deliver(&market, &buyer, &owner, 12, 12).await;
    app.advance(31).await;
    let manager = app.staff("account_manager").await;
    let review = reviews(&manager, &buyer).await.remove(0);
    assert_eq!(
        (&review["finding"], &review["threshold"]),
        (&json!("fine"), &json!("1"))
    );
    assert_eq!(told(&app, "rate_warning").await, 0);
}
