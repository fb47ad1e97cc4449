//! The server answers, on both databases, and errors have one shape from the first route on.

use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

#[rstest]
#[tokio::test]
async fn a_server_says_that_it_is_well(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    app.anonymous().get("/health").send().await.assert_status(200);
}

#[rstest]
#[tokio::test]
async fn an_unknown_path_is_a_problem(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    app.anonymous()
        .get("/no-such-thing")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    app.anonymous()
        .get("//no-such-page")
        .header("Accept", "application/json")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    app.anonymous()
        .delete("/health")
        .send()
        .await
        .assert_problem(405, "method_not_allowed", "");
}
