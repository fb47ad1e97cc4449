//! Money given back: refunds within what was captured, a second person for large ones, and bank disputes.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::paying::pay;
use tradepost_tests::{Buyer, Client, Market, TestApp, spawn};

/// A payment of a supplier's invoice, by card; the invoice is of so many leads at 45.00.
async fn paid<'a>(app: &'a TestApp, behaviour: &str, leads: usize) -> (Market<'a>, Buyer, Client, Value, Value) {
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    for _ in 0..leads {
        market.sell_to(&buyer).await;
    }
    market.store_method(&buyer, "card", behaviour).await;
    let invoice = market.until_invoiced(&buyer).await;
    let payment = pay(&owner, &invoice).await;
    (market, buyer, owner, invoice, payment)
}

async fn shown(client: &Client, collection: &str, thing: &Value) -> Value {
    let id = thing["id"].as_str().expect("an id");
    client.get(format!("/{collection}/{id}")).send().await.ok()
}

/// F15: partial refunds that race never give back more than was captured, and each opens the invoice again.
#[rstest]
#[tokio::test]
async fn f15_racing_refunds_stay_within_what_was_captured(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, _, owner, invoice, payment) = paid(&app, "ok", 1).await;
    let finance = app.staff("finance").await;
    let body = json!({ "payment_id": payment["id"], "amount": market.money(1_000), "reason": "Agreed." });
    let racers = (0..16).map(|_| {
        let (finance, body) = (finance.clone(), body.clone());
        tokio::spawn(async move { finance.post("/refunds").json(&body).send().await.status.as_u16() })
    });
    let mut taken = 0;
    for outcome in racers.collect::<Vec<_>>() {
        match outcome.await.expect("a racer ends well") {
            201 => taken += 1,
            422 => {}
            other => panic!("unexpected status {other}"),
        }
    }
    assert_eq!(taken, 4, "4,500 hold four refunds of 1,000");
    app.run_jobs().await;
    let half = shown(&owner, "payments", &payment).await;
    assert_eq!(
        (&half["status"], &half["refunded"]["amount"]),
        (&json!("part_refunded"), &json!(4_000))
    );
    let open = shown(&owner, "invoices", &invoice).await;
    assert_eq!(open["open"]["amount"], 4_000);
    let rest = json!({ "payment_id": payment["id"], "reason": "The rest." });
    let rest = finance.post("/refunds").json(&rest).send().await.created();
    assert_eq!(rest["amount"]["amount"], 500);
    app.run_jobs().await;
    assert_eq!(shown(&owner, "payments", &payment).await["status"], "refunded");
    assert_eq!(shown(&owner, "invoices", &invoice).await["open"], invoice["total"]);
    let more = json!({ "payment_id": payment["id"], "reason": "More." });
    finance
        .post("/refunds")
        .json(&more)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

/// S14: a refund above the policy's limit waits for a second person, who is not the first.
#[rstest]
#[tokio::test]
async fn s14_a_large_refund_needs_a_second_person(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (_, _, owner, _, payment) = paid(&app, "ok", 12).await;
    let finance = app.staff("finance").await;
    let body = json!({ "payment_id": payment["id"], "reason": "The package was cancelled." });
    let refund = finance.post("/refunds").json(&body).send().await.created();
    assert_eq!(refund["status"], "awaiting_approval");
    app.run_jobs().await;
    assert_eq!(shown(&owner, "payments", &payment).await["status"], "succeeded");
    let path = format!("/refunds/{}", refund["id"].as_str().expect("an id"));
    let note = json!({ "note": "Agreed." });
    finance
        .post(format!("{path}/approve"))
        .json(&note)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let second = second_finance(&app).await;
    let agreed = second.post(format!("{path}/approve")).json(&note).send().await.ok();
    assert_eq!(agreed["status"], "approved");
    second
        .post(format!("{path}/refuse"))
        .json(&note)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.run_jobs().await;
    assert_eq!(shown(&finance, "refunds", &refund).await["status"], "succeeded");
    assert_eq!(shown(&owner, "payments", &payment).await["status"], "refunded");
    app.audit_is_green().await;
}

pub(crate) async fn second_finance(app: &TestApp) -> Client {
    let body = json!({
        "email": "second@staff.example", "name": "Second", "roles": ["finance"], "password": tradepost_tests::PASSWORD,
    });
    app.staff("admin")
        .await
        .post("/users")
        .json(&body)
        .send()
        .await
        .assert_status(201);
    app.sign_in("second@staff.example", tradepost_tests::PASSWORD).await
}

/// A refund that the gateway cannot make gives the money free again; one whose answer is lost is made once.
#[rstest]
#[case("refund_fails", "failed", 0)]
#[case("loses_answer", "succeeded", 4_500)]
#[tokio::test]
async fn a_refund_ends_as_the_gateway_says(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] ends: &str,
    #[case] refunded: i64,
) {
    let app = spawn(on).await;
    let (_, _, owner, invoice, payment) = paid(&app, behaviour, 1).await;
    app.until("it is paid", async || {
        shown(&owner, "invoices", &invoice).await["status"] == "paid"
    })
    .await;
    let finance = app.staff("finance").await;
    let body = json!({ "payment_id": payment["id"], "reason": "Agreed." });
    let refund = finance.post("/refunds").json(&body).send().await.created();
    app.run_jobs().await;
    app.advance(1).await;
    app.until("the refund is over", async || {
        shown(&finance, "refunds", &refund).await["status"] == ends
    })
    .await;
    let payment = shown(&owner, "payments", &payment).await;
    assert_eq!(payment["refunded"]["amount"], refunded);
    app.audit_is_green().await;
}

/// A payer's bank takes the money back: the invoice is open again, and staff are told. One that is won
/// changes nothing.
#[rstest]
#[case("disputed", "dispute_lost", 4_500)]
#[case("dispute_won", "succeeded", 0)]
#[tokio::test]
async fn a_bank_dispute_is_followed_to_its_end(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] ends: &str,
    #[case] open: i64,
) {
    let app = spawn(on).await;
    let (_, _, owner, invoice, payment) = paid(&app, behaviour, 1).await;
    assert_eq!(payment["status"], "succeeded");
    app.advance(1).await;
    assert_eq!(shown(&owner, "payments", &payment).await["status"], "disputed");
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=payment_disputed")
        .await;
    assert_eq!(told.len(), 1);
    app.advance(9).await;
    assert_eq!(shown(&owner, "payments", &payment).await["status"], ends);
    assert_eq!(shown(&owner, "invoices", &invoice).await["open"]["amount"], open);
    app.audit_is_green().await;
}

/// A credit balance is paid out without opening a paid invoice again.
#[rstest]
#[tokio::test]
async fn a_refund_pays_a_credit_balance_out_first(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    app.advance_to_first().await;
    app.advance(26).await;
    let delivery = market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    let owner = market.owner(&buyer).await;
    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let body =
        json!({ "delivery_id": delivery, "reason": options["reasons"][0]["code"], "note": "It is disconnected." });
    let request = owner.post("/return-requests").json(&body).send().await.created();
    let path = format!("/return-requests/{}/approve", request["id"].as_str().expect("an id"));
    app.staff("returns_reviewer")
        .await
        .post(path)
        .json(&json!({}))
        .send()
        .await
        .ok();
    let payment = market.payments(&buyer).await[0].clone();
    let body = json!({ "payment_id": payment["id"], "amount": market.money(4_500), "reason": "Paid out." });
    app.staff("finance")
        .await
        .post("/refunds")
        .json(&body)
        .send()
        .await
        .assert_status(201);
    app.run_jobs().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["open"]["amount"]),
        (&json!("paid"), &json!(0))
    );
    app.audit_is_green().await;
}

/// A refund that the gateway refuses, at once or days later, waits for a person: finance is told, sees it, and sends
/// it again or lets it be.
#[rstest]
#[tokio::test]
async fn a_refund_that_fails_needs_a_person(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer, owner, invoice, payment) = paid(&app, "refund_fails", 12).await;
    let finance = app.staff("finance").await;
    let queue = "/refunds?unsettled=true";
    let body = json!({ "payment_id": payment["id"], "reason": "Agreed." });
    let refund = finance.post("/refunds").json(&body).send().await.created();
    let path = |refund: &Value| format!("/refunds/{}", refund["id"].as_str().expect("an id"));
    let again = async |refund: &Value| finance.post(format!("{}/send-again", path(refund))).send().await;
    again(&refund).await.assert_problem(409, "state_conflict", "");
    let second = second_finance(&app).await;
    let note = json!({ "note": "Agreed." });
    second
        .post(format!("{}/approve", path(&refund)))
        .json(&note)
        .send()
        .await
        .ok();
    app.run_jobs().await;
    assert!(finance.all(queue).await.is_empty(), "it is on its way");
    let fails = async |refund: &Value| {
        app.advance(1).await;
        app.until("it has failed", async || {
            shown(&finance, "refunds", refund).await["status"] == "failed"
        })
        .await;
    };
    fails(&refund).await;
    assert_eq!(finance.all(queue).await[0]["id"], refund["id"]);
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=refund_failed")
        .await;
    assert_eq!(told.len(), 1);
    owner
        .post(format!("{}/send-again", path(&refund)))
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    // It was agreed to, so it is sent at once, under a number that the gateway has not heard.
    let next = again(&refund).await.created();
    assert_eq!(
        (&next["status"], &next["amount"], &next["decided_by"]),
        (&json!("approved"), &refund["amount"], &json!("Second"))
    );
    assert_ne!(next["id"], refund["id"]);
    assert_eq!(shown(&finance, "refunds", &refund).await["sent_again_as"], next["id"]);
    again(&refund).await.assert_problem(409, "state_conflict", "");
    let late = finance
        .post(format!("{}/refuse", path(&refund)))
        .json(&note)
        .send()
        .await;
    late.assert_problem(409, "state_conflict", "");
    assert!(finance.all(queue).await.is_empty());
    app.run_jobs().await;
    fails(&next).await;
    assert_eq!(shown(&owner, "payments", &payment).await["refunded"], market.money(0));

    // Whoever asked for it may let it be, and what was set aside is free.
    let refused = finance
        .post(format!("{}/refuse", path(&next)))
        .json(&note)
        .send()
        .await
        .ok();
    assert_eq!(refused["status"], "refused");
    assert!(finance.all(queue).await.is_empty());
    again(&next).await.assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;

    // Another bank takes the same money back.
    let heal = "UPDATE sandbox_gateway_objects SET behaviour = 'ok' WHERE behaviour = 'refund_fails'";
    let inside = app.inside();
    let healed = inside
        .db
        .write(move |tx| Ok(diesel::connection::SimpleConnection::batch_execute(&mut **tx, heal)?))
        .await;
    healed.expect("the simulator's rows");
    let third = finance.post("/refunds").json(&body).send().await.created();
    second
        .post(format!("{}/approve", path(&third)))
        .json(&note)
        .send()
        .await
        .ok();
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(shown(&finance, "refunds", &third).await["status"], "succeeded");
    assert_eq!(shown(&owner, "invoices", &invoice).await["open"], invoice["total"]);
    app.advance(2).await;
    app.audit_is_green().await;
}
