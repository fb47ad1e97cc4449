//! The real server is killed under load, again and again: what it acknowledged is there, whole and once,
//! and what it did not can be sent again (reliability D1, F27).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Leads, expect_sound_books, fresh_key, spawn_process};

const CLIENTS: usize = 8;

/// A lead that was posted: its key, its body, and the receipt if one came.
struct Posted {
    key: String,
    body: Value,
    receipt: Option<Value>,
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_keeps_what_it_acknowledged(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process(on).await;
    let (mut key, leads) = {
        let market = app.market("lead-store").await;
        for name in ["Okafor", "Lindqvist", "Haddad", "Moreau"] {
            market.buyer(name, json!({})).await;
        }
        (market.key.clone(), market.leads())
    };
    let cycles = super::size(100, 10);
    let mut acknowledged = BTreeMap::new();
    let (mut unknown, mut acks) = (0, 0);
    for cycle in 0..cycles {
        let log: Arc<Mutex<Vec<Posted>>> = Arc::default();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(post_until_cut(key.clone(), leads.clone(), Arc::clone(&log))))
            .collect();
        // How long it lives differs from cycle to cycle, so that it dies at different points.
        tokio::time::sleep(Duration::from_millis(60 + u64::try_from(cycle * 37 % 240).unwrap_or(0))).await;
        app.kill();
        for client in clients {
            client.await.expect("no client met an answer that is not a 201");
        }
        app.restart().await;
        key = app.moved(&key);
        let posts = std::mem::take(&mut *log.lock().expect("the clients are done"));
        for posted in posts {
            let receipt = match posted.receipt {
                Some(receipt) => {
                    acks += 1;
                    receipt
                }
                None => {
                    unknown += 1;
                    let again = key
                        .with_bearer(key.bearer())
                        .post("/leads")
                        .idempotency_key(&posted.key);
                    again.json(&posted.body).send().await.ok()
                }
            };
            let id = receipt["lead"]["id"]
                .as_str()
                .expect("a receipt has the lead")
                .to_owned();
            let kept = key.get(format!("/leads/{id}")).send().await.ok();
            assert_eq!(
                kept["external_id"], posted.body["external_id"],
                "another lead has this id"
            );
            assert_eq!(
                ids(&kept["sales"]),
                ids(&receipt["sold_to"]),
                "the sales were torn: {kept}"
            );
            let twice = acknowledged.insert(posted.body["external_id"].to_string(), id);
            assert!(twice.is_none(), "posted twice: {kept}");
        }
    }
    let kept = app.staff("auditor").await.all("/leads?limit=100").await;
    assert_eq!(
        kept.len(),
        acknowledged.len(),
        "every lead that is there was acknowledged, and none twice"
    );
    app.kill();
    expect_sound_books(app.database.url());
    super::report(
        "kill -9 under load",
        on,
        &format!("{cycles} kills, {acks} acknowledged, {unknown} unknown"),
        "0 lost, 0 doubled, 0 torn, audit green",
    );
}

fn ids(sales: &Value) -> Vec<&str> {
    let mut ids: Vec<_> = sales
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|sale| sale["delivery_id"].as_str())
        .collect();
    ids.sort_unstable();
    ids
}

async fn post_until_cut(key: Client, leads: Leads, log: Arc<Mutex<Vec<Posted>>>) {
    let key = key.with_bearer(key.bearer());
    loop {
        let (body, idempotency_key) = (leads.fresh(), fresh_key());
        let call = key.post("/leads").idempotency_key(&idempotency_key).json(&body);
        let answer = call.try_send().await;
        let receipt = answer.as_ref().ok().map(|answer| {
            answer.assert_status(201);
            answer.json()
        });
        let cut = receipt.is_none();
        log.lock().expect("no client panics while it holds this").push(Posted {
            key: idempotency_key,
            body,
            receipt,
        });
        if cut {
            return;
        }
    }
}
