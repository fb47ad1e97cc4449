//! Staff who look at a portal as its owner does (R4, R68): they see what the owner sees, change nothing, and it stands in
//! the account's trail.

use super::auth::SignedIn;
use super::auth::authenticator::{code_of, long_ago, sql};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost::auth::operations::{Access, OPERATIONS};
use tradepost_contract::people::SupplierRole;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, PASSWORD, TestApp, spawn, staff_email};

async fn staff(app: &TestApp, role: &str) -> Client {
    let body = json!({ "email": staff_email(role), "password": PASSWORD });
    let answer = app.anonymous().post("/auth/login").json(&body).send().await;
    SignedIn::of(&answer).client(app)
}

async fn begin(staff: &Client, supplier: &str) -> Value {
    let path = format!("/suppliers/{supplier}/impersonations");
    let body = json!({ "reason": "They cannot find their return form" });
    staff.post(path).json(&body).send().await.created()
}

async fn eyes(app: &TestApp, staff: &Client, look: &Value) -> Client {
    let path = format!("/impersonations/{}/token", look["id"].as_str().expect("an id"));
    let token = staff.post(path).send().await.ok();
    app.anonymous()
        .with_bearer(token["access_token"].as_str().expect("a token"))
}

async fn trail(app: &TestApp, supplier: &str) -> Vec<Value> {
    let auditor = app.staff("auditor").await;
    let all = auditor
        .all(&format!("/audit-entries?supplier_id={supplier}&limit=100"))
        .await;
    let ours = |entry: &Value| {
        entry["action"]
            .as_str()
            .is_some_and(|action| action.contains("impersonation"))
    };
    all.into_iter().filter(ours).collect()
}

/// What the owner sees, and nothing of another account; every write is refused, and so is what is somebody's own.
#[rstest]
#[tokio::test]
async fn a_look_reads_and_never_writes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Lima", json!({})).await,
    );
    market.sell().await;
    let support = staff(&app, "support").await;
    let look = begin(&support, &buyer.id).await;
    let eyes = eyes(&app, &support, &look).await;
    let me = eyes.get("/me").send().await.ok();
    assert_eq!(
        (&me["audience"], &me["supplier"]["id"]),
        (&json!("supplier"), &json!(buyer.id))
    );
    assert_eq!(me["impersonation"]["id"], look["id"]);
    assert_eq!(me["email"], staff_email("support"), "whoever looks stays themselves");
    let owner = market.owner(&buyer).await;
    for path in [
        "/deliveries",
        "/orders",
        "/invoices",
        "/suppliers",
        "/webhook-endpoints",
        "/payment-methods",
    ] {
        assert_eq!(eyes.all(path).await, owner.all(path).await, "{path}");
    }
    eyes.get(format!("/suppliers/{}", other.id))
        .send()
        .await
        .assert_status(404);
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        let Access::Needs(permission) = operation.access else {
            continue;
        };
        let method = operation.method.parse().expect("a method");
        let path = operation.path.replace("{id}", "nothing_0000000000000");
        let mut call = eyes.call(method, &path);
        if operation.method != "GET" {
            call = call.json(&json!({ "no_such_field": 1 }));
        }
        let answer = call.send().await;
        let expected = if !permission.held_by_supplier(SupplierRole::Owner) {
            "forbidden"
        } else if operation.method != "GET" || operation.own_only {
            "impersonation_only_reads"
        } else {
            continue;
        };
        if answer.status != 403 || code_of(&answer) != expected {
            wrong.push(format!("{} → {}, not {expected}", operation.id, answer.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let said = me["permissions"].as_array().expect("permissions");
    let writes = |permission: &&Value| {
        !permission
            .as_str()
            .is_some_and(|text| text.ends_with(".read") || text == "self")
    };
    assert_eq!(said.iter().find(writes), None, "no page offers a write");
}

/// It needs the permission, a fresh proof and a reason; it is its session's alone, and it ends by hand, with another look,
/// with time, with the session and with the role; start and end stand in the account's trail.
#[rstest]
#[tokio::test]
async fn a_look_is_narrow_and_ends(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Lima").await);
    let path = format!("/suppliers/{}/impersonations", buyer.id);
    let reason = json!({ "reason": "They cannot find it" });
    for role in ["caller", "finance", "auditor", "returns_reviewer"] {
        let refused = app.staff(role).await.post(&path).json(&reason).send().await;
        refused.assert_problem(403, "forbidden", "");
    }
    let owner = market.owner(&buyer).await;
    owner
        .post(&path)
        .json(&reason)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let support = staff(&app, "support").await;
    support
        .post(&path)
        .json(&json!({ "reason": " " }))
        .send()
        .await
        .assert_problem(422, "invalid", "/reason");
    let nobody = "/suppliers/sup_0000000000zzz/impersonations";
    support.post(nobody).json(&reason).send().await.assert_status(404);
    long_ago(&app, &support).await;
    support
        .post(&path)
        .json(&reason)
        .send()
        .await
        .assert_problem(403, "step_up_required", "");
    let proof = json!({ "password": PASSWORD });
    support.post("/auth/step-up").json(&proof).send().await.ok();

    let look = begin(&support, &buyer.id).await;
    let seen = eyes(&app, &support, &look).await;
    seen.get("/me").send().await.ok();
    // Neither another person nor another session of the same one gets a token for it, and no look begins another.
    let token = format!("/impersonations/{}/token", look["id"].as_str().expect("an id"));
    let end = format!("/impersonations/{}/end", look["id"].as_str().expect("an id"));
    staff(&app, "support")
        .await
        .post(&token)
        .send()
        .await
        .assert_status(404);
    let manager = app.staff("account_manager").await;
    manager.post(&token).send().await.assert_status(404);
    manager.post(&end).send().await.assert_status(404);
    seen.post(&path)
        .json(&reason)
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    let second = begin(&support, &other.id).await;
    seen.get("/me").send().await.assert_status(401);
    support.post(&token).send().await.assert_status(404);
    let seen = eyes(&app, &support, &second).await;
    seen.get("/me").send().await.ok();
    let end = format!("/impersonations/{}/end", second["id"].as_str().expect("an id"));
    let ended = support.post(&end).send().await.ok();
    assert_eq!(ended["end_reason"], "by_hand");
    support.post(&end).send().await.ok();
    seen.get("/me").send().await.assert_status(401);

    let third = begin(&support, &buyer.id).await;
    let seen = eyes(&app, &support, &third).await;
    sql(
        &app,
        "UPDATE impersonations SET expires_at = started_at + 1 WHERE ended_at IS NULL",
    )
    .await;
    app.inside()
        .gate
        .forget_impersonation(third["id"].as_str().expect("an id").parse().expect("an id"));
    seen.get("/me").send().await.assert_status(401);
    app.run_jobs().await;

    let fourth = begin(&support, &buyer.id).await;
    let seen = eyes(&app, &support, &fourth).await;
    let session = support.get("/me").send().await.ok()["session_id"].clone();
    support
        .delete(format!("/sessions/{}", session.as_str().expect("an id")))
        .send()
        .await
        .assert_status(204);
    seen.get("/me").send().await.assert_status(401);
    app.run_jobs().await;

    let entries = trail(&app, &buyer.id).await;
    let mut told: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| {
            let because = entry["after"]["because"].as_str().unwrap_or_default();
            (entry["action"].as_str().unwrap_or_default(), because)
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("supplier.impersonation_ended", "replaced"),
            ("supplier.impersonation_ended", "signed_out"),
            ("supplier.impersonation_ended", "time_over"),
            ("supplier.impersonation_started", ""),
            ("supplier.impersonation_started", ""),
            ("supplier.impersonation_started", ""),
        ]
    );
    let started = entries
        .iter()
        .find(|entry| entry["action"] == "supplier.impersonation_started");
    assert_eq!(
        started.expect("a start")["reason"],
        "They cannot find their return form"
    );
    app.audit_is_green().await;
}

/// Whoever loses the role loses the look with it.
#[rstest]
#[tokio::test]
async fn a_look_ends_with_the_role(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let manager = staff(&app, "account_manager").await;
    let look = begin(&manager, &buyer.id).await;
    let seen = eyes(&app, &manager, &look).await;
    seen.get("/me").send().await.ok();
    let me = manager.get("/me").send().await.ok();
    let admin = app.staff("admin").await;
    let path = format!("/users/{}", me["id"].as_str().expect("an id"));
    admin
        .patch(path)
        .json(&json!({ "roles": ["caller"] }))
        .send()
        .await
        .ok();
    seen.get("/me").send().await.assert_status(401);
}
