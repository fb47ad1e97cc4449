//! What the numbers say: where leads came from, how much came back.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::books::Books;
use tradepost_tests::{Client, TestApp, merged, spawn};

/// A return that its owner asks for and a reviewer grants.
async fn take_back(app: &TestApp, owner: &Client, delivery: &str) {
    let body = json!({ "delivery_id": delivery, "reason": "wrong_number", "note": "A bakery answers." });
    let asked = owner.post("/return-requests").json(&body).send().await.created();
    let path = format!("/return-requests/{}/approve", asked["id"].as_str().expect("an id"));
    let verdict = json!({ "explanation": "The number is somebody else's." });
    let reviewer = app.staff("returns_reviewer").await;
    reviewer.post(path).json(&verdict).send().await.ok();
}

/// R107: each lead keeps its advertising source, and the report says what became of each source's leads.
#[rstest]
#[tokio::test]
async fn r107_the_report_goes_by_advertising_source(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({ "quantity": 4 })).await;
    let owner = market.owner(&buyer).await;
    for source in ["google ads", "google ads", "google ads", "craigslist", "craigslist"] {
        let lead = market.submit(merged(market.lead(), json!({ "source": source }))).await;
        assert_eq!(lead["lead"]["source"], source, "{lead}");
    }
    market.submit(merged(market.lead(), json!({ "source": null }))).await;
    let deliveries = owner.all("/deliveries").await;
    let first = deliveries.last().expect("four leads were sold");
    take_back(&app, &owner, first["id"].as_str().expect("an id")).await;

    let manager = app.staff("account_manager").await;
    let report = manager
        .get(format!("/reports/lead-sources?programme_id={}", market.id()))
        .send()
        .await
        .ok();
    let line = |source: Value| {
        let lines = report["sources"].as_array().expect("sources");
        let line = lines.iter().find(|line| line["source"] == source);
        let line = line.unwrap_or_else(|| panic!("no {source} in {report}"));
        ["leads", "sold", "deliveries", "returned"].map(|field| line[field].as_i64().expect("a number"))
    };
    assert_eq!(line(json!("google ads")), [3, 3, 3, 1]);
    assert_eq!(
        line(json!("craigslist")),
        [2, 1, 1, 0],
        "the order was filled by the fourth lead"
    );
    assert_eq!(line(Value::Null), [1, 0, 0, 0]);
    assert_eq!(
        report["sources"][0]["source"], "google ads",
        "the source with the most leads comes first"
    );
}

/// Days are the programme's own: what came before midnight in Chicago belongs to the day before.
#[rstest]
#[tokio::test]
async fn leads_are_counted_by_the_programmes_day(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let delivery = market.sell_to(&buyer).await;
    take_back(&app, &owner, &delivery).await;
    app.advance(1).await;
    market.sell().await;
    market.sell().await;

    let manager = app.staff("account_manager").await;
    let report = manager
        .get(format!("/reports/leads-by-day?programme_id={}&days=3", market.id()))
        .send()
        .await
        .ok();
    let of = &report["programmes"][0];
    assert_eq!(
        (&of["time_zone"], report["programmes"].as_array().map(Vec::len)),
        (&json!("America/Chicago"), Some(1))
    );
    let days = of["days"].as_array().expect("days");
    let counts: Vec<_> = days
        .iter()
        .map(|day| ["received", "sold", "returned"].map(|field| day[field].as_i64().expect("a number")))
        .collect();
    assert_eq!(counts, [[0, 0, 0], [1, 1, 1], [2, 2, 0]], "{report}");
    let last = days[2]["day"].as_str().expect("a day");
    let path = format!(
        "/reports/leads-by-day?programme_id={}&days=1&ends_before={last}",
        market.id()
    );
    let before = manager.get(path).send().await.ok();
    assert_eq!(before["programmes"][0]["days"][0]["received"], 1, "{before}");
    for wrong in ["days=0", "days=367"] {
        manager
            .get(format!("/reports/leads-by-day?{wrong}"))
            .send()
            .await
            .assert_problem(400, "invalid_parameter", "?days");
    }
    owner
        .get("/reports/leads-by-day")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}

/// R112: the rate has the range it is likely in, so that one return of one lead condemns nobody.
#[rstest]
#[tokio::test]
async fn r112_a_rate_says_how_sure_it_is(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let deliveries = [market.sell_to(&buyer).await, market.sell_to(&buyer).await];
    take_back(&app, &owner, &deliveries[0]).await;
    let report = app
        .staff("support")
        .await
        .get("/reports/return-rates")
        .send()
        .await
        .ok();
    let line = &report["suppliers"][0];
    assert_eq!(
        (&line["rate"], &line["rate_low"], &line["rate_high"]),
        (&json!("0.5"), &json!("0.0946"), &json!("0.9054")),
        "{report}"
    );
}

/// Revenue by week, and what is owed by how long it is overdue.
#[rstest]
#[tokio::test]
async fn money_is_counted_by_week_and_by_age(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        from: tradepost::clock::wall_now().as_micros(),
        apart: 1,
        ..Books::weekly(2, 3)
    };
    let app = books.serve(on, "").await;
    app.advance(7).await;
    let finance = app.staff("finance").await;
    let invoices = finance.all("/invoices").await;
    assert_eq!(invoices.len(), 2, "the week was invoiced: {invoices:#?}");
    let report = finance.get("/reports/revenue?weeks=3").send().await.ok();
    let weeks = report["weeks"].as_array().expect("weeks");
    assert_eq!(weeks.len(), 3, "one currency: {report}");
    let billed: Vec<_> = weeks.iter().filter(|week| week["invoices"] != 0).collect();
    assert_eq!(billed.len(), 1, "{report}");
    let week = billed[0];
    assert_eq!(
        (
            &week["invoices"],
            &week["invoiced"]["amount"],
            &week["credited"]["amount"]
        ),
        (&json!(2), &json!(6 * 1_999), &json!(0)),
        "{report}"
    );
    assert_eq!(week["revenue"], json!({ "amount": 6 * 1_999, "currency": "GBP" }));

    let buckets = async || -> Vec<(String, i64, i64)> {
        let report = finance.get("/reports/open-invoices").send().await.ok();
        let lines = report["lines"].as_array().expect("lines").iter();
        lines
            .filter(|line| line["invoices"] != 0)
            .map(|line| {
                (
                    line["overdue"].as_str().expect("a word").to_owned(),
                    line["invoices"].as_i64().expect("a number"),
                    line["open"]["amount"].as_i64().expect("an amount"),
                )
            })
            .collect()
    };
    let owed = 6 * 2_399;
    assert_eq!(buckets().await, [("not_due".to_owned(), 2, owed)]);
    app.advance(20).await;
    assert_eq!(buckets().await, [("days_1_30".to_owned(), 2, owed)]);
    let today = app.business_now().await;
    let pay = json!({ "method": "bacs", "reference": "A", "received_on": &today[..10] });
    let path = format!("/invoices/{}/payments", invoices[0]["id"].as_str().expect("an id"));
    finance.post(path).json(&pay).send().await.assert_status(201);
    app.advance(30).await;
    assert_eq!(buckets().await, [("days_31_60".to_owned(), 1, owed / 2)]);
    app.audit_is_green().await;
}

/// The account manager's book: what a supplier got, owes and sends back, and why it deserves a look; only whom one
/// looks after.
#[rstest]
#[tokio::test]
async fn the_book_says_who_deserves_a_look(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let manager = app.staff("account_manager").await;
    let me = manager.get("/me").send().await.ok()["id"].clone();
    let one = market.buyer("Okafor", json!({})).await;
    let first = market.sell_to(&one).await;
    let owner = market.owner(&one).await;
    let reject = json!({ "reason": "telemarketer" });
    owner
        .post(format!("/deliveries/{first}/reject"))
        .json(&reject)
        .send()
        .await
        .ok();
    market.sell_to(&one).await;
    let mine = json!({ "account_manager_id": me });
    let two = market.supplier_with("Reyes", mine, json!({})).await;
    market.order(&two, json!({})).await;
    let path = format!("/reports/supplier-book?programme_id={}", market.id());
    let book = manager.get(&path).send().await.ok();
    let lines = book["suppliers"].as_array().expect("lines");
    let line = |name: &str| {
        let found = lines.iter().find(|line| line["supplier_name"] == name);
        found.expect("it is in the book").clone()
    };
    let okafor = line("Okafor");
    assert_eq!(
        (&okafor["leads_this_week"], &okafor["return_rate"], &okafor["attention"]),
        (&json!(2), &json!("0.5"), &json!([]))
    );
    assert_eq!(line("Reyes")["attention"], json!(["no_leads"]));
    assert_eq!(lines[0]["supplier_name"], "Reyes", "who deserves a look comes first");

    let own = manager
        .get(format!("{path}&account_manager_id={}", me.as_str().unwrap()))
        .send()
        .await
        .ok();
    assert_eq!(own["suppliers"].as_array().unwrap().len(), 1);
    app.advance(8).await;
    let later = manager.get(&path).send().await.ok();
    let okafor = later["suppliers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["supplier_name"] == "Okafor")
        .unwrap()
        .clone();
    assert_eq!(
        (&okafor["leads_this_week"], &okafor["leads_week_before"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(okafor["attention"], json!(["no_leads"]));
    app.advance(30).await;
    let owed = manager.get(&path).send().await.ok();
    let okafor = owed["suppliers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["supplier_name"] == "Okafor")
        .unwrap()
        .clone();
    assert_eq!(okafor["owed"]["amount"], 4_500, "{okafor}");
    owner.get(&path).send().await.assert_problem(403, "forbidden", "");
}

/// The health of a programme: its leads of this week and before, how many found a buyer, and what waits.
#[rstest]
#[tokio::test]
async fn the_health_of_a_programme_is_counted(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let delivery = market.sell_to(&buyer).await;
    let owner = market.owner(&buyer).await;
    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let asked = json!({ "delivery_id": delivery, "reason": options["reasons"][0]["code"], "note": "It rings out." });
    owner.post("/return-requests").json(&asked).send().await.created();
    let finance = app.staff("finance").await;
    let health = async || {
        let path = format!("/reports/programme-health?programme_id={}", market.id());
        finance.get(path).send().await.ok()["programmes"][0].clone()
    };
    let now = health().await;
    assert_eq!(
        [
            "leads_this_week",
            "leads_week_before",
            "placed",
            "deliveries",
            "returns_waiting",
            "returns_late",
            "active_suppliers"
        ]
        .map(|name| now[name].as_i64().unwrap()),
        [1, 0, 1, 1, 1, 0, 1]
    );
    assert_eq!((&now["placed_share"], &now["return_rate"]), (&json!("1"), &json!("0")));
    app.advance(8).await;
    let later = health().await;
    assert_eq!(
        (&later["leads_this_week"], &later["leads_week_before"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(later["placed_share"], Value::Null);
}
