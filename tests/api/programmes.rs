//! Legal entities and programmes: who sets them up, what is refused, who sees them.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, TestApp, merged, spawn};

async fn entity(admin: &Client, prefix: &str) -> Value {
    let body = json!({
        "name": "Example Leads Inc.", "country": "US", "address": "12 Main Street, Austin, TX 78750",
        "billing_zone": "America/Chicago", "invoice_prefix": prefix,
    });
    admin.post("/legal-entities").json(&body).send().await.created()
}

fn programme(entity: &Value, slug: &str) -> Value {
    json!({
        "slug": slug, "name": "Example Leads", "preset": "lead-store", "legal_entity_id": entity["id"],
        "brand": {
            "descriptor": "DEDICATED MEDIA SOLUTIONS", "support_email": "support@example.com",
            "support_phone": "+1 512 555 0147",
            "department": { "name": "Accounts", "email": "accounts@example.com", "phone": "+1 888 555 0134" },
        },
        "time_zone": "America/Chicago", "currency": "USD", "country": "US",
    })
}

async fn audited(app: &TestApp, object: &Value) -> Vec<String> {
    let object = object.as_str().unwrap();
    let rows = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={object}"))
        .await;
    rows.iter()
        .map(|row| row["action"].as_str().unwrap().to_owned())
        .collect()
}

/// R1, R40, R122: a programme has the descriptor, the support address and the department of its own
/// brand. R124: setting it up and changing it is audited.
#[rstest]
#[tokio::test]
async fn r40_r122_a_programme_presents_its_own_brand(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let entity = entity(&admin, "EXL").await;
    let made = admin
        .post("/programmes")
        .json(&programme(&entity, "power-leads"))
        .send()
        .await;
    assert_eq!(made.version(), 1);
    let made = made.created();
    assert_eq!(made["brand"]["descriptor"], "DEDICATED MEDIA SOLUTIONS");
    assert_eq!(made["status"], "active");

    let path = format!("/programmes/{}", made["id"].as_str().unwrap());
    let support = app.staff("support").await;
    let read = support.get(&path).send().await;
    assert_eq!(read.json(), made);
    let listed = support
        .get("/programmes?slug=power-leads&status=active,closed")
        .send()
        .await
        .ok();
    assert_eq!(listed["data"], json!([made]));
    assert_eq!(
        support.get("/programmes?slug=other").send().await.ok()["data"],
        json!([])
    );

    let brand = merged(
        made["brand"].clone(),
        json!({"support_email": "help@example.com", "support_phone": null}),
    );
    let change = json!({"brand": brand, "status": "closed"});
    let changed = admin.patch(&path).if_match(1).json(&change).send().await;
    assert_eq!((changed.ok()["brand"].clone(), changed.version()), (brand, 2));
    admin
        .patch(&path)
        .if_match(1)
        .json(&json!({"name": "Late"}))
        .send()
        .await
        .assert_problem(412, "stale", "");
    app.await_events("programme.changed", 2).await;
    assert_eq!(
        audited(&app, &made["id"]).await,
        ["programme.updated", "programme.created"]
    );
    assert_eq!(audited(&app, &entity["id"]).await, ["legal_entity.created"]);
}

#[rstest]
#[tokio::test]
async fn what_is_wrong_is_pointed_at(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let entity = entity(&admin, "EXL").await;
    let refused = [
        (json!({"slug": "Power Leads"}), 422, "invalid", "/slug"),
        (json!({"name": " "}), 422, "invalid", "/name"),
        (json!({"name": "a\u{7}b"}), 422, "invalid", "/name"),
        (json!({"time_zone": "Mars/Olympus"}), 422, "invalid", "/time_zone"),
        (json!({"currency": "XQQ"}), 422, "invalid", "/currency"),
        (json!({"currency": "usd"}), 400, "malformed_body", "/currency"),
        (json!({"country": "us"}), 422, "invalid", "/country"),
        (
            json!({"brand": {"support_email": "nobody"}}),
            422,
            "invalid",
            "/brand/support_email",
        ),
        (
            json!({"brand": {"department": {"phone": ""}}}),
            422,
            "invalid",
            "/brand/department/phone",
        ),
        (
            json!({"legal_entity_id": "le_0000000000001"}),
            422,
            "invalid",
            "/legal_entity_id",
        ),
        (
            json!({"legal_entity_id": "sup_0000000000001"}),
            400,
            "malformed_body",
            "/legal_entity_id",
        ),
        (json!({"preset": "a"}), 400, "malformed_body", "/preset"),
        (json!({"colour": "red"}), 400, "malformed_body", "/colour"),
        (
            json!({"policy": {"returns": {"windw": {}}}}),
            422,
            "invalid",
            "/policy/returns/windw",
        ),
        (
            json!({"policy": {"returns": {"window": {"amount": 0}}}}),
            422,
            "invalid",
            "/policy/returns/window/amount",
        ),
        (
            json!({"policy": {"tax": {"rate": 0.2}}}),
            422,
            "invalid",
            "/policy/tax/rate",
        ),
    ];
    for (patch, status, code, pointer) in refused {
        let body = merged(programme(&entity, "power-leads"), patch);
        let answer = admin.post("/programmes").json(&body).send().await;
        if pointer == "/legal_entity_id" && status == 422 {
            assert_eq!(answer.field_code(pointer), "unknown_id");
        }
        answer.assert_problem(status, code, pointer);
    }
    let body = merged(programme(&entity, "power-leads"), json!({"policy": 7}));
    admin
        .post("/programmes")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "invalid", "/policy");

    admin
        .post("/programmes")
        .json(&programme(&entity, "power-leads"))
        .send()
        .await
        .created();
    let again = admin
        .post("/programmes")
        .json(&programme(&entity, "power-leads"))
        .send()
        .await;
    again.assert_problem(409, "duplicate", "/slug");
    assert_eq!(
        admin.get("/programmes").send().await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[rstest]
#[tokio::test]
async fn an_invoice_prefix_belongs_to_one_entity(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let first = entity(&admin, "EXL").await;
    let body = merged(
        first.clone(),
        json!({"id": null, "created_at": null, "closed_before": null, "tax_id": null}),
    );
    admin
        .post("/legal-entities")
        .json(&body)
        .send()
        .await
        .assert_problem(409, "duplicate", "/invoice_prefix");
    for (patch, pointer) in [
        (json!({"invoice_prefix": "exl"}), "/invoice_prefix"),
        (json!({"invoice_prefix": ""}), "/invoice_prefix"),
        (json!({"billing_zone": "CST"}), "/billing_zone"),
        (json!({"country": "USA"}), "/country"),
        (json!({"address": ""}), "/address"),
    ] {
        let answer = admin
            .post("/legal-entities")
            .json(&merged(body.clone(), patch))
            .send()
            .await;
        answer.assert_problem(422, "invalid", pointer);
    }
    let listed = admin.all("/legal-entities?limit=1").await;
    assert_eq!(listed, [first]);
}

/// R123: only an admin sets up programmes and their rules.
#[rstest]
#[tokio::test]
async fn r123_only_an_admin_sets_programmes_up(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let entity = entity(&app.staff("admin").await, "EXL").await;
    for role in [
        "account_manager",
        "returns_reviewer",
        "finance",
        "support",
        "caller",
        "auditor",
    ] {
        let client = app.staff(role).await;
        let answer = client.post("/programmes").json(&programme(&entity, role)).send().await;
        answer.assert_problem(403, "forbidden", "");
        client
            .get("/policy-presets")
            .send()
            .await
            .assert_problem(403, "forbidden", "");
        client.get("/programmes").send().await.assert_status(200);
    }
    app.anonymous()
        .get("/programmes")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
}

/// R127: a key of one programme sees neither another programme nor its policy nor its products.
#[rstest]
#[tokio::test]
async fn r127_a_key_sees_its_own_programme_only(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (own, other) = (app.market("lead-store").await, app.market("trade-weekly").await);
    let key = app.key(&["market:read"], Some(own.id()), None).await;
    let ids = |rows: Vec<Value>| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(key.all("/programmes").await), [json!(own.id())]);
    assert_eq!(ids(key.all("/lead-products").await), [own.product["id"].clone()]);
    assert_eq!(
        key.all(&format!("/lead-products?programme_id={}", other.id())).await,
        Vec::<Value>::new()
    );
    key.get(format!("/programmes/{}", own.id()))
        .send()
        .await
        .assert_status(200);
    let policy = other.programme["policy_version_id"].as_str().unwrap();
    let product = other.product["id"].as_str().unwrap();
    for path in [
        format!("/programmes/{}", other.id()),
        format!("/programmes/{}/policy", other.id()),
        format!("/programmes/{}/policy-versions", other.id()),
        format!("/policy-versions/{policy}"),
        format!("/lead-products/{product}"),
        "/programmes/prog_0000000000001".to_owned(),
        "/programmes/nonsense".to_owned(),
    ] {
        key.get(&path).send().await.assert_problem(404, "not_found", "");
    }
    let shown = key
        .get(format!("/lead-products/{}", own.product["id"].as_str().unwrap()))
        .send()
        .await
        .ok();
    assert_eq!(
        shown.get("policy_override"),
        None,
        "amendments are between the seller's people"
    );
}
