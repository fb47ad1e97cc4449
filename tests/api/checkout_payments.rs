//! Paying checkouts through the gateway: at once, after a refusal, late, too late, and without an answer.

use super::checkouts::{begin, path_of};
use super::gateway_events::tell;
use super::payments::charged_at_the_gateway;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, merged, spawn};

/// A programme that also takes bank debits, which are days on their way.
fn with_bank_debits() -> Value {
    json!({ "payment_methods": { "ach": { "pending_hours": 72 } } })
}

/// A buyer of a lead store and its owner.
async fn shop<'a>(app: &'a TestApp, policy: Value) -> (Market<'a>, Buyer, Client) {
    let market = app.market_with("lead-store", policy).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    (market, buyer, owner)
}

async fn charge(client: &Client, checkout: &Value, body: Value) -> Answer {
    client
        .post(format!("{}/pay", path_of(checkout)))
        .json(&body)
        .send()
        .await
}

async fn shown(client: &Client, checkout: &Value) -> Value {
    client.get(path_of(checkout)).send().await.ok()
}

/// Adds a card at a checkout, as its buyer does on the gateway's page.
async fn add_at(app: &TestApp, owner: &Client, checkout: &Value, behaviour: &str) -> String {
    let body = json!({ "kind": "card", "checkout_id": checkout["id"] });
    let session = owner
        .post("/payment-method-sessions")
        .json(&body)
        .send()
        .await
        .created();
    app.type_in(&session, behaviour).await;
    let path = format!("/payment-method-sessions/{}", session["id"].as_str().expect("an id"));
    let done = owner.get(path).send().await.ok();
    done["payment_method_id"].as_str().expect("a method").to_owned()
}

/// What the simulator has of charges.
async fn intents(app: &TestApp) -> Vec<Value> {
    let url = format!("{}/sandbox/gateway/v1/payment_intents", app.address);
    let answer = reqwest::Client::new().get(url).bearer_auth("sk_sandbox").send().await;
    let list: Value = answer.expect("the simulator answers").json().await.expect("JSON");
    list["data"].as_array().expect("a list").clone()
}

/// K14, K12, R40, R116: a card that is stored pays an order at once, once, under the merchant's name.
#[rstest]
#[tokio::test]
async fn k14_a_stored_card_pays_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = shop(&app, json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 4 })).await;
    assert_eq!(
        (&checkout["due"], &checkout["credit"], &checkout["payment"]),
        (&market.money(18_000), &market.money(0), &Value::Null)
    );
    let pay = owner
        .post(format!("{}/pay", path_of(&checkout)))
        .header("Idempotency-Key", "one-order")
        .json(&json!({}));
    let completed = pay.send().await.ok();
    assert_eq!(
        (&completed["status"], &completed["payment"]["status"]),
        (&json!("completed"), &json!("succeeded"))
    );
    let again = owner
        .post(format!("{}/pay", path_of(&checkout)))
        .header("Idempotency-Key", "one-order")
        .json(&json!({}));
    assert_eq!(again.send().await.ok()["order_id"], completed["order_id"]);
    charge(&owner, &checkout, json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    // The gateway's own event comes too, and changes nothing.
    app.run_jobs().await;
    assert_eq!(charged_at_the_gateway(&app).await, [18_000]);
    assert_eq!(intents(&app).await[0]["statement_descriptor_suffix"], "EXAMPLE LEADS");
    let payments = market.payments(&buyer).await;
    assert_eq!(payments.len(), 1);
    assert_eq!(
        (
            &payments[0]["purpose"],
            &payments[0]["checkout_id"],
            &payments[0]["invoice_id"],
            &payments[0]["applied"]
        ),
        (
            &json!("checkout"),
            &checkout["id"],
            &completed["invoice_id"],
            &market.money(18_000)
        )
    );
    let invoice = format!("/invoices/{}", completed["invoice_id"].as_str().expect("an invoice"));
    assert_eq!(owner.get(&invoice).send().await.ok()["status"], "paid");
    assert_eq!(owner.all("/orders").await.len(), 1);
    app.audit_is_green().await;
}

/// K14, R41, R37: a card is refused, another one that is typed in for this order pays it; the coupon is held
/// meanwhile, and the card that pays what was ordered before stays the same.
#[rstest]
#[tokio::test]
async fn k14_a_refused_order_is_paid_with_another_card(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = shop(&app, json!({})).await;
    let manager = app.staff("account_manager").await;
    let coupon = json!({
        "programme_id": market.id(), "code": "Save-10", "discount": { "kind": "percent", "rate": "0.10" },
    });
    let coupon = manager.post("/coupons").json(&coupon).send().await.created();
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 10, "coupon": "Save-10" })).await;
    let nothing = charge(&owner, &checkout, json!({})).await;
    nothing.assert_problem(409, "state_conflict", "");
    assert_eq!(shown(&owner, &checkout).await["status"], "open", "nothing was ordered");
    let first = add_at(&app, &owner, &checkout, "declined").await;
    let refused = charge(&owner, &checkout, json!({})).await.ok();
    assert_eq!(
        (
            &refused["status"],
            &refused["payment"]["status"],
            &refused["payment"]["failure"]
        ),
        (&json!("awaiting_payment"), &json!("failed"), &json!("declined"))
    );
    let uses = async || {
        let path = format!("/coupons/{}", coupon["id"].as_str().expect("an id"));
        manager.get(path).send().await.ok()["uses"].clone()
    };
    assert_eq!(uses().await, 1);
    let elsewhere = json!({ "kind": "card" });
    let not_here = owner.post("/payment-method-sessions").json(&elsewhere).send().await;
    not_here.assert_problem(403, "change_through_staff", "");
    let second = add_at(&app, &owner, &checkout, "ok").await;
    let methods = owner.all("/payment-methods").await;
    let default = methods.iter().find(|method| method["is_default"] == true);
    assert_eq!(default.expect("a default method")["id"], first, "R41");
    let completed = charge(&owner, &checkout, json!({ "payment_method_id": second }))
        .await
        .ok();
    assert_eq!(completed["status"], "completed");
    assert_eq!(charged_at_the_gateway(&app).await, [40_500]);
    assert_eq!(uses().await, 1);
    let late = json!({ "kind": "card", "checkout_id": checkout["id"] });
    let over = owner.post("/payment-method-sessions").json(&late).send().await;
    over.assert_problem(422, "invalid", "/checkout_id");
    app.audit_is_green().await;
}

/// Nobody pays another's checkout, or with another's card.
#[rstest]
#[tokio::test]
async fn s2_a_checkout_is_paid_by_its_own_buyer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner) = shop(&app, json!({})).await;
    let other = market.supplier("Reyes").await;
    let stranger = market.owner(&other).await;
    let foreign = market.store_method(&other, "card", "ok").await;
    let checkout = begin(&market, &owner, &buyer, json!({})).await;
    charge(&stranger, &checkout, json!({}))
        .await
        .assert_problem(404, "not_found", "");
    let at_it = json!({ "kind": "card", "checkout_id": checkout["id"] });
    let session = stranger.post("/payment-method-sessions").json(&at_it).send().await;
    session.assert_problem(422, "invalid", "/checkout_id");
    for client in [&owner, &app.staff("finance").await] {
        let refused = charge(client, &checkout, json!({ "payment_method_id": foreign })).await;
        refused.assert_problem(422, "invalid", "/payment_method_id");
    }
    app.audit_is_green().await;
}

/// F16: an answer that is lost is asked about; until then neither the buyer nor time ends the checkout, and
/// nobody pays twice.
#[rstest]
#[case("loses_answer", "completed")]
#[case("slow", "completed")]
#[case("never_arrives", "failed")]
#[tokio::test]
async fn f16_a_checkout_waits_for_a_lost_answer(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] ends: &str,
) {
    let app = spawn(on).await;
    let (market, buyer, owner) = shop(&app, json!({})).await;
    market.store_method(&buyer, "card", behaviour).await;
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 2 })).await;
    let asked = charge(&owner, &checkout, json!({})).await.ok();
    if asked["payment"]["status"] == "unknown" {
        assert_eq!(asked["allowed_actions"], json!([]));
        charge(&owner, &checkout, json!({}))
            .await
            .assert_problem(409, "state_conflict", "");
        let left = owner.post(format!("{}/abandon", path_of(&checkout))).send().await;
        left.assert_problem(409, "state_conflict", "");
        let finance = app.staff("finance").await;
        let today = app.business_now().await[..10].to_owned();
        let twice = json!({ "method": "card", "reference": "4711", "received_on": today });
        let record = format!("{}/record-payment", path_of(&checkout));
        let refused = finance.post(record).json(&twice).send().await;
        refused.assert_problem(409, "state_conflict", "");
        let failure = finance
            .post(format!("{}/record-failure", path_of(&checkout)))
            .send()
            .await;
        failure.assert_problem(409, "state_conflict", "");
    }
    // Its time is over long before the answer is known.
    app.advance(3).await;
    app.until("the gateway was asked", async || {
        shown(&owner, &checkout).await["status"] == ends
    })
    .await;
    let charged: &[i64] = if ends == "completed" { &[9_000] } else { &[] };
    assert_eq!(charged_at_the_gateway(&app).await, charged);
    assert_eq!(owner.all("/orders").await.len(), charged.len());
    let payments = market.payments(&buyer).await;
    assert_eq!((payments.len(), &payments[0]["attempts"]), (1, &json!(1)));
    app.audit_is_green().await;
}

/// R8, R37: a bank debit is days on its way, and its checkout waits for it. One that fails ends it, and the
/// coupon is free for the next try.
#[rstest]
#[case("ok", "completed", 1)]
#[case("fails_later", "failed", 0)]
#[tokio::test]
async fn r37_a_checkout_does_not_end_under_a_payment(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] ends: &str,
    #[case] uses: i64,
) {
    let app = spawn(on).await;
    let policy = merged(with_bank_debits(), json!({ "coupon": { "attempt_consumes": false } }));
    let (market, buyer, owner) = shop(&app, policy).await;
    let manager = app.staff("account_manager").await;
    let coupon = json!({
        "programme_id": market.id(), "code": "Save-10", "discount": { "kind": "percent", "rate": "0.10" },
    });
    let coupon = manager.post("/coupons").json(&coupon).send().await.created();
    market.store_method(&buyer, "ach", behaviour).await;
    let checkout = begin(&market, &owner, &buyer, json!({ "coupon": "Save-10" })).await;
    let asked = charge(&owner, &checkout, json!({})).await.ok();
    assert_eq!(asked["payment"]["status"], "pending");
    app.advance_seconds(30 * 3_600).await;
    let waiting = shown(&owner, &checkout).await;
    assert_eq!(waiting["status"], "awaiting_payment", "a day is over");
    app.advance(1).await;
    app.run_jobs().await;
    assert_eq!(shown(&owner, &checkout).await["status"], ends);
    let path = format!("/coupons/{}", coupon["id"].as_str().expect("an id"));
    assert_eq!(manager.get(path).send().await.ok()["uses"], uses);
    app.audit_is_green().await;
}

/// Lets a charge that was believed lost arrive at the gateway after all: with the tries' own number and a method
/// whose token the gateway knows.
async fn arrive_late(app: &TestApp, session: &Value, attempt: &Value, amount: i64) -> Value {
    let http = reqwest::Client::new();
    let base = format!("{}/sandbox/gateway/v1", app.address);
    let url = session["url"].as_str().expect("a page");
    let page = url.rsplit('/').next().expect("its id");
    let known = http
        .get(format!("{base}/checkout/sessions/{page}"))
        .bearer_auth("sk_sandbox")
        .send();
    let known: Value = known.await.expect("an answer").json().await.expect("JSON");
    let (customer, method) = (&known["customer"], &known["setup_intent"]["payment_method"]["id"]);
    let body = format!(
        "amount={amount}&currency=usd&customer={}&payment_method={}&metadata%5Btradepost_id%5D={}",
        customer.as_str().expect("a customer"),
        method.as_str().expect("a method"),
        attempt["id"].as_str().expect("an id"),
    );
    let made = http
        .post(format!("{base}/payment_intents"))
        .bearer_auth("sk_sandbox")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send();
    made.await.expect("an answer").json().await.expect("JSON")
}

/// K14: money that comes after its order has ended, or was paid otherwise, goes back in full, by itself and
/// once; a refund that fails leaves it as credit, which pays the next order.
#[rstest]
#[case("abandoned", "ok")]
#[case("completed", "ok")]
#[case("abandoned", "refund_fails")]
#[tokio::test]
async fn k14_money_that_comes_too_late_goes_back(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] ends: &str,
    #[case] refunds: &str,
) {
    let app = spawn(on).await;
    let (market, buyer, owner) = shop(&app, json!({})).await;
    market.store_method(&buyer, "card", "never_arrives").await;
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 2 })).await;
    charge(&owner, &checkout, json!({})).await.ok();
    app.until("the charge was given up", async || {
        shown(&owner, &checkout).await["payment"]["status"] == "failed"
    })
    .await;
    let payment = market.payments(&buyer).await[0].clone();
    let finance = app.staff("finance").await;
    let path = format!("/payments/{}", payment["id"].as_str().expect("an id"));
    let attempt = finance.get(&path).send().await.ok()["tries"][0].clone();

    let staff = app.staff("account_manager").await;
    let session = json!({ "supplier_id": buyer.id, "kind": "card" });
    let session = staff
        .post("/payment-method-sessions")
        .json(&session)
        .send()
        .await
        .created();
    app.type_in(&session, refunds).await;
    if ends == "completed" {
        let id = session["id"].as_str().expect("an id");
        let done = staff.get(format!("/payment-method-sessions/{id}")).send().await.ok();
        let body = json!({ "payment_method_id": done["payment_method_id"] });
        assert_eq!(charge(&owner, &checkout, body).await.ok()["status"], "completed");
    } else {
        app.advance(2).await;
    }
    assert_eq!(shown(&owner, &checkout).await["status"], ends);

    let intent = arrive_late(&app, &session, &attempt, 9_000).await;
    assert_eq!(intent["status"], "succeeded", "{intent}");
    let event = json!({ "id": "evt_late", "type": "payment_intent.succeeded", "data": { "object": intent } });
    for run in 0..3 {
        let again = merged(event.clone(), json!({ "id": format!("evt_late_{run}") }));
        tell(&app, &again).await;
        app.run_jobs().await;
    }
    assert_eq!(shown(&owner, &checkout).await["status"], ends);
    let asked = finance.all(&format!("/refunds?supplier_id={}", buyer.id)).await;
    assert_eq!(asked.len(), 1, "once: {asked:?}");
    assert_eq!(
        (&asked[0]["amount"], &asked[0]["payment_id"]),
        (&market.money(9_000), &payment["id"])
    );
    assert_eq!(owner.all("/orders").await.len(), usize::from(ends == "completed"));
    if refunds == "ok" {
        assert_eq!(asked[0]["status"], "succeeded");
        assert_eq!(finance.get(&path).send().await.ok()["status"], "refunded");
        let next = begin(&market, &owner, &buyer, json!({ "quantity": 1 })).await;
        assert_eq!(next["credit"], market.money(0));
    } else {
        app.advance(2).await;
        app.run_jobs().await;
        use_credit(&market, &buyer, &owner).await;
    }
    app.audit_is_green().await;
}

/// 90.00 of credit pay a part of one order and all of another; while one order holds it no other uses it.
async fn use_credit(market: &Market<'_>, buyer: &Buyer, owner: &Client) {
    let dear = begin(market, owner, buyer, json!({ "quantity": 10 })).await;
    assert_eq!(
        (&dear["credit"], &dear["due"]),
        (&market.money(9_000), &market.money(36_000))
    );
    let held = owner.post(format!("{}/submit", path_of(&dear))).send().await.ok();
    assert_eq!(held["credit"], market.money(9_000));
    let other = begin(market, owner, buyer, json!({ "quantity": 2 })).await;
    assert_eq!(other["credit"], market.money(0), "it is held");
    owner.post(format!("{}/abandon", path_of(&dear))).send().await.ok();
    let free = owner.post(format!("{}/submit", path_of(&other))).send().await.ok();
    assert_eq!(
        (&free["status"], &free["due"]),
        (&json!("completed"), &market.money(0)),
        "nothing is left to be paid"
    );
    let invoice = format!("/invoices/{}", free["invoice_id"].as_str().expect("an invoice"));
    let invoice = owner.get(&invoice).send().await.ok();
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["open"]),
        (&json!("paid"), &market.money(9_000), &market.money(0))
    );
    let last = begin(market, owner, buyer, json!({ "quantity": 1 })).await;
    assert_eq!(last["credit"], market.money(0), "it is used up");
}
