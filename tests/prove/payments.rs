//! A gateway that drops answers, and a server that is killed between any two steps: every invoice is charged
//! exactly once, and no charge is forgotten (reliability F16).

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, TestApp, expect_sound_books, spawn_process};

/// How the suppliers' cards behave, in turn.
const BEHAVIOURS: [&str; 4] = ["loses_answer", "ok", "loses_some_answers", "never_arrives"];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_killed_and_unanswered_charges_are_made_once(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process(on).await;
    let suppliers = super::size(40, 6);
    {
        let market = app.local_market().await;
        for n in 0..suppliers {
            let product = market.new_product(&format!("p{n}"), 1, json!({})).await;
            let buyer = market.supplier(&format!("Supplier {n}")).await;
            market.order(&buyer, json!({ "product_id": product["id"] })).await;
            let mut lead = market.lead();
            lead["product"] = json!(format!("p{n}"));
            market.submit(lead).await;
            market
                .store_method(&buyer, "card", BEHAVIOURS[n % BEHAVIOURS.len()])
                .await;
        }
        app.advance(21).await;
    }
    let mut kills = 0;
    let started = Instant::now();
    loop {
        let finance = app.staff("finance").await;
        let open = finance.all("/invoices?status=open,partly_paid,overdue").await;
        if open.is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(600), "still open: {open:?}");
        let payers: Vec<_> = open
            .iter()
            .map(|invoice| tokio::spawn(pay(finance.clone(), invoice.clone())))
            .collect();
        // How long it lives differs, so that it dies at different points; then it is left to find out.
        if kills < super::size(60, 8) {
            tokio::time::sleep(Duration::from_millis(20 + (kills as u64 * 53) % 300)).await;
            app.kill();
            kills += 1;
            for payer in payers {
                let _ = payer.await;
            }
            app.restart().await;
        } else {
            for payer in payers {
                let _ = payer.await;
            }
            replace_what_never_arrives(&app, &open).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let finance = app.staff("finance").await;
    let invoices = finance.all("/invoices").await;
    assert_eq!(invoices.len(), suppliers);
    let charged = charged(&app.address).await;
    assert_eq!(charged.len(), suppliers, "each invoice was charged once");
    let owed: i64 = invoices
        .iter()
        .map(|one| one["total"]["amount"].as_i64().expect("a total"))
        .sum();
    assert_eq!(charged.iter().sum::<i64>(), owed);
    let succeeded = finance.all("/payments?status=succeeded").await;
    assert_eq!(succeeded.len(), suppliers);
    app.kill();
    expect_sound_books(app.database.url());
    let result = format!("{kills} kills, each charged once");
    super::report("lost answers and kills", on, &format!("{suppliers} invoices"), &result);
}

async fn pay(finance: Client, invoice: Value) {
    let id = invoice["id"].as_str().expect("an id");
    // The server may die under it, or have a payment under way: whatever comes is looked at afterwards.
    let _ = finance
        .post(format!("/invoices/{id}/pay"))
        .json(&json!({}))
        .try_send()
        .await;
}

/// A card whose charges never arrive pays nothing: its supplier adds another once that is known.
async fn replace_what_never_arrives(app: &TestApp, open: &[Value]) {
    let manager = app.staff("account_manager").await;
    let failed = app.staff("finance").await.all("/payments?status=failed").await;
    for invoice in open {
        let supplier = &invoice["supplier_id"];
        if failed.iter().any(|payment| payment["supplier_id"] == *supplier) {
            let body = json!({ "supplier_id": supplier, "kind": "card" });
            let session = manager
                .post("/payment-method-sessions")
                .json(&body)
                .send()
                .await
                .created();
            // The page was made by a server that may have listened elsewhere.
            app.type_in(&session, "ok").await;
            let id = session["id"].as_str().expect("an id");
            manager.get(format!("/payment-method-sessions/{id}")).send().await.ok();
        }
    }
}

pub(super) async fn charged(address: &str) -> Vec<i64> {
    let url = format!("{address}/sandbox/gateway/v1/payment_intents");
    let answer = reqwest::Client::new().get(url).bearer_auth("sk_sandbox").send().await;
    let list: Value = answer.expect("the simulator answers").json().await.expect("JSON");
    let all = list["data"].as_array().expect("a list");
    all.iter()
        .filter(|intent| intent["status"] == "succeeded")
        .map(|intent| intent["amount"].as_i64().expect("an amount"))
        .collect()
}

/// The same of orders at a checkout: whatever dies between a try and its answer, each order is charged once, opens
/// once, and nobody's checkout ends under its payment.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_killed_and_unanswered_checkouts_are_paid_once(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process(on).await;
    let buyers = super::size(90, 6);
    let mut checkouts = Vec::with_capacity(buyers);
    {
        let market = app.market("lead-store").await;
        let manager = app.staff("account_manager").await;
        for n in 0..buyers {
            let buyer = market.supplier(&format!("Buyer {n}")).await;
            let wish = json!({ "business_id": buyer.business_id, "product_id": market.product["id"], "quantity": 10 });
            checkouts.push(manager.post("/checkouts").json(&wish).send().await.created());
            market
                .store_method(&buyer, "card", ["loses_answer", "ok", "loses_some_answers"][n % 3])
                .await;
        }
    }
    let mut kills = 0;
    let started = Instant::now();
    loop {
        let finance = app.staff("finance").await;
        let open = finance.all("/checkouts?status=open,awaiting_payment").await;
        if open.is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(600), "still open: {open:?}");
        // Few at a time, so that there are many to be killed among.
        let payers: Vec<_> = open
            .iter()
            .take(3)
            .map(|checkout| {
                let (client, id) = (finance.clone(), checkout["id"].as_str().expect("an id").to_owned());
                tokio::spawn(async move {
                    // Whatever comes is looked at afterwards.
                    let path = format!("/checkouts/{id}/pay");
                    let _ = client.post(path).json(&json!({})).try_send().await;
                })
            })
            .collect();
        let kill = kills < super::size(60, 5);
        if kill {
            tokio::time::sleep(Duration::from_millis(5 + (kills as u64 * 53) % 150)).await;
            app.kill();
            kills += 1;
        }
        for payer in payers {
            let _ = payer.await;
        }
        if kill {
            app.restart().await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(kills > 1, "a server that is not killed shows nothing");
    let finance = app.staff("finance").await;
    assert_eq!(finance.all("/checkouts?status=completed").await.len(), buyers);
    let charged = charged(&app.address).await;
    assert_eq!(charged.len(), buyers, "each order was charged once");
    let owed: i64 = checkouts
        .iter()
        .map(|one| one["due"]["amount"].as_i64().expect("an amount"))
        .sum();
    assert_eq!(charged.iter().sum::<i64>(), owed);
    assert_eq!(app.staff("admin").await.all("/orders").await.len(), buyers);
    app.kill();
    expect_sound_books(app.database.url());
    let result = format!("{kills} kills, each charged once");
    super::report("killed checkouts", on, &format!("{buyers} orders"), &result);
}
