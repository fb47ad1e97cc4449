//! What comes in: who got it, once only, what is wrong with it, and how it is found again.

use super::{buyers, join, status};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashSet;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

#[rstest]
#[tokio::test]
async fn an_integrator_reads_back_who_got_the_lead_and_why_others_did_not(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let near = market.buyer("Near", json!({})).await;
    let paused = market.buyer("Paused", json!({})).await;
    let order = paused.order_id.as_deref().unwrap();
    let pause = json!({ "reason": "away" });
    app.staff("account_manager")
        .await
        .post(format!("/orders/{order}/pause"))
        .json(&pause)
        .send()
        .await
        .ok();

    let answer = market.try_submit(market.lead()).await;
    answer.assert_status(201);
    let receipt = answer.json();
    assert_eq!(
        (status(&receipt), buyers(&receipt)),
        ("partly_sold", vec![near.id.as_str()]),
        "{answer}"
    );
    assert_eq!(receipt["sold_to"][0]["price"], market.money(4_500), "{answer}");
    let refused = &receipt["not_sold_to"][0];
    assert_eq!(
        (refused["supplier_id"].as_str(), refused["reason"].as_str()),
        (Some(paused.id.as_str()), Some("order_paused"))
    );

    let lead = receipt["lead"]["id"].as_str().unwrap();
    assert_eq!(
        receipt["lead"]["place"],
        json!({ "country": "US", "region": "TX", "postcode": "78701", "city": "Austin" })
    );
    let detail = market.key.get(format!("/leads/{lead}")).send().await;
    assert_eq!(detail.version(), receipt["lead"]["version"].as_i64().unwrap());
    assert_eq!(detail.json()["sales"], receipt["sold_to"]);
    assert_eq!(detail.json()["consent"]["text_version"], "1");
    let trace = market.key.get(format!("/leads/{lead}/trace")).send().await.ok();
    assert_eq!(
        trace["attempts"][0]["candidates"].as_array().map(Vec::len),
        Some(2),
        "{trace}"
    );
}

#[rstest]
#[tokio::test]
async fn the_same_external_id_changes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let lead = market.lead();
    let first = market.try_submit(lead.clone()).await;
    first.assert_status(201);
    let again = merged(lead.clone(), json!({ "person": { "name": "Somebody Else" } }));
    let second = market.try_submit(again).await;
    second.assert_status(200);
    let (first, second) = (first.json(), second.json());
    assert_eq!(
        (second["existing"].as_bool(), first["existing"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!(second["lead"], first["lead"]);
    assert_eq!(second["sold_to"], first["sold_to"]);

    // At the same moment, too.
    let lead = market.lead();
    let calls = (0..8).map(|_| market.try_submit(lead.clone()));
    let answers = join(calls.collect()).await;
    let ids: HashSet<String> = answers
        .iter()
        .map(|answer| answer.ok()["lead"]["id"].to_string())
        .collect();
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((ids.len(), made), (1, 1));
}

#[rstest]
#[tokio::test]
async fn every_fault_of_an_enquiry_is_pointed_at(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let bad = merged(
        market.lead(),
        json!({
            "person": { "phone": null, "name": "x".repeat(201), "notes": "bell \u{7}" },
            "place": { "country": "Atlantis" }, "enquired_at": "2999-01-01T00:00:00Z",
        }),
    );
    let answer = market.try_submit(bad).await;
    for (pointer, code) in [
        ("/person/phone", "required"),
        ("/person/name", "too_long"),
        ("/person/notes", "control_character"),
        ("/place/country", "unknown_country"),
        ("/enquired_at", "in_the_future"),
    ] {
        answer.assert_problem(422, "invalid", pointer);
        assert_eq!(answer.field_code(pointer), code);
    }
    let table = [
        (json!({ "programme": "nobody" }), 422, "invalid", "/programme"),
        (json!({ "product": "nothing" }), 422, "invalid", "/product"),
        (
            json!({ "enquired_at": "2026-02-30T00:00:00Z" }),
            400,
            "malformed_body",
            "/enquired_at",
        ),
        (json!({ "shoe_size": 44 }), 400, "malformed_body", "/shoe_size"),
        (
            json!({ "person": { "shoe_size": 44 } }),
            400,
            "malformed_body",
            "/person/shoe_size",
        ),
        (json!({ "channel": "pigeon" }), 400, "malformed_body", "/channel"),
        (
            json!({ "answers": { "budget": 7 } }),
            400,
            "malformed_body",
            "/answers/budget",
        ),
    ];
    for (patch, status, code, pointer) in table {
        market
            .try_submit(merged(market.lead(), patch))
            .await
            .assert_problem(status, code, pointer);
    }
    // Another programme's key cannot tell this programme from none.
    let other = app.market("b2b-monthly").await;
    other
        .key
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_problem(422, "invalid", "/programme");
    // Keys must be idempotent where leads move.
    let bearer = app.anonymous().with_bearer(market.key.bearer());
    bearer
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_problem(400, "idempotency_key_required", "");
}

#[rstest]
#[tokio::test]
async fn lists_filter_by_source_and_everything_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let source = if n % 2 == 0 { "google ads" } else { "craigslist" };
        let receipt = market
            .submit(merged(
                market.lead(),
                json!({ "source": source, "external_id": format!("list-{n}") }),
            ))
            .await;
        ids.push(receipt["lead"]["id"].as_str().unwrap().to_owned());
    }
    ids.reverse();
    let listed = |rows: &[Value]| {
        rows.iter()
            .map(|row| row["id"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed(&market.key.all("/leads?limit=3").await),
        ids,
        "newest first, page by page"
    );
    assert_eq!(market.key.all("/leads?source=craigslist&limit=2").await.len(), 3);
    assert_eq!(listed(&market.key.all("/leads?external_id=list-6").await), ids[..1]);
    let product = market.product["id"].as_str().unwrap();
    assert_eq!(
        market
            .key
            .all(&format!(
                "/leads?product_id={product}&status=available,sold_out&channel=api"
            ))
            .await
            .len(),
        7
    );
    assert_eq!(
        market
            .key
            .all("/leads?received_before=2020-01-01T00:00:00Z")
            .await
            .len(),
        0
    );
    let bad = [
        ("status=nice", "?status"),
        ("limit=0", "?limit"),
        ("colour=red", "?colour"),
        ("product_id=7", "?product_id"),
    ];
    for (query, pointer) in bad {
        market
            .key
            .get(format!("/leads?{query}"))
            .send()
            .await
            .assert_problem(400, "invalid_parameter", pointer);
    }
    market
        .key
        .get("/leads?cursor=AAAA")
        .send()
        .await
        .assert_problem(400, "invalid_cursor", "?cursor");
    // Another programme's key sees none of them, and no id of theirs.
    let other = app.market("b2b-monthly").await;
    assert_eq!(other.key.all("/leads").await.len(), 0);
    other
        .key
        .get(format!("/leads/{}", ids[0]))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    other
        .key
        .get(format!("/leads/{}/trace", ids[0]))
        .send()
        .await
        .assert_problem(404, "not_found", "");
}
