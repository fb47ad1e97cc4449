//! Keys: rotated without a gap, limited, and what they asked for is logged (part 5 of the integrations).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, TestApp, spawn};

/// A key: its path, and the client that has it.
async fn key(app: &TestApp, admin: &Client, more: Value) -> (String, Client) {
    let body = json!({ "name": "Landing pages", "scopes": ["market:read", "leads:write"] });
    let body = tradepost_tests::merged(body, more);
    let made = admin.post("/api-keys").json(&body).send().await.created();
    let path = format!("/api-keys/{}", made["api_key"]["id"].as_str().expect("an id"));
    (path, holder(app, &made))
}

fn holder(app: &TestApp, made: &Value) -> Client {
    app.anonymous().with_bearer(made["secret"].as_str().expect("a secret"))
}

/// A key is rotated with an overlap: old and new open until the overlap is over, the one before that does not; the
/// secret is in no later answer, and the change is on record.
#[rstest]
#[tokio::test]
async fn a_key_is_rotated_without_a_gap(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let (path, first) = key(&app, &admin, json!({ "expires_in_days": 10 })).await;
    let works = async |client: &Client| client.get("/programmes").send().await.status.as_u16();
    assert_eq!(works(&first).await, 200);
    let before = admin.get(&path).send().await.ok();
    let rotate = |body: Value| admin.post(format!("{path}/rotate")).json(&body);
    let made = rotate(json!({ "overlap_hours": 1 }))
        .idempotency_key("once")
        .send()
        .await
        .ok();
    let second = holder(&app, &made);
    assert_eq!(made["api_key"]["public_id"], before["public_id"]);
    assert!(
        made["api_key"]["expires_at"].as_str() > before["expires_at"].as_str(),
        "a year from now"
    );
    assert!(made["api_key"]["previous_secret_until"].is_string());
    let again = rotate(json!({ "overlap_hours": 1 }))
        .idempotency_key("once")
        .send()
        .await
        .ok();
    assert_eq!(again["secret"], Value::Null, "a replay does not show it");
    assert_eq!((works(&first).await, works(&second).await), (200, 200));

    // The overlap is over: time does to the row what waiting would.
    let over = "UPDATE api_keys SET previous_secret_until = 1 WHERE previous_secret_until IS NOT NULL";
    sql(&app, over).await;
    let renamed = admin.patch(&path).json(&json!({ "name": "Forms" })).send().await;
    assert_eq!(renamed.ok()["previous_secret_until"], Value::Null);
    assert_eq!((works(&first).await, works(&second).await), (401, 200));
    // Leaked: no overlap at all.
    let third = holder(&app, &rotate(json!({ "overlap_hours": 0 })).send().await.ok());
    assert_eq!((works(&second).await, works(&third).await), (401, 200));
    for (body, pointer) in [
        (json!({ "overlap_hours": 169 }), "/overlap_hours"),
        (json!({ "expires_in_days": 366 }), "/expires_in_days"),
    ] {
        rotate(body).send().await.assert_problem(422, "invalid", pointer);
    }
    let stale = admin
        .patch(&path)
        .if_match(1)
        .json(&json!({ "name": "x" }))
        .send()
        .await;
    stale.assert_problem(412, "stale", "");
    admin.post(format!("{path}/revoke")).send().await.ok();
    assert_eq!(works(&third).await, 401);
    rotate(json!({})).send().await.assert_problem(409, "state_conflict", "");
    let trail = app
        .staff("auditor")
        .await
        .all("/audit-entries?action=api_key.rotated")
        .await;
    assert_eq!(trail.len(), 2);
}

async fn sql(app: &TestApp, statement: &'static str) {
    use diesel::connection::SimpleConnection;
    let done = app.inside().db.write(move |tx| Ok(tx.batch_execute(statement)?)).await;
    done.expect("the statement is right");
}

/// A key sends so many requests a minute: each answer says how many are left, and one too many is refused, whatever it
/// asks for; people have no such limit, and staff raise it at once.
#[rstest]
#[tokio::test]
async fn a_key_sends_so_many_requests_a_minute(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let (path, key) = key(&app, &admin, json!({ "requests_per_minute": 3 })).await;
    for left in ["2", "1", "0"] {
        // Refusals count as well.
        let asked = if left == "1" { "/users" } else { "/programmes" };
        let answer = key.get(asked).send().await;
        assert_eq!(
            (answer.header("RateLimit-Limit"), answer.header("RateLimit-Remaining")),
            (Some("3"), Some(left)),
            "{answer}"
        );
        let reset: u64 = answer
            .header("RateLimit-Reset")
            .and_then(|text| text.parse().ok())
            .expect("seconds");
        assert!((1..=60).contains(&reset), "{answer}");
    }
    let refused = key.get("/programmes").send().await;
    refused.assert_problem(429, "too_many_requests", "");
    assert!(refused.header("Retry-After").is_some() && refused.header("RateLimit-Remaining") == Some("0"));
    assert!(
        admin
            .get("/programmes")
            .send()
            .await
            .header("RateLimit-Limit")
            .is_none(),
        "people have none"
    );
    admin
        .patch(&path)
        .json(&json!({ "requests_per_minute": 5 }))
        .send()
        .await
        .ok();
    assert_eq!(
        key.get("/programmes").send().await.header("RateLimit-Remaining"),
        Some("1")
    );
    let bad = admin
        .patch(&path)
        .json(&json!({ "requests_per_minute": 0 }))
        .send()
        .await;
    bad.assert_problem(422, "invalid", "/requests_per_minute");
}

/// What a key asks for is logged a moment later: the operation, the status, the time, the request's id, and whether an
/// earlier answer was given again; no body and nobody's name.
#[rstest]
#[tokio::test]
async fn what_a_key_asks_for_is_logged(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let admin = app.staff("admin").await;
    let (path, key) = key(&app, &admin, json!({})).await;
    let lead = market.lead();
    let submit = || key.post("/leads").json(&lead).idempotency_key("a-lead");
    let first = submit().send().await;
    first.created();
    submit().send().await.created();
    key.get("/users").send().await.assert_problem(403, "forbidden", "");
    let unknown = key.get("/orders/order_0000000000001").send().await;
    unknown.assert_status(404);
    key.get("/nowhere").send().await.assert_status(404);
    app.until("four are written down", async || {
        admin.all(&format!("{path}/requests")).await.len() == 4
    })
    .await;
    let log = admin.all(&format!("{path}/requests")).await;
    let said: Vec<(&str, i64, bool)> = log
        .iter()
        .map(|one| {
            let operation = one["operation"].as_str().unwrap_or_default();
            (
                operation,
                one["status"].as_i64().unwrap_or_default(),
                one["replayed"] == true,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("get_order", 404, false),
            ("list_users", 403, false),
            ("create_lead", 201, true),
            ("create_lead", 201, false)
        ]
    );
    assert_eq!(log[3]["request_id"], json!(first.header("X-Request-Id")));
    assert!(
        log.iter()
            .all(|one| one["took_micros"].as_i64().is_some_and(|took| took > 0))
    );
    let text = json!(log).to_string();
    assert!(!text.contains("reyes") && !text.contains("order_"), "{text}");
    assert_eq!(admin.all(&format!("{path}/requests?failed=true")).await.len(), 2);
    assert_eq!(
        admin.all(&format!("{path}/requests?operation=create_lead")).await.len(),
        2
    );
    assert!(admin.get(&path).send().await.ok()["last_used_at"].is_string());

    // Kept for fourteen days after it was written, which the id of a row tells.
    sql(
        &app,
        "UPDATE api_key_requests SET at = 1, id = 1 WHERE operation = 'list_users'",
    )
    .await;
    app.run_jobs().await;
    assert_eq!(admin.all(&format!("{path}/requests")).await.len(), 3);
}

/// A server that is told to stop writes what it had not written.
#[tokio::test]
async fn a_server_that_stops_writes_its_log() {
    let mut app = tradepost_tests::spawn_process(Sqlite).await;
    let admin = app.staff("admin").await;
    let (path, key) = key(&app, &admin, json!({})).await;
    for _ in 0..20 {
        key.get("/programmes").send().await.ok();
    }
    app.terminate();
    app.has_ended().await;
    app.restart().await;
    let admin = app.staff("admin").await;
    assert_eq!(admin.all(&format!("{path}/requests")).await.len(), 20);
}
