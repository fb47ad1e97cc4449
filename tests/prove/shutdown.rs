//! The real server is told to stop under load: what is under way is answered, what was acknowledged is there, and it ends by
//! itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Leads, fresh_key, spawn_process};

const CLIENTS: usize = 8;

/// One lead that was posted: when, its id where it was acknowledged.
struct Posted {
    began: Instant,
    body: Value,
    lead: Option<String>,
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_stop_loses_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process(on).await;
    let (mut key, leads) = {
        let market = app.market("lead-store").await;
        for name in ["Okafor", "Lindqvist", "Haddad"] {
            market.buyer(name, json!({})).await;
        }
        (market.key.clone(), market.leads())
    };
    let mut acknowledged = 0;
    for cycle in 0..super::size(20, 2) {
        let over = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(post_until_over(key.clone(), leads.clone(), Arc::clone(&over))))
            .collect();
        tokio::time::sleep(Duration::from_millis(
            300 + u64::try_from(cycle * 53 % 200).unwrap_or(0),
        ))
        .await;
        let told = Instant::now();
        app.terminate();
        over.store(true, Ordering::Relaxed);
        let mut posts = Vec::new();
        for client in clients {
            posts.extend(client.await.expect("no client met an answer that is not a 201"));
        }
        let status = tokio::time::timeout(Duration::from_secs(40), app.has_ended()).await;
        let status = status.expect("the server ends by itself");
        assert!(status.success(), "{status}");
        assert!(told.elapsed() < Duration::from_secs(28), "it took {:?}", told.elapsed());
        app.restart().await;
        key = app.moved(&key);
        for posted in posts {
            match posted.lead {
                Some(id) => {
                    acknowledged += 1;
                    let kept = key.get(format!("/leads/{id}")).send().await.ok();
                    assert_eq!(kept["external_id"], posted.body["external_id"]);
                }
                // Whatever was there when it was told was answered; a moment is for the signal to arrive.
                None => assert!(
                    posted.began + Duration::from_millis(20) > told,
                    "a request that was under way for {:?} got no answer",
                    told.saturating_duration_since(posted.began)
                ),
            }
        }
    }
    assert!(acknowledged > 10, "{acknowledged} leads show next to nothing");
    app.kill();
    let audited = tradepost_tests::tradepost(app.database.url())
        .arg("audit")
        .output()
        .expect("it runs");
    assert!(audited.status.success(), "{audited:?}");
}

async fn post_until_over(key: Client, leads: Leads, over: Arc<AtomicBool>) -> Vec<Posted> {
    let mut posts = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let (body, began) = (leads.fresh(), Instant::now());
        let call = key.post("/leads").idempotency_key(&fresh_key()).json(&body);
        let answer = call.try_send().await.ok();
        let lead = answer.map(|answer| answer.created()["lead"]["id"].as_str().expect("an id").to_owned());
        let cut = lead.is_none();
        posts.push(Posted { began, body, lead });
        if cut {
            break;
        }
    }
    posts
}
