//! Cancelling or deactivating an account races with sales: nothing is sold once it has ended (F5, R13, R93).

use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// How an account ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    /// Its owner cancels it at once.
    Cancelled,
    /// Its owner takes the authorisation to collect back (R13).
    Deactivated,
}

/// F5, R13: leads come from four sides while their only buyer leaves. Some are sold before; of those that are handed in
/// after the answer, none.
#[rstest]
#[case(Ends::Cancelled)]
#[case(Ends::Deactivated)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_no_sale_after_the_end(#[values(Sqlite, Postgres)] on: Database, #[case] ends: Ends) {
    let app = spawn(on).await;
    let policy = json!({ "cancel": { "written": false, "effective": "at_once", "ask_reason": false } });
    let market = app.market_with("b2b-monthly", policy).await;
    let accounts = super::size(500, 6);
    let (mut before, mut after, mut invoiced) = (0_i64, 0_usize, 0_i64);
    for number in 0..accounts {
        let buyer = market.buyer(&format!("Buyer {number}"), json!({})).await;
        let owner = market.owner(&buyer).await;
        // Counts the leads that were sold while the account was there, and says when it was over.
        let (sold, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let sides: Vec<_> = (0..4)
            .map(|_| {
                let leads: Vec<Value> = (0..400).map(|_| market.lead()).collect();
                let (key, sold, over) = (market.key.clone(), Arc::clone(&sold), Arc::clone(&over));
                tokio::spawn(async move {
                    let mut unsold = 0;
                    for lead in leads {
                        let late = over.load(SeqCst) == 1;
                        let answer = key.post("/leads").json(&lead).send().await.ok();
                        let buyers = answer["sold_to"].as_array().map_or(0, Vec::len);
                        if late {
                            assert_eq!(buyers, 0, "sold after the end: {answer}");
                            unsold += 1;
                        } else {
                            sold.fetch_add(buyers as u64, SeqCst);
                        }
                        if unsold == 3 {
                            break;
                        }
                    }
                    unsold
                })
            })
            .collect();
        while sold.load(SeqCst) < 4 {
            tokio::task::yield_now().await;
        }
        match ends {
            Ends::Cancelled => {
                let body = json!({ "supplier_id": buyer.id });
                owner.post("/cancellations").json(&body).send().await.created();
            }
            Ends::Deactivated => {
                let path = format!("/suppliers/{}/authorisation/revoke", buyer.id);
                let why = json!({ "reason": "We leave." });
                owner.post(path).json(&why).send().await.ok();
            }
        }
        over.store(1, SeqCst);
        for side in sides {
            after += side.await.expect("a side ends");
        }
        let delivered = owner.all("/deliveries").await.len() as i64;
        before += delivered;
        // Every lead that was sold is on the final invoice, however close it was.
        for invoice in market.invoices(&buyer).await {
            invoiced += invoice["total"]["amount"].as_i64().expect("an amount");
        }
    }
    assert_eq!(after, accounts * 12);
    assert_eq!(invoiced, before * 4_500, "what was sold is what was invoiced");
    app.audit_is_green().await;
    super::report(
        &format!("account {ends:?} against sales").to_lowercase(),
        on,
        &format!("{accounts} accounts, {before} sales before the end"),
        &format!("{after} leads came after it, none of them sold; every sale is on a final invoice"),
    );
}

/// The job that ends accounts may run anywhere and twice: sixteen runners at once end each account once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i12_an_account_ends_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let manager = app.staff("account_manager").await;
    let accounts = super::size(100, 6);
    for number in 0..accounts {
        let buyer = market.buyer(&format!("Buyer {number}"), json!({})).await;
        market.sell_to(&buyer).await;
        let body = json!({ "supplier_id": buyer.id, "requested_by": "Mo Okafor", "channel": "phone" });
        manager.post("/cancellations").json(&body).send().await.created();
    }
    app.advance_without_jobs(16 * 86_400).await;
    let runners: Vec<_> = (0..16)
        .map(|_| {
            let inside = app.inside();
            tokio::task::spawn_blocking(move || tradepost::jobs::run_all_due(&inside))
        })
        .collect();
    for runner in runners {
        runner.await.expect("a runner ends").expect("its jobs went well");
    }
    assert_eq!(manager.all("/cancellations?status=effective").await.len(), accounts);
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=account_cancelled")
        .await
        .len();
    assert_eq!(told, accounts);
    app.audit_is_green().await;
    super::report(
        "accounts that end",
        on,
        &format!("{accounts} accounts, 16 runners"),
        "each ended once",
    );
}
