//! Deliveries: a supplier's lead list, and what it does with it, on both databases.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, merged, spawn};

/// A supplier of the preset for local businesses, whose own number was called once; gives the delivery's path.
async fn called(market: &Market<'_>, name: &str, number: &str) -> (Buyer, Client, String) {
    let mut buyer = market
        .supplier_with(name, json!({}), json!({ "tracking_number": number }))
        .await;
    let order = market.order(&buyer, json!({})).await;
    buyer.order_id = order["id"].as_str().map(str::to_owned);
    let receipt = market
        .submit(merged(
            market.lead(),
            json!({ "assigned_number": number, "channel": "call" }),
        ))
        .await;
    let delivery = receipt["sold_to"][0]["delivery_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{receipt}"));
    let owner = market.owner(&buyer).await;
    (buyer, owner, format!("/deliveries/{delivery}"))
}

/// R22, R29, R127: the supplier reads its lead with the deadline; for anybody else it does not exist.
#[rstest]
#[tokio::test]
async fn r127_a_delivery_is_its_suppliers_alone(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let (one, other) = (
        market.buyer("One", json!({})).await,
        market.buyer("Other", json!({})).await,
    );
    let sales = market.sell().await;
    assert_eq!(sales.len(), 2);
    let delivery = sales.iter().find(|sale| sale["supplier_id"] == *one.id).unwrap()["delivery_id"]
        .as_str()
        .unwrap();
    let path = format!("/deliveries/{delivery}");

    let answer = market.owner(&one).await.get(&path).send().await;
    let detail = answer.ok();
    assert_eq!(detail["returnable"], true);
    assert!(
        detail["return_deadline_at"].is_string() && detail["seen_at"].is_string(),
        "{detail}"
    );
    assert!(detail["person"]["phone"].as_str().unwrap().starts_with("+1512"));
    assert!(detail["guidelines"]["policy_version_id"].is_string());
    assert_eq!(detail["consent"]["text_version"], "1");
    assert!(!answer.text().contains(&other.id), "nothing of the other buyer");
    assert_eq!(answer.version(), 1);

    let stranger = market.owner(&other).await;
    stranger.get(&path).send().await.assert_problem(404, "not_found", "");
    stranger
        .patch(&path)
        .json(&json!({ "rating": 1 }))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let listed = stranger.all("/deliveries").await;
    assert!(listed.len() == 1 && listed[0]["supplier_id"] == *other.id);
    let both = app
        .staff("support")
        .await
        .all(&format!("/deliveries?programme_id={}", market.id()))
        .await;
    assert_eq!(both.len(), 2);
}

/// R49, R76: rating, outcome and note are kept per delivery, with versions and an event.
#[rstest]
#[tokio::test]
async fn r49_r76_a_supplier_rates_and_notes_the_outcome(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Busy", json!({})).await;
    let path = format!("/deliveries/{}", market.sell_to(&buyer).await);
    let owner = market.owner(&buyer).await;

    let patch = json!({ "rating": 4, "outcome": "quoted", "note": " Wants it by June " });
    let answer = owner.patch(&path).json(&patch).if_match(1).send().await;
    let changed = answer.ok();
    assert_eq!(
        (&changed["rating"], &changed["outcome"], &changed["note"]),
        (&json!(4), &json!("quoted"), &json!("Wants it by June"))
    );
    assert!(changed["outcome_at"].is_string());
    assert_eq!(answer.version(), 2);

    owner
        .patch(&path)
        .json(&json!({ "rating": 5 }))
        .if_match(1)
        .send()
        .await
        .assert_problem(412, "stale", "");
    for rating in [0, 6] {
        let answer = owner.patch(&path).json(&json!({ "rating": rating })).send().await;
        answer.assert_problem(422, "invalid", "/rating");
    }
    owner
        .patch(&path)
        .json(&json!({ "outcome": "bought" }))
        .send()
        .await
        .assert_problem(400, "malformed_body", "/outcome");
    let long = json!({ "note": "x".repeat(4_001) });
    owner
        .patch(&path)
        .json(&long)
        .send()
        .await
        .assert_problem(422, "invalid", "/note");
    let cleared = owner.patch(&path).json(&json!({ "rating": null })).send().await.ok();
    assert_eq!(
        (&cleared["rating"], &cleared["outcome"]),
        (&Value::Null, &json!("quoted"))
    );

    let quoted = owner.all("/deliveries?outcome=quoted,won").await;
    assert_eq!(quoted.len(), 1);
    assert!(owner.all("/deliveries?outcome=lost").await.is_empty());
    // R82: the notice goes with the lead.
    let detail = owner.get(&path).send().await.ok();
    assert_eq!(detail["notices"][0]["key"], "data_controller");
}

/// R109, R111: one click takes the charge away, another brings it back.
#[rstest]
#[tokio::test]
async fn r109_r111_one_click_rejects_and_another_undoes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let (_, owner, path) = called(&market, "Roofer", "+15125550101").await;
    let (reject, undo) = (format!("{path}/reject"), format!("{path}/undo-rejection"));

    let rejected = owner
        .post(&reject)
        .json(&json!({ "reason": "telemarketer" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&rejected["billing_state"], &rejected["rejection_reason"]),
        (&json!("rejected"), &json!("telemarketer"))
    );
    assert_eq!(rejected["allowed_actions"], json!(["update", "undo_rejection"]));
    let again = owner
        .post(&reject)
        .json(&json!({ "reason": "telemarketer" }))
        .send()
        .await;
    again.assert_problem(409, "state_conflict", "");
    assert_eq!(owner.all("/deliveries?billing_state=rejected").await.len(), 1);

    let undone = owner.post(&undo).json(&json!({})).send().await.ok();
    assert_eq!(
        (&undone["billing_state"], &undone["rejection_reason"]),
        (&json!("unbilled"), &Value::Null)
    );
    owner
        .post(&undo)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let trail = app.staff("auditor").await.all("/audit-entries").await;
    for action in ["delivery.rejected", "delivery.rejection_undone"] {
        assert!(
            trail.iter().any(|entry| entry["action"] == action),
            "{action} is in the trail"
        );
    }
}

/// R110: nothing but the programme's own reasons, and only where one click is the programme's way.
#[rstest]
#[tokio::test]
async fn r110_other_reasons_are_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let (_, owner, path) = called(&market, "Plumber", "+15125550102").await;
    let reject = format!("{path}/reject");
    let answer = owner
        .post(&reject)
        .json(&json!({ "reason": "wrong_number" }))
        .send()
        .await;
    answer.assert_problem(422, "reason_not_valid", "/reason");
    owner
        .post(&reject)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(400, "malformed_body", "");

    let reviewed = app.market("b2b-monthly").await;
    let buyer = reviewed.buyer("Reviewed", json!({})).await;
    let delivery = reviewed.sell_to(&buyer).await;
    let owner = reviewed.owner(&buyer).await;
    let answer = owner
        .post(format!("/deliveries/{delivery}/reject"))
        .json(&json!({ "reason": "telemarketer" }))
        .send()
        .await;
    answer.assert_problem(422, "policy_refuses", "");
}

/// R101: a second contact is a new lead for the same business, and nobody else gets either.
#[rstest]
#[tokio::test]
async fn r101_a_second_contact_is_a_new_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let number = "+15125550103";
    let (buyer, owner, _) = called(&market, "Painter", number).await;
    called(&market, "Rival", "+15125550104").await;
    let person = merged(market.lead(), json!({ "assigned_number": number }));
    for suffix in ["a", "b"] {
        let receipt = market
            .submit(merged(
                person.clone(),
                json!({ "external_id": format!("again-{suffix}-{number}") }),
            ))
            .await;
        let sales = receipt["sold_to"].as_array().unwrap();
        assert!(sales.len() == 1 && sales[0]["supplier_id"] == *buyer.id, "{receipt}");
    }
    assert_eq!(owner.all("/deliveries").await.len(), 3);
}

/// S7: the file has the list's filters, and no cell of it is a formula.
#[rstest]
#[tokio::test]
async fn the_file_has_the_lists_filters_and_no_formulas(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Spreadsheet", json!({})).await;
    let bad = json!({ "person": { "name": "=HYPERLINK(\"http://evil.example\")" } });
    market.submit(merged(market.lead(), bad)).await;
    market.sell().await;
    let owner = market.owner(&buyer).await;
    let answer = owner.get("/deliveries.csv").send().await;
    answer.assert_status(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/csv"));
    let text = answer.text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("'=HYPERLINK") && text.contains("'+1512"), "{text}");
    let none = owner.get("/deliveries.csv?billing_state=invoiced").send().await;
    assert_eq!(none.text().lines().count(), 1);
    owner
        .get("/deliveries.csv?limit=5")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "?limit");
}

#[rstest]
#[tokio::test]
async fn a_list_is_read_page_by_page_with_its_filters(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Lister", json!({})).await;
    for _ in 0..5 {
        market.sell_to(&buyer).await;
    }
    let owner = market.owner(&buyer).await;
    let all = owner.all("/deliveries?limit=2").await;
    let mut ids: Vec<&str> = all.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.is_sorted_by(|a, b| a > b), "newest first: {ids:?}");
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert_eq!(owner.all("/deliveries?returnable=true").await.len(), 5);
    app.advance(12).await;
    let owner = market.owner(&buyer).await;
    assert!(
        owner.all("/deliveries?returnable=true").await.is_empty(),
        "ten days are over (R22)"
    );
    assert_eq!(owner.all("/deliveries?returnable=false").await.len(), 5);
    for (bad, pointer) in [
        ("colour=red", "?colour"),
        ("billing_state=owing", "?billing_state"),
        ("limit=0", "?limit"),
    ] {
        let answer = owner.get(format!("/deliveries?{bad}")).send().await;
        answer.assert_problem(400, "invalid_parameter", pointer);
    }
    owner
        .get("/deliveries?cursor=abc")
        .send()
        .await
        .assert_problem(400, "invalid_cursor", "?cursor");
    owner
        .get("/deliveries/del_nonsense")
        .send()
        .await
        .assert_problem(404, "not_found", "");
}
