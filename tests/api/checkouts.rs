//! Checkouts: orders of leads on their way to being paid.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, TestApp, merged, spawn};

pub(crate) fn path_of(checkout: &Value) -> String {
    format!("/checkouts/{}", checkout["id"].as_str().expect("an id"))
}

/// What is asked of a checkout, with further fields.
pub(crate) fn wish(market: &Market<'_>, buyer: &Buyer, more: Value) -> Value {
    let body = json!({ "business_id": buyer.business_id, "product_id": market.product["id"], "quantity": 100 });
    merged(body, more)
}

pub(crate) async fn begin(market: &Market<'_>, owner: &Client, buyer: &Buyer, more: Value) -> Value {
    owner
        .post("/checkouts")
        .json(&wish(market, buyer, more))
        .send()
        .await
        .created()
}

/// Orders what is in a checkout, and has finance record its payment.
pub(crate) async fn pay(app: &TestApp, client: &Client, checkout: &Value) -> Value {
    let path = path_of(checkout);
    let submitted = client.post(format!("{path}/submit")).send().await.ok();
    if submitted["status"] == "completed" {
        return submitted;
    }
    let today = app.business_now().await[..10].to_owned();
    let paid = json!({ "method": "card", "reference": format!("phone {path}"), "received_on": today });
    let finance = app.staff("finance").await;
    finance
        .post(format!("{path}/record-payment"))
        .json(&paid)
        .send()
        .await
        .ok()
}

/// K12, K14, R39: an order is paid when it is placed: order, invoice, payment and confirmation in one go, and
/// its leads are never billed again.
#[rstest]
#[tokio::test]
async fn r39_k12_a_paid_checkout_is_an_open_order(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app
        .market_with("lead-store", json!({ "tax": { "rate": "0.0825" } }))
        .await;
    let eta = json!({ "eta_text": "Within two business days." });
    let product = market.new_product("eta", 3, eta).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let checkout = begin(
        &market,
        &owner,
        &buyer,
        json!({ "product_id": product["id"], "quantity": 3 }),
    )
    .await;
    assert_eq!(checkout["status"], "open");
    assert_eq!(checkout["eta_text"], "Within two business days.");
    assert_eq!(checkout["descriptor"], "EXAMPLE LEADS", "R40");
    assert_eq!(checkout["loyalty"], Value::Null, "R56: off by default");
    assert_eq!(
        checkout["quote"],
        json!({
            "unit_price": market.money(4_500), "subtotal": market.money(13_500), "discount": market.money(0),
            "net": market.money(13_500), "tax": market.money(1_114), "total": market.money(14_614),
        })
    );
    let completed = pay(&app, &owner, &checkout).await;
    assert_eq!(completed["status"], "completed");
    let order_path = format!("/orders/{}", completed["order_id"].as_str().expect("an order"));
    let order = owner.get(&order_path).send().await.ok();
    assert_eq!(
        (
            &order["status"],
            &order["quantity"],
            &order["remaining"],
            &order["price"]
        ),
        (&json!("open"), &json!(3), &json!(3), &market.money(4_500))
    );
    assert_eq!(order["eta_text"], "Within two business days.");
    assert_eq!(order["checkout_id"], checkout["id"]);

    let finance = app.staff("finance").await;
    let invoice_path = format!("/invoices/{}", completed["invoice_id"].as_str().expect("an invoice"));
    let invoice = owner.get(&invoice_path).send().await.ok();
    assert_eq!(
        (
            &invoice["status"],
            &invoice["total"],
            &invoice["open"],
            &invoice["billing_run_id"]
        ),
        (&json!("paid"), &market.money(14_614), &market.money(0), &Value::Null)
    );
    let lines = owner.all(&format!("{invoice_path}/lines")).await;
    assert_eq!((lines.len(), &lines[0]["kind"]), (1, &json!("order")));
    assert_eq!(lines[0]["description"], "eta: 3 leads");
    assert_eq!(finance.all(&format!("{invoice_path}/payments")).await.len(), 1);
    let told = finance
        .all(&format!("/notifications?kind=order_confirmed&supplier_id={}", buyer.id))
        .await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["facts"]["descriptor"], "EXAMPLE LEADS");
    assert_eq!(told[0]["facts"]["eta_text"], "Within two business days.");

    for _ in 0..4 {
        market.submit(merged(market.lead(), json!({ "product": "eta" }))).await;
    }
    let order = owner.get(&order_path).send().await.ok();
    assert_eq!(
        (&order["status"], &order["sold"], &order["remaining"]),
        (&json!("filled"), &json!(3), &json!(0))
    );
    let leads = owner.all("/deliveries").await;
    assert_eq!(leads.len(), 3);
    assert!(leads.iter().all(|lead| lead["billing_state"] == "paid"), "{leads:?}");
    app.advance(40).await;
    assert_eq!(owner.all("/invoices").await.len(), 1, "nothing is billed again");
    app.audit_is_green().await;
}

/// A completed checkout stays completed, and its money is asked for once.
#[rstest]
#[tokio::test]
async fn k14_a_checkout_is_paid_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, finance) = (market.owner(&buyer).await, app.staff("finance").await);
    let checkout = begin(&market, &owner, &buyer, json!({})).await;
    let (path, today) = (path_of(&checkout), app.business_now().await[..10].to_owned());
    let paid = json!({ "method": "card", "reference": "4711", "received_on": today });
    let record = format!("{path}/record-payment");
    let early = finance.post(&record).json(&paid).send().await;
    early.assert_problem(409, "state_conflict", "");
    owner.post(format!("{path}/submit")).send().await.ok();
    let refused = owner.post(format!("{path}/submit")).send().await;
    refused.assert_problem(409, "state_conflict", "");
    let late = json!({ "quantity": 5 });
    owner
        .patch(&path)
        .json(&late)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    owner
        .post(&record)
        .json(&paid)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let tomorrow = merged(paid.clone(), json!({ "received_on": "2999-01-01" }));
    let refused = finance.post(&record).json(&tomorrow).send().await;
    refused.assert_problem(422, "invalid", "/received_on");
    finance.post(&record).json(&paid).send().await.ok();
    let again = finance.post(&record).json(&paid).send().await;
    again.assert_problem(409, "state_conflict", "");
    let left = owner.post(format!("{path}/abandon")).send().await;
    left.assert_problem(409, "state_conflict", "");
    assert_eq!(owner.all("/orders").await.len(), 1);
    assert_eq!(app.await_events("checkout.completed", 1).await.len(), 1);
    app.audit_is_green().await;
}

/// R54: the buyer picks the most leads a day as a share of the order, rounded up, and it holds.
#[rstest]
#[tokio::test]
async fn r54_the_buyer_picks_a_daily_ceiling(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 15, "daily_percent": 10 })).await;
    assert_eq!(checkout["cap_day"], 2, "a tenth of 15, rounded up");
    let completed = pay(&app, &owner, &checkout).await;
    for _ in 0..5 {
        market.submit(market.lead()).await;
    }
    let order = format!("/orders/{}", completed["order_id"].as_str().expect("an order"));
    assert_eq!(owner.get(&order).send().await.ok()["sold"], 2);
    app.advance(1).await;
    market.submit(market.lead()).await;
    assert_eq!(owner.get(&order).send().await.ok()["sold"], 3);
    for percent in [0, 101] {
        let body = wish(&market, &buyer, json!({ "daily_percent": percent }));
        let refused = owner.post("/checkouts").json(&body).send().await;
        refused.assert_problem(422, "invalid", "/daily_percent");
    }
    app.audit_is_green().await;
}

/// R54, R55: the option is the product's, and batches have none: they are delivered as soon as they are there.
#[rstest]
#[tokio::test]
async fn r55_a_batch_product_has_no_daily_ceiling(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let batch = market.new_product("aged", 3, json!({ "timing": "batch" })).await;
    let off = json!({ "policy_override": { "distribution": { "daily_percentage": false } } });
    let without = market.new_product("plain", 3, off).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    for product in [&batch, &without] {
        let body = wish(
            &market,
            &buyer,
            json!({ "product_id": product["id"], "daily_percent": 10 }),
        );
        let refused = owner.post("/checkouts").json(&body).send().await;
        refused.assert_problem(422, "invalid", "/daily_percent");
        assert_eq!(refused.field_code("/daily_percent"), "not_offered");
    }
    let checkout = begin(
        &market,
        &owner,
        &buyer,
        json!({ "product_id": batch["id"], "quantity": 4 }),
    )
    .await;
    pay(&app, &owner, &checkout).await;
    for _ in 0..4 {
        market.submit(merged(market.lead(), json!({ "product": "aged" }))).await;
    }
    assert_eq!(owner.all("/deliveries").await.len(), 4, "all on one day");
    app.audit_is_green().await;
}

/// R53: the daily quantity is fixed for the buyer once it is ordered; staff change it.
#[rstest]
#[tokio::test]
async fn r53_the_daily_quantity_is_fixed_once_it_is_ordered(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let checkout = begin(&market, &owner, &buyer, json!({ "quantity": 50, "daily_percent": 10 })).await;
    let completed = pay(&app, &owner, &checkout).await;
    let order = format!("/orders/{}", completed["order_id"].as_str().expect("an order"));
    let more = json!({ "cap_day": 10 });
    let refused = owner.patch(&order).json(&more).send().await;
    refused.assert_problem(403, "change_through_staff", "");
    let detail = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.contains("accounts@example.com"), "the way out: {detail}");
    assert_eq!(manager.patch(&order).json(&more).send().await.ok()["cap_day"], 10);
    for paid in [json!({ "quantity": 60 }), json!({ "price": market.money(1) })] {
        let refused = manager.patch(&order).json(&paid).send().await;
        refused.assert_problem(409, "state_conflict", "");
    }
    let left = owner.post(format!("{order}/cancel")).send().await;
    left.assert_problem(422, "policy_refuses", "");
    let pretend = json!({ "business_id": buyer.business_id, "product_id": market.product["id"], "quantity": 50 });
    let unpaid = owner.post("/orders").json(&pretend).send().await;
    unpaid.assert_problem(422, "policy_refuses", "");
    app.audit_is_green().await;
}

/// R56, R57, R58, R61, R62: joining the loyalty programme is the buyer's choice and brings extra leads at once.
#[rstest]
#[tokio::test]
async fn r56_loyalty_is_off_unless_it_is_chosen(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let solo = market.new_product("solo", 1, json!({})).await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let joined = json!({ "loyalty": { "interval": "monthly" } });
    for (product, more, bonus) in [
        (&market.product, json!({}), 0),
        (&market.product, joined.clone(), 10),
        (&solo, joined.clone(), 10),
    ] {
        let more = merged(more, json!({ "product_id": product["id"] }));
        let checkout = begin(&market, &owner, &buyer, more).await;
        assert_eq!(checkout["order_quantity"], 100 + bonus);
        assert_eq!(
            checkout["quote"]["total"],
            market.money(450_000),
            "extra leads cost nothing"
        );
        let expected = if bonus == 0 {
            Value::Null
        } else {
            json!({ "interval": "monthly", "interval_days": 30, "bonus": bonus, "subscription_id": null })
        };
        assert_eq!(checkout["loyalty"], expected);
        let completed = pay(&app, &owner, &checkout).await;
        let order = format!("/orders/{}", completed["order_id"].as_str().expect("an order"));
        let mut order = owner.get(&order).send().await.ok();
        if bonus > 0 {
            let subscription = order["loyalty"]["subscription_id"].take();
            assert!(subscription.is_string(), "the first paid order begins it");
        }
        assert_eq!(
            (&order["quantity"], &order["loyalty"]),
            (&json!(100 + bonus), &expected)
        );
    }
    for interval in ["yearly", "Monthly", ""] {
        let body = wish(&market, &buyer, json!({ "loyalty": { "interval": interval } }));
        let refused = owner.post("/checkouts").json(&body).send().await;
        refused.assert_problem(422, "invalid", "/loyalty/interval");
    }
    app.audit_is_green().await;
}

/// The price is quoted anew at each change, held until then, and the order has it whatever the product costs later.
#[rstest]
#[tokio::test]
async fn r61_the_price_that_was_quoted_is_kept(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, admin) = (market.owner(&buyer).await, app.staff("admin").await);
    let checkout = begin(&market, &owner, &buyer, json!({})).await;
    let product = format!("/lead-products/{}", market.product["id"].as_str().expect("an id"));
    let dearer = json!({ "price": market.money(9_000) });
    admin.patch(&product).json(&dearer).send().await.ok();
    let path = path_of(&checkout);
    assert_eq!(
        owner.get(&path).send().await.ok()["quote"]["unit_price"],
        market.money(4_500)
    );
    let completed = pay(&app, &owner, &checkout).await;
    assert_eq!(completed["quote"]["unit_price"], market.money(4_500));
    let other = begin(&market, &owner, &buyer, json!({ "daily_percent": 10 })).await;
    assert_eq!(other["quote"]["unit_price"], market.money(9_000));
    let changed = json!({ "quantity": 7, "daily_percent": null, "loyalty": { "interval": "weekly" } });
    let changed = owner.patch(path_of(&other)).json(&changed).send().await.ok();
    assert_eq!(
        (
            &changed["quote"]["total"],
            &changed["daily_percent"],
            &changed["order_quantity"]
        ),
        (&market.money(63_000), &Value::Null, &json!(8))
    );
    let stale = owner
        .patch(path_of(&other))
        .header("If-Match", "\"v1\"")
        .json(&json!({ "quantity": 8 }))
        .send()
        .await;
    stale.assert_problem(412, "stale", "");
    app.audit_is_green().await;
}

/// An order may take leads from areas of its own.
#[rstest]
#[tokio::test]
async fn r39_an_order_takes_leads_from_its_own_areas(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let nowhere = wish(
        &market,
        &buyer,
        json!({ "coverage": { "kind": "us_state", "values": ["ZZ"] } }),
    );
    let refused = owner.post("/checkouts").json(&nowhere).send().await;
    refused.assert_problem(422, "invalid", "/coverage/values/0");
    let areas = json!({ "coverage": { "kind": "us_state", "values": ["ny"] } });
    let checkout = begin(&market, &owner, &buyer, areas).await;
    assert_eq!(checkout["coverage"], json!({ "kind": "us_state", "values": ["NY"] }));
    pay(&app, &owner, &checkout).await;
    market.submit(market.lead()).await;
    assert_eq!(owner.all("/deliveries").await.len(), 0, "the lead is from Texas");
    app.audit_is_green().await;
}

/// An open checkout is abandoned after the minutes of the policy, a submitted one after its hours.
#[rstest]
#[tokio::test]
async fn r37_a_checkout_that_is_left_is_abandoned(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let open = begin(&market, &owner, &buyer, json!({})).await;
    let submitted = begin(&market, &owner, &buyer, json!({})).await;
    owner.post(format!("{}/submit", path_of(&submitted))).send().await.ok();
    let left = begin(&market, &owner, &buyer, json!({})).await;
    owner.post(format!("{}/abandon", path_of(&left))).send().await.ok();
    app.advance_seconds(14 * 60).await;
    let status = async |checkout: &Value| owner.get(path_of(checkout)).send().await.ok()["status"].clone();
    assert_eq!(
        (status(&open).await, status(&submitted).await),
        (json!("open"), json!("awaiting_payment"))
    );
    app.advance_seconds(2 * 60).await;
    assert_eq!(
        (status(&open).await, status(&submitted).await),
        (json!("abandoned"), json!("awaiting_payment"))
    );
    app.advance(1).await;
    assert_eq!(
        (status(&submitted).await, status(&left).await),
        (json!("abandoned"), json!("abandoned"))
    );
    let late = owner.post(format!("{}/submit", path_of(&open))).send().await;
    late.assert_problem(409, "state_conflict", "");
    let unpaid = begin(&market, &owner, &buyer, json!({})).await;
    let failure = format!("{}/record-failure", path_of(&unpaid));
    let finance = app.staff("finance").await;
    finance
        .post(&failure)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    owner.post(format!("{}/submit", path_of(&unpaid))).send().await.ok();
    owner.post(&failure).send().await.assert_problem(403, "forbidden", "");
    assert_eq!(finance.post(&failure).send().await.ok()["status"], "failed");
    app.await_events("checkout.ended", 4).await;
    app.audit_is_green().await;
}

/// Only where the policy offers it, for products on sale, businesses of one's own and accounts in good standing.
#[rstest]
#[tokio::test]
async fn what_cannot_be_bought_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager, admin) = (
        market.owner(&buyer).await,
        app.staff("account_manager").await,
        app.staff("admin").await,
    );
    let refused = async |more: Value, pointer: &str| {
        let body = wish(&market, &buyer, more);
        let answer = owner.post("/checkouts").json(&body).send().await;
        answer.assert_problem(422, "invalid", pointer);
    };
    refused(json!({ "quantity": 0 }), "/quantity").await;
    refused(json!({ "quantity": 1_000_001 }), "/quantity").await;
    refused(json!({ "product_id": "prod_0000000000zzz" }), "/product_id").await;
    let stranger = market.supplier("Zenith").await;
    refused(json!({ "business_id": stranger.business_id }), "/business_id").await;
    let retired = market.new_product("old", 3, json!({})).await;
    let product = format!("/lead-products/{}", retired["id"].as_str().expect("an id"));
    admin
        .patch(&product)
        .json(&json!({ "status": "retired" }))
        .send()
        .await
        .ok();
    refused(json!({ "product_id": retired["id"] }), "/product_id").await;
    let why = json!({ "reason": "Unpaid." });
    manager
        .post(format!("/suppliers/{}/suspend", buyer.id))
        .json(&why)
        .send()
        .await
        .ok();
    let body = wish(&market, &buyer, json!({}));
    owner
        .post("/checkouts")
        .json(&body)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");

    let monthly = app.market("b2b-monthly").await;
    let other = monthly.supplier("Lindqvist").await;
    let body = wish(&monthly, &other, json!({}));
    let answer = manager.post("/checkouts").json(&body).send().await;
    answer.assert_problem(422, "policy_refuses", "");
}

/// R127: a checkout is its supplier's own.
#[rstest]
#[tokio::test]
async fn r127_a_checkout_is_its_suppliers_own(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Zenith").await);
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let checkout = begin(&market, &owner, &buyer, json!({})).await;
    let path = path_of(&checkout);
    stranger.get(&path).send().await.assert_problem(404, "not_found", "");
    stranger
        .patch(&path)
        .json(&json!({ "quantity": 1 }))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    for action in ["submit", "abandon"] {
        stranger
            .post(format!("{path}/{action}"))
            .send()
            .await
            .assert_problem(404, "not_found", "");
    }
    assert!(stranger.all("/checkouts").await.is_empty());
    assert!(
        stranger
            .all(&format!("/checkouts?supplier_id={}", buyer.id))
            .await
            .is_empty()
    );
    let theirs = json!({ "business_id": other.business_id });
    owner
        .patch(&path)
        .json(&theirs)
        .send()
        .await
        .assert_problem(422, "invalid", "/business_id");
}
