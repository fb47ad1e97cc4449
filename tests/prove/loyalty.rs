//! Renewals for three simulated years, with eight at work at once: none twice, none skipped, no drift (R62, I9).

use rstest::rstest;
use serde_json::json;
use tradepost_contract::LocalDate;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

const MEMBERS: usize = 4;
const AT_WORK: usize = 8;
const INTERVAL: i64 = 30;

/// R62: each member's orders lie exactly thirty days apart from the first to the last.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r62_three_years_of_renewals(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let manager = app.staff("account_manager").await;
    let finance = app.staff("finance").await;
    for number in 0..MEMBERS {
        let buyer = market.supplier(&format!("Member {number}")).await;
        let wish = json!({
            "business_id": buyer.business_id, "product_id": market.product["id"], "quantity": 10,
            "loyalty": { "interval": "monthly" },
        });
        let checkout = manager.post("/checkouts").json(&wish).send().await.created();
        let path = format!("/checkouts/{}", checkout["id"].as_str().expect("an id"));
        manager.post(format!("{path}/submit")).send().await.ok();
        let today = app.business_now().await[..10].to_owned();
        let paid = json!({ "method": "card", "reference": format!("phone {number}"), "received_on": today });
        finance
            .post(format!("{path}/record-payment"))
            .json(&paid)
            .send()
            .await
            .ok();
        market.store_method(&buyer, "card", "ok").await;
    }
    let renewals = super::size(37, 5);
    // On PostgreSQL two servers work on one database; the turns of one server keep its own threads apart.
    let second = match on {
        Postgres => Some(app.second_server().await),
        Sqlite => None,
    };
    for _ in 0..renewals {
        app.advance_without_jobs(INTERVAL * 86_400).await;
        let workers: Vec<_> = (0..AT_WORK)
            .map(|number| {
                let server = second.as_ref().filter(|_| number % 2 == 1).unwrap_or(&app).inside();
                tokio::task::spawn_blocking(move || tradepost::jobs::run_all_due(&server))
            })
            .collect();
        for worker in workers {
            worker.await.expect("a worker ends").expect("the jobs run");
        }
    }
    app.run_jobs().await;
    for one in manager.all("/loyalty-subscriptions").await {
        let path = format!("/loyalty-subscriptions/{}/cycles", one["id"].as_str().expect("an id"));
        let mut cycles = manager.all(&path).await;
        cycles.reverse();
        assert_eq!(cycles.len(), renewals + 1, "{one}");
        let due = |number: usize| -> LocalDate {
            let text = cycles[number]["due_on"].as_str().expect("a day");
            text.parse().expect("a day")
        };
        for (number, cycle) in (0_i64..).zip(&cycles) {
            assert_eq!(cycle["cycle"], number);
            assert!(cycle["order_id"].is_string(), "{cycle}");
            let index = usize::try_from(number).expect("a small number");
            assert_eq!(due(index), due(0).plus_days(INTERVAL * number));
        }
    }
    assert_eq!(manager.all("/orders").await.len(), MEMBERS * (renewals + 1));
    app.audit_is_green().await;
    super::report(
        "loyalty renewals",
        on,
        &format!("{MEMBERS} members, {renewals} renewals each, {AT_WORK} at work"),
        "none twice, none skipped, no drift",
    );
}
