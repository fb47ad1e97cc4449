//! What an operation costs in statements and commits: counted exactly, so that the gate notices a query
//! per row, whatever the machine is doing. (The counters are the process's, and each test is one of its own.)

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::json;
use tradepost::db::StatementCounts;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, spawn};

/// The least of some tries: the server's own jobs, which look for work now and then, only ever add.
async fn least(tries: usize, mut one: impl AsyncFnMut()) -> StatementCounts {
    let mut least = StatementCounts {
        statements: u64::MAX,
        commits: u64::MAX,
    };
    for _ in 0..tries {
        let before = StatementCounts::now();
        one().await;
        let after = StatementCounts::now();
        least.statements = least.statements.min(after.statements - before.statements);
        least.commits = least.commits.min(after.commits - before.commits);
    }
    least
}

/// A whole intake is one commit and about a dozen statements, and a few for each buyer.
#[rstest]
#[tokio::test]
async fn an_intake_is_one_commit_and_few_statements(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let mut by_buyers = Vec::new();
    for buyers in 0..=3_u64 {
        if buyers > 0 {
            // Three ceilings each, which is the dearest kind of order.
            let limits = json!({ "quantity": 10_000, "cap_day": 500, "cap_week": 2_000, "cap_month": 5_000 });
            market.buyer(&format!("Buyer {buyers}"), limits).await;
        }
        let leads = market.leads();
        // Under load the jobs of the server find something to do for seconds, so there are many tries.
        let cost = least(24, async || {
            let receipt = market.key.post("/leads").json(&leads.fresh()).send().await.created();
            let sold = receipt["sold_to"].as_array().map_or(0, Vec::len) as u64;
            assert_eq!(sold, buyers, "{receipt}");
        })
        .await;
        println!(
            "| intake with {buyers} buyers | {on:?} | {} statements | {} commits |",
            cost.statements, cost.commits
        );
        by_buyers.push(cost);
    }
    for (buyers, cost) in by_buyers.iter().enumerate() {
        assert!(
            cost.commits <= 1,
            "an intake with {buyers} buyers made {} commits",
            cost.commits
        );
        // Fourteen to keep the lead, BEGIN and COMMIT among them, two more to sell it, and eight for each buyer with
        // three ceilings. PostgreSQL reads an order's terms while it takes one of its leads, and has a lock on the
        // idempotency key and the savepoint of the sale. Two are to spare, for a job that looks at that moment.
        let (unsold, sold, each) = match on {
            Sqlite => (16, 18, 8),
            Postgres => (18, 23, 7),
        };
        let bound = if buyers == 0 {
            unsold
        } else {
            sold + each * buyers as u64
        };
        assert!(
            cost.statements <= bound,
            "an intake with {buyers} buyers took {} statements of {bound}",
            cost.statements
        );
    }
}

/// No list reads row by row: forty rows cost as many statements as two.
#[rstest]
#[tokio::test]
async fn a_list_costs_the_same_whatever_its_length(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let okafor = market.buyer("Okafor", json!({})).await;
    for name in ["Lindqvist", "Haddad", "Moreau", "Achterberg"] {
        market.buyer(name, json!({})).await;
    }
    let owner = market.owner(&okafor).await;
    for _ in 0..24 {
        market.sell().await;
    }
    for delivery in owner.all("/deliveries?limit=100").await.iter().take(6) {
        let body = json!({ "delivery_id": delivery["id"], "reason": "wrong_number", "note": "A bakery answers." });
        owner.post("/return-requests").json(&body).send().await.created();
    }
    // On PostgreSQL the log shows them a moment later.
    app.events("lead.sold").await;
    let admin = app.staff("admin").await;
    let document: serde_json::Value =
        serde_json::from_str(&tradepost::routes::document_json()).expect("the document is JSON");
    let mut costs = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let pages = item["get"]["parameters"]
            .as_array()
            .is_some_and(|parameters| parameters.iter().any(|parameter| parameter["name"] == "limit"));
        if path.contains('{') || !pages {
            continue;
        }
        let path = path.strip_prefix("/api/v1").unwrap_or(path).to_owned();
        if let Some((rows, few, many)) = cost_of_list(&admin, &path).await {
            println!("| GET {path} | {on:?} | {few} statements for 2 rows | {many} for {rows} |");
            assert_eq!(few, many, "{path} takes more statements for {rows} rows than for 2");
            costs.insert(path, many);
        }
    }
    for path in [
        "/leads",
        "/deliveries",
        "/return-requests",
        "/orders",
        "/events",
        "/suppliers",
        "/audit-entries",
    ] {
        assert!(costs.contains_key(path), "{path} had too few rows to tell: {costs:?}");
    }
}

/// The rows of a long page, and the statements of a short and of a long one; nothing where there are
/// too few rows to tell them apart.
async fn cost_of_list(client: &Client, path: &str) -> Option<(usize, u64, u64)> {
    let page = async |limit: u32| {
        let answer = client.get(format!("{path}?limit={limit}")).send().await;
        // Some lists want a filter; their cost is that of the same code.
        answer
            .status
            .is_success()
            .then(|| answer.json()["data"].as_array().map_or(0, Vec::len))
    };
    let rows = page(40).await?;
    if rows < 3 {
        return None;
    }
    let (mut few, mut many) = (u64::MAX, u64::MAX);
    // A machine under load runs the jobs late and in a row, so a few tries may all have one beside them;
    // a query a row would keep the two apart for ever.
    for _ in 0..10 {
        let short = least(3, async || {
            page(2).await;
        });
        few = few.min(short.await.statements);
        let long = least(3, async || {
            page(40).await;
        });
        many = many.min(long.await.statements);
        if few == many {
            break;
        }
    }
    Some((rows, few, many))
}
