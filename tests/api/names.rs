//! What lists call the things they point at, so that nobody has to ask for each of them.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::books::Books;
use tradepost_tests::{merged, spawn};

use crate::billing_runs::programme;

/// The names of a row, in the order of programme, supplier, business, product.
fn names(row: &Value, fields: &[&str]) -> Vec<String> {
    let name = |field: &&str| {
        row[format!("{field}_name")]
            .as_str()
            .map(str::to_owned)
            .unwrap_or_else(|| panic!("no {field}_name in {row}"))
    };
    fields.iter().map(name).collect()
}

#[rstest]
#[tokio::test]
async fn lists_say_what_things_are_called(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor Roofing", json!({})).await;
    let owner = market.owner(&buyer).await;
    let delivery = market.sell_to(&buyer).await;
    let ask = json!({ "delivery_id": delivery, "reason": "wrong_number", "note": "A bakery answers." });
    let request = owner.post("/return-requests").json(&ask).send().await.created();
    let whole = ["programme", "supplier", "business", "product"];
    let expected = ["Example Leads", "Okafor Roofing", "Okafor Roofing Austin", "main"];
    let support = app.staff("support").await;
    for reader in [&owner, &support] {
        for path in ["/deliveries", "/return-requests", "/orders"] {
            let rows = reader.all(path).await;
            assert_eq!(names(&rows[0], &whole), expected, "{path}");
            let one = format!("{path}/{}", rows[0]["id"].as_str().expect("an id"));
            let one = reader.get(one).send().await.ok();
            assert_eq!(names(&one, &whole), expected, "{path}");
        }
    }
    assert_eq!(request["price"], market.money(4_500));
    let leads = support.all("/leads").await;
    assert_eq!(names(&leads[0], &["programme", "product"]), ["Example Leads", "main"]);
    assert_eq!(leads[0]["owner_supplier_name"], Value::Null);

    let users = app.staff("admin").await.all("/users?audience=supplier").await;
    assert_eq!(names(&users[0], &["supplier"]), ["Okafor Roofing"]);
    let key = json!({ "name": "Their own", "scopes": ["deliveries:read"], "supplier_id": buyer.id });
    let admin = app.staff("admin").await;
    let made = admin.post("/api-keys").json(&key).send().await.created();
    let keys = admin.all("/api-keys").await;
    let key = keys.iter().find(|key| key["name"] == "Their own").expect("the key");
    assert_eq!(
        (&key["supplier_name"], &key["id"]),
        (&json!("Okafor Roofing"), &made["api_key"]["id"])
    );
}

#[rstest]
#[tokio::test]
async fn invoices_and_credit_notes_name_whom_they_are_for(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(1, 2).serve(on, "").await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let invoices = finance.all("/invoices").await;
    assert_eq!(names(&invoices[0], &["programme", "supplier"]), ["Books", "Supplier 0"]);
    assert_eq!(invoices[0]["programme_id"], json!(programme()));
    let path = format!("/invoices/{}", invoices[0]["id"].as_str().expect("an id"));
    let one = finance.get(&path).send().await.ok();
    assert_eq!(names(&one, &["programme", "supplier"]), ["Books", "Supplier 0"]);
    let lines = finance.all(&format!("{path}/lines")).await;
    assert_eq!(names(&lines[0], &["business"]), ["Supplier 0"]);
}

/// The text filter finds people by what is known of them, and takes wildcards for what they are.
#[rstest]
#[tokio::test]
async fn deliveries_are_found_by_what_is_known_of_the_person(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let person = |name: &str, company: &str, email: &str, phone: &str| json!({ "person": { "name": name, "company": company, "email": email, "phone": phone } });
    for patch in [
        person(
            "Zoë Brandt",
            "Brandt 100% Dental",
            "zoe@brandt.example",
            "(512) 255-0171",
        ),
        person("Ann_Lee", "Lee & Sons", "ann@lee.example", "(512) 255-0172"),
        person("Annolee Park", "Park Ltd", "park@ann.example", "(512) 255-0173"),
    ] {
        market.submit(merged(market.lead(), patch)).await;
    }
    for (text, expected) in [
        ("brandt", vec!["Zoë Brandt"]),
        ("SONS", vec!["Ann_Lee"]),
        ("ann@", vec!["Ann_Lee"]),
        ("ann_", vec!["Ann_Lee"]),
        ("100%", vec!["Zoë Brandt"]),
        ("255-0173", vec!["Annolee Park"]),
        ("+1 512 255 0172", vec!["Ann_Lee"]),
        ("017", vec![]),
        ("nobody", vec![]),
        ("ann", vec!["Annolee Park", "Ann_Lee"]),
    ] {
        let path = format!(
            "/deliveries?q={}",
            text.replace('%', "%25").replace('+', "%2B").replace(' ', "%20")
        );
        let found = owner.all(&path).await;
        let names: Vec<_> = found
            .iter()
            .map(|row| row["person"]["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, expected, "{text}");
    }
    owner
        .get(format!("/deliveries?q={}", "x".repeat(101)))
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?q");
}

/// What was opened, what closes first, and how much of it there is.
#[rstest]
#[tokio::test]
async fn a_home_page_knows_what_waits(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let stranger = market.buyer("Lindqvist", json!({})).await;
    let owner = market.owner(&buyer).await;
    let first = market.sell_to(&buyer).await;
    app.advance(9).await;
    let second = market.sell_to(&buyer).await;
    owner.get(format!("/deliveries/{second}")).send().await.ok();
    let ids = async |path: &str| -> Vec<String> {
        let rows = owner.all(path).await;
        rows.iter()
            .map(|row| row["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    assert_eq!(ids("/deliveries?seen=false").await, [first.as_str()]);
    assert_eq!(ids("/deliveries?seen=true").await, [second.as_str()]);
    assert_eq!(ids("/deliveries?sort=deadline").await, [first.clone(), second.clone()]);
    assert_eq!(
        ids("/deliveries?sort=deadline&limit=1").await,
        [first.clone(), second.clone()]
    );
    assert_eq!(ids("/deliveries?sort=newest&limit=1").await, [second, first.clone()]);
    let counts = owner.get("/deliveries/counts").send().await.ok();
    let expected = json!({ "unseen": 1, "returnable": 2, "closing_soon": 0, "last_seven_days": 1 });
    assert_eq!(counts, expected);
    // The first one's ten days end within the next 24 hours, and then it is too late.
    app.advance_seconds(86_400).await;
    let counts = owner.get("/deliveries/counts").send().await.ok();
    assert_eq!(
        (&counts["returnable"], &counts["closing_soon"]),
        (&json!(2), &json!(1)),
        "{counts}"
    );
    app.advance(3).await;
    let counts = owner.get("/deliveries/counts").send().await.ok();
    assert_eq!(
        (&counts["returnable"], &counts["closing_soon"]),
        (&json!(1), &json!(0)),
        "{counts}"
    );
    // The stranger bought the same leads and looked at none of them.
    let theirs = market
        .owner(&stranger)
        .await
        .get("/deliveries/counts")
        .send()
        .await
        .ok();
    assert_eq!(theirs["unseen"], 2);
    owner
        .get("/deliveries.csv?sort=deadline")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?sort");
}

/// What has no page of its own is found with the id of the thing on whose page it stands.
#[rstest]
#[tokio::test]
async fn a_business_is_found_with_its_supplier(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor Roofing", json!({})).await;
    let delivery = market.sell_to(&buyer).await;
    let support = app.staff("support").await;
    let found = async |text: &str, kind: &str| -> Value {
        let answer = support.get(format!("/search?q={text}")).send().await.ok();
        let rows = answer["data"].as_array().expect("results").clone();
        let row = rows.into_iter().find(|row| row["kind"] == kind);
        row.unwrap_or_else(|| panic!("no {kind} in {answer}"))
    };
    for text in ["okafor", &buyer.business_id] {
        let business = found(text, "business").await;
        assert_eq!(
            (&business["id"], &business["belongs_to"]),
            (&json!(buyer.business_id), &json!(buyer.id))
        );
    }
    let sold = support.get(format!("/deliveries/{delivery}")).send().await.ok();
    assert_eq!(found(&delivery, "delivery").await["belongs_to"], sold["lead_id"]);
    assert_eq!(found("okafor", "supplier").await["belongs_to"], Value::Null);
}
