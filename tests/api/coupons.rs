//! Coupons: codes that make an order cheaper.

use super::checkouts::{pay, wish};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, merged, spawn};

/// A coupon of ten per cent with the code `Save-10`, with further fields.
async fn coupon(market: &Market<'_>, more: Value) -> Value {
    let body = json!({
        "programme_id": market.id(), "code": "Save-10", "discount": { "kind": "percent", "rate": "0.10" },
    });
    let manager = market.app.staff("account_manager").await;
    manager
        .post("/coupons")
        .json(&merged(body, more))
        .send()
        .await
        .created()
}

async fn with_code(market: &Market<'_>, owner: &Client, buyer: &Buyer, code: &str) -> Answer {
    let body = wish(market, buyer, json!({ "coupon": code }));
    owner.post("/checkouts").json(&body).send().await
}

#[track_caller]
fn assert_invalid(answer: &Answer) {
    answer.assert_problem(422, "invalid_coupon", "/coupon");
    assert_eq!(
        answer.json()["detail"],
        "Invalid Coupon",
        "the programme's own words: {answer}"
    );
}

async fn abandon(client: &Client, checkout: &Value) -> Value {
    let path = format!("/checkouts/{}/abandon", checkout["id"].as_str().expect("an id"));
    client.post(path).send().await.ok()
}

async fn uses(app: &TestApp, coupon: &Value) -> i64 {
    let path = format!("/coupons/{}", coupon["id"].as_str().expect("an id"));
    let coupon = app.staff("support").await.get(path).send().await.ok();
    coupon["uses"].as_i64().expect("a number of uses")
}

/// R36: a code is exact: case, blanks and dashes count.
#[rstest]
#[tokio::test]
async fn r36_a_code_is_exact(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    coupon(&market, json!({})).await;
    for wrong in [
        "save-10",
        "SAVE-10",
        "Save-10 ",
        " Save-10",
        "Save10",
        "Save -10",
        "Save\u{2013}10",
        "",
        "nothing",
    ] {
        assert_invalid(&with_code(&market, &owner, &buyer, wrong).await);
    }
    let checkout = with_code(&market, &owner, &buyer, "Save-10").await.created();
    assert_eq!(
        (&checkout["quote"]["discount"], &checkout["quote"]["total"]),
        (&market.money(45_000), &market.money(405_000))
    );
    let completed = pay(&app, &owner, &checkout).await;
    let invoice = format!("/invoices/{}", completed["invoice_id"].as_str().expect("an invoice"));
    assert_eq!(owner.get(&invoice).send().await.ok()["total"], market.money(405_000));
    app.audit_is_green().await;
}

/// R36: a seller may let the case go; blanks and dashes still count.
#[rstest]
#[tokio::test]
async fn r36_the_case_counts_by_policy(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let lenient = json!({ "coupon": { "case_sensitive": false, "per_customer": 9 } });
    let market = app.market_with("lead-store", lenient).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    coupon(&market, json!({})).await;
    for right in ["save-10", "SAVE-10", "Save-10"] {
        with_code(&market, &owner, &buyer, right).await.created();
    }
    for wrong in ["save-10 ", "save10"] {
        assert_invalid(&with_code(&market, &owner, &buyer, wrong).await);
    }
}

/// R36: whatever is wrong with a code, the answer is the same, so that nobody learns which codes exist.
#[rstest]
#[tokio::test]
async fn r36_every_miss_is_answered_alike(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let other = market.new_product("other", 3, json!({})).await;
    let (buyer, friend) = (market.supplier("Okafor").await, market.supplier("Zenith").await);
    let owner = market.owner(&buyer).await;
    coupon(
        &market,
        json!({ "code": "LATER", "valid_from": "2999-01-01T00:00:00Z" }),
    )
    .await;
    let until = json!({ "code": "OVER", "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2020-02-01T00:00:00Z" });
    coupon(&market, until).await;
    coupon(&market, json!({ "code": "OTHER", "products": [other["id"]] })).await;
    coupon(&market, json!({ "code": "MANY", "min_quantity": 101 })).await;
    coupon(&market, json!({ "code": "FRIEND", "supplier_id": friend.id })).await;
    let ended = coupon(&market, json!({ "code": "ENDED" })).await;
    let manager = app.staff("account_manager").await;
    let end = format!("/coupons/{}/end", ended["id"].as_str().expect("an id"));
    manager
        .post(&end)
        .json(&json!({ "reason": "A slip." }))
        .send()
        .await
        .ok();
    manager
        .post(&end)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    coupon(&market, json!({ "code": "GONE", "max_uses": 1 })).await;
    with_code(&market, &market.owner(&friend).await, &friend, "GONE")
        .await
        .created();
    let elsewhere = app.market("lead-store").await;
    coupon(&elsewhere, json!({ "code": "ELSEWHERE" })).await;
    let essence = |answer: &Answer| {
        let mut problem = answer.json();
        drop(problem.as_object_mut().map(|fields| fields.remove("request_id")));
        problem
    };
    let nothing = with_code(&market, &owner, &buyer, "NO SUCH CODE").await;
    assert_invalid(&nothing);
    for code in ["LATER", "OVER", "OTHER", "MANY", "FRIEND", "ENDED", "GONE", "ELSEWHERE"] {
        let answer = with_code(&market, &owner, &buyer, code).await;
        assert_eq!(essence(&answer), essence(&nothing), "{code}");
    }
    let closed = app
        .market_with("lead-store", json!({ "coupon": { "accepted": false } }))
        .await;
    let shut_out = closed.supplier("Lindqvist").await;
    let answer = with_code(&closed, &closed.owner(&shut_out).await, &shut_out, "Save-10").await;
    assert_eq!(essence(&answer), essence(&nothing), "the programme takes none");
    app.audit_is_green().await;
}

/// R37: one use a customer, and an attempt without an order counts.
#[rstest]
#[tokio::test]
async fn r37_an_attempt_uses_the_code_up(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Zenith").await);
    let owner = market.owner(&buyer).await;
    let coupon = coupon(&market, json!({})).await;
    let checkout = with_code(&market, &owner, &buyer, "Save-10").await.created();
    assert_invalid(&with_code(&market, &owner, &buyer, "Save-10").await);
    abandon(&owner, &checkout).await;
    assert_invalid(&with_code(&market, &owner, &buyer, "Save-10").await);
    assert_eq!(uses(&app, &coupon).await, 1);
    with_code(&market, &market.owner(&other).await, &other, "Save-10")
        .await
        .created();
    app.audit_is_green().await;
}

/// R37: where the policy does not count attempts, a checkout that comes to nothing frees its code, by hand or by time.
#[rstest]
#[tokio::test]
async fn r37_an_abandoned_checkout_frees_the_code_by_policy(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let lenient = json!({ "coupon": { "attempt_consumes": false } });
    let market = app.market_with("lead-store", lenient).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let coupon = coupon(&market, json!({ "max_uses": 1 })).await;
    let first = with_code(&market, &owner, &buyer, "Save-10").await.created();
    abandon(&owner, &first).await;
    let second = with_code(&market, &owner, &buyer, "Save-10").await.created();
    let path = format!("/checkouts/{}", second["id"].as_str().expect("an id"));
    let off = owner.patch(&path).json(&json!({ "coupon": null })).send().await.ok();
    assert_eq!(
        (&off["coupon"], &off["quote"]["discount"]),
        (&Value::Null, &market.money(0))
    );
    let third = with_code(&market, &owner, &buyer, "Save-10").await.created();
    assert_eq!(uses(&app, &coupon).await, 1);
    app.advance_seconds(16 * 60).await;
    assert_eq!(uses(&app, &coupon).await, 0);
    let late = format!("/checkouts/{}/submit", third["id"].as_str().expect("an id"));
    owner.post(late).send().await.assert_problem(409, "state_conflict", "");
    let last = with_code(&market, &owner, &buyer, "Save-10").await.created();
    pay(&app, &owner, &last).await;
    assert_invalid(&with_code(&market, &owner, &buyer, "Save-10").await);
    app.audit_is_green().await;
}

/// R38: another code for a discount that an attempt has used up, and for no other; it is the customer's own.
#[rstest]
#[tokio::test]
async fn r38_support_gives_another_code_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Zenith").await);
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let support = app.staff("support").await;
    let first = coupon(&market, json!({})).await;
    let path = format!("/coupons/{}/alternative", first["id"].as_str().expect("an id"));
    let ask = json!({ "supplier_id": buyer.id, "reason": "The browser crashed." });
    let refused = async |why: &str| {
        let answer = support.post(&path).json(&ask).send().await;
        answer.assert_problem(409, "state_conflict", "");
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains(why), "{detail}");
    };
    refused("can still use").await;
    let checkout = with_code(&market, &owner, &buyer, "Save-10").await.created();
    refused("has a checkout").await;
    abandon(&owner, &checkout).await;
    let second = support.post(&path).json(&ask).send().await.created();
    assert_eq!(
        (
            &second["supplier_id"],
            &second["alternative_of"],
            &second["max_uses"],
            &second["discount"]
        ),
        (&json!(buyer.id), &first["id"], &json!(1), &first["discount"])
    );
    // A new one ends the one before, so that the customer never has two.
    let third = support.post(&path).json(&ask).send().await.created();
    assert_invalid(&with_code(&market, &owner, &buyer, second["code"].as_str().expect("a code")).await);
    let code = third["code"].as_str().expect("a code");
    assert_invalid(&with_code(&market, &stranger, &other, code).await);
    let checkout = with_code(&market, &owner, &buyer, code).await.created();
    assert_eq!(checkout["quote"]["total"], market.money(405_000));
    refused("has a checkout").await;
    pay(&app, &owner, &checkout).await;
    refused("has used").await;
    let of_third = format!("/coupons/{}/alternative", third["id"].as_str().expect("an id"));
    let answer = support.post(&of_third).json(&ask).send().await;
    answer.assert_problem(409, "state_conflict", "");

    let trail = app.staff("auditor").await;
    let trail = trail
        .all(&format!(
            "/audit-entries?object={}",
            third["id"].as_str().expect("an id")
        ))
        .await;
    assert_eq!(
        (&trail[0]["action"], &trail[0]["reason"]),
        (&json!("coupon.replaced"), &json!("The browser crashed."))
    );
    assert!(
        !trail[0]["after"].to_string().contains(code),
        "a code is as good as money"
    );
    owner
        .post(&path)
        .json(&ask)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let nobody = json!({ "supplier_id": "sup_0000000000zzz", "reason": "x" });
    support
        .post(&path)
        .json(&nobody)
        .send()
        .await
        .assert_problem(422, "invalid", "/supplier_id");
    app.audit_is_green().await;
}

/// An amount comes off at most down to nothing, and an order that costs nothing is placed at once.
#[rstest]
#[tokio::test]
async fn r36_an_order_that_costs_nothing_is_placed_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app
        .market_with("lead-store", json!({ "tax": { "rate": "0.20" } }))
        .await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let amount =
        json!({ "code": "WELCOME", "discount": { "kind": "amount", "rate": null, "amount": market.money(9_000) } });
    coupon(&market, amount).await;
    let body = wish(&market, &buyer, json!({ "quantity": 1, "coupon": "WELCOME" }));
    let checkout = owner.post("/checkouts").json(&body).send().await.created();
    assert_eq!(
        (&checkout["quote"]["discount"], &checkout["quote"]["total"]),
        (&market.money(4_500), &market.money(0))
    );
    let path = format!("/checkouts/{}/submit", checkout["id"].as_str().expect("an id"));
    let placed = owner.post(path).send().await.ok();
    assert_eq!(placed["status"], "completed");
    let invoice = format!("/invoices/{}", placed["invoice_id"].as_str().expect("an invoice"));
    let invoice = owner.get(invoice).send().await.ok();
    assert_eq!(
        (&invoice["status"], &invoice["total"]),
        (&json!("paid"), &market.money(0))
    );
    app.audit_is_green().await;
}

/// What cannot be a coupon is pointed at, and a code is made once in a programme.
#[rstest]
#[tokio::test]
async fn r36_what_cannot_be_a_coupon_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let stranger = app.market("lead-store").await;
    let manager = app.staff("account_manager").await;
    let made = coupon(&market, json!({})).await;
    let base =
        json!({ "programme_id": market.id(), "code": "Other", "discount": { "kind": "percent", "rate": "0.10" } });
    let refused = async |more: Value, status: u16, code: &str, pointer: &str| {
        let answer = manager.post("/coupons").json(&merged(base.clone(), more)).send().await;
        answer.assert_problem(status, code, pointer);
    };
    refused(json!({ "code": "Save-10" }), 409, "duplicate", "/code").await;
    refused(json!({ "code": "ab" }), 422, "invalid", "/code").await;
    refused(json!({ "code": " Other" }), 422, "invalid", "/code").await;
    refused(json!({ "discount": { "rate": "0" } }), 422, "invalid", "/discount/rate").await;
    refused(json!({ "discount": { "rate": "1.1" } }), 400, "malformed_body", "").await;
    refused(json!({ "min_quantity": 0 }), 422, "invalid", "/min_quantity").await;
    refused(json!({ "max_uses": 0 }), 422, "invalid", "/max_uses").await;
    refused(json!({ "per_customer": 0 }), 422, "invalid", "/per_customer").await;
    refused(
        json!({ "products": [stranger.product["id"]] }),
        422,
        "invalid",
        "/products",
    )
    .await;
    refused(
        json!({ "supplier_id": "sup_0000000000zzz" }),
        422,
        "invalid",
        "/supplier_id",
    )
    .await;
    let backwards = json!({ "valid_from": "2030-01-02T00:00:00Z", "valid_until": "2030-01-01T00:00:00Z" });
    refused(backwards, 422, "invalid", "/valid_until").await;
    let pounds =
        json!({ "discount": { "kind": "amount", "rate": null, "amount": { "amount": 5, "currency": "GBP" } } });
    refused(pounds, 422, "invalid", "/discount/amount/currency").await;
    coupon(&stranger, json!({})).await;
    let listed = manager
        .all(&format!("/coupons?programme_id={}&code=SAVE-10", market.id()))
        .await;
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &made["id"]));
    assert_eq!(
        manager
            .all(&format!("/coupons?programme_id={}&live=false", market.id()))
            .await
            .len(),
        0
    );
}
