//! Any order of what can happen to a wallet.

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

use super::{balance, prepaid, top_up};
use crate::collection::give_back;

/// Any order of top-ups, sales, returns, refunds and months leaves a balanced journal, and the balance is what went
/// in less what was kept, whatever came when.
#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[tokio::test]
async fn any_order_of_movements_adds_up(#[values(Sqlite, Postgres)] on: Database, #[case] seed: u64) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 50_000).await;
    let finance = app.staff("finance").await;
    app.advance_to_first().await;
    // A number generator of one line, so that a failure can be run again.
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut pick = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let (mut paid_in, mut kept, mut given_back) = (50_000, 0, 0);
    let mut returnable: Vec<String> = Vec::new();
    for step in 0..24 {
        match pick(10) {
            0 | 1 => {
                let minor = 5_000 + i64::try_from(pick(20_000)).expect("small");
                assert_eq!(top_up(&market, &buyer, minor).await["status"], "succeeded");
                paid_in += minor;
            }
            2..=5 => {
                let sales = market.sell().await;
                let before = paid_in - kept - given_back;
                assert_eq!(
                    sales.len(),
                    usize::from(before >= 4_500),
                    "step {step}: {before} in the wallet"
                );
                if let Some(sale) = sales.first() {
                    kept += 4_500;
                    returnable.push(sale["delivery_id"].as_str().expect("an id").to_owned());
                }
            }
            6 | 7 => {
                if let Some(delivery) = returnable.pop() {
                    give_back(&app, &market, &buyer, &delivery).await;
                    kept -= 4_500;
                }
            }
            8 => {
                let payments = market.payments(&buyer).await;
                let minor = 1_000 + i64::try_from(pick(3_000)).expect("small");
                let body =
                    json!({ "payment_id": payments[0]["id"], "amount": market.money(minor), "reason": "Asked for." });
                let answer = finance.post("/refunds").json(&body).send().await;
                if answer.status == 201 {
                    app.run_jobs().await;
                    given_back += minor;
                } else {
                    answer.assert_status(422);
                }
            }
            _ => {
                // What was delivered before may be returned for ten days, invoiced or not.
                app.advance(4).await;
                returnable.clear();
            }
        }
        assert_eq!(
            balance(&market, &buyer).await,
            paid_in - kept - given_back,
            "step {step}"
        );
    }
    app.audit_is_green().await;
    app.advance_to_first().await;
    assert_eq!(balance(&market, &buyer).await, paid_in - kept - given_back);
    let owner = market.owner(&buyer).await;
    let all = format!("/suppliers/{}/statement?from=2020-01-01", buyer.id);
    let statement = owner.get(all).send().await.ok();
    assert_eq!(
        statement["accounts"][0]["closing"],
        market.money(kept + given_back - paid_in)
    );
    app.audit_is_green().await;
}
