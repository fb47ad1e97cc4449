//! The sender is killed again and again while it sends: nothing is lost, what comes twice has the same id, and events of
//! one thing arrive in their order; leads into a CRM arrive, too (F19).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Received, Receiver, expect_sound_books, spawn_process};

/// F19: kill -9 in the sender while a receiver refuses now and then.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_a_killed_sender_loses_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process(on).await;
    let (mut key, mut owner, leads, supplier) = {
        let market = app.market("lead-store").await;
        let buyer = market.buyer("Okafor", json!({})).await;
        (
            market.key.clone(),
            market.owner(&buyer).await,
            market.leads(),
            buyer.id.clone(),
        )
    };
    // Every ninth message is refused, and none of them twice: the second attempt follows five seconds later, and the third
    // only after minutes.
    let (count, refused) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    let receiver = Receiver::start(move |one| {
        let ninth = count.fetch_add(1, Ordering::Relaxed) % 9 == 4;
        if ninth && refused.lock().expect("nobody panicked").insert(one.id.clone()) {
            500
        } else {
            200
        }
    });
    let body = json!({
        "name": "Our CRM", "url": receiver.url, "only_supplier_id": supplier,
        "kinds": ["delivery.created", "delivery.updated"],
    });
    let made = app
        .staff("admin")
        .await
        .post("/webhook-endpoints")
        .json(&body)
        .send()
        .await
        .created();
    // A CRM gets the same leads: by a request whose id is the delivery's.
    let (count, turned_away) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    let crm = Receiver::start(move |one| {
        let seventh = count.fetch_add(1, Ordering::Relaxed) % 7 == 3;
        let id = one.header("x-delivery-id").unwrap_or_default().to_owned();
        if seventh && turned_away.lock().expect("nobody panicked").insert(id) {
            500
        } else {
            200
        }
    });
    let target = json!({ "supplier_id": supplier, "name": "CRM", "kind": "adf_post", "address": crm.url });
    let manager = app.staff("account_manager").await;
    let target = manager.post("/delivery-targets").json(&target).send().await.created();
    let target = format!("/delivery-targets/{}", target["id"].as_str().expect("an id"));
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let hook = made["endpoint"]["id"].as_str().expect("an id").to_owned();

    let email = format!("owner.{}@buyer.example", supplier.replace('_', "-"));
    let kills = super::size(500, 5);
    let mut expected = BTreeSet::new();
    for cycle in 0..kills {
        for _ in 0..3 {
            let answer = key.post("/leads").json(&leads.fresh()).send().await.ok();
            let delivery = answer["sold_to"][0]["delivery_id"]
                .as_str()
                .expect("it was sold")
                .to_owned();
            let rating = json!({ "rating": 1 + cycle % 5 });
            owner
                .patch(format!("/deliveries/{delivery}"))
                .json(&rating)
                .send()
                .await
                .ok();
            expected.insert((delivery.clone(), "delivery.created".to_owned()));
            expected.insert((delivery, "delivery.updated".to_owned()));
        }
        // How long it lives differs, so that it dies before, in and after an attempt.
        tokio::time::sleep(Duration::from_millis(
            40 + u64::try_from(cycle * 173 % 900).unwrap_or(0),
        ))
        .await;
        app.kill();
        app.restart().await;
        (key, owner) = (app.moved(&key), app.moved(&owner));
        if cycle % 40 == 39 {
            // An access token lasts ten minutes.
            owner = app.sign_in(&email, tradepost_tests::PASSWORD).await;
        }
    }
    let started = Instant::now();
    let arrived = |seen: &[Received]| -> BTreeSet<(String, String)> {
        let pairs = seen.iter().map(|one| (one.subject().to_owned(), one.kind().to_owned()));
        pairs.collect()
    };
    while arrived(&receiver.taken()) != expected {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "lost: {:?}",
            expected.difference(&arrived(&receiver.taken())).collect::<Vec<_>>()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // What was taken is written down, or claimed by a dead server and sent once more.
    let admin = app.staff("admin").await;
    loop {
        let endpoint = admin.get(format!("/webhook-endpoints/{hook}")).send().await.ok();
        let target = admin.get(&target).send().await.ok();
        if endpoint["waiting"] == 0 && target["waiting"] == 0 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(180), "never done: {endpoint}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    let seen = receiver.seen();
    let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for one in &seen {
        assert!(one.is_signed_by(&secret), "{one:?}");
        let thing = (one.subject().to_owned(), one.kind().to_owned());
        ids.entry(thing).or_default().insert(one.id.clone());
        // A later event is sent when the earlier one was taken; nothing earlier comes after it.
        let before = last.insert(one.subject().to_owned(), one.id.clone());
        assert!(before.is_none_or(|before| before <= one.id), "{} was overtaken", one.id);
    }
    assert!(ids.values().all(|ids| ids.len() == 1), "a thing has one id: {ids:?}");
    for (subject, _) in &expected {
        let taken = seen
            .iter()
            .position(|one| one.subject() == subject && one.kind() == "delivery.created" && one.answered == 200);
        let later = seen
            .iter()
            .position(|one| one.subject() == subject && one.kind() == "delivery.updated");
        assert!(taken < later, "{subject}: {taken:?} {later:?}");
    }
    let doubled = receiver.taken().len() - expected.len();
    let sold: BTreeSet<&str> = expected.iter().map(|(delivery, _)| delivery.as_str()).collect();
    let forwards = crm.taken();
    let arrived: BTreeSet<&str> = forwards.iter().filter_map(|one| one.header("x-delivery-id")).collect();
    assert_eq!(arrived, sold, "every lead is in the CRM, and nothing else is");
    for one in &forwards {
        let id = one.header("x-delivery-id").expect("an id");
        assert!(
            String::from_utf8_lossy(&one.raw).contains(&format!(">{id}<")),
            "{one:?}"
        );
    }
    let forwarded_twice = forwards.len() - sold.len();
    app.kill();
    expect_sound_books(app.database.url());
    super::report(
        "kill -9 of the webhook sender (F19)",
        on,
        &format!(
            "{kills} kills, {} events, {} leads into a CRM",
            expected.len(),
            sold.len()
        ),
        &format!(
            "0 lost, 0 out of order, {doubled} events and {forwarded_twice} leads came twice, each under the same id, audit green"
        ),
    );
}
