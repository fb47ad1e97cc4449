//! What fails: tried again, in order, dead in the end, replayed (F19).

use super::*;
use rstest::rstest;
use serde_json::json;
use tradepost_tests::Receiver;

/// F19: what fails is tried again; a later event of the same thing waits for the earlier one, and other things go on.
#[rstest]
#[tokio::test]
async fn f19_events_of_one_thing_stay_in_order(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (admin, owner) = (app.staff("admin").await, market.owner(&buyer).await);
    let receiver = Receiver::start(|_| 500);
    let hook = hook(&admin, &receiver, json!({ "kinds": [DELIVERY, "delivery.updated"] })).await;
    let bad = market.sell_to(&buyer).await;
    let stuck = bad.clone();
    receiver.answer(move |one| {
        if one.subject() == stuck && one.kind() == DELIVERY {
            500
        } else {
            200
        }
    });
    let good = market.sell_to(&buyer).await;
    for id in [&bad, &good] {
        let path = format!("/deliveries/{id}");
        owner.patch(path).json(&json!({ "rating": 4 })).send().await.ok();
    }
    let updated = "delivery.updated";
    until_seen(&app, &receiver, "the other thing's events arrive", |seen| {
        seen.iter().any(|one| one.subject() == good && one.kind() == updated)
    })
    .await;
    time_passes(&app).await;
    app.until("it is tried again", async || {
        let tries = receiver.seen();
        tries.iter().filter(|one| one.subject() == bad).count() >= 2
    })
    .await;
    let of_bad = |seen: &[Received]| -> Vec<(String, u16)> {
        let of_it = seen.iter().filter(|one| one.subject() == bad);
        of_it.map(|one| (one.kind().to_owned(), one.answered)).collect()
    };
    assert!(
        of_bad(&receiver.seen()).iter().all(|(kind, _)| kind == DELIVERY),
        "the later one waits"
    );
    let ids: std::collections::BTreeSet<String> = receiver
        .seen()
        .into_iter()
        .filter(|one| one.subject() == bad)
        .map(|one| one.id)
        .collect();
    assert_eq!(ids.len(), 1, "each attempt has the same id");
    app.until("it is seen to fail", async || {
        let shown = admin.get(hook.path()).send().await.ok();
        shown["waiting"] == 2 && shown["failing_since"].is_string()
    })
    .await;
    receiver.answer(|_| 200);
    time_passes(&app).await;
    until_seen(&app, &receiver, "the later one follows", |seen| {
        of_bad(seen).last() == Some(&(updated.to_owned(), 200))
    })
    .await;
    let order = of_bad(&receiver.seen());
    assert_eq!(
        order[order.len() - 2],
        (DELIVERY.to_owned(), 200),
        "right after the earlier one: {order:?}"
    );
    until_written_down(&app, &admin, &hook).await;
    let shown = admin.get(hook.path()).send().await.ok();
    assert_eq!((&shown["waiting"], &shown["failing_since"]), (&json!(0), &Value::Null));
    app.audit_is_green().await;
}

/// F19: after ten attempts an event is dead, and seen to be; what waits behind it goes on, and it can be replayed.
#[rstest]
#[tokio::test]
async fn f19_dead_letters_are_seen_and_replayed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (admin, owner) = (app.staff("admin").await, market.owner(&buyer).await);
    let receiver = Receiver::start(|one| if one.kind() == DELIVERY { 503 } else { 200 });
    let hook = hook(&admin, &receiver, json!({ "kinds": [DELIVERY, "delivery.updated"] })).await;
    let id = market.sell_to(&buyer).await;
    owner
        .patch(format!("/deliveries/{id}"))
        .json(&json!({ "rating": 2 }))
        .send()
        .await
        .ok();
    app.until("it is given up", async || {
        time_passes(&app).await;
        !admin
            .all(&format!("{}/deliveries?status=dead", hook.path()))
            .await
            .is_empty()
    })
    .await;
    let dead = admin.all(&format!("{}/deliveries?status=dead", hook.path())).await;
    assert_eq!(
        (dead.len(), &dead[0]["attempts"], &dead[0]["kind"]),
        (1, &json!(10), &json!(DELIVERY))
    );
    assert_eq!(
        (&dead[0]["last_status_code"], &dead[0]["last_fault"]),
        (&json!(503), &json!("bad_status"))
    );
    until_seen(&app, &receiver, "the later one goes on", |seen| {
        seen.iter().any(|one| one.kind() == "delivery.updated")
    })
    .await;
    assert_eq!(receiver.of(DELIVERY).len(), 10);
    receiver.answer(|_| 204);
    hook.act(&admin, "replay", json!({ "event_id": dead[0]["event_id"] }))
        .await;
    until_seen(&app, &receiver, "it arrives after all", |seen| {
        seen.iter().any(|one| one.kind() == DELIVERY && one.answered == 204)
    })
    .await;
    until_written_down(&app, &admin, &hook).await;
    let path = format!("/webhook-deliveries/{}", dead[0]["id"].as_str().expect("an id"));
    let shown = admin.get(path).send().await.ok();
    assert_eq!(
        (&shown["delivery"]["status"], &shown["delivery"]["attempts"]),
        (&json!("delivered"), &json!(11))
    );
    assert_eq!(shown["attempts"].as_array().map(Vec::len), Some(11));
    assert_eq!(
        receiver.of(DELIVERY).last().map(|one| json!(one.id)),
        Some(dead[0]["event_id"].clone())
    );
    app.audit_is_green().await;
}
