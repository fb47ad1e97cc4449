//! What the numbers say: where leads came from, how much came back.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

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
    let body = json!({ "delivery_id": first["id"], "reason": "wrong_number", "note": "A bakery answers." });
    let asked = owner.post("/return-requests").json(&body).send().await.created();
    let reviewer = app.staff("returns_reviewer").await;
    let verdict = json!({ "explanation": "The number is somebody else's." });
    let path = format!("/return-requests/{}/approve", asked["id"].as_str().expect("an id"));
    reviewer.post(path).json(&verdict).send().await.ok();

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
