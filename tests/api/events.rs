//! The event log, read both ways.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

#[rstest]
#[tokio::test]
async fn the_log_is_followed_forwards_and_looked_at_backwards(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    market.buyer("Okafor", json!({})).await;
    for _ in 0..3 {
        market.sell().await;
    }
    // On PostgreSQL the log shows them a moment later.
    app.await_events("lead.sold", 3).await;
    let auditor = app.staff("auditor").await;
    let ids = |rows: &[Value]| -> Vec<String> { rows.iter().map(|row| row["id"].to_string()).collect() };
    let forwards = ids(&auditor.all("/events?kind=lead.sold").await);
    let mut backwards = ids(&auditor.all("/events?kind=lead.sold&sort=newest").await);
    assert_eq!(forwards.len(), 3);
    backwards.reverse();
    assert_eq!(forwards, backwards);

    let page = auditor
        .get("/events?kind=lead.sold&sort=newest&limit=2")
        .send()
        .await
        .ok();
    assert_eq!(page["has_more"], true);
    let rest = format!(
        "/events?kind=lead.sold&sort=newest&limit=2&cursor={}",
        page["next_cursor"].as_str().expect("a cursor")
    );
    let rest = auditor.get(rest).send().await.ok();
    assert_eq!(
        (rest["data"][0]["id"].to_string(), &rest["has_more"]),
        (forwards[0].clone(), &json!(false))
    );
}
