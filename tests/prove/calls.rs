//! Callers race with each other and with a plan that ends: nobody is called twice at once, and nobody after the end (R93).

use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, spawn};

/// What the callers of a round did.
#[derive(Default)]
struct Round {
    /// Who has each lead now.
    held: Mutex<HashMap<String, usize>>,
    /// Set when the plan's end was answered.
    over: AtomicBool,
}

/// R93: four callers take leads and record calls while the plan is cancelled. No two ever have the same lead, and no
/// lead is taken by a request that began after the answer to the cancellation.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r93_no_claim_after_the_plan_is_cancelled(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    let rounds = super::size(150, 4);
    let (mut taken, mut calls, mut after) = (0, 0, 0);
    let mut plan = customer.plan.clone();
    for number in 0..rounds {
        for _ in 0..12 {
            market.hand_in(&customer.owner).await;
        }
        let round = Arc::new(Round::default());
        let callers: Vec<_> = ["caller", "account_manager", "admin", "key"]
            .into_iter()
            .enumerate()
            .collect();
        let mut sides = Vec::new();
        for (place, role) in callers {
            let client = match role {
                "key" => app.key(&["calls:write"], Some(market.id()), None).await.idempotent(),
                _ => app.staff(role).await,
            };
            sides.push(tokio::spawn(work(Arc::clone(&round), client, place)));
        }
        // Sooner in one round, later in another.
        for _ in 0..(number % 7) {
            app.business_now().await;
        }
        let path = format!("/plan-subscriptions/{}/cancel", plan["id"].as_str().expect("an id"));
        customer
            .owner
            .post(path)
            .json(&json!({ "at": "now" }))
            .send()
            .await
            .ok();
        round.over.store(true, SeqCst);
        for side in sides {
            let (of_side, calls_of_side, tries) = side.await.expect("a caller ends well");
            taken += of_side;
            calls += calls_of_side;
            after += tries;
        }
        let open = app.staff("caller").await.all("/call-queue").await;
        assert!(open.is_empty(), "{open:?}");
        plan = market.begin_plan(&app.staff("finance").await, &customer.buyer).await;
    }
    assert!(taken > 0 && after > 0, "{taken} claims, {after} tries after the end");
    app.audit_is_green().await;
    super::report(
        "callers against the end of a plan",
        on,
        &format!("{rounds} plans, 4 callers, {taken} claims, {calls} calls"),
        &format!("{after} tries after the end, none got a lead"),
    );
}

/// Takes leads and calls them until the plan is over, and tries a few times more.
async fn work(round: Arc<Round>, client: Client, place: usize) -> (usize, usize, usize) {
    let (mut taken, mut calls, mut tries) = (0, 0, 0);
    while tries < 3 {
        let began_after = round.over.load(SeqCst);
        let next = client.post("/call-queue/next").json(&json!({})).send().await.ok();
        if began_after {
            assert_eq!(next["lead"], Value::Null, "taken after the plan was cancelled");
            tries += 1;
            continue;
        }
        let Some(lead) = next["lead"]["lead_id"].as_str().map(str::to_owned) else {
            tokio::task::yield_now().await;
            continue;
        };
        taken += 1;
        let other = round.held.lock().expect("no panic").insert(lead.clone(), place);
        assert!(other.is_none_or(|other| other == place), "two callers have {lead}");
        let body = json!({ "lead_id": lead, "duration_seconds": 5, "disposition": if taken % 3 == 0 { "voicemail" } else { "appointment" } });
        round.held.lock().expect("no panic").remove(&lead);
        let answer = client.post("/call-attempts").json(&body).send().await;
        // The plan may end between the claim and the call: that is kept, as the caller had the lead.
        assert_eq!(answer.status, 201, "{answer}");
        calls += 1;
    }
    (taken, calls, tries)
}
