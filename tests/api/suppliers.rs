//! Suppliers: their standing, who looks after them, who changes what, and their contact points.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Market, PASSWORD, TestApp, merged, spawn};

/// A supplier that is being set up, and its id.
async fn onboarding(market: &Market<'_>, more: Value) -> Value {
    let body = json!({ "programme_id": market.id(), "name": "Okafor Roofing", "address": "12 Main Street" });
    let manager = market.app.staff("account_manager").await;
    let body = merged(body, more);
    manager.post("/suppliers").json(&body).send().await.created()
}

fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("a row has an id").to_owned()
}

async fn user_id(app: &TestApp, role: &str) -> String {
    let users = app
        .staff("admin")
        .await
        .get(format!("/users?role={role}"))
        .send()
        .await
        .ok();
    id_of(&users["data"][0])
}

/// R3: activating sends one message to the people who sign in, and activating again sends none.
#[rstest]
#[tokio::test]
async fn r3_the_first_activation_sends_exactly_one_message(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let supplier = id_of(&onboarding(&market, json!({})).await);
    let owner = json!({ "email": "Mo@Okafor.example", "name": "Mo", "role": "owner", "password": PASSWORD });
    manager
        .post(format!("/suppliers/{supplier}/members"))
        .json(&owner)
        .send()
        .await
        .assert_status(201);

    let path = |action: &str| format!("/suppliers/{supplier}/{action}");
    let active = manager.post(path("activate")).json(&json!({})).send().await.ok();
    assert_eq!(active["status"], "active");
    assert!(active["activated_at"].is_string());
    manager
        .post(path("activate"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let suspended = manager
        .post(path("suspend"))
        .json(&json!({ "reason": "Unpaid" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&suspended["status"], &suspended["status_reason"]),
        (&json!("suspended"), &json!("Unpaid"))
    );
    let again = manager.post(path("activate")).send().await.ok();
    assert_eq!(again["activated_at"], active["activated_at"]);

    let messages = manager
        .all(&format!("/notifications?kind=activation&supplier_id={supplier}"))
        .await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["recipients"], json!(["Mo@Okafor.example"]));

    let closed = manager
        .post(path("close"))
        .json(&json!({ "reason": "Retired" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&closed["status"], &closed["allowed_actions"]),
        (&json!("closed"), &json!([]))
    );
    manager
        .post(path("activate"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let late = json!({ "name": "New name" });
    manager
        .patch(format!("/suppliers/{supplier}"))
        .json(&late)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
}

/// R1, R122: the account manager with name, e-mail and phone; the department while there is none.
#[rstest]
#[tokio::test]
async fn r1_a_supplier_always_has_somebody_to_turn_to(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}", buyer.id);
    let contact = |supplier: Value| supplier["contact"].clone();

    let department = json!({ "kind": "department", "name": "Accounts", "email": "accounts@example.com", "phone": "+1 512 555 0134" });
    assert_eq!(contact(owner.get(&path).send().await.ok()), department);

    let ann = user_id(&app, "account_manager").await;
    manager
        .patch(&path)
        .json(&json!({ "account_manager_id": ann }))
        .send()
        .await
        .ok();
    let named = contact(owner.get(&path).send().await.ok());
    assert_eq!(named["kind"], "account_manager");
    assert_eq!(named["email"], "account_manager@staff.example");
    let listed = owner.get("/suppliers").send().await.ok();
    assert_eq!(listed["data"][0]["contact"], named);
    let mine = manager
        .get(format!(
            "/suppliers?account_manager_id={ann}&status=active,suspended&q=okaf"
        ))
        .send()
        .await
        .ok();
    assert_eq!(mine["data"].as_array().map(Vec::len), Some(1));

    manager
        .patch(&path)
        .json(&json!({ "account_manager_id": null }))
        .send()
        .await
        .ok();
    assert_eq!(contact(owner.get(&path).send().await.ok()), department);
    let stranger = json!({ "account_manager_id": "user_0000000000001" });
    manager
        .patch(&path)
        .json(&stranger)
        .send()
        .await
        .assert_problem(422, "invalid", "/account_manager_id");
}

/// R5, R124: read-only to the supplier, who is told whom to ask; staff change it, and it is audited.
#[rstest]
#[tokio::test]
async fn r5_changes_go_through_the_account_manager(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}", buyer.id);
    let order = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));

    let refusals = [
        owner
            .patch(&path)
            .json(&json!({ "address": "1 New Road" }))
            .send()
            .await,
        owner
            .post(format!("{path}/coverage"))
            .json(&json!({ "kind": "us_state", "values": ["TX"] }))
            .send()
            .await,
        owner.patch(&order).json(&json!({ "cap_day": 3 })).send().await,
        owner
            .post(format!("{path}/businesses"))
            .json(&json!({ "name": "Second" }))
            .send()
            .await,
        owner
            .post(format!("{path}/contacts"))
            .json(&json!({ "purpose": "leads", "email": "a@b.example" }))
            .send()
            .await,
    ];
    for refusal in refusals {
        let problem = refusal.assert_problem(403, "change_through_staff", "").json();
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(
            detail.contains("Accounts") && detail.contains("accounts@example.com"),
            "{detail}"
        );
        assert!(detail.contains("change request"), "{detail}");
    }
    let billing = market.member(&buyer, "billing").await;
    billing
        .patch(&path)
        .json(&json!({ "address": "1 New Road" }))
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    let edit = json!({ "address": "1 New Road", "reason": "Asked by phone" });
    let edited = manager.patch(&path).json(&edit).send().await;
    assert_eq!(edited.ok()["address"], "1 New Road");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}&action=supplier.updated", buyer.id))
        .await;
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0]["before"], json!({ "address": "12 Main Street" }));
    assert_eq!(trail[0]["after"], json!({ "address": "1 New Road" }));
    assert_eq!(trail[0]["reason"], "Asked by phone");
    assert_eq!(trail[0]["channel"], "console");
}

/// R65, R106, K17: where the policy says `edit`, the supplier's owner makes the change.
#[rstest]
#[tokio::test]
async fn r65_owners_edit_what_the_policy_lets_them(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let store = app.market("lead-store").await;
    let buyer = store.supplier("Okafor").await;
    let owner = store.owner(&buyer).await;
    let path = format!("/suppliers/{}", buyer.id);
    assert_eq!(
        owner
            .patch(&path)
            .json(&json!({ "name": "Okafor & Co" }))
            .send()
            .await
            .ok()["name"],
        "Okafor & Co"
    );
    let manager = app.staff("account_manager").await;
    let group = manager
        .post("/business-associations")
        .json(&json!({ "name": "Sunrise Wellness" }))
        .send()
        .await
        .created();
    manager
        .post("/business-associations")
        .json(&json!({ "name": " sunrise   WELLNESS" }))
        .send()
        .await
        .assert_problem(409, "duplicate", "/name");
    let business = format!("/businesses/{}", buyer.business_id);
    let joined = owner
        .patch(&business)
        .json(&json!({ "association_id": group["id"] }))
        .send()
        .await
        .ok();
    assert_eq!(joined["association"]["name"], "Sunrise Wellness");
    // The account manager and the terms are the seller's, whatever the policy.
    let terms = json!({ "policy_override": {} });
    owner
        .patch(&path)
        .json(&terms)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    assert!(owner.get(&path).send().await.ok().get("policy_override").is_none());

    let local = app.market("local-exclusive").await;
    let buyer = local.buyer("Reyes", json!({})).await;
    let owner = local.owner(&buyer).await;
    let path = format!("/suppliers/{}", buyer.id);
    let area = json!({ "kind": "us_zip", "values": ["78701", "78702-0001"] });
    let added = owner.post(format!("{path}/coverage")).json(&area).send().await.ok();
    assert_eq!(added["data"][1]["value"], "78702");
    let order = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    assert_eq!(
        owner.patch(&order).json(&json!({ "cap_day": 3 })).send().await.ok()["cap_day"],
        3
    );
}

/// R14, R16: several lead addresses; a changed billing address keeps its old value in the trail.
#[rstest]
#[tokio::test]
async fn r14_r16_addresses_are_added_changed_and_removed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/contacts", buyer.id);
    let add = async |purpose: &str, email: &str| {
        let body = json!({ "purpose": purpose, "email": email });
        manager.post(&path).json(&body).send().await.created()
    };
    let first = add("leads", "one@okafor.example").await;
    add("leads", "two@okafor.example").await;
    let billing = add("billing", "old@okafor.example").await;
    let nobody = json!({ "purpose": "leads" });
    manager
        .post(&path)
        .json(&nobody)
        .send()
        .await
        .assert_problem(422, "invalid", "/email");
    let mistyped = json!({ "purpose": "leads", "email": "one@", "phone": "12" });
    let refused = manager.post(&path).json(&mistyped).send().await;
    refused
        .assert_problem(422, "invalid", "/email")
        .assert_problem(422, "invalid", "/phone");

    let removed = format!("/contacts/{}", id_of(&first));
    manager
        .patch(&removed)
        .json(&json!({ "active": false }))
        .send()
        .await
        .ok();
    let active = manager.all(&format!("{path}?purpose=leads&active=true")).await;
    assert_eq!(active.len(), 1);
    assert_eq!(active[0]["email"], "two@okafor.example");

    let contact = format!("/contacts/{}", id_of(&billing));
    let change = json!({ "email": "new@okafor.example" });
    manager
        .patch(&contact)
        .json(&change)
        .if_match(7)
        .send()
        .await
        .assert_problem(412, "stale", "");
    let changed = manager.patch(&contact).json(&change).if_match(1).send().await;
    assert_eq!(
        (changed.version(), changed.ok()["email"].clone()),
        (2, json!("new@okafor.example"))
    );
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", id_of(&billing)))
        .await;
    let change = trail
        .iter()
        .find(|entry| entry["action"] == "contact.updated")
        .expect("a record");
    assert_eq!(change["before"], json!({ "email": "old@okafor.example" }));
}

/// R127: another account's things are not there, in a path and in a body.
#[rstest]
#[tokio::test]
async fn r127_another_accounts_things_are_not_there(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Reyes", json!({})).await,
    );
    let owner = market.owner(&buyer).await;
    let order = other.order_id.as_deref().expect("an order");
    let paths = [
        format!("/suppliers/{}", other.id),
        format!("/suppliers/{}/policy", other.id),
        format!("/suppliers/{}/businesses", other.id),
        format!("/suppliers/{}/contacts", other.id),
        format!("/suppliers/{}/members", other.id),
        format!("/suppliers/{}/agreements", other.id),
        format!("/suppliers/{}/coverage", other.id),
        format!("/businesses/{}", other.business_id),
        format!("/orders/{order}"),
        "/orders/ord_0000000000001".to_owned(),
        "/orders/nonsense".to_owned(),
    ];
    for path in paths {
        owner.get(&path).send().await.assert_problem(404, "not_found", "");
    }
    let contact = json!({ "purpose": "leads", "email": "a@b.example", "business_id": other.business_id });
    let refused = owner
        .post(format!("/suppliers/{}/contacts", buyer.id))
        .json(&contact)
        .send()
        .await;
    refused.assert_problem(422, "invalid", "/business_id");
    let area = json!({ "kind": "us_state", "values": ["TX"], "order_id": order });
    let refused = owner
        .post(format!("/suppliers/{}/coverage", buyer.id))
        .json(&area)
        .send()
        .await;
    assert_eq!(
        refused
            .assert_problem(422, "invalid", "/order_id")
            .field_code("/order_id"),
        "unknown_id"
    );
    let foreign = json!({ "business_id": other.business_id, "product_id": market.product["id"] });
    let missing = json!({ "business_id": "biz_0000000000001", "product_id": market.product["id"] });
    let (foreign, missing) = (
        owner.post("/orders").json(&foreign).send().await,
        owner.post("/orders").json(&missing).send().await,
    );
    assert_eq!(foreign.json()["errors"], missing.json()["errors"]);
    owner
        .patch(format!("/orders/{order}"))
        .json(&json!({ "cap_day": 1 }))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    assert_eq!(
        owner.all(&format!("/orders?supplier_id={}", other.id)).await,
        Vec::<Value>::new()
    );
}

/// What is refused says where.
#[rstest]
#[tokio::test]
async fn bad_particulars_are_pointed_at(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let bad = json!({
        "programme_id": market.id(), "name": " ", "address": "x", "country": "XX", "time_zone": "Mars/Base",
    });
    let refused = manager.post("/suppliers").json(&bad).send().await;
    for pointer in ["/name", "/country", "/time_zone"] {
        refused.assert_problem(422, "invalid", pointer);
    }
    let unknown = json!({ "programme_id": "prog_0000000000001", "name": "A", "address": "x" });
    manager
        .post("/suppliers")
        .json(&unknown)
        .send()
        .await
        .assert_problem(422, "invalid", "/programme_id");
    let extra = json!({ "programme_id": market.id(), "name": "A", "address": "x", "status": "active" });
    manager
        .post("/suppliers")
        .json(&extra)
        .send()
        .await
        .assert_problem(400, "malformed_body", "");
    let reach = json!({ "policy_override": { "billing": { "mode": "prepaid" } } });
    let first = onboarding(&market, json!({ "external_id": "crm-1" })).await;
    let path = format!("/suppliers/{}", id_of(&first));
    manager
        .patch(&path)
        .json(&reach)
        .send()
        .await
        .assert_problem(422, "invalid", "/policy_override/billing/mode");
    let null = json!({ "name": null });
    manager
        .patch(&path)
        .json(&null)
        .send()
        .await
        .assert_problem(400, "malformed_body", "");
    let twin = json!({ "programme_id": market.id(), "name": "A", "address": "x", "external_id": "crm-1" });
    manager
        .post("/suppliers")
        .json(&twin)
        .send()
        .await
        .assert_problem(409, "duplicate", "/external_id");
    let seen = manager.get(&path).send().await.version();
    manager
        .patch(&path)
        .json(&json!({ "name": "B" }))
        .if_match(seen)
        .send()
        .await
        .ok();
    manager
        .patch(&path)
        .json(&json!({ "name": "C" }))
        .if_match(seen)
        .send()
        .await
        .assert_problem(412, "stale", "");
    manager
        .get("/suppliers?state=active")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?state");
}
