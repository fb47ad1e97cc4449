//! Signing up at the checkout, and the storefront that everybody sees.

use super::checkouts::{pay, wish};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Market, PASSWORD, TestApp, merged, spawn};

fn application(market: &Market<'_>, more: Value) -> Value {
    let body = json!({
        "programme": market.programme["slug"], "name": "Ann Reyes", "email": "Ann@reyes.example", "password": PASSWORD,
        "company": "Reyes Marketing", "address": "12 Main Street, Austin", "phone": "+1 512 555 0147", "terms_accepted": true,
    });
    merged(body, more)
}

async fn suppliers(app: &TestApp, market: &Market<'_>) -> Vec<Value> {
    let admin = app.staff("admin").await;
    admin.all(&format!("/suppliers?programme_id={}", market.id())).await
}

/// R51: the buyer registers at the checkout with a password of their own, is signed in, buys, and gets leads.
#[rstest]
#[tokio::test]
async fn r51_a_new_buyer_signs_up_and_buys(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let answer = app
        .anonymous()
        .post("/sign-ups")
        .json(&application(&market, json!({})))
        .send()
        .await;
    let signed_up = answer.assert_status(201).json();
    assert_eq!(signed_up["next"], "check_out");
    assert!(
        answer
            .header("Set-Cookie")
            .is_some_and(|cookie| cookie.contains("HttpOnly"))
    );
    let owner = app
        .anonymous()
        .with_bearer(signed_up["session"]["access_token"].as_str().expect("a token"));
    let me = owner.get("/me").send().await.ok();
    assert_eq!(
        (&me["name"], &me["email"]),
        (&json!("Ann Reyes"), &json!("Ann@reyes.example"))
    );
    let id = me["supplier"]["id"].as_str().expect("an account").to_owned();
    let businesses = owner.all(&format!("/suppliers/{id}/businesses")).await;
    assert_eq!(businesses[0]["name"], "Reyes Marketing");
    let buyer = Buyer {
        business_id: businesses[0]["id"].as_str().expect("an id").to_owned(),
        id,
        order_id: None,
    };
    let checkout = owner
        .post("/checkouts")
        .json(&wish(&market, &buyer, json!({})))
        .send()
        .await
        .created();
    let completed = pay(&app, &owner, &checkout).await;
    assert_eq!(completed["status"], "completed");
    market.sell_to(&buyer).await;
    let finance = app.staff("finance").await;
    let told = finance
        .all(&format!("/notifications?kind=order_confirmed&supplier_id={}", buyer.id))
        .await;
    assert_eq!(told[0]["recipients"], json!(["Ann@reyes.example"]));
    app.audit_is_green().await;
}

/// R51, K18: an e-mail that signs in already is let in by its password and by nothing else; no second account is made,
/// and the owner is told once a day.
#[rstest]
#[tokio::test]
async fn r51_k18_a_known_email_has_to_sign_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let sign_up = async |more: Value| {
        let answer = app
            .anonymous()
            .post("/sign-ups")
            .json(&application(&market, more))
            .send()
            .await;
        (answer.status.as_u16(), answer.json())
    };
    assert_eq!(sign_up(json!({})).await.0, 201);
    for password in ["walking to the near lake", "walking to the far Lake"] {
        let (status, body) = sign_up(json!({ "password": password })).await;
        assert_eq!((status, body), (202, json!({ "next": "sign_in" })));
    }
    // This seller's e-mails are compared with their case at sign-in, and still make one account (K18).
    assert_eq!(sign_up(json!({ "email": "ann@reyes.example" })).await.0, 202);
    assert_eq!(
        sign_up(json!({ "company": "Another" })).await.0,
        201,
        "e-mail and password are right"
    );
    assert_eq!(suppliers(&app, &market).await.len(), 1);
    let finance = app.staff("finance").await;
    let told = finance.all("/notifications?kind=sign_up_repeated").await;
    assert_eq!((told.len(), &told[0]["recipients"]), (1, &json!(["Ann@reyes.example"])));

    let staff = sign_up(json!({ "email": "admin@staff.example", "password": "not the password at all" })).await;
    assert_eq!(staff.0, 202, "staff are not told apart from customers");
    app.audit_is_green().await;
}

/// R51: the password follows the rules for passwords, and what is wrong is pointed at; nothing is made then.
#[rstest]
#[tokio::test]
async fn r51_a_faulty_application_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let closed = app
        .market_with("lead-store", json!({ "checkout": { "sign_up": false } }))
        .await;
    let monthly = app.market("b2b-monthly").await;
    for (more, pointer) in [
        (json!({ "password": "short" }), "/password"),
        (json!({ "email": "no e-mail" }), "/email"),
        (json!({ "name": " " }), "/name"),
        (json!({ "company": "" }), "/company"),
        (json!({ "address": "" }), "/address"),
        (json!({ "country": "XX" }), "/country"),
        (json!({ "phone": "12" }), "/phone"),
        (json!({ "terms_accepted": false }), "/terms_accepted"),
        (json!({ "programme": "no-such-programme" }), "/programme"),
        (json!({ "programme": closed.programme["slug"] }), "/programme"),
        (json!({ "programme": monthly.programme["slug"] }), "/programme"),
    ] {
        let answer = app
            .anonymous()
            .post("/sign-ups")
            .json(&application(&market, more))
            .send()
            .await;
        answer.assert_problem(422, "invalid", pointer);
    }
    assert!(suppliers(&app, &market).await.is_empty());
}

/// R51: sign-ups from one address are counted.
#[rstest]
#[tokio::test]
async fn r51_too_many_sign_ups_have_to_wait(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let faulty = application(&market, json!({ "terms_accepted": false }));
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let answer = app.anonymous().post("/sign-ups").json(&faulty).send().await;
        statuses.push(answer.status.as_u16());
        if answer.status == 429 {
            answer.assert_problem(429, "too_many_requests", "");
            assert!(answer.header("Retry-After").is_some());
            break;
        }
    }
    assert!(statuses.len() >= 30 && statuses.last() == Some(&429), "{statuses:?}");
}

/// R39, R40, R51: the storefront shows what is sold, to everybody, and nothing else of the programme.
#[rstest]
#[tokio::test]
async fn r39_r40_the_storefront_shows_products_and_brand(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    market
        .new_product("aged", 1, json!({ "timing": "batch", "eta_text": "Within a week." }))
        .await;
    let retired = market.new_product("old", 3, json!({})).await;
    let old = format!("/lead-products/{}", retired["id"].as_str().expect("an id"));
    let admin = app.staff("admin").await;
    admin.patch(old).json(&json!({ "status": "retired" })).send().await.ok();
    let slug = market.programme["slug"].as_str().expect("a slug");
    let shop = app.anonymous().get(format!("/storefronts/{slug}")).send().await.ok();
    assert_eq!(
        (&shop["descriptor"], &shop["loyalty_name"]),
        (&json!("EXAMPLE LEADS"), &json!("Loyalty Rewards"))
    );
    let products = shop["products"].as_array().expect("products");
    assert_eq!(products.len(), 2, "what is retired is not shown");
    assert_eq!(
        (
            &products[0]["eta_text"],
            &products[0]["daily_ceiling"],
            &products[1]["daily_ceiling"]
        ),
        (&json!("Within a week."), &json!(false), &json!(true))
    );
    let days: Vec<i64> = products[0]["loyalty"]["intervals"]
        .as_array()
        .expect("intervals")
        .iter()
        .filter_map(|interval| interval["days"].as_i64())
        .collect();
    assert_eq!(days, [7, 14, 30]);
    let known = [
        "name",
        "slug",
        "programme_id",
        "descriptor",
        "support_email",
        "country",
        "currency",
        "tax_rate",
        "tax_label",
        "payment_methods",
        "loyalty_name",
        "products",
    ];
    let fields: Vec<&String> = shop.as_object().expect("an object").keys().collect();
    assert!(fields.iter().all(|field| known.contains(&field.as_str())), "{fields:?}");

    let monthly = app.market("b2b-monthly").await;
    for slug in [monthly.programme["slug"].as_str().expect("a slug"), "no-such-programme"] {
        let answer = app.anonymous().get(format!("/storefronts/{slug}")).send().await;
        answer.assert_problem(404, "not_found", "");
    }
}

/// R39, R56: a supplier's own people see what their programme sells, and how it is paid; nobody else's do, and
/// where nothing is ordered at a checkout there is nothing to see.
#[rstest]
#[tokio::test]
async fn r39_a_supplier_sees_its_own_storefront(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let closed = json!({ "checkout": { "sign_up": false } });
    let market = app.market_with("lead-store", closed).await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Reyes").await);
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let path = format!("/suppliers/{}/storefront", buyer.id);
    let shop = owner.get(&path).send().await.ok();
    assert_eq!(
        (&shop["payment_methods"], &shop["products"][0]["daily_ceiling"]),
        (&json!(["card"]), &json!(true))
    );
    let slug = format!("/storefronts/{}", market.programme["slug"].as_str().expect("a slug"));
    let public = app.anonymous().get(slug).send().await;
    public.assert_problem(404, "not_found", "");
    stranger.get(&path).send().await.assert_problem(404, "not_found", "");
    let monthly = app.market("b2b-monthly").await;
    let member = monthly.supplier("Lonestar").await;
    let path = format!("/suppliers/{}/storefront", member.id);
    let none = monthly.owner(&member).await.get(&path).send().await;
    none.assert_problem(404, "not_found", "");
}
