//! Many customers race for a coupon that counts ten times: ten get the discount, and nobody else does (F22, I8).

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

const USES: usize = 10;
const AT_ONCE: usize = 20;

/// F22: a coupon for ten orders makes ten orders cheaper, however many customers want it at once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f22_a_coupon_for_ten_is_used_ten_times(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let manager = app.staff("account_manager").await;
    let coupon = json!({
        "programme_id": market.id(), "code": "FIRST-TEN", "discount": { "kind": "percent", "rate": "0.50" },
        "max_uses": USES,
    });
    let coupon = manager.post("/coupons").json(&coupon).send().await.created();
    let racers = super::size(1_000, 100);
    let mut businesses = Vec::with_capacity(racers);
    for number in 0..racers {
        businesses.push(market.supplier(&format!("Racer {number}")).await.business_id);
    }
    let product = market.product["id"].clone();
    let mut won = 0;
    for some in businesses.chunks(racers.div_ceil(AT_ONCE).max(AT_ONCE)) {
        let racing: Vec<_> = some
            .iter()
            .map(|business| {
                let wish = json!({
                    "business_id": business, "product_id": product, "quantity": 10, "coupon": "FIRST-TEN",
                });
                let staff = manager.clone();
                tokio::spawn(async move { staff.post("/checkouts").json(&wish).send().await })
            })
            .collect();
        for racer in racing {
            let answer = racer.await.expect("no racer is turned away");
            match answer.status.as_u16() {
                201 => won += 1,
                _ => {
                    answer.assert_problem(422, "invalid_coupon", "/coupon");
                }
            }
        }
    }
    assert_eq!(won, USES);
    let path = format!("/coupons/{}", coupon["id"].as_str().expect("an id"));
    assert_eq!(manager.get(path).send().await.ok()["uses"], USES);
    app.audit_is_green().await;
    super::report(
        "coupon race",
        on,
        &format!("{racers} customers for {USES} uses"),
        "10 discounts",
    );
}
