//! Filling a wallet by itself: on the first of the month, and when it is low.

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Market, TestApp, spawn};

use super::{balance, open, prepaid, sell_at_once, until_filling_is, wallet};
use crate::payments::charged_at_the_gateway;

/// R9, R10: who pays in advance is not active before the money is there; an ACH prepayment may take its time.
#[rstest]
#[case("card", 0)]
#[case("ach", 2)]
#[tokio::test]
async fn r10_nobody_is_active_before_the_prepayment(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] kind: &str,
    #[case] days: i64,
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Okafor", "address": "12 Main Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: String::new(),
        order_id: None,
    };
    // R11: the form has to say how much, because the policy leaves it to the account.
    let path = format!("/suppliers/{}/wallet", buyer.id);
    let bare = manager.post(&path).json(&json!({})).send().await;
    bare.assert_problem(422, "invalid", "/refill_amount");
    let form = json!({ "refill": null, "refill_amount": market.money(80_000) });
    assert_eq!(open(&market, &buyer, form).await["refill"], "monthly_on_1st");
    let activate = format!("/suppliers/{}/activate", buyer.id);
    app.run_jobs().await;
    manager
        .post(&activate)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(422, "policy_refuses", "");
    market.store_method(&buyer, kind, "ok").await;
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    for _ in 0..days {
        assert_eq!(wallet(&market, &buyer).await["refill_status"], "under_way");
        manager
            .post(&activate)
            .json(&json!({}))
            .send()
            .await
            .assert_problem(422, "policy_refuses", "");
        app.advance(1).await;
    }
    app.run_jobs().await;
    assert_eq!(balance(&market, &buyer).await, 80_000);
    manager.post(&activate).json(&json!({})).send().await.ok();
    // And anew on the first of each month.
    app.advance_to_first().await;
    market.until_answered(&buyer).await;
    app.live_through(days).await;
    app.run_jobs().await;
    assert_eq!(balance(&market, &buyer).await, 160_000);
    assert_eq!(charged_at_the_gateway(&app).await, [80_000, 80_000]);
    app.audit_is_green().await;
}

/// One charge for sixteen sales that cross the threshold at once, and one notice.
#[rstest]
#[tokio::test]
async fn r9_one_recharge_for_racing_sales(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 100_000).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/auto-recharge", buyer.id);
    owner
        .patch(&path)
        .json(&json!({ "enabled": true }))
        .send()
        .await
        .assert_problem(422, "invalid", "/below");
    let terms = json!({ "enabled": true, "below": market.money(60_000), "amount": market.money(50_000) });
    assert_eq!(
        owner.patch(&path).json(&terms).send().await.ok()["refill"],
        "low_balance"
    );
    let manager = app.staff("account_manager").await;
    let notice = json!({ "notice_below": market.money(70_000), "reason": "Wants to know early." });
    manager
        .patch(format!("/suppliers/{}/wallet", buyer.id))
        .json(&notice)
        .send()
        .await
        .ok();
    assert_eq!(sell_at_once(&market, 16).await, 16);
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 100_000 - 16 * 4_500 + 50_000);
    let refills: Vec<_> = market
        .payments(&buyer)
        .await
        .into_iter()
        .filter(|payment| payment["origin"] == "refill")
        .collect();
    assert_eq!(refills.len(), 1, "{refills:?}");
    assert_eq!(wallet(&market, &buyer).await["refill_status"], "idle");
    let told = app.staff("support").await.all("/notifications?kind=wallet_low").await;
    assert_eq!(told.len(), 1, "once for each crossing");
    // The next crossing is told again.
    sell_at_once(&market, 2).await;
    let told = app.staff("support").await.all("/notifications?kind=wallet_low").await;
    assert_eq!(told.len(), 2);
    app.audit_is_green().await;
}

/// A charge that fails is tried again by the dunning plan, then nothing is charged until another method is there.
#[rstest]
#[tokio::test]
async fn r9_a_failed_recharge_stops_until_somebody_acts(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 10_000).await;
    market.store_method(&buyer, "card", "declined").await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/auto-recharge", buyer.id);
    let terms = json!({ "enabled": true, "below": market.money(9_000), "amount": market.money(20_000) });
    owner.patch(&path).json(&terms).send().await.ok();
    market.sell_to(&buyer).await;
    // It is tried again.
    until_filling_is(&market, &buyer, "under_way").await;
    app.live_through(10).await;
    until_filling_is(&market, &buyer, "stopped").await;
    let payment = &market.payments(&buyer).await[1];
    assert_eq!(
        (&payment["status"], &payment["attempts"]),
        (&json!("exhausted"), &json!(4))
    );
    market.sell_to(&buyer).await;
    app.run_jobs().await;
    assert_eq!(
        market.payments(&buyer).await.len(),
        2,
        "nothing more is tried by itself"
    );
    market.store_method(&buyer, "card", "ok").await;
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 10_000 - 9_000 + 20_000);
    assert_eq!(wallet(&market, &buyer).await["refill_status"], "idle");
    app.audit_is_green().await;
}

/// A supplier whose wallet is low while the policy takes nothing of what is stored: 5,500 is left, 20,000 are due.
async fn low_with_nothing_to_charge(app: &TestApp) -> (Market<'_>, Buyer) {
    let (market, buyer) = prepaid(app, 10_000).await;
    market.store_method(&buyer, "ach", "ok").await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/auto-recharge", buyer.id);
    let terms = json!({ "enabled": true, "below": market.money(9_000), "amount": market.money(20_000) });
    owner.patch(&path).json(&terms).send().await.ok();
    let manager = app.staff("account_manager").await;
    let without_banks = json!({ "policy_override": { "payment_methods": { "ach": null, "prepaid_ach": null } } });
    let path = format!("/suppliers/{}", buyer.id);
    manager.patch(&path).json(&without_banks).send().await.ok();
    market.sell_to(&buyer).await;
    app.run_jobs().await;
    let shown = wallet(&market, &buyer).await;
    assert_eq!(
        (&shown["refill_status"], &shown["balance"]),
        (&json!("due"), &market.money(5_500)),
        "what is due is not forgotten"
    );
    (market, buyer)
}

/// What could not be charged goes on at once when another method is stored, or made the default.
#[rstest]
#[case::stored(true)]
#[case::made_the_default(false)]
#[tokio::test]
async fn r9_filling_goes_on_with_another_method(#[values(Sqlite, Postgres)] on: Database, #[case] stored: bool) {
    let app = spawn(on).await;
    let (market, buyer) = low_with_nothing_to_charge(&app).await;
    if stored {
        market.store_method(&buyer, "card", "ok").await;
    } else {
        let manager = app.staff("account_manager").await;
        let methods = manager.all(&format!("/payment-methods?supplier_id={}", buyer.id)).await;
        let card = methods
            .iter()
            .find(|method| method["kind"] == "card")
            .expect("the card");
        let path = format!("/payment-methods/{}/make-default", card["id"].as_str().expect("an id"));
        manager.post(path).json(&json!({})).send().await.ok();
    }
    until_filling_is(&market, &buyer, "idle").await;
    assert_eq!(balance(&market, &buyer).await, 25_500);
    app.audit_is_green().await;
}

/// And a day later by itself, when the policy takes what is stored again.
#[rstest]
#[tokio::test]
async fn r9_filling_is_looked_at_again_a_day_later(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = low_with_nothing_to_charge(&app).await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}", buyer.id);
    manager
        .patch(&path)
        .json(&json!({ "policy_override": {} }))
        .send()
        .await
        .ok();
    app.advance(1).await;
    until_filling_is(&market, &buyer, "under_way").await;
    app.live_through(3).await;
    until_filling_is(&market, &buyer, "idle").await;
    assert_eq!(balance(&market, &buyer).await, 25_500);
    app.audit_is_green().await;
}
