//! The same request many times at once is done once, and everybody gets the same answer.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, spawn};

const AT_ONCE: usize = 50;

/// A request to send many times, and the list whose length it changes by one.
struct Case {
    client: Client,
    path: String,
    body: Value,
    list: Option<String>,
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_of_the_same_request_are_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let idle = market.supplier("Lindqvist").await;
    let (admin, manager) = (app.staff("admin").await, app.staff("account_manager").await);
    let delivery = market.sell_to(&buyer).await;
    let owner = market.owner(&buyer).await;
    let order = buyer.order_id.clone().expect("the buyer has an order");
    // With the key of a program, which sends one of its own; it is replaced below.
    let program = market.key.with_bearer(market.key.bearer());
    let case = |client: &Client, path: &str, body: Value, list: Option<&str>| Case {
        client: client.clone(),
        path: path.to_owned(),
        body,
        list: list.map(str::to_owned),
    };
    let (supplier, id) = (&buyer.id, market.id());
    let cases = [
        case(&program, "/leads", market.lead(), Some("/leads?limit=100")),
        case(
            &manager,
            "/business-associations",
            json!({ "name": "Sunrise" }),
            Some("/business-associations?limit=100"),
        ),
        case(
            &manager,
            "/suppliers",
            json!({ "programme_id": id, "name": "Haddad", "address": "12 Main Street" }),
            Some("/suppliers?limit=100"),
        ),
        case(
            &manager,
            &format!("/suppliers/{supplier}/businesses"),
            json!({ "name": "Second" }),
            Some(&format!("/suppliers/{supplier}/businesses?limit=100")),
        ),
        case(
            &manager,
            &format!("/suppliers/{supplier}/contacts"),
            json!({ "purpose": "leads", "email": "leads@okafor.example" }),
            Some(&format!("/suppliers/{supplier}/contacts?limit=100")),
        ),
        case(
            &manager,
            "/orders",
            json!({ "business_id": idle.business_id, "product_id": market.product["id"] }),
            Some("/orders?limit=100"),
        ),
        case(
            &manager,
            &format!("/orders/{order}/pause"),
            json!({ "reason": "They asked for it." }),
            None,
        ),
        case(&manager, &format!("/orders/{order}/resume"), json!({}), None),
        case(
            &admin,
            &format!("/programmes/{id}/policy-drafts"),
            json!({ "note": "Two more days" }),
            Some("/policy-drafts?limit=100"),
        ),
        case(
            &owner,
            "/return-requests",
            json!({ "delivery_id": delivery, "reason": "disconnected" }),
            Some("/return-requests?limit=100"),
        ),
    ];
    let routes = cases.len();
    for case in cases {
        let before = count(&case).await;
        let key = format!("once at {}", case.path);
        let calls: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                tokio::spawn(
                    case.client
                        .post(&case.path)
                        .idempotency_key(&key)
                        .json(&case.body)
                        .send(),
                )
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await.expect("an answer"));
        }
        let first = answers
            .iter()
            .filter(|answer| answer.header("Idempotency-Replayed").is_none())
            .count();
        for answer in &answers {
            assert!(answer.status.is_success(), "{answer}");
            assert_eq!(answer.body, answers[0].body, "{}: not the same answer", case.path);
            assert_eq!(
                answer.header("Location"),
                answers[0].header("Location"),
                "{}",
                case.path
            );
        }
        assert_eq!(first, 1, "{}: {first} answers are not replays", case.path);
        if case.list.is_some() {
            assert_eq!(count(&case).await, before + 1, "{}: not one more", case.path);
        }
    }
    app.audit_is_green().await;
    super::report(
        "the same request at once",
        on,
        &format!("{routes} routes × {AT_ONCE}"),
        "each done once, one answer",
    );
}

async fn count(case: &Case) -> usize {
    match &case.list {
        Some(list) => case.client.all(list).await.len(),
        None => 0,
    }
}
