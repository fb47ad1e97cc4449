//! Businesses of a supplier, and the people who work for them.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, spawn};

fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("a row has an id").to_owned()
}

/// R104: a business's number is nobody else's, however it is written. R102: its licence.
#[rstest]
#[tokio::test]
async fn r104_a_tracking_number_belongs_to_one_business(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let business = format!("/businesses/{}", buyer.business_id);
    let assigned = json!({ "tracking_number": "(512) 200-0101", "forward_to": ["512 200 0102", "+1 512 200 0103"] });
    let shown = manager.patch(&business).json(&assigned).send().await.ok();
    assert_eq!(shown["tracking_number"], "+15122000101");
    assert_eq!(shown["forward_to"], json!(["+15122000102", "+15122000103"]));

    let other = market.supplier("Reyes").await;
    let taken = json!({ "tracking_number": "+1 512-200-0101" });
    let refused = manager
        .patch(format!("/businesses/{}", other.business_id))
        .json(&taken)
        .send()
        .await;
    refused.assert_problem(409, "duplicate", "/tracking_number");
    let own = json!({ "tracking_number": null });
    owner
        .patch(&business)
        .json(&own)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    let wrong = json!({ "forward_to": ["512 200 0102", "nobody"] });
    owner
        .patch(&business)
        .json(&wrong)
        .send()
        .await
        .assert_problem(422, "invalid", "/forward_to/1");

    let licence = json!({ "licence": { "number": "TX-1", "authority": "TDLR", "verified": true } });
    assert_eq!(
        owner.patch(&business).json(&licence).send().await.ok()["licence"]["verified"],
        false
    );
    assert_eq!(
        manager.patch(&business).json(&licence).send().await.ok()["licence"]["verified"],
        true
    );
}

/// R104: a number that was taken from a business is given to another one only after its quarantine; its old one may
/// have it back at any time.
#[rstest]
#[tokio::test]
async fn r104_a_number_rests_before_another_business_has_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let (one, two) = (market.supplier("Okafor").await, market.supplier("Reyes").await);
    let manager = app.staff("account_manager").await;
    let assign = async |business: &str, number: Value| {
        let body = json!({ "tracking_number": number });
        manager
            .patch(format!("/businesses/{business}"))
            .json(&body)
            .send()
            .await
    };
    assign(&one.business_id, json!("+15122000101")).await.ok();
    assign(&one.business_id, json!("+15122000102")).await.ok();
    let early = assign(&two.business_id, json!("+15122000101")).await;
    early.assert_problem(409, "state_conflict", "/tracking_number");
    assert_eq!(early.field_code("/tracking_number"), "quarantined");
    let path = format!("/suppliers/{}/businesses", two.id);
    let another = json!({ "name": "Reyes Dallas", "tracking_number": "512 200 0101" });
    manager
        .post(path)
        .json(&another)
        .send()
        .await
        .assert_problem(409, "state_conflict", "/tracking_number");
    assert_eq!(
        assign(&two.business_id, Value::Null).await.ok()["tracking_number"],
        Value::Null
    );

    assign(&one.business_id, json!("+15122000101")).await.ok();
    assign(&one.business_id, Value::Null).await.ok();
    app.advance(89).await;
    assign(&two.business_id, json!("+15122000101"))
        .await
        .assert_problem(409, "state_conflict", "/tracking_number");
    app.advance(1).await;
    assert_eq!(
        assign(&two.business_id, json!("+15122000101")).await.ok()["tracking_number"],
        "+15122000101"
    );
    assign(&one.business_id, json!("+15122000101"))
        .await
        .assert_problem(409, "duplicate", "/tracking_number");
}

/// R105, R106: an owner adds businesses; a member sees those given to them.
#[rstest]
#[tokio::test]
async fn r106_one_account_has_many_businesses(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}", buyer.id);
    let second = owner
        .post(format!("{path}/businesses"))
        .json(&json!({ "name": "Okafor Dallas" }))
        .send()
        .await
        .created();
    let order = json!({ "business_id": second["id"], "product_id": market.product["id"], "cap_day": 2 });
    let order = owner.post("/orders").json(&order).send().await.created();

    let member = json!({
        "email": "dee@okafor.example", "name": "Dee", "role": "member", "password": PASSWORD,
        "businesses": [second["id"]],
    });
    let made = manager.post(format!("{path}/members")).json(&member).send().await;
    assert_eq!(made.assert_status(201).json()["businesses"], json!([second["id"]]));
    let dee = app.sign_in("dee@okafor.example", PASSWORD).await;
    let ids = |rows: Vec<Value>| rows.iter().map(id_of).collect::<Vec<_>>();
    assert_eq!(ids(dee.all(&format!("{path}/businesses")).await), [id_of(&second)]);
    assert_eq!(ids(dee.all("/orders").await), [id_of(&order)]);
    dee.get(format!("/businesses/{}", buyer.business_id))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    assert_eq!(owner.all(&format!("{path}/businesses")).await.len(), 2);
    assert_eq!(owner.all("/orders").await.len(), 2);
    let people = owner.all(&format!("{path}/members")).await;
    assert_eq!(people.len(), 2);

    let close = json!({ "status": "closed" });
    let dallas = format!("/businesses/{}", id_of(&second));
    manager
        .patch(&dallas)
        .json(&close)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    owner
        .post(format!("/orders/{}/cancel", id_of(&order)))
        .send()
        .await
        .ok();
    assert_eq!(
        manager.patch(&dallas).json(&close).send().await.ok()["status"],
        "closed"
    );
    let late = json!({ "business_id": second["id"], "product_id": market.product["id"] });
    owner
        .post("/orders")
        .json(&late)
        .send()
        .await
        .assert_problem(422, "invalid", "/business_id");
}
