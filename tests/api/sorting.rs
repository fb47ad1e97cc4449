//! Lists in every order that they offer: page by page nothing is lost and nothing comes twice, whatever is
//! equal, and both databases give one order.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::Timestamp;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::books::Books;
use tradepost_tests::{Client, merged, spawn};

/// What a list is sorted by, of one row: comparable as it stands.
type KeyOf = fn(&Value) -> Value;

fn id(row: &Value) -> String {
    row["id"].as_str().expect("a row has an id").to_owned()
}

/// A number or an instant, a text, or what comes last of all. (Instants are written without zeros at their
/// end, so their texts do not compare.)
fn rank(key: &Value) -> (bool, i64, String) {
    let text = key.as_str().unwrap_or_default();
    match text.parse::<Timestamp>() {
        Ok(at) => (false, at.as_micros(), String::new()),
        Err(_) => (key.is_null(), key.as_i64().unwrap_or_default(), text.to_owned()),
    }
}

/// Reads the list under a word in pages of one, two, three and a hundred rows. The order is that of the key,
/// its pages join without a seam, and it is the exact reverse of the order under `opposite`.
async fn assert_sorted(reader: &Client, path: &str, (word, opposite): (&str, Option<&str>), key: KeyOf) {
    let joint = if path.contains('?') { '&' } else { '?' };
    let whole = reader.all(&format!("{path}{joint}limit=100&sort={word}")).await;
    assert!(whole.len() > 3, "{path} has too few rows to tell: {}", whole.len());
    let falls = word.starts_with('-') || word == "newest";
    let ranks: Vec<_> = whole.iter().map(|row| rank(&key(row))).collect();
    for pair in ranks.windows(2) {
        let ordered = if falls { pair[0] >= pair[1] } else { pair[0] <= pair[1] };
        assert!(ordered, "{path} by {word}: {pair:?} in {ranks:?}");
    }
    let ids: Vec<String> = whole.iter().map(id).collect();
    for limit in 1..=3 {
        let pages = reader.all(&format!("{path}{joint}limit={limit}&sort={word}")).await;
        let paged: Vec<String> = pages.iter().map(id).collect();
        assert_eq!(paged, ids, "{path} by {word} in pages of {limit}");
    }
    if let Some(opposite) = opposite {
        let turned = reader.all(&format!("{path}{joint}limit=2&sort={opposite}")).await;
        let turned: Vec<String> = turned.iter().rev().map(id).collect();
        assert_eq!(turned, ids, "{path} by {opposite} is not {word} turned round");
    }
    // A cursor points into the order that it was made in, and nowhere else.
    let first = reader
        .get(format!("{path}{joint}limit=1&sort={word}"))
        .send()
        .await
        .ok();
    let cursor = first["next_cursor"].as_str().expect("there is more").to_owned();
    let other = if word == "newest" { "oldest" } else { "newest" };
    reader
        .get(format!("{path}{joint}sort={other}&cursor={cursor}"))
        .send()
        .await
        .assert_problem(400, "invalid_cursor", "?cursor");
    reader
        .get(format!("{path}{joint}sort=prettiest"))
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?sort");
}

/// Both directions of an order.
async fn assert_both_ways(reader: &Client, path: &str, (word, opposite): (&str, &str), key: KeyOf) {
    assert_sorted(reader, path, (word, Some(opposite)), key).await;
    assert_sorted(reader, path, (opposite, None), key).await;
}

#[rstest]
#[tokio::test]
async fn names_are_sorted_without_regard_to_case(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    for name in [
        "beta", "Alpha", "alpha", "Zwölf", "Ärger", "Beta", "_new", "10 Roofs", "Alpha",
    ] {
        let buyer = market.supplier(name).await;
        market.owner(&buyer).await;
    }
    for (code, name) in [("a", "Roofing"), ("b", "roofing"), ("c", "Windows"), ("d", "ästhetik")] {
        market.new_product(code, 3, json!({ "name": name })).await;
    }
    let admin = app.staff("admin").await;
    let name: KeyOf = |row| json!(row["name"].as_str().expect("a name").to_ascii_lowercase());
    let made: KeyOf = |row| row["created_at"].clone();
    for path in ["/suppliers", "/lead-products", "/users"] {
        assert_both_ways(&admin, path, ("name", "-name"), name).await;
        assert_both_ways(&admin, path, ("oldest", "newest"), made).await;
    }
    let found = admin.all("/suppliers?sort=name").await;
    let names: Vec<_> = found.iter().map(|row| row["name"].as_str().expect("a name")).collect();
    let expected = [
        "10 Roofs", "_new", "Alpha", "alpha", "Alpha", "beta", "Beta", "Zwölf", "Ärger",
    ];
    assert_eq!(names.len(), expected.len());
    assert_eq!(
        (names[0], names[1], &names[7..]),
        (expected[0], expected[1], &expected[7..])
    );
    // The filters hold in every order.
    let some = admin.all("/suppliers?sort=-name&q=alph&limit=1").await;
    assert_eq!(some.len(), 3);
}

#[rstest]
#[tokio::test]
async fn orders_are_sorted_by_price_and_by_what_is_left(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    for (price, quantity) in [
        (4_500, Some(3)),
        (2_000, None),
        (4_500, Some(10)),
        (9_000, Some(3)),
        (2_000, None),
        (4_500, Some(40)),
    ] {
        let more = json!({ "price": market.money(price), "quantity": quantity });
        market.order(&buyer, more).await;
    }
    market.sell().await;
    let reader = app.staff("account_manager").await;
    assert_both_ways(&reader, "/orders", ("price", "-price"), |row| {
        row["price"]["amount"].clone()
    })
    .await;
    assert_both_ways(&reader, "/orders", ("remaining", "-remaining"), |row| {
        row["remaining"].clone()
    })
    .await;
    assert_both_ways(&reader, "/orders", ("oldest", "newest"), |row| {
        row["created_at"].clone()
    })
    .await;
    let owner = market.owner(&buyer).await;
    assert_sorted(&owner, "/orders", ("remaining", None), |row| row["remaining"].clone()).await;
}

/// Leads, what became of them, and what came back.
#[rstest]
#[tokio::test]
async fn leads_deliveries_and_returns_are_sorted(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    // Reviewers of this market promise no day, so that nothing is due: that list, too, has its pages.
    let market = app
        .market_with("lead-store", json!({ "returns": { "decision_within": null } }))
        .await;
    let dear = market.buyer("Okafor", json!({ "price": market.money(9_000) })).await;
    market.buyer("Lindqvist", json!({ "price": market.money(4_500) })).await;
    let owner = market.owner(&dear).await;
    for nth in 0..5 {
        let lead = merged(market.lead(), json!({ "person": { "name": format!("Dana {nth}") } }));
        market.submit(lead).await;
    }
    for delivery in owner.all("/deliveries").await {
        let body = json!({ "delivery_id": delivery["id"], "reason": "wrong_number", "note": "A bakery answers." });
        let made = owner.post("/return-requests").json(&body).send().await.created();
        assert_eq!(made["lead_name"], delivery["person"]["name"]);
    }
    let reader = app.staff("support").await;
    let made: KeyOf = |row| row["created_at"].clone();
    assert_both_ways(&reader, "/leads", ("oldest", "newest"), made).await;
    let delivered: KeyOf = |row| row["delivered_at"].clone();
    let deadline: KeyOf = |row| row["return_deadline_at"].clone();
    assert_both_ways(&reader, "/deliveries", ("oldest", "newest"), delivered).await;
    assert_sorted(&reader, "/deliveries", ("deadline", None), deadline).await;
    assert_both_ways(&reader, "/deliveries", ("price", "-price"), |row| {
        row["price"]["amount"].clone()
    })
    .await;
    let submitted: KeyOf = |row| row["submitted_at"].clone();
    assert_both_ways(&reader, "/return-requests", ("oldest", "newest"), submitted).await;
    let due: KeyOf = |row| row["decision_due_at"].clone();
    assert_sorted(&reader, "/return-requests", ("due", None), due).await;
    assert_sorted(&owner, "/return-requests?status=in_review", ("due", None), due).await;

    let named: Vec<Value> = owner.all("/return-requests?sort=oldest").await;
    assert!(
        named
            .iter()
            .all(|row| row["lead_name"].as_str().is_some_and(|name| name.starts_with("Dana")))
    );
    // A program that may read returns but no leads is told nobody's name.
    let program = app.key(&["returns:read"], Some(market.id()), None).await;
    let unnamed = program.all("/return-requests").await;
    assert!(
        !unnamed.is_empty() && unnamed.iter().all(|row| row["lead_name"].is_null()),
        "{unnamed:#?}"
    );
}

#[rstest]
#[tokio::test]
async fn invoices_are_sorted_by_what_is_owed_and_until_when(#[values(Sqlite, Postgres)] on: Database) {
    // Two weeks are billed; in the second some suppliers owe more than others, and some the same.
    let later = "UPDATE deliveries SET delivered_at = delivered_at + 604800000000 WHERE id % 2 = 0; \
                 UPDATE deliveries SET price_minor = 1000 * (1 + supplier_id % 3); \
                 INSERT INTO lead_people (lead_id, name, company) SELECT id, CASE WHEN id % 3 = 0 THEN NULL ELSE 'Dana ' || id END, 'Reyes Dental' FROM leads WHERE id % 5 > 0";
    let app = Books::weekly(6, 6).serve(on, later).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let invoices = finance.all("/invoices").await;
    assert_eq!(invoices.len(), 12);
    for invoice in invoices.iter().take(5) {
        let half = json!({ "amount": 700, "currency": "GBP" });
        let body = json!({
            "method": "bank_transfer", "reference": "T-1", "amount": half, "received_on": "2026-03-20",
        });
        let path = format!("/invoices/{}/payments", id(invoice));
        let paid = finance.post(path).json(&body).send().await;
        assert!(paid.status.is_success(), "{paid}");
    }
    assert_both_ways(&finance, "/invoices", ("total", "-total"), |row| {
        row["total"]["amount"].clone()
    })
    .await;
    assert_both_ways(&finance, "/invoices", ("open", "-open"), |row| {
        row["open"]["amount"].clone()
    })
    .await;
    assert_both_ways(&finance, "/invoices", ("due", "-due"), |row| row["due_on"].clone()).await;
    assert_both_ways(&finance, "/invoices", ("oldest", "newest"), |row| {
        row["created_at"].clone()
    })
    .await;

    let mut lines = Vec::new();
    for invoice in &invoices {
        lines.extend(finance.all(&format!("/invoices/{}/lines?limit=1", id(invoice))).await);
    }
    let called = |wanted: fn(&str) -> bool| {
        lines
            .iter()
            .filter(|line| line["lead_name"].as_str().is_some_and(wanted))
            .count()
    };
    let unnamed = lines.iter().filter(|line| line["lead_name"].is_null()).count();
    let (by_name, by_company) = (
        called(|name| name.starts_with("Dana ")),
        called(|name| name == "Reyes Dental"),
    );
    assert!(
        by_name > 0 && by_company > 0 && unnamed > 0,
        "{by_name} {by_company} {unnamed}"
    );
    assert_eq!(by_name + by_company + unnamed, 36);
    let program = app.key(&["invoices:read"], None, None).await;
    let path = format!("/invoices/{}/lines", id(&invoices[0]));
    assert!(program.all(&path).await.iter().all(|line| line["lead_name"].is_null()));
}
