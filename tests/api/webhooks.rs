//! Webhooks: signed, sent until they are taken, in order, to whom they concern and nobody else (F19, R127, S6).

mod endpoints;
mod guide;
mod order;

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
    let inside = app.inside();
    let counted = inside.db.read(|conn| {
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
    // Each of them is sold to both.
    let sales = app.await_events(DELIVERY, 12).await;
    let expected = sales.iter().filter(|sale| sale["supplier_id"] == *ours.id).count();
    assert_eq!(expected, 6, "both got all of them");
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
