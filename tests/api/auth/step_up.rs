//! Money, keys and access ask again who is there (ASVS 3.7.1, 4.3.1): which operations do is a column of the table of
//! operations, and every one of them is tried here.

use super::authenticator::{Authenticator, email_of, long_ago, with_code};
use rstest::rstest;
use serde_json::json;
use tradepost::auth::operations::{Access, OPERATIONS, Operation};
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, PASSWORD, spawn, spawn_with};

async fn call(client: &Client, operation: &Operation) -> Answer {
    let method = operation.method.parse().expect("a method");
    let path = operation.path.replace("{id}", "nothing_0000000000000");
    // No operation takes this body, so that nothing comes of the calls that are let in.
    let body = json!({ "no_such_field": 1 });
    client.call(method, &path).json(&body).send().await
}

/// Every operation that the table marks refuses a session that proved itself too long ago, whoever holds the permission,
/// and lets it in after a proof; no other operation asks.
#[rstest]
#[tokio::test]
async fn what_the_table_marks_asks_again(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Acme").await;
    let mut people: Vec<(String, Client)> = Vec::new();
    for role in StaffRole::ALL {
        people.push((role.to_string(), app.staff(role.as_str()).await));
    }
    for role in SupplierRole::ALL {
        people.push((format!("supplier {role}"), market.member(&buyer, role.as_str()).await));
    }
    let holders = |operation: &Operation| {
        let Access::Needs(permission) = operation.access else {
            return Vec::new();
        };
        let staff = StaffRole::ALL.iter().filter(|role| permission.held_by_staff(**role));
        let suppliers = SupplierRole::ALL
            .iter()
            .filter(|role| permission.held_by_supplier(**role));
        let staff = staff.map(|role| role.to_string());
        staff.chain(suppliers.map(|role| format!("supplier {role}"))).collect()
    };
    for (_, client) in &people {
        long_ago(&app, client).await;
    }
    let marked: Vec<&Operation> = OPERATIONS.iter().filter(|operation| operation.step_up).collect();
    assert!(marked.len() > 20, "{}", marked.len());
    let mut wrong = Vec::new();
    for stale in [true, false] {
        for operation in OPERATIONS.iter().filter(|operation| operation.id != "step_up") {
            for (name, client) in &people {
                if !holders(operation).contains(name) {
                    continue;
                }
                let answer = call(client, operation).await;
                let asks = answer.status == 403 && answer.json()["code"] == "step_up_required";
                if asks != (stale && operation.step_up) {
                    wrong.push(format!("{name}, stale {stale}: {} → {}", operation.id, answer.status));
                }
            }
        }
        for (_, client) in people.iter().filter(|_| stale) {
            let body = json!({ "password": PASSWORD });
            client.post("/auth/step-up").json(&body).send().await.ok();
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The document says of exactly those operations that they ask.
#[test]
fn the_document_marks_what_asks() {
    let document = serde_json::to_value(tradepost::routes::full_document()).expect("JSON");
    for operation in OPERATIONS {
        let pointer = &document["paths"][format!("/api/v1{}", operation.path)][operation.method.to_lowercase()];
        assert_eq!(pointer["x-step-up"] == true, operation.step_up, "{}", operation.id);
        let said = pointer["description"].as_str().unwrap_or_default();
        assert_eq!(
            said.contains("step_up_required"),
            operation.step_up || operation.id == "step_up",
            "{}",
            operation.id
        );
    }
}

/// A wrong password proves nothing and is slowed; who signs in with codes proves it with a code and not with the password;
/// a proof is the session's that gave it.
#[rstest]
#[tokio::test]
async fn what_proves_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Acme").await;
    let owner = market.owner(&buyer).await;
    let other = market.owner(&buyer).await;
    long_ago(&app, &owner).await;
    long_ago(&app, &other).await;
    let endpoint = |client: Client| async move {
        let body = json!({ "name": "CRM", "url": "https://crm.example.com/hook", "kinds": ["lead.sold"] });
        let answer = client.post("/webhook-endpoints").json(&body).send().await;
        answer.json()["code"] == "step_up_required"
    };
    assert!(endpoint(owner.clone()).await);
    let nothing = owner.post("/auth/step-up").json(&json!({})).send().await;
    nothing.assert_problem(422, "invalid", "/password");
    for _ in 0..5 {
        let body = json!({ "password": "not it at all" });
        let refused = owner.post("/auth/step-up").json(&body).send().await;
        refused.assert_problem(422, "invalid", "/password");
    }
    let longer = "UPDATE sign_in_throttles SET blocked_until = blocked_until + 60000000 WHERE failures >= 5";
    super::authenticator::sql(&app, longer).await;
    let body = json!({ "password": PASSWORD });
    let slowed = owner.post("/auth/step-up").json(&body).send().await;
    slowed.assert_problem(429, "too_many_requests", "");
    super::authenticator::sql(&app, "UPDATE sign_in_throttles SET blocked_until = 0").await;
    assert!(endpoint(owner.clone()).await);
    let proved = owner.post("/auth/step-up").json(&body).send().await.ok();
    assert!(proved["until"].is_string());
    assert!(!endpoint(owner.clone()).await);
    assert!(endpoint(other.clone()).await, "it is no proof of another session");

    // With a second factor the password is not enough.
    let mut device = Authenticator::enrol(&owner).await;
    let email = email_of(&owner).await;
    let code = device.next().await;
    let person = with_code(&app, &email, &code).await.client(&app);
    assert!(!endpoint(person.clone()).await, "a fresh sign-in counts");
    long_ago(&app, &person).await;
    assert!(endpoint(person.clone()).await);
    let refused = person.post("/auth/step-up").json(&body).send().await;
    refused.assert_problem(422, "invalid", "/code");
    let old = json!({ "code": code });
    let refused = person.post("/auth/step-up").json(&old).send().await;
    assert_eq!(
        refused.assert_problem(422, "invalid", "/code").field_code("/code"),
        "used_code"
    );
    let body = json!({ "code": device.recovery[0] });
    person.post("/auth/step-up").json(&body).send().await.ok();
    assert!(!endpoint(person.clone()).await);
}

/// Programs are not asked: a key was made by somebody who had proved it. And how long a proof counts is a setting.
#[rstest]
#[tokio::test]
async fn keys_are_not_asked_and_the_window_is_a_setting(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| settings.step_up_minutes = 60).await;
    let admin = app.staff("admin").await;
    long_ago(&app, &admin).await;
    let key = app.key(&["webhooks:write"], None, None).await;
    let body = json!({ "no_such_field": 1 });
    let answer = key.post("/webhook-endpoints").json(&body).send().await;
    answer.assert_status(400);
}
