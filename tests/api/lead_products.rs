//! Lead products: categories, buyer limits, prices, amendments of the policy.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

/// R33, R39: a programme sells many categories, each product with its own price, ETA and policy.
#[rstest]
#[tokio::test]
async fn r33_r39_a_programme_sells_many_categories(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let more = json!({"category": "storage", "eta_text": "Within two business days"});
    let storage = market.new_product("storage-containers", 4, more).await;
    let amended = json!({"category": "voip", "policy_override": {"returns": {"window": {"amount": 14}}}});
    let voip = market.new_product("voip-premium", 1, amended).await;
    assert_eq!(
        (&storage["max_buyers"], &storage["exclusivity"]),
        (&json!(4), &json!("shared"))
    );
    assert_eq!(
        (&voip["max_buyers"], &voip["exclusivity"]),
        (&json!(1), &json!("exclusive"))
    );

    let manager = app.staff("account_manager").await;
    let listed = |path: &'static str| {
        let manager = manager.clone();
        async move {
            let rows = manager.all(path).await;
            rows.iter()
                .map(|row| row["code"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        listed("/lead-products?limit=1").await,
        ["voip-premium", "storage-containers", "main"]
    );
    assert_eq!(listed("/lead-products?category=storage").await, ["storage-containers"]);
    assert_eq!(listed("/lead-products?code=main&status=active").await, ["main"]);
    assert_eq!(listed("/lead-products?status=retired").await, Vec::<String>::new());

    let admin = app.staff("admin").await;
    let path = format!("/lead-products/{}", storage["id"].as_str().unwrap());
    let change = json!({"price": market.money(5_000), "eta_text": null, "status": "retired"});
    let changed = admin.patch(&path).if_match(1).json(&change).send().await;
    assert_eq!(changed.version(), 2);
    let changed = changed.ok();
    assert_eq!(
        (&changed["price"]["amount"], &changed["eta_text"]),
        (&json!(5_000), &Value::Null)
    );
    assert_eq!(changed["name"], storage["name"], "what is left out stays");
    admin
        .patch(&path)
        .if_match(1)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(412, "stale", "");
    manager
        .patch(&path)
        .json(&json!({"status": "active"}))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let audit = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", storage["id"].as_str().unwrap()))
        .await;
    assert_eq!(audit[0]["action"], "lead_product.updated");
    assert_eq!(audit[0]["before"]["price"]["amount"], 4_500);
    assert_eq!(audit[0]["after"]["status"], "retired");
}

/// R66, R67: an exclusive product has one buyer; a shared one at most as many as the policy allows.
#[rstest]
#[tokio::test]
async fn r66_r67_the_policy_bounds_the_buyers(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let store = app.market("lead-store").await;
    let local = app.market("local-exclusive").await;
    let admin = app.staff("admin").await;
    let body = |programme: &str| {
        json!({
            "programme_id": programme, "code": "more", "name": "More", "category": "more", "exclusivity": "shared",
            "timing": "batch", "price": {"amount": 100, "currency": "USD"},
        })
    };
    let defaulted = admin
        .post("/lead-products")
        .json(&body(store.id()))
        .send()
        .await
        .created();
    assert_eq!(defaulted["max_buyers"], 3, "B sells a lead to three");
    let path = format!("/lead-products/{}", defaulted["id"].as_str().unwrap());
    let patch = |patch: Value| admin.patch(&path).json(&patch).send();
    patch(json!({"max_buyers": 4}))
        .await
        .assert_problem(422, "invalid", "/max_buyers");
    patch(json!({"max_buyers": 0}))
        .await
        .assert_problem(422, "invalid", "/max_buyers");
    patch(json!({"max_buyers": -1}))
        .await
        .assert_problem(400, "malformed_body", "/max_buyers");
    patch(json!({"max_buyers": 2})).await.assert_status(200);
    // The product may raise its own ceiling: the policy is amended by it.
    let raised = json!({"max_buyers": 5, "policy_override": {"distribution": {"max_buyers": 5}}});
    patch(raised).await.assert_status(200);

    let answer = admin.post("/lead-products").json(&body(local.id())).send().await;
    answer.assert_problem(422, "invalid", "/exclusivity");
    let refused = [
        (
            json!({"exclusivity": "exclusive", "max_buyers": 2}),
            422,
            "invalid",
            "/max_buyers",
        ),
        (json!({"code": "Main!"}), 422, "invalid", "/code"),
        (json!({"category": ""}), 422, "invalid", "/category"),
        (json!({"price": {"currency": "GBP"}}), 422, "invalid", "/price/currency"),
        (json!({"price": {"amount": -1}}), 422, "invalid", "/price/amount"),
        (json!({"price": {"amount": i64::MAX}}), 422, "invalid", "/price/amount"),
        (
            json!({"price": {"amount": 1.5}}),
            400,
            "malformed_body",
            "/price/amount",
        ),
        (
            json!({"programme_id": "prog_0000000000001"}),
            422,
            "invalid",
            "/programme_id",
        ),
        (
            json!({"policy_override": {"billing": {"cycle": {"unit": "none"}}}}),
            422,
            "invalid",
            "/policy_override/billing/cycle",
        ),
        (
            json!({"policy_override": {"returns": {"window": {"unit": "none"}}}}),
            422,
            "invalid",
            "/policy_override/returns/window",
        ),
        (json!({"policy_override": []}), 422, "invalid", "/policy_override"),
    ];
    for (patch, status, code, pointer) in refused {
        let body = merged(body(store.id()), merged(json!({"code": "other"}), patch));
        admin
            .post("/lead-products")
            .json(&body)
            .send()
            .await
            .assert_problem(status, code, pointer);
    }
    admin
        .post("/lead-products")
        .json(&body(store.id()))
        .send()
        .await
        .assert_problem(409, "duplicate", "/code");
}
