//! A pause races with sales and with other pauses: nothing is sold once it has begun, and the budget holds (F5, F20).

use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// F5, R52: leads come from four sides while their only buyer pauses and resumes; none is sold within a pause.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_no_sale_within_a_pause(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    let rounds = super::size(2_500, 60);
    // Odd between the answer to a pause and the next request to resume: nothing may be sold that begins and ends there.
    let epoch = Arc::new(AtomicU64::new(0));
    let within = Arc::new(AtomicU64::new(0));
    let sides: Vec<_> = (0..4)
        .map(|_| {
            let leads: Vec<Value> = (0..rounds).map(|_| market.lead()).collect();
            let (key, epoch, within) = (market.key.clone(), Arc::clone(&epoch), Arc::clone(&within));
            tokio::spawn(async move {
                let mut sold = 0;
                for lead in leads {
                    let before = epoch.load(SeqCst);
                    let answer = key.post("/leads").json(&lead).send().await.ok();
                    let buyers = answer["sold_to"].as_array().map_or(0, Vec::len);
                    if before % 2 == 1 && before == epoch.load(SeqCst) {
                        assert_eq!(buyers, 0, "sold within a pause: {answer}");
                        within.fetch_add(1, SeqCst);
                    }
                    sold += buyers;
                }
                sold
            })
        })
        .collect();
    let mut pauses = 0;
    let all_done = || sides.iter().all(tokio::task::JoinHandle::is_finished);
    while !all_done() {
        owner.post(format!("{path}/pause")).json(&json!({})).send().await.ok();
        epoch.fetch_add(1, SeqCst);
        let tried = within.load(SeqCst);
        while within.load(SeqCst) == tried && !all_done() {
            tokio::task::yield_now().await;
        }
        epoch.fetch_add(1, SeqCst);
        owner.post(format!("{path}/resume")).json(&json!({})).send().await.ok();
        pauses += 1;
    }
    let mut sold = 0;
    for side in sides {
        sold += side.await.expect("a side ends");
    }
    let within = within.load(SeqCst);
    assert!(
        pauses > 5 && sold > 0 && within > 5,
        "{pauses} pauses, {sold} sales, {within} leads within a pause"
    );
    app.audit_is_green().await;
    super::report(
        "pause against sales",
        on,
        &format!("{} leads, {pauses} pauses, {sold} sales", rounds * 4),
        &format!("{within} leads came within a pause, none of them sold"),
    );
}

/// F20, R17: sixteen people write down a pause of different weeks at once; the two weeks of the budget are never exceeded.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_the_budget_holds_however_many_ask(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let accounts = super::size(625, 8);
    let (mut granted, mut refused) = (0, 0);
    for number in 0..accounts {
        let buyer = market.buyer(&format!("Buyer {number}"), json!({})).await;
        let asked: Vec<_> = (1..=16)
            .map(|week| {
                let body = json!({
                    "supplier_id": buyer.id, "starts_at": format!("2030-0{}-{:02}T12:00:00Z", 1 + week / 4, 1 + 7 * (week % 4)),
                    "returns_on": format!("2030-0{}-{:02}", 1 + week / 4, 4 + 7 * (week % 4)), "reason": "A week off.",
                });
                let staff = manager.clone();
                tokio::spawn(async move { staff.post("/pauses").json(&body).send().await })
            })
            .collect();
        let mut days = 0;
        for answer in asked {
            let answer = answer.await.expect("an answer");
            if answer.status == 201 {
                granted += 1;
                days += 3;
            } else {
                answer.assert_problem(422, "policy_refuses", "/returns_on");
                refused += 1;
            }
        }
        assert_eq!(days, 12, "four pauses of three days fit into fourteen");
    }
    app.audit_is_green().await;
    super::report(
        "pause budget",
        on,
        &format!("{accounts} accounts, 16 requests each at once"),
        &format!("{granted} granted, {refused} refused, none over the budget"),
    );
}
