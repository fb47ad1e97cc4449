//! People and API keys: made, changed and shut out, on both databases.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, TestApp, spawn, staff_email};

fn path_of(prefix: &str, made: &Value) -> String {
    format!("{prefix}/{}", made["id"].as_str().expect("an id"))
}

async fn user_of(app: &TestApp, role: &str) -> Value {
    let rows = app.staff("admin").await.all(&format!("/users?role={role}")).await;
    rows.into_iter()
        .find(|user| user["email"] == staff_email(role).as_str())
        .expect("the role's person")
}

#[rstest]
#[tokio::test]
async fn an_admin_makes_people_who_can_sign_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let body = json!({
        "email": "Ann.Okafor@Staff.example", "name": " Ann Okafor ", "phone": "+1 202 555 0147",
        "roles": ["finance", "support", "finance"], "password": PASSWORD,
    });
    let made = admin.post("/users").json(&body).send().await.created();
    assert_eq!(
        (made["name"].as_str(), made["email"].as_str()),
        (Some("Ann Okafor"), Some("Ann.Okafor@Staff.example"))
    );
    assert_eq!(made["roles"], json!(["finance", "support"]));
    assert!(!made.to_string().contains("argon2"), "no hash leaves the server");
    assert_eq!(admin.get(path_of("/users", &made)).send().await.ok(), made);
    app.sign_in("ann.okafor@staff.example", PASSWORD)
        .await
        .get("/me")
        .send()
        .await
        .ok();

    let again = json!({ "email": "ann.OKAFOR@staff.example", "name": "Ann", "roles": ["support"] });
    admin
        .post("/users")
        .json(&again)
        .send()
        .await
        .assert_problem(409, "duplicate", "/email");
    let trail = app
        .staff("auditor")
        .await
        .all("/audit-entries?action=user.created")
        .await;
    assert_eq!(trail.len(), 1, "R124: {trail:?}");
    assert!(!trail[0].to_string().contains("Okafor") || trail[0]["actor_name"] != "Ann Okafor");
    // On PostgreSQL an event is readable once no older transaction is open.
    while app.events("access.changed").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[rstest]
#[case::email("email", json!("nobody"), "/email")]
#[case::name("name", json!("  "), "/name")]
#[case::phone("phone", json!("call me"), "/phone")]
#[case::no_roles("roles", json!([]), "/roles")]
#[case::short_password("password", json!("short"), "/password")]
#[case::common_password("password", json!("Password1234"), "/password")]
#[tokio::test]
async fn a_refused_value_is_pointed_at(#[case] field: &str, #[case] value: Value, #[case] pointer: &str) {
    let app = spawn(Sqlite).await;
    let mut body = json!({ "email": "ann@staff.example", "name": "Ann", "roles": ["support"] });
    body[field] = value;
    app.staff("admin")
        .await
        .post("/users")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "invalid", pointer);
}

#[rstest]
#[tokio::test]
async fn a_change_is_a_merge_patch_with_a_version(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let path = path_of("/users", &user_of(&app, "support").await);
    let first = admin
        .patch(&path)
        .json(&json!({ "phone": "+1 202 555 0100" }))
        .if_match(1)
        .send()
        .await;
    assert_eq!(
        (first.ok()["phone"].as_str(), first.ok()["version"].as_i64()),
        (Some("+1 202 555 0100"), Some(2))
    );
    admin
        .patch(&path)
        .json(&json!({ "name": "Late" }))
        .if_match(1)
        .send()
        .await
        .assert_problem(412, "stale", "");
    let kept = admin.patch(&path).json(&json!({ "name": "Sue" })).send().await.ok();
    assert_eq!(
        (kept["name"].as_str(), kept["phone"].as_str()),
        (Some("Sue"), Some("+1 202 555 0100"))
    );
    let gone = admin.patch(&path).json(&json!({ "phone": null })).send().await.ok();
    assert_eq!(gone["phone"], Value::Null);
    admin
        .patch(&path)
        .json(&json!({ "email": "x@example.com" }))
        .send()
        .await
        .assert_problem(400, "malformed_body", "/email");
}

#[rstest]
#[tokio::test]
async fn there_is_always_an_admin(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let own = path_of("/users", &user_of(&app, "admin").await);
    for patch in [json!({ "roles": ["support"] }), json!({ "status": "disabled" })] {
        admin
            .patch(&own)
            .json(&patch)
            .send()
            .await
            .assert_problem(409, "state_conflict", "");
    }
    let body = json!({ "email": "second@staff.example", "name": "Second", "roles": ["admin"], "password": PASSWORD });
    let second = admin.post("/users").json(&body).send().await.created();
    let (one, other) = (admin.clone(), app.sign_in("second@staff.example", PASSWORD).await);
    // Each takes the role from the other at the same moment: one of them has to stay.
    let (patch, second) = (json!({ "roles": ["support"] }), path_of("/users", &second));
    let (first, second) = tokio::join!(
        one.patch(&second).json(&patch).send(),
        other.patch(&own).json(&patch).send()
    );
    let worked = [&first, &second]
        .iter()
        .filter(|answer| answer.status.is_success())
        .count();
    assert!(worked <= 1, "{first} {second}");
}

#[rstest]
#[tokio::test]
async fn a_list_of_people_is_filtered_and_paged(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let everybody = admin.all("/users?limit=2").await;
    let ids: std::collections::BTreeSet<_> = everybody.iter().map(|user| user["id"].to_string()).collect();
    assert_eq!((everybody.len(), ids.len()), (7, 7), "one for each role, none twice");
    assert_eq!(admin.all("/users?role=finance").await.len(), 1);
    assert_eq!(admin.all("/users?audience=supplier").await.len(), 0);
    assert_eq!(admin.all("/users?status=disabled").await.len(), 0);
    admin
        .get("/users?role=king")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?role");
    admin
        .get("/users?colour=red")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?colour");
    admin
        .get("/users/user_0000000000000")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    admin
        .get("/users/nonsense")
        .send()
        .await
        .assert_problem(404, "not_found", "");
}

#[rstest]
#[tokio::test]
async fn a_key_is_shown_once_and_opens_only_its_scopes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let body = json!({ "name": "Reader", "scopes": ["market:read", "events:read"], "expires_in_days": 30 });
    let answer = admin
        .post("/api-keys")
        .json(&body)
        .idempotency_key("reader")
        .send()
        .await;
    answer.assert_status(201);
    let secret = answer.json()["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("tp_test_"), "a sandbox makes test keys");
    let again = admin
        .post("/api-keys")
        .json(&body)
        .idempotency_key("reader")
        .send()
        .await;
    again.assert_status(201);
    assert_eq!(again.json()["secret"], Value::Null, "a replay does not show it");
    assert_eq!(again.json()["api_key"]["id"], answer.json()["api_key"]["id"]);

    let key = app.anonymous().with_bearer(&secret);
    key.get("/events").send().await.ok();
    for path in ["/users", "/api-keys", "/me", "/sessions", "/audit-entries"] {
        key.get(path).send().await.assert_problem(403, "forbidden", "");
    }
    let path = path_of("/api-keys", &answer.json()["api_key"]);
    let shown = admin.get(&path).send().await;
    assert!(
        !shown.text().contains(&secret[17..60]),
        "the secret is never shown again"
    );
    assert_eq!(shown.ok()["status"], "active");

    // One wrong character, and the checksum or the hash says no.
    let mut wrong = secret.clone().into_bytes();
    wrong[20] = if wrong[20] == b'a' { b'b' } else { b'a' };
    let wrong = String::from_utf8(wrong).expect("ASCII");
    app.anonymous()
        .with_bearer(&wrong)
        .get("/events")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let live = secret.replace("tp_test_", "tp_live_");
    app.anonymous()
        .with_bearer(&live)
        .get("/events")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");

    admin.post(format!("{path}/revoke")).send().await.ok();
    key.get("/events")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    assert_eq!(
        admin.post(format!("{path}/revoke")).send().await.ok()["status"],
        "revoked",
        "again changes nothing"
    );
    assert_eq!(
        app.staff("auditor")
            .await
            .all("/audit-entries?action=api_key.revoked")
            .await
            .len(),
        1
    );
    assert_eq!(admin.all("/api-keys?status=revoked").await.len(), 1);
}

#[rstest]
#[case::no_scope(json!({ "scopes": [] }), "/scopes", "required")]
#[case::no_name(json!({ "name": " " }), "/name", "invalid")]
#[case::no_days(json!({ "expires_in_days": 0 }), "/expires_in_days", "out_of_range")]
#[case::two_years(json!({ "expires_in_days": 730 }), "/expires_in_days", "out_of_range")]
#[case::unknown_programme(json!({ "programme_id": "prog_0000000000001" }), "/programme_id", "unknown_id")]
#[case::unknown_supplier(json!({ "supplier_id": "sup_0000000000001" }), "/supplier_id", "unknown_id")]
#[case::leads_for_a_supplier(json!({ "scopes": ["leads:read"], "supplier_id": "sup_0000000000001" }), "/scopes", "not_for_supplier")]
#[tokio::test]
async fn a_key_that_cannot_be_is_refused(#[case] patch: Value, #[case] pointer: &str, #[case] code: &str) {
    let app = spawn(Sqlite).await;
    let mut body = json!({ "name": "Key", "scopes": ["market:read"] });
    for (field, value) in patch.as_object().expect("an object") {
        body[field] = value.clone();
    }
    let answer = app.staff("admin").await.post("/api-keys").json(&body).send().await;
    answer.assert_problem(422, "invalid", pointer);
    assert_eq!(answer.json()["errors"][0]["code"], code, "{answer}");
}
