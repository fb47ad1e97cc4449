//! What endpoints are: disabled, paused, rotated, changed, taken away; and what they include.

use super::*;
use rstest::rstest;
use serde_json::Value;
use serde_json::json;

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
    assert_eq!(
        subjects(&receiver),
        std::slice::from_ref(&first),
        "nothing is sent in a pause"
    );
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
