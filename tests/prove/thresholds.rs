//! New suppliers stand just below the threshold of their first period, and many sales at once carry them all over it
//! while the job looks again and again: each is charged once (R12).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, merged, spawn};

/// So many suppliers share each lead.
const SHARED: usize = 5;
/// So many leads are sold at once into each group.
const SALES: usize = 16;
const THRESHOLD: i64 = 50_000;

/// R12: sixteen sales at once, at 499 of 500 dollars, make one charge of exactly 500.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r12_sales_at_the_threshold_make_one_charge(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let groups = super::size(20, 2);
    let mut suppliers = Vec::with_capacity(groups * SHARED);
    for group in 0..groups {
        suppliers.extend(newcomers(&market, group).await);
    }
    app.advance_to_first().await;
    for group in 0..groups {
        assert_eq!(sell(&market.key, &lead(&market, &first_of(group))).await, SHARED);
    }
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    assert_eq!(finance.all("/payments").await.len(), 0, "499.00 is less than 500.00");

    // On PostgreSQL a second server takes half of the leads, with jobs of its own.
    let second = if on == Postgres {
        Some(app.second_server().await)
    } else {
        None
    };
    let mut servers = vec![(market.key.clone(), finance.clone())];
    servers.extend(
        second
            .iter()
            .map(|server| (server.moved(&market.key), server.moved(&finance))),
    );
    let over = Arc::new(AtomicBool::new(false));
    let lookers: Vec<_> = servers
        .iter()
        .map(|(_, finance)| {
            let (finance, over) = (finance.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    finance.post("/sandbox/jobs/run").patiently().send().await.ok();
                }
            })
        })
        .collect();
    for group in 0..groups {
        let racers: Vec<_> = (0..SALES)
            .map(|number| {
                let (key, lead) = (
                    servers[number % servers.len()].0.clone(),
                    lead(&market, &later_of(group)),
                );
                tokio::spawn(async move { sell(&key, &lead).await })
            })
            .collect();
        for racer in racers {
            assert_eq!(racer.await.expect("no sale is turned away"), SHARED);
        }
    }
    over.store(true, Ordering::Relaxed);
    for looker in lookers {
        looker.await.expect("the jobs run");
    }
    app.run_jobs().await;
    for supplier in &suppliers {
        market.until_answered(supplier).await;
        let payments = market.payments(supplier).await;
        assert_eq!(payments.len(), 1, "{payments:?}");
        assert_eq!(
            (&payments[0]["purpose"], &payments[0]["amount"], &payments[0]["status"]),
            (&json!("first_period"), &market.money(THRESHOLD), &json!("succeeded"))
        );
    }
    let charged = super::payments::charged(&app.address).await;
    assert_eq!(
        charged,
        vec![THRESHOLD; suppliers.len()],
        "and the gateway says the same"
    );
    app.audit_is_green().await;
    super::report(
        "first period's threshold",
        on,
        &format!(
            "{} suppliers at 499 of 500, {SALES} sales at once to each",
            suppliers.len()
        ),
        "one charge of 500 each",
    );
}

fn first_of(group: usize) -> String {
    format!("first-{group}")
}

fn later_of(group: usize) -> String {
    format!("later-{group}")
}

/// Suppliers that share a lead at 499.00 and then leads at 45.00, each with a card.
async fn newcomers(market: &Market<'_>, group: usize) -> Vec<Buyer> {
    let first = json!({ "price": market.money(THRESHOLD - 100) });
    let buyers = u32::try_from(SHARED).expect("a few");
    let products = [
        market.new_product(&first_of(group), buyers, first).await,
        market.new_product(&later_of(group), buyers, json!({})).await,
    ];
    let mut made = Vec::with_capacity(SHARED);
    for number in 0..SHARED {
        let buyer = market.supplier(&format!("Newcomer {group}.{number}")).await;
        for product in &products {
            market.order(&buyer, json!({ "product_id": product["id"] })).await;
        }
        market.store_method(&buyer, "card", "ok").await;
        made.push(buyer);
    }
    made
}

fn lead(market: &Market<'_>, product: &str) -> Value {
    merged(market.lead(), json!({ "product": product }))
}

/// Submits a lead and gives how many suppliers got it.
async fn sell(key: &Client, lead: &Value) -> usize {
    let receipt = key.post("/leads").json(lead).send().await.created();
    receipt["sold_to"].as_array().map_or(0, Vec::len)
}
