//! Stored ways to pay: added on the gateway's page, chosen, removed; who may do that.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{spawn, spawn_with};

/// R15, R121: a supplier stores a new card on the gateway's page; it becomes the default, and nothing but
/// brand, last four digits and expiry is ever shown.
#[rstest]
#[tokio::test]
async fn r15_a_supplier_updates_the_card_himself(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let mut methods = Vec::new();
    for _ in 0..2 {
        let ask = json!({ "kind": "card" });
        let session = owner.post("/payment-method-sessions").json(&ask).send().await.created();
        assert_eq!(session["status"], "open");
        app.type_in(&session, "ok").await;
        let path = format!("/payment-method-sessions/{}", session["id"].as_str().expect("an id"));
        let done = owner.get(&path).send().await.ok();
        assert_eq!((&done["status"], &done["url"]), (&json!("complete"), &Value::Null));
        methods.push(done["payment_method_id"].as_str().expect("a method").to_owned());
    }
    let shown = owner.all("/payment-methods").await;
    assert_eq!(shown.len(), 2);
    assert_eq!(
        (&shown[0]["id"], &shown[0]["is_default"]),
        (&json!(methods[1]), &json!(true))
    );
    assert_eq!(shown[1]["is_default"], json!(false));
    // R121: no field could hold a number, and the token of the gateway is not shown either.
    let mut fields: Vec<_> = shown[0].as_object().expect("an object").keys().cloned().collect();
    fields.sort();
    let expected = [
        "brand",
        "created_at",
        "expires_on",
        "id",
        "is_default",
        "kind",
        "last4",
        "status",
        "supplier_id",
        "version",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        (&shown[0]["brand"], &shown[0]["last4"]),
        (&json!("visa"), &json!("4242"))
    );

    let path = format!("/payment-methods/{}", methods[0]);
    owner.post(format!("{path}/make-default")).send().await.ok();
    let removed = owner.post(format!("{path}/remove")).send().await.ok();
    assert_eq!(
        (&removed["status"], &removed["is_default"]),
        (&json!("removed"), &json!(false))
    );
    owner
        .post(format!("{path}/make-default"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.await_events("payment_method.changed", 4).await;
    app.audit_is_green().await;
}

/// The gateway's event is enough: nobody has to come back and ask.
#[rstest]
#[tokio::test]
async fn a_finished_page_is_taken_up_by_its_event(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let ask = json!({ "kind": "ach" });
    let session = owner
        .post("/payment-method-sessions")
        .json(&ask)
        .idempotency_key("add-1")
        .send()
        .await
        .created();
    let again = owner
        .post("/payment-method-sessions")
        .json(&ask)
        .idempotency_key("add-1")
        .send()
        .await
        .created();
    assert_eq!((&session["id"], &session["url"]), (&again["id"], &again["url"]));
    app.type_in(&session, "ok").await;
    app.until("the method is stored", async || {
        owner.all("/payment-methods").await.len() == 1
    })
    .await;
    let method = &owner.all("/payment-methods").await[0];
    assert_eq!(
        (&method["kind"], &method["last4"], &method["expires_on"]),
        (&json!("ach"), &json!("6789"), &Value::Null)
    );
}

/// R41, K16: where the policy does not let the supplier change it, 403 names both ways out; staff can.
#[rstest]
#[tokio::test]
async fn r41_a_stored_card_is_changed_by_staff_or_with_a_new_order(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    // The first one comes with the order itself.
    let ask = json!({ "kind": "card" });
    let session = owner.post("/payment-method-sessions").json(&ask).send().await.created();
    app.type_in(&session, "ok").await;
    app.until("the method is stored", async || {
        owner.all("/payment-methods").await.len() == 1
    })
    .await;
    let shown = owner
        .get(format!("/suppliers/{}/authorisation", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(shown["may_change_methods"], json!(false));

    let refused = owner.post("/payment-method-sessions").json(&ask).send().await;
    refused.assert_problem(403, "change_through_staff", "");
    let detail = refused.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains("Cancel the order and place a new one"), "{detail}");
    assert!(detail.contains("accounts@example.com"), "{detail}");
    let card = owner.all("/payment-methods").await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    owner
        .post(format!("/payment-methods/{card}/remove"))
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");

    let new = market.store_method(&buyer, "card", "ok").await;
    let shown = owner.all("/payment-methods").await;
    assert_eq!((&shown[0]["id"], &shown[0]["is_default"]), (&json!(new), &json!(true)));
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={new}"))
        .await;
    assert_eq!(trail[0]["action"], "payment_method.added");
}

/// R116, K15: only the programme's own ways to pay are added, and a transfer that the supplier sends needs none.
#[rstest]
#[tokio::test]
async fn r116_only_the_programmes_kinds_are_added(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let staff = app.staff("account_manager").await;
    let ask = async |kind: &str| {
        let body = json!({ "supplier_id": buyer.id, "kind": kind });
        staff.post("/payment-method-sessions").json(&body).send().await
    };
    ask("direct_debit").await.assert_status(201);
    ask("card").await.assert_status(201);
    ask("paypal").await.assert_problem(422, "policy_refuses", "/kind");
    ask("bacs").await.assert_problem(422, "invalid", "/kind");
    let body = json!({ "kind": "card" });
    staff
        .post("/payment-method-sessions")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "invalid", "/supplier_id");
}

/// A supplier hears once, a month ahead, that its card ends.
#[rstest]
#[tokio::test]
async fn a_card_that_is_about_to_expire_is_told_of_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "expires_soon").await;
    app.run_jobs().await;
    app.advance(1).await;
    let support = app.staff("support").await;
    let told = support.all("/notifications?kind=card_expiring").await;
    assert_eq!(told.len(), 1, "{told:?}");
}

/// Whoever stores a card from an invoice's page comes back to it, and to nowhere else.
#[rstest]
#[tokio::test]
async fn r15_one_comes_back_to_the_page_one_came_from(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    for bad in ["https://evil.example/", "//evil.example", "invoices", "/a\nb"] {
        let ask = json!({ "kind": "card", "return_to": bad });
        let refused = owner.post("/payment-method-sessions").json(&ask).send().await;
        refused.assert_problem(422, "invalid", "/return_to");
    }
    let ask = json!({ "kind": "card", "return_to": "/invoices/inv_1?x=y" });
    let session = owner.post("/payment-method-sessions").json(&ask).send().await.created();
    let url = session["url"].as_str().expect("a page");
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let form = browser
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("behaviour=ok");
    let answer = form.send().await.expect("the page answers");
    let to = answer.headers()["location"].to_str().expect("text");
    let expected = format!("/invoices/inv_1?x=y&session={}", session["id"].as_str().expect("an id"));
    assert!(to.ends_with(&expected), "{to}");
}

/// R121: the simulator's page is at the address that browsers use, and so is the way back, however that was written.
#[rstest]
#[tokio::test]
async fn r121_the_page_is_where_browsers_find_the_server(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| {
        settings.public_url = Some("https://leads.example/".to_owned())
    })
    .await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let ask = json!({ "supplier_id": buyer.id, "kind": "card" });
    let session = manager
        .post("/payment-method-sessions")
        .json(&ask)
        .send()
        .await
        .created();
    let url = session["url"].as_str().expect("a page");
    let path = url
        .strip_prefix("https://leads.example/sandbox/gateway/pages/")
        .unwrap_or_else(|| panic!("{url}"));
    let page = format!("{}/sandbox/gateway/pages/{path}", app.address);
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let answer = browser
        .post(page)
        .body("behaviour=ok")
        .send()
        .await
        .expect("the page answers");
    let back = answer.headers()["location"].to_str().expect("an address").to_owned();
    assert!(
        back.starts_with("https://leads.example/") && !back.starts_with("https://leads.example//"),
        "{back}"
    );
}
