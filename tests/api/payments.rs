//! Paying: by hand with every kind of method, and what becomes of it when answers or events are lost.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::paying::pay;
use tradepost_tests::{Buyer, Client, Market, TestApp, spawn};

/// A supplier of preset E with an invoice, who pays by hand.
async fn with_invoice<'a>(app: &'a TestApp, kind: &str, behaviour: &str) -> (Market<'a>, Buyer, Client, Value) {
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    market.sell_to(&buyer).await;
    market.store_method(&buyer, kind, behaviour).await;
    let invoice = market.until_invoiced(&buyer).await;
    assert_eq!(invoice["status"], "open", "R115: nothing is charged by itself");
    (market, buyer, owner, invoice)
}

async fn shown(client: &Client, collection: &str, thing: &Value) -> Value {
    let id = thing["id"].as_str().expect("an id");
    client.get(format!("/{collection}/{id}")).send().await.ok()
}

/// R115, R116: cards and wallets pay at once.
#[rstest]
#[tokio::test]
async fn r116_cards_and_wallets_pay_at_once(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("card", "paypal", "apple_pay", "android_pay")] kind: &str,
) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, kind, "ok").await;
    let payment = pay(&owner, &invoice).await;
    assert_eq!(
        (
            &payment["status"],
            &payment["method"],
            &payment["origin"],
            &payment["applied"]
        ),
        (&json!("succeeded"), &json!(kind), &json!("by_hand"), &invoice["total"])
    );
    let paid = shown(&owner, "invoices", &invoice).await;
    assert_eq!((&paid["status"], &paid["open"]["amount"]), (&json!("paid"), &json!(0)));
    let id = invoice["id"].as_str().expect("an id");
    let again = owner.post(format!("/invoices/{id}/pay")).json(&json!({})).send().await;
    again.assert_problem(409, "state_conflict", "");
    // Its event comes too, and changes nothing.
    app.run_jobs().await;
    assert_eq!(market.payments(&buyer).await.len(), 1);
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=payment_received")
        .await;
    assert_eq!(told.len(), 1);
    app.audit_is_green().await;
}

/// R116, R8: a bank account takes two days, and nobody pays twice meanwhile.
#[rstest]
#[tokio::test]
async fn r116_a_bank_account_takes_its_time(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, "bank_account", "ok").await;
    let payment = pay(&owner, &invoice).await;
    assert_eq!(
        (&payment["status"], &payment["received_on"]),
        (&json!("pending"), &Value::Null)
    );
    let id = invoice["id"].as_str().expect("an id");
    let again = owner.post(format!("/invoices/{id}/pay")).json(&json!({})).send().await;
    again.assert_problem(409, "state_conflict", "");
    app.advance(1).await;
    let waiting = shown(&owner, "invoices", &invoice).await;
    assert_eq!(waiting["status"], "open", "on its way is not overdue");
    app.advance(1).await;
    app.run_jobs().await;
    assert_eq!(shown(&owner, "invoices", &invoice).await["status"], "paid");
    assert_eq!(market.payments(&buyer).await.len(), 1);
    app.audit_is_green().await;
}

/// R116: what a bank refuses at once or later is said, and another method pays.
#[rstest]
#[case("card", "declined", "declined", 0)]
#[case("card", "insufficient_funds", "insufficient_funds", 0)]
#[case("card", "expired_card", "expired", 0)]
#[case("bank_account", "fails_later", "insufficient_funds", 2)]
#[tokio::test]
async fn r116_a_refused_charge_is_paid_with_another_method(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] kind: &str,
    #[case] behaviour: &str,
    #[case] failure: &str,
    #[case] days: i64,
) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, kind, behaviour).await;
    let payment = pay(&owner, &invoice).await;
    if days > 0 {
        app.advance(days).await;
        app.run_jobs().await;
    }
    let payment = shown(&owner, "payments", &payment).await;
    assert_eq!(
        (&payment["status"], &payment["failure"]),
        (&json!("failed"), &json!(failure))
    );
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=payment_failed")
        .await;
    assert_eq!(told.len(), 1);
    market.store_method(&buyer, "card", "ok").await;
    let payment = pay(&owner, &invoice).await;
    assert_eq!(payment["status"], "succeeded");
    assert_eq!(market.payments(&buyer).await.len(), 2);
    app.audit_is_green().await;
}

/// F16: an answer that is lost is asked about, and nothing is charged twice.
#[rstest]
#[case("loses_answer", "succeeded")]
#[case("slow", "succeeded")]
#[case("never_arrives", "failed")]
#[tokio::test]
async fn f16_a_lost_answer_is_asked_about(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] ends: &str,
) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, "card", behaviour).await;
    let id = invoice["id"].as_str().expect("an id");
    let payment = pay(&owner, &invoice).await;
    if behaviour == "never_arrives" {
        assert_eq!(payment["status"], "unknown");
        let again = owner.post(format!("/invoices/{id}/pay")).json(&json!({})).send().await;
        again.assert_problem(409, "state_conflict", "");
    }
    app.until("the gateway was asked", async || {
        shown(&owner, "payments", &payment).await["status"] == ends
    })
    .await;
    let payment = shown(&owner, "payments", &payment).await;
    assert_eq!(payment["attempts"], 1);
    if ends == "failed" {
        assert_eq!(payment["failure"], "never_arrived");
        market.store_method(&buyer, "card", "ok").await;
        assert_eq!(pay(&owner, &invoice).await["status"], "succeeded");
    }
    assert_eq!(shown(&owner, "invoices", &invoice).await["status"], "paid");
    assert_eq!(
        charged_at_the_gateway(&app).await,
        [invoice["total"]["amount"].as_i64().expect("a total")]
    );
    app.audit_is_green().await;
}

/// The amounts of the charges that succeeded at the simulator.
pub(crate) async fn charged_at_the_gateway(app: &TestApp) -> Vec<i64> {
    let url = format!("{}/sandbox/gateway/v1/payment_intents", app.address);
    let answer = reqwest::Client::new().get(url).bearer_auth("sk_sandbox").send().await;
    let list: Value = answer.expect("the simulator answers").json().await.expect("JSON");
    let all = list["data"].as_array().expect("a list");
    all.iter()
        .filter(|intent| intent["status"] == "succeeded")
        .map(|intent| intent["amount"].as_i64().expect("an amount"))
        .collect()
}

/// F18: a gateway whose every event is lost is asked, and the books end alike.
#[rstest]
#[tokio::test]
async fn f18_lost_events_are_made_up_for(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (_, _, owner, invoice) = with_invoice(&app, "bank_account", "silent").await;
    let payment = pay(&owner, &invoice).await;
    assert_eq!(payment["status"], "pending");
    app.advance(5).await;
    app.run_jobs().await;
    assert_eq!(shown(&owner, "payments", &payment).await["status"], "succeeded");
    assert_eq!(shown(&owner, "invoices", &invoice).await["status"], "paid");
    let days = app.staff("finance").await.all("/reconciliations").await;
    assert!(days.len() >= 4, "{days:?}");
    app.audit_is_green().await;
}

/// S11: nobody else tells us about money.
#[rstest]
#[tokio::test]
async fn s11_a_forged_event_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let event = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": {} } });
    let anybody = app.anonymous();
    for header in [None, Some("t=1,v1=00"), Some("nonsense")] {
        let mut call = anybody.post("/gateway-events").json(&event);
        if let Some(header) = header {
            call = call.header("stripe-signature", header);
        }
        call.send().await.assert_problem(401, "unauthenticated", "");
    }
}

/// A payment that was recorded by mistake is made void: the invoice is open again, the journal balances.
#[rstest]
#[tokio::test]
async fn a_payment_recorded_by_mistake_is_made_void(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (_, _, owner, invoice) = with_invoice(&app, "card", "ok").await;
    let finance = app.staff("finance").await;
    let id = invoice["id"].as_str().expect("an id");
    let today = app.today().await.to_string();
    let body = json!({ "method": "cheque", "reference": "Cheque 1", "received_on": today });
    let path = format!("/invoices/{id}/payments");
    let payment = finance.post(&path).json(&body).send().await.created();
    let void = format!("/payments/{}/void", payment["id"].as_str().expect("an id"));
    finance
        .post(&void)
        .json(&json!({ "reason": " " }))
        .send()
        .await
        .assert_problem(422, "invalid", "/reason");
    let why = json!({ "reason": "It was another supplier's cheque." });
    let voided = finance.post(&void).json(&why).send().await.ok();
    assert_eq!(
        (&voided["status"], &voided["captured"]["amount"]),
        (&json!("void"), &json!(0))
    );
    finance
        .post(&void)
        .json(&why)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let open = shown(&owner, "invoices", &invoice).await;
    assert_eq!((&open["status"], &open["open"]), (&json!("open"), &invoice["total"]));
    app.audit_is_green().await;
    // It is still paid, once.
    let payment = pay(&owner, &invoice).await;
    let void = format!("/payments/{}/void", payment["id"].as_str().expect("an id"));
    finance
        .post(&void)
        .json(&why)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

/// What the supplier's credit balance pays alone needs no charge, and no stored method either.
#[rstest]
#[tokio::test]
async fn r115_a_credit_balance_alone_settles_an_invoice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, "bank_account", "ok").await;
    market.sell_to(&buyer).await;
    let next = market.until_invoiced(&buyer).await;
    assert_eq!(next["total"], invoice["total"], "as much as the credit balance will be");
    // Paid twice: the debit is on its way when the cheque comes. The next invoice's day has passed by then.
    assert_eq!(pay(&owner, &invoice).await["status"], "pending");
    let finance = app.staff("finance").await;
    let today = app.today().await.to_string();
    let body = json!({ "method": "cheque", "reference": "Cheque 1", "received_on": today });
    let path = format!("/invoices/{}/payments", invoice["id"].as_str().expect("an id"));
    finance.post(path).json(&body).send().await.assert_status(201);
    app.live_through(3).await;
    let stored = owner.all("/payment-methods").await;
    let path = format!("/payment-methods/{}/remove", stored[0]["id"].as_str().expect("an id"));
    owner.post(path).send().await.ok();
    let path = format!("/invoices/{}/pay", next["id"].as_str().expect("an id"));
    let outcome = owner.post(&path).json(&json!({})).send().await.created();
    assert_eq!(
        (&outcome["payment"], &outcome["invoice"]["status"]),
        (&Value::Null, &json!("paid"))
    );
    owner
        .post(&path)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

/// The queue of who has to be asked for another way to pay: failed, and still open.
#[rstest]
#[tokio::test]
async fn failed_payments_leave_the_queue_when_the_invoice_is_paid(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice) = with_invoice(&app, "card", "declined").await;
    let failed = pay(&owner, &invoice).await;
    assert_eq!(
        (&failed["status"], &failed["expected_by"]),
        (&json!("failed"), &Value::Null)
    );
    let queue = "/payments?status=failed,exhausted&unsettled=true";
    assert_eq!(owner.all(queue).await[0]["id"], failed["id"]);
    market.store_method(&buyer, "card", "ok").await;
    assert_eq!(pay(&owner, &invoice).await["status"], "succeeded");
    assert!(owner.all(queue).await.is_empty());
    assert_eq!(owner.all("/payments?unsettled=false").await.len(), 2);
}
