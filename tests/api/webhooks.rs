//! Webhooks: signed, sent until they are taken, in order, to whom they concern and nobody else (F19, R127, S6).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Received, Receiver, TestApp, merged, spawn, spawn_with};

/// An endpoint and its secret.
struct Hook {
    id: String,
    secret: String,
}

impl Hook {
    fn path(&self) -> String {
        format!("/webhook-endpoints/{}", self.id)
    }

    async fn act(&self, client: &Client, action: &str, body: Value) -> Value {
        let answer = client
            .post(format!("{}/{action}", self.path()))
            .json(&body)
            .send()
            .await;
        assert!(answer.status.is_success(), "{answer}");
        answer.json()
    }

    /// What is sent to it, the latest first.
    async fn log(&self, client: &Client) -> Vec<Value> {
        client.all(&format!("{}/deliveries", self.path())).await
    }
}

async fn hook(client: &Client, receiver: &Receiver, more: Value) -> Hook {
    let body = merged(json!({ "name": "Our CRM", "url": receiver.url }), more);
    let made = client.post("/webhook-endpoints").json(&body).send().await.created();
    Hook {
        id: made["endpoint"]["id"].as_str().expect("an id").to_owned(),
        secret: made["secret"].as_str().expect("a secret").to_owned(),
    }
}

/// Does to the database what only time does.
async fn sql(app: &TestApp, statement: &'static str) {
    use diesel::connection::SimpleConnection;
    let done = app.inside().db.write(move |tx| Ok(tx.batch_execute(statement)?)).await;
    done.expect("the statement is right");
}

/// How many rows are left of deliveries, attempts and secrets.
async fn left(app: &TestApp) -> i64 {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let counted = app.inside().db.read(|conn| {
        let count = "SELECT (SELECT COUNT(*) FROM webhook_deliveries) + (SELECT COUNT(*) FROM webhook_attempts) \
                     + (SELECT COUNT(*) FROM webhook_endpoints WHERE secret <> '') AS count";
        Ok(diesel::sql_query(count).get_result::<Count>(conn)?.count)
    });
    counted.await.expect("rows can be counted")
}

/// The next attempt of everything that waits has come.
async fn time_passes(app: &TestApp) {
    sql(
        app,
        "UPDATE webhook_deliveries SET next_attempt_at = 1 WHERE status = 'pending'",
    )
    .await;
}

async fn until_seen(app: &TestApp, receiver: &Receiver, what: &str, holds: impl Fn(&[Received]) -> bool) {
    app.until(what, async || holds(&receiver.seen())).await;
}

/// An answer counts when it was written down.
async fn until_written_down(app: &TestApp, client: &Client, hook: &Hook) {
    app.until("all that was taken is written down", async || {
        hook.log(client).await.iter().all(|one| one["status"] != "pending")
    })
    .await;
}

const DELIVERY: &str = "delivery.created";

/// F19: an event is sent once, signed by Standard Webhooks, under the event's own id, with nothing personal in it; the
/// log shows the attempt, and the secret is shown once and kept sealed.
#[rstest]
#[tokio::test]
async fn f19_an_event_is_sent_signed_and_logged(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let admin = app.staff("admin").await;
    let receiver = Receiver::willing();
    let body = json!({ "name": "Our CRM", "url": receiver.url, "kinds": [DELIVERY] });
    let make = || {
        admin
            .post("/webhook-endpoints")
            .idempotency_key("make-a-hook")
            .json(&body)
    };
    let made = make().send().await.created();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"));
    let again = make().send().await;
    assert_eq!(
        (again.created()["secret"].clone(), again.created()["endpoint"].clone()),
        (Value::Null, made["endpoint"].clone())
    );
    let id = made["endpoint"]["id"].as_str().expect("an id").to_owned();
    let hook = Hook { id, secret };

    let lead = market.lead();
    let delivery = market.submit(lead.clone()).await["sold_to"][0]["delivery_id"].clone();
    until_seen(&app, &receiver, "the sale arrives", |seen| !seen.is_empty()).await;
    until_written_down(&app, &admin, &hook).await;
    let events = app.events(DELIVERY).await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1, "once: {seen:?}");
    let sent = &seen[0];
    assert!(sent.is_signed_by(&hook.secret) && sent.signatures() == 1);
    assert_eq!(json!(sent.id), events[0]["id"]);
    let expected = json!({
        "type": DELIVERY, "timestamp": events[0]["happened_at"],
        "data": {
            "subject": delivery, "programme_id": market.id(), "supplier_id": buyer.id, "facts": events[0]["data"],
        },
    });
    assert_eq!(sent.body, expected);
    let now = tradepost::clock::wall_now().as_seconds();
    assert!(
        (now - sent.timestamp.parse::<i64>().expect("seconds")).abs() < 60,
        "on the wall"
    );
    let text = String::from_utf8_lossy(&sent.raw);
    for (field, value) in lead["person"].as_object().expect("a person") {
        let value = value.as_str().unwrap_or_default();
        assert!(value.is_empty() || !text.contains(value), "{field} in {text}");
    }

    let log = hook.log(&admin).await;
    assert_eq!(log.len(), 1);
    assert_eq!(
        (
            &log[0]["status"],
            &log[0]["attempts"],
            &log[0]["last_status_code"],
            &log[0]["event_id"]
        ),
        (&json!("delivered"), &json!(1), &json!(200), &events[0]["id"])
    );
    let path = format!("/webhook-deliveries/{}", log[0]["id"].as_str().expect("an id"));
    let shown = admin.get(&path).send().await.ok();
    assert_eq!(shown["message"], expected);
    assert_eq!(shown["attempts"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&shown["attempts"][0]["status_code"], &shown["attempts"][0]["answer"]),
        (&json!(200), &json!("answered 200"))
    );
    assert!(shown["attempts"][0]["took_ms"].as_i64().is_some_and(|took| took >= 0));
    let all = format!(
        "{} {}",
        admin.get(hook.path()).send().await.ok(),
        admin.get("/webhook-endpoints").send().await.ok()
    );
    assert!(!all.contains("whsec_"), "{all}");
    let trail = format!(
        "{:?}",
        app.staff("auditor")
            .await
            .all(&format!("/audit-entries?object={}", hook.id))
            .await
    );
    assert!(
        trail.contains("webhook_endpoint.created") && !trail.contains("whsec_"),
        "{trail}"
    );
    app.audit_is_green().await;
}

/// R127: a supplier's endpoint is sent its own account's events, of the kinds that are a supplier's, and nobody else's;
/// another supplier sees nothing of it.
#[rstest]
#[tokio::test]
async fn r127_a_supplier_hears_of_its_own_account_only(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (ours, theirs) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Lindqvist", json!({})).await,
    );
    let (owner, stranger) = (market.owner(&ours).await, market.owner(&theirs).await);
    let receiver = Receiver::willing();
    let mine = hook(&owner, &receiver, json!({})).await;
    for _ in 0..6 {
        market.sell().await;
    }
    let sales = app.await_events(DELIVERY, 6).await;
    let expected = sales.iter().filter(|sale| sale["supplier_id"] == *ours.id).count();
    assert!(expected > 0 && expected < 6, "both got some: {expected}");
    until_seen(&app, &receiver, "our sales arrive", |seen| {
        seen.iter().filter(|one| one.kind() == DELIVERY).count() >= expected
    })
    .await;
    app.run_jobs().await;
    let seen = receiver.seen();
    assert_eq!(receiver.of(DELIVERY).len(), expected);
    for one in &seen {
        assert_eq!(one.body["data"]["supplier_id"], *ours.id, "{one:?}");
        assert!(!one.kind().starts_with("lead."), "{one:?}");
        assert!(!String::from_utf8_lossy(&one.raw).contains(&theirs.id), "{one:?}");
    }

    let refused = json!({ "name": "x", "url": receiver.url, "kinds": ["delivery.created", "lead.received"] });
    let answer = owner.post("/webhook-endpoints").json(&refused).send().await;
    answer.assert_problem(422, "invalid", "/kinds/1");
    let foreign = json!({ "name": "x", "url": receiver.url, "supplier_id": theirs.id });
    let answer = owner.post("/webhook-endpoints").json(&foreign).send().await;
    answer.assert_problem(422, "invalid", "/supplier_id");
    assert_eq!(answer.field_code("/supplier_id"), "unknown_id");
    stranger.get(mine.path()).send().await.assert_status(404);
    stranger
        .get(format!("{}/deliveries", mine.path()))
        .send()
        .await
        .assert_status(404);
    assert!(stranger.all("/webhook-endpoints").await.is_empty());
    let one = mine.log(&owner).await[0]["id"].as_str().expect("an id").to_owned();
    stranger
        .get(format!("/webhook-deliveries/{one}"))
        .send()
        .await
        .assert_status(404);
    let event = sales
        .iter()
        .find(|sale| sale["supplier_id"] == *theirs.id)
        .expect("theirs");
    let replay = json!({ "event_id": event["id"] });
    let answer = owner.post(format!("{}/replay", mine.path())).json(&replay).send().await;
    answer.assert_problem(422, "invalid", "/event_id");
    let member = market.member(&ours, "member").await;
    member.get("/webhook-endpoints").send().await.assert_status(403);
    // A key of the supplier's sees the same; one of another supplier's and one without the scope do not.
    let key = app.key(&["webhooks:write"], None, Some(&ours.id)).await;
    assert_eq!(key.all("/webhook-endpoints").await.len(), 1);
    let other = app.key(&["webhooks:write"], None, Some(&theirs.id)).await;
    other.get(mine.path()).send().await.assert_status(404);
    let reader = app.key(&["deliveries:read"], None, Some(&ours.id)).await;
    reader.get(mine.path()).send().await.assert_status(403);
    app.audit_is_green().await;
}

/// Filters: the seller's endpoint of one supplier, of some kinds, of one programme.
#[rstest]
#[tokio::test]
async fn f19_filters_choose_what_is_sent(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let other = app.market("b2b-monthly").await;
    let (okafor, _) = (
        market.buyer("Okafor", json!({})).await,
        other.buyer("Haddad", json!({})).await,
    );
    let admin = app.staff("admin").await;
    let (all, kinds, supplier, programme) = (
        Receiver::willing(),
        Receiver::willing(),
        Receiver::willing(),
        Receiver::willing(),
    );
    hook(&admin, &all, json!({})).await;
    hook(&admin, &kinds, json!({ "kinds": ["lead.sold"] })).await;
    hook(&admin, &supplier, json!({ "only_supplier_id": okafor.id })).await;
    let key = app.key(&["webhooks:write"], Some(other.id()), None).await;
    let bound = hook(&key, &programme, json!({})).await;
    assert_eq!(
        key.all("/webhook-endpoints").await.len(),
        1,
        "a key of a programme sees the programme's"
    );
    let ours = key.get(bound.path()).send().await.ok();
    assert_eq!(ours["programme_id"], *other.id());
    market.sell().await;
    other.sell().await;
    until_seen(&app, &all, "both sales arrive", |seen| {
        seen.iter().filter(|one| one.kind() == "lead.sold").count() == 2
    })
    .await;
    app.run_jobs().await;
    assert_eq!(kinds.seen().len(), 2);
    assert!(kinds.seen().iter().all(|one| one.kind() == "lead.sold"));
    assert!(!supplier.seen().is_empty());
    assert!(
        supplier
            .seen()
            .iter()
            .all(|one| one.body["data"]["supplier_id"] == *okafor.id)
    );
    assert!(!programme.of("lead.sold").is_empty());
    assert!(
        programme
            .seen()
            .iter()
            .all(|one| one.body["data"]["programme_id"] == *other.id())
    );
    app.audit_is_green().await;
}

/// F19: what fails is tried again; a later event of the same thing waits for the earlier one, and other things go on.
#[rstest]
#[tokio::test]
async fn f19_events_of_one_thing_stay_in_order(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (admin, owner) = (app.staff("admin").await, market.owner(&buyer).await);
    let receiver = Receiver::willing();
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
    let shown = admin.get(hook.path()).send().await.ok();
    assert_eq!(
        (&shown["waiting"], shown["failing_since"].is_string()),
        (&json!(2), true),
        "{shown}"
    );
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

/// An answer of 410 disables the endpoint at once; so do five days in which nothing arrives. Whose it is is told.
#[rstest]
#[tokio::test]
async fn f19_an_endpoint_that_is_gone_is_disabled(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, support) = (market.owner(&buyer).await, app.staff("support").await);
    let (gone, failing) = (Receiver::start(|_| 410), Receiver::start(|_| 500));
    let first = hook(&owner, &gone, json!({ "kinds": [DELIVERY] })).await;
    let second = hook(&owner, &failing, json!({ "kinds": [DELIVERY] })).await;
    market.sell_to(&buyer).await;
    let status = async |hook: &Hook| owner.get(hook.path()).send().await.ok();
    app.until("it is disabled", async || status(&first).await["status"] == "disabled")
        .await;
    assert_eq!(status(&first).await["disabled_because"], "gone");
    assert_eq!(first.log(&owner).await[0]["status"], "dead");
    app.until("the other one fails", async || {
        status(&second).await["failing_since"].is_string()
    })
    .await;
    time_passes(&app).await;
    app.run_jobs().await;
    assert_eq!(status(&second).await["status"], "active", "not yet");
    sql(
        &app,
        "UPDATE webhook_endpoints SET failing_since = failing_since - 432000000000 WHERE failing_since IS NOT NULL",
    )
    .await;
    app.until("five days are over", async || {
        time_passes(&app).await;
        status(&second).await["status"] == "disabled"
    })
    .await;
    assert_eq!(status(&second).await["disabled_because"], "failing");
    let told = support.all("/notifications?kind=webhook_disabled").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|one| one["supplier_id"] == *buyer.id));
    // Nothing is sent to it, and what happens meanwhile is sent when it is enabled.
    let sent = failing.seen().len();
    let missed = market.sell_to(&buyer).await;
    app.run_jobs().await;
    assert_eq!((failing.seen().len(), second.log(&owner).await.len()), (sent, 1));
    failing.answer(|_| 200);
    second.act(&owner, "enable", json!({})).await;
    time_passes(&app).await;
    until_seen(&app, &failing, "what was missed arrives", |seen| {
        seen.iter().any(|one| one.subject() == missed && one.answered == 200)
    })
    .await;
    until_written_down(&app, &owner, &second).await;
    let shown = status(&second).await;
    assert_eq!(
        (&shown["status"], &shown["disabled_because"], &shown["failing_since"]),
        (&json!("active"), &Value::Null, &Value::Null)
    );
    let again = owner
        .post(format!("{}/enable", second.path()))
        .json(&json!({}))
        .send()
        .await;
    again.assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

/// While two secrets live, either verifies; afterwards only the new one does.
#[rstest]
#[tokio::test]
async fn s11_a_secret_is_rotated_without_a_gap(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let receiver = Receiver::willing();
    let hook = hook(&admin, &receiver, json!({})).await;
    let sent = async |count: usize| {
        let tried = hook.act(&admin, "test", json!({})).await;
        assert_eq!(tried["kind"], "webhook.test");
        until_seen(&app, &receiver, "the test arrives", |seen| seen.len() == count).await;
        receiver.seen()[count - 1].clone()
    };
    let first = sent(1).await;
    assert!(first.is_signed_by(&hook.secret) && first.signatures() == 1);
    let rotated = hook.act(&admin, "rotate-secret", json!({ "overlap_hours": 2 })).await;
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(new, hook.secret);
    assert!(rotated["endpoint"]["previous_secret_until"].is_string());
    let second = sent(2).await;
    assert!(second.signatures() == 2 && second.is_signed_by(&hook.secret) && second.is_signed_by(&new));
    sql(&app, "UPDATE webhook_endpoints SET previous_secret_until = 1").await;
    let third = sent(3).await;
    assert!(third.signatures() == 1 && third.is_signed_by(&new) && !third.is_signed_by(&hook.secret));
    app.run_jobs().await;
    assert_eq!(
        admin.get(hook.path()).send().await.ok()["previous_secret_until"],
        Value::Null
    );
    let leaked = hook.act(&admin, "rotate-secret", json!({ "overlap_hours": 0 })).await;
    let fourth = sent(4).await;
    assert!(fourth.signatures() == 1 && fourth.is_signed_by(leaked["secret"].as_str().expect("a secret")));
    let too_long = admin
        .post(format!("{}/rotate-secret", hook.path()))
        .json(&json!({ "overlap_hours": 169 }));
    too_long.send().await.assert_problem(422, "invalid", "/overlap_hours");
    assert!(receiver.seen().iter().all(|one| one.subject() == hook.id));
    app.audit_is_green().await;
}

/// A pause keeps what happens; it is sent afterwards in order, or left out when the wish is so. Past events can be sent
/// again from an instant on.
#[rstest]
#[tokio::test]
async fn f19_pauses_and_replays(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let admin = app.staff("admin").await;
    let receiver = Receiver::willing();
    let hook = hook(&admin, &receiver, json!({ "kinds": [DELIVERY] })).await;
    let since = tradepost::clock::wall_now().to_string();
    let subjects =
        |receiver: &Receiver| -> Vec<String> { receiver.seen().iter().map(|one| one.subject().to_owned()).collect() };
    let first = market.sell_to(&buyer).await;
    until_seen(&app, &receiver, "the first arrives", |seen| seen.len() == 1).await;
    until_written_down(&app, &admin, &hook).await;
    assert_eq!(hook.act(&admin, "pause", json!({})).await["status"], "paused");
    let second = market.sell_to(&buyer).await;
    app.await_events(DELIVERY, 2).await;
    app.run_jobs().await;
    assert_eq!(subjects(&receiver), [first.clone()], "nothing is sent in a pause");
    admin
        .post(format!("{}/test", hook.path()))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    hook.act(&admin, "enable", json!({})).await;
    until_seen(&app, &receiver, "the second arrives", |seen| seen.len() == 2).await;
    assert_eq!(subjects(&receiver)[1], second);
    hook.act(&admin, "pause", json!({})).await;
    let missed = market.sell_to(&buyer).await;
    app.await_events(DELIVERY, 3).await;
    hook.act(&admin, "enable", json!({ "skip_missed": true })).await;
    let fourth = market.sell_to(&buyer).await;
    until_seen(&app, &receiver, "the fourth arrives", |seen| seen.len() == 3).await;
    assert_eq!(subjects(&receiver)[2], fourth, "{missed} was left out");
    until_written_down(&app, &admin, &hook).await;
    assert_eq!(
        hook.act(&admin, "replay", json!({ "since": since })).await["replaying"],
        true
    );
    until_seen(&app, &receiver, "all four arrive again", |seen| seen.len() == 7).await;
    let mut again = subjects(&receiver).split_off(3);
    let mut all = vec![first, second, missed, fourth];
    all.sort();
    again.sort();
    assert_eq!(again, all);
    let shown = admin.get(hook.path()).send().await.ok();
    assert_eq!(shown["replaying"], false);
    for (body, pointer) in [
        (json!({}), "/event_id"),
        (json!({ "since": "2099-01-01T00:00:00Z" }), "/since"),
        (json!({ "event_id": "evt_0000000000zzz" }), "/event_id"),
        (json!({ "event_id": "evt_0000000000zzz", "since": since }), "/since"),
    ] {
        let answer = admin.post(format!("{}/replay", hook.path())).json(&body).send().await;
        answer.assert_problem(422, "invalid", pointer);
    }
    app.audit_is_green().await;
}

/// R2, R81: a person's particulars are sent to a supplier's endpoint that includes them, and are kept in no row.
#[rstest]
#[tokio::test]
async fn r81_particulars_are_sent_where_they_are_wanted_only(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, admin) = (market.owner(&buyer).await, app.staff("admin").await);
    let (with, without) = (Receiver::willing(), Receiver::willing());
    let one = hook(&owner, &with, json!({ "kinds": [DELIVERY], "includes": ["delivery"] })).await;
    hook(&owner, &without, json!({ "kinds": [DELIVERY] })).await;
    let delivery = market.sell_to(&buyer).await;
    until_seen(&app, &with, "it arrives there", |seen| !seen.is_empty()).await;
    until_seen(&app, &without, "and there", |seen| !seen.is_empty()).await;
    let shown = owner.get(format!("/deliveries/{delivery}")).send().await.ok();
    let sent = &with.seen()[0].body["data"]["delivery"];
    assert_eq!((&sent["id"], &sent["person"]), (&json!(delivery), &shown["person"]));
    assert!(shown["person"]["phone"].is_string() && without.seen()[0].body["data"].get("delivery").is_none());
    until_written_down(&app, &owner, &one).await;
    let log = one.log(&owner).await;
    let path = format!("/webhook-deliveries/{}", log[0]["id"].as_str().expect("an id"));
    let kept = owner.get(path).send().await.ok().to_string();
    assert!(
        !kept.contains(shown["person"]["phone"].as_str().expect("a phone")),
        "{kept}"
    );
    // The seller's endpoint has no such wish, and a key that may not read deliveries has none either.
    let body = json!({ "name": "x", "url": with.url, "includes": ["delivery"] });
    admin
        .post("/webhook-endpoints")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "invalid", "/includes");
    let key = app.key(&["webhooks:write"], None, Some(&buyer.id)).await;
    key.post("/webhook-endpoints")
        .json(&body)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    app.audit_is_green().await;
}

/// S6: outside of a sandbox only the public internet is taken, and in one nothing private but its own machine.
#[rstest]
#[tokio::test]
async fn s6_private_addresses_are_refused(#[values(Sqlite, Postgres)] on: Database) {
    let refused = async |app: &TestApp, url: &str| {
        let body = json!({ "name": "x", "url": url });
        let answer = app
            .staff("admin")
            .await
            .post("/webhook-endpoints")
            .json(&body)
            .send()
            .await;
        answer.assert_problem(422, "invalid", "/url");
        assert_eq!(answer.field_code("/url"), "refused_address", "{url}");
    };
    let strict = spawn_with(on, |settings| settings.sandbox = false).await;
    for url in [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://8.8.8.8:8443/",
        "http://8.8.8.8/",
        "https://user:secret@8.8.8.8/",
        "ftp://8.8.8.8/",
        "https://8.8.8.8/#x",
        "https://metadata.google.internal/",
        "https://nobody-has-this-name.tradepost.invalid/",
        "nonsense",
        "",
    ] {
        refused(&strict, url).await;
    }
    let admin = strict.staff("admin").await;
    let made = json!({ "name": "x", "url": "https://8.8.8.8/hooks" });
    let made = admin.post("/webhook-endpoints").json(&made).send().await.created();
    let path = format!("/webhook-endpoints/{}", made["endpoint"]["id"].as_str().expect("an id"));
    let patch = admin
        .patch(path)
        .json(&json!({ "url": "https://10.0.0.1/" }))
        .send()
        .await;
    patch.assert_problem(422, "invalid", "/url");
    let sandbox = spawn(on).await;
    for url in [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0:80/",
        "file:///etc/passwd",
    ] {
        refused(&sandbox, url).await;
    }
}

/// Edits count versions; what is taken away is gone, with what was sent to it.
#[rstest]
#[tokio::test]
async fn endpoints_are_changed_and_taken_away(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let (receiver, elsewhere) = (Receiver::willing(), Receiver::willing());
    let hook = hook(&admin, &receiver, json!({})).await;
    let change = json!({ "name": "The new CRM", "url": elsewhere.url, "kinds": ["invoice.issued", "invoice.issued"] });
    let changed = admin.patch(hook.path()).if_match(1).json(&change).send().await;
    assert_eq!(changed.ok()["kinds"], json!(["invoice.issued"]));
    assert_eq!(changed.version(), 2);
    admin
        .patch(hook.path())
        .if_match(1)
        .json(&change)
        .send()
        .await
        .assert_problem(412, "stale", "");
    admin
        .patch(hook.path())
        .json(&json!({ "name": " " }))
        .send()
        .await
        .assert_problem(422, "invalid", "/name");
    hook.act(&admin, "test", json!({})).await;
    until_seen(&app, &elsewhere, "the test arrives elsewhere", |seen| seen.len() == 1).await;
    assert!(receiver.seen().is_empty());
    until_written_down(&app, &admin, &hook).await;
    let one = hook.log(&admin).await[0]["id"].as_str().expect("an id").to_owned();
    admin.delete(hook.path()).send().await.assert_status(204);
    for path in [
        hook.path(),
        format!("{}/deliveries", hook.path()),
        format!("/webhook-deliveries/{one}"),
    ] {
        admin.get(path).send().await.assert_status(404);
    }
    assert!(admin.all("/webhook-endpoints").await.is_empty());
    app.run_jobs().await;
    app.until("what was sent to it is forgotten", async || left(&app).await == 0)
        .await;
    app.audit_is_green().await;
}
