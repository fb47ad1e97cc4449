//! Packages of leads: the first one prepaid, later ones with an advance, each business its own (R105, R117–R120).

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, TestApp, merged, spawn};

/// A market of preset E whose leads are sold without the phone numbers that they come in on, with more on its policy.
async fn market(app: &TestApp, more: Value) -> Market<'_> {
    let policy = json!({
        "distribution": { "mode": "market" }, "package": { "mode": "per_business", "intro_required": true },
    });
    app.market_with("local-exclusive", merged(policy, more)).await
}

/// A supplier with an order, an owner and a card that works.
async fn buyer(market: &Market<'_>, name: &str) -> (Buyer, Client) {
    let buyer = market.buyer(name, json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    (buyer, owner)
}

fn path_of(package: &Value) -> String {
    format!("/packages/{}", package["id"].as_str().expect("an id"))
}

async fn shown(client: &Client, package: &Value) -> Value {
    client.get(path_of(package)).send().await.ok()
}

fn counters(package: &Value) -> (&str, i64, i64) {
    let count = |field: &str| package[field].as_i64().expect("a count");
    (
        package["status"].as_str().expect("a status"),
        count("delivered"),
        count("remaining"),
    )
}

/// Submits a lead and says why the first candidate did not get it.
async fn refusal(market: &Market<'_>) -> Value {
    let receipt = market.submit(market.lead()).await;
    assert_eq!(receipt["sold_to"], json!([]), "{receipt}");
    let path = format!("/leads/{}/trace", receipt["lead"]["id"].as_str().expect("an id"));
    let trace = market.key.get(path).send().await.ok();
    trace["attempts"][0]["candidates"][0]["reason"].clone()
}

/// A business whose introductory package of one lead is complete.
async fn introduced(market: &Market<'_>, name: &str) -> (Buyer, Client) {
    let (buyer, owner) = buyer(market, name).await;
    let package = market.offer_package(&buyer, "introductory", 1).await;
    market.begin_package(&owner, &package).await;
    market.sell_to(&buyer).await;
    assert_eq!(counters(&shown(&owner, &package).await), ("complete", 1, 0));
    (buyer, owner)
}

async fn reject(owner: &Client, delivery: &str) {
    let path = format!("/deliveries/{delivery}/reject");
    let body = json!({ "reason": "telemarketer" });
    owner.post(path).json(&body).send().await.ok();
}

/// The lines of all invoices of a supplier, as kind and net amount.
async fn lines(market: &Market<'_>, buyer: &Buyer) -> Vec<(String, i64)> {
    let finance = market.app.staff("finance").await;
    let mut lines = Vec::new();
    for invoice in market.invoices(buyer).await {
        let path = format!("/invoices/{}/lines", invoice["id"].as_str().expect("an id"));
        for line in finance.all(&path).await {
            let net = line["net"]["amount"].as_i64().expect("an amount");
            lines.push((line["kind"].as_str().expect("a kind").to_owned(), net));
        }
    }
    lines
}

/// R117, R119: no lead before the money; then set-up and all leads are paid, their weekly invoice is of nothing,
/// and with the last one selling stops.
#[rstest]
#[tokio::test]
async fn r117_the_first_package_is_prepaid_with_its_set_up(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, json!({ "tax": { "rate": "0.05" } })).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    assert_eq!(refusal(&market).await, "no_package");

    let manager = app.staff("account_manager").await;
    let offer = |kind: &str| {
        let setup = (kind == "introductory").then(|| market.money(10_000));
        json!({
            "business_id": buyer.business_id, "kind": kind, "leads": 2, "price": market.money(5_500), "setup_fee": setup,
        })
    };
    let early = manager.post("/packages").json(&offer("running")).send().await;
    early.assert_problem(409, "state_conflict", "");
    assert!(early.text().contains("begins with an introductory package"), "{early}");
    let package = manager
        .post("/packages")
        .json(&offer("introductory"))
        .send()
        .await
        .created();
    assert_eq!(
        (
            &package["status"],
            &package["advance"],
            &package["total"],
            &package["invoiced_each"]
        ),
        (
            &json!("pending_payment"),
            &market.money(21_000),
            &market.money(21_000),
            &market.money(0)
        )
    );
    let twice = manager.post("/packages").json(&offer("introductory")).send().await;
    twice.assert_problem(409, "state_conflict", "");
    assert_eq!(refusal(&market).await, "no_package", "an offer is no package");

    let pay = format!("{}/pay", path_of(&package));
    market.store_method(&buyer, "card", "declined").await;
    owner.post(&pay).json(&json!({})).send().await.ok();
    app.until("the card is refused", async || {
        shown(&owner, &package).await["payment"]["status"] == "failed"
    })
    .await;
    assert_eq!(counters(&shown(&owner, &package).await), ("pending_payment", 0, 2));
    assert_eq!(market.invoices(&buyer).await.len(), 0, "what is not paid has no number");
    market.store_method(&buyer, "card", "ok").await;
    let running = market.begin_package(&owner, &package).await;
    assert_eq!(counters(&running), ("running", 0, 2));
    owner
        .post(&pay)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["package_id"]),
        (&json!("paid"), &market.money(22_050), &package["id"])
    );

    let early = manager.post("/packages").json(&offer("running")).send().await;
    assert!(early.text().contains("2 leads are still to come"), "{early}");
    let first = market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    assert_eq!(counters(&shown(&owner, &package).await), ("complete", 2, 0));
    assert_eq!(refusal(&market).await, "no_package", "it is complete");
    let delivery = owner.get(format!("/deliveries/{first}")).send().await.ok();
    assert_eq!(delivery["price"], market.money(0));

    let weekly = market.until_invoiced(&buyer).await;
    assert_eq!(
        (&weekly["status"], &weekly["total"], &weekly["line_count"]),
        (&json!("paid"), &market.money(0), &json!(2))
    );
    let expected = [("package", 21_000), ("lead", 0), ("lead", 0)].map(|(kind, net)| (kind.to_owned(), net));
    assert_eq!(lines(&market, &buyer).await, expected, "R119: nothing else");
    manager
        .post("/packages")
        .json(&offer("running"))
        .send()
        .await
        .assert_status(201);
    let statuses: Vec<_> = app.await_events("package.changed", 4).await;
    let statuses: Vec<_> = statuses.iter().map(|event| event["data"]["status"].clone()).collect();
    assert_eq!(statuses, ["pending_payment", "running", "complete", "pending_payment"]);
    let auditor = app.staff("auditor").await;
    let entries = auditor.all("/audit-entries").await;
    for action in [
        "package.offered",
        "package.paid_by_hand",
        "package.began",
        "package.completed",
    ] {
        assert!(entries.iter().any(|entry| entry["action"] == action), "{action}");
    }
    let support = app.staff("support").await;
    for (kind, times) in [("package_offered", 2), ("package_complete", 1)] {
        let told = support.all(&format!("/notifications?kind={kind}")).await;
        assert_eq!(told.len(), times, "{kind}");
    }
    app.audit_is_green().await;
}

/// R117: the first payment lets a new account in; a bank debit is days on its way, and meanwhile the package is
/// neither paid again nor cancelled. Money that comes when the account is over goes back.
#[rstest]
#[tokio::test]
async fn r117_a_package_waits_for_its_money(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(false, true)] closed: bool,
) {
    let app = spawn(on).await;
    let market = market(&app, json!({})).await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Newcomer", "address": "12 Main Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let supplier = format!("/suppliers/{}", made["id"].as_str().expect("an id"));
    let business = manager
        .post(format!("{supplier}/businesses"))
        .json(&json!({ "name": "Newcomer Austin" }))
        .send()
        .await
        .created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: business["id"].as_str().expect("an id").to_owned(),
        order_id: None,
    };
    let billing = market.member(&buyer, "billing").await;
    market.store_method(&buyer, "bank_account", "ok").await;
    let package = market.offer_package(&buyer, "introductory", 3).await;
    let pay = format!("{}/pay", path_of(&package));
    billing.post(&pay).json(&json!({})).send().await.ok();
    app.until("the debit is on its way", async || {
        shown(&billing, &package).await["payment"]["status"] == "pending"
    })
    .await;
    let owner = market.owner(&buyer).await;
    for path in [pay, format!("{}/cancel", path_of(&package))] {
        let refused = owner.post(path).json(&json!({})).send().await;
        refused.assert_problem(409, "state_conflict", "");
    }
    if closed {
        let reason = json!({ "reason": "Gone out of business." });
        manager
            .post(format!("{supplier}/close"))
            .json(&reason)
            .send()
            .await
            .ok();
    }
    app.live_through(3).await;
    market.until_answered(&buyer).await;
    let payment = async || market.payments(&buyer).await[0].clone();
    let account = async || manager.get(&supplier).send().await.ok()["status"].clone();
    if closed {
        app.until("the money is back", async || payment().await["status"] == "refunded")
            .await;
        assert_eq!(counters(&shown(&owner, &package).await), ("cancelled", 0, 3));
        assert_eq!(market.invoices(&buyer).await.len(), 0);
    } else {
        assert_eq!(counters(&shown(&owner, &package).await), ("running", 0, 3));
        assert_eq!(payment().await["applied"], market.money(16_500));
        assert_eq!(account().await, "active");
        let told = app.staff("support").await.all("/notifications?kind=activation").await;
        assert_eq!(told.len(), 1, "R3");
    }
    app.audit_is_green().await;
}

/// R118: the policy's part of each lead is paid in advance; the weekly lines draw it down, and with the advance they
/// are the total to the cent, also when leads are rejected and others come for them.
#[rstest]
#[tokio::test]
async fn r118_advance_and_weekly_lines_are_the_total(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, json!({})).await;
    let (buyer, owner) = introduced(&market, "Okafor").await;
    let manager = app.staff("account_manager").await;
    let body = json!({
        "business_id": buyer.business_id, "kind": "running", "leads": 4, "price": market.money(5_555),
    });
    let package = manager.post("/packages").json(&body).send().await.created();
    assert_eq!(
        (
            &package["advance_pct"],
            &package["advance"],
            &package["invoiced_each"],
            &package["total"]
        ),
        (
            &json!("0.10"),
            &market.money(4 * 556),
            &market.money(4_999),
            &market.money(22_220)
        )
    );
    market.begin_package(&owner, &package).await;
    let mut sold = Vec::new();
    for _ in 0..4 {
        sold.push(market.sell_to(&buyer).await);
    }
    let complete = shown(&owner, &package).await;
    assert_eq!(
        (counters(&complete), &complete["advance_drawn"]),
        (("complete", 4, 0), &complete["advance"])
    );
    // What is rejected does not use the package up: two others come for it.
    reject(&owner, &sold[0]).await;
    reject(&owner, &sold[3]).await;
    let reopened = shown(&owner, &package).await;
    assert_eq!(
        (
            counters(&reopened),
            &reopened["advance_drawn"],
            &reopened["completed_at"]
        ),
        (("running", 2, 2), &market.money(2 * 556), &Value::Null)
    );
    market.sell_to(&buyer).await;
    let undo = |delivery: &str| format!("/deliveries/{delivery}/undo-rejection");
    owner.post(undo(&sold[0])).json(&json!({})).send().await.ok();
    assert_eq!(counters(&shown(&owner, &package).await), ("complete", 4, 0));
    let late = owner.post(undo(&sold[3])).json(&json!({})).send().await;
    late.assert_problem(409, "state_conflict", "");
    assert_eq!(refusal(&market).await, "no_package");

    market.until_invoiced(&buyer).await;
    let mut sums = BTreeMap::new();
    for (kind, net) in lines(&market, &buyer).await {
        sums.entry(kind).or_insert_with(Vec::new).push(net);
    }
    assert_eq!(sums["package"], [5_500, 4 * 556]);
    let leads: i64 = sums["lead"].iter().sum();
    assert_eq!(sums["lead"].len(), 5, "one of the introduction, four of this package");
    assert_eq!(leads + 4 * 556, 22_220, "R118");
    assert_eq!(sums.len(), 2, "R119: leads, packages and nothing else");
    app.audit_is_green().await;
}

/// R105: two businesses of one account, two packages, two counters.
#[rstest]
#[tokio::test]
async fn r105_each_business_has_its_own_package(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "package": { "mode": "per_business", "intro_required": true } });
    let market = app.market_with("local-exclusive", policy).await;
    let number = |n: usize| format!("+1512555017{n}");
    let first = market
        .supplier_with("Okafor", json!({}), json!({ "tracking_number": number(0) }))
        .await;
    let manager = app.staff("account_manager").await;
    let business = json!({ "name": "Okafor Houston", "tracking_number": number(1) });
    let business = manager
        .post(format!("/suppliers/{}/businesses", first.id))
        .json(&business)
        .send()
        .await
        .created();
    let second = Buyer {
        business_id: business["id"].as_str().expect("an id").to_owned(),
        ..first.clone()
    };
    market.store_method(&first, "card", "ok").await;
    let owner = market.owner(&first).await;
    let mut packages = Vec::new();
    for (buyer, leads) in [(&first, 2), (&second, 3)] {
        market.order(buyer, json!({})).await;
        packages.push(market.offer_package(buyer, "introductory", leads).await);
    }
    let call = async |n: usize| {
        let lead = merged(market.lead(), json!({ "assigned_number": number(n) }));
        let receipt = market.submit(lead).await;
        receipt["sold_to"].as_array().expect("sales").len()
    };
    let both = async || (shown(&owner, &packages[0]).await, shown(&owner, &packages[1]).await);
    market.begin_package(&owner, &packages[0]).await;
    assert_eq!((call(0).await, call(1).await), (1, 0), "only the first one's runs");
    market.begin_package(&owner, &packages[1]).await;
    assert_eq!((call(1).await, call(0).await, call(0).await), (1, 1, 0));
    let (one, two) = both().await;
    assert_eq!(
        (counters(&one), counters(&two)),
        (("complete", 2, 0), ("running", 1, 2))
    );
    let path = format!("/packages?business_id={}", second.business_id);
    assert_eq!(owner.all(&path).await.len(), 1);
    // R117 is each business's own: the first has had its introduction, the second has not.
    market.offer_package(&first, "running", 5).await;
    let body = json!({
        "business_id": second.business_id, "kind": "running", "leads": 5, "price": market.money(5_500),
    });
    let refused = manager.post("/packages").json(&body).send().await;
    refused.assert_problem(409, "state_conflict", "");
    // Nobody else sees any of it.
    let (_, stranger) = buyer(&market, "Stranger").await;
    stranger
        .get(path_of(&one))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    assert_eq!(stranger.all("/packages").await.len(), 0);
    app.audit_is_green().await;
}

/// R120: with leads to come a package is not cancelled, and the answer says how many; once it is complete it is, at
/// once. What nobody paid is cancelled at any time.
#[rstest]
#[tokio::test]
async fn r120_cancelled_once_it_is_complete(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, json!({})).await;
    let (buyer, owner) = buyer(&market, "Okafor").await;
    let cancel = async |package: &Value| {
        let body = json!({ "reason": "We have enough work." });
        let path = format!("{}/cancel", path_of(package));
        owner.post(path).json(&body).send().await
    };
    let offered = market.offer_package(&buyer, "introductory", 9).await;
    assert_eq!(cancel(&offered).await.ok()["status"], "cancelled");
    cancel(&offered).await.assert_problem(409, "state_conflict", "");

    let package = market.offer_package(&buyer, "introductory", 2).await;
    market.begin_package(&owner, &package).await;
    for left in ["2 leads are still to come", "1 lead is still to come"] {
        let refused = cancel(&package).await;
        refused.assert_problem(409, "state_conflict", "");
        assert!(refused.text().contains(left), "{refused}");
        market.sell_to(&buyer).await;
    }
    let cancelled = cancel(&package).await.ok();
    assert_eq!(counters(&cancelled), ("cancelled", 2, 0));
    assert_ne!(cancelled["cancelled_at"], Value::Null, "at once");
    assert_eq!(refusal(&market).await, "no_package");
    // The introduction was had: whoever comes back does not begin again.
    let again = json!({
        "business_id": buyer.business_id, "kind": "introductory", "leads": 2, "price": market.money(5_500),
    });
    let manager = app.staff("account_manager").await;
    let refused = manager.post("/packages").json(&again).send().await;
    refused.assert_problem(409, "state_conflict", "");
    market.offer_package(&buyer, "running", 2).await;
    app.audit_is_green().await;
}

/// Another seller's rules: a package that is cancelled at once, and leads at the order's price between two packages.
#[rstest]
#[tokio::test]
async fn other_policies_are_kept_to(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let more = json!({
        "cancel": { "effective": "at_once" },
        "package": { "mode": "per_business", "intro_required": false, "when_complete": "order_price" },
        "billing": { "advance_pct": "0" },
    });
    let market = market(&app, more).await;
    let (buyer, owner) = buyer(&market, "Okafor").await;
    assert_eq!(
        refusal(&market).await,
        "no_package",
        "before the first one there is nothing"
    );
    // Nothing in advance: the package begins when it is agreed to, and has no invoice.
    let package = market.offer_package(&buyer, "running", 1).await;
    assert_eq!(package["advance"], market.money(0));
    let running = market.begin_package(&owner, &package).await;
    assert_eq!(
        (&running["payment"], &running["invoice_id"]),
        (&Value::Null, &Value::Null)
    );
    let price = async |delivery: &str| {
        let path = format!("/deliveries/{delivery}");
        owner.get(path).send().await.ok()["price"].clone()
    };
    let of_package = market.sell_to(&buyer).await;
    let beyond = market.sell_to(&buyer).await;
    assert_eq!(
        (price(&of_package).await, price(&beyond).await),
        (market.money(5_500), market.money(4_500))
    );
    let another = market.offer_package(&buyer, "running", 5).await;
    market.begin_package(&owner, &another).await;
    let path = format!("{}/cancel", path_of(&another));
    let cancelled = owner.post(path).json(&json!({})).send().await.ok();
    assert_eq!(counters(&cancelled), ("cancelled", 0, 5));
    market.until_invoiced(&buyer).await;
    app.audit_is_green().await;
}

/// R105: however many leads come at once, a package delivers as many as were committed.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r105_no_more_leads_than_committed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, json!({})).await;
    let (buyer, owner) = buyer(&market, "Okafor").await;
    // Two orders of one business share its package.
    market.order(&buyer, json!({ "priority": 5 })).await;
    let package = market.offer_package(&buyer, "introductory", 4).await;
    market.begin_package(&owner, &package).await;
    let leads = market.leads();
    let mut sales = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (key, lead) = (market.key.clone(), leads.fresh());
        sales.spawn(async move {
            let receipt = key.post("/leads").json(&lead).send().await.ok();
            receipt["sold_to"].as_array().map_or(0, Vec::len)
        });
    }
    let sold: usize = sales.join_all().await.into_iter().sum();
    assert_eq!(sold, 4);
    assert_eq!(counters(&shown(&owner, &package).await), ("complete", 4, 0));
    app.audit_is_green().await;
}

/// What is wrong with an offer is pointed at, and only staff make one.
#[rstest]
#[tokio::test]
async fn a_bad_offer_is_pointed_at(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, json!({})).await;
    let (buyer, owner) = buyer(&market, "Okafor").await;
    let manager = app.staff("account_manager").await;
    let good = json!({
        "business_id": buyer.business_id, "kind": "introductory", "leads": 5, "price": market.money(5_500),
    });
    let pounds = json!({ "amount": 100, "currency": "GBP" });
    for (patch, pointer) in [
        (json!({ "leads": 0 }), "/leads"),
        (json!({ "leads": 10_001 }), "/leads"),
        (json!({ "price": market.money(0) }), "/price/amount"),
        (json!({ "price": pounds }), "/price/currency"),
        (json!({ "setup_fee": market.money(-1) }), "/setup_fee/amount"),
        (json!({ "kind": "running", "setup_fee": market.money(1) }), "/setup_fee"),
        (json!({ "business_id": "biz_0000000000zzz" }), "/business_id"),
    ] {
        let answer = manager
            .post("/packages")
            .json(&merged(good.clone(), patch))
            .send()
            .await;
        answer.assert_problem(422, "invalid", pointer);
    }
    let refused = owner.post("/packages").json(&good).send().await;
    refused.assert_problem(403, "forbidden", "");
    let package = manager.post("/packages").json(&good).send().await.created();
    let member = market.member(&buyer, "member").await;
    let path = format!("{}/pay", path_of(&package));
    member
        .post(path)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let elsewhere = app.market("b2b-monthly").await;
    let other = elsewhere.supplier("Elsewhere").await;
    let body = merged(
        good,
        json!({ "business_id": other.business_id, "price": elsewhere.money(5_500) }),
    );
    let refused = manager.post("/packages").json(&body).send().await;
    refused.assert_problem(422, "policy_refuses", "");
}
