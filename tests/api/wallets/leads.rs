//! What a wallet pays for, and what comes back to it.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

use super::{balance, entries, kinds, open, prepaid, refused_for, sell_at_once, top_up, wallet};
use crate::collection::give_back;
use crate::payments::charged_at_the_gateway;

/// R9: no delivery before the payment; each one debits; an empty wallet is not eligible; the period's invoice is
/// paid out of what was taken, and nothing else is collected.
#[rstest]
#[tokio::test]
async fn r9_leads_are_paid_out_of_the_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 0).await;
    assert_eq!(refused_for(&market, &buyer).await, "no_funds");
    top_up(&market, &buyer, 10_000).await;
    let first = market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 1_000);
    assert_eq!(refused_for(&market, &buyer).await, "no_funds");
    let moves = entries(&market, &buyer).await;
    let of = |field: &str| moves.iter().map(|one| one[field]["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(of("amount"), [json!(-4_500), json!(-4_500), json!(10_000)]);
    assert_eq!(of("balance"), [json!(1_000), json!(5_500), json!(10_000)]);
    assert_eq!(moves[1]["delivery_id"], *first);
    let owner = market.owner(&buyer).await;
    let page = owner
        .get(format!("/suppliers/{}/wallet/entries?limit=2", buyer.id))
        .send()
        .await
        .ok();
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let rest = owner
        .get(format!(
            "/suppliers/{}/wallet/entries?limit=2&cursor={cursor}",
            buyer.id
        ))
        .send()
        .await
        .ok();
    assert_eq!(
        (rest["data"].as_array().map(Vec::len), &rest["has_more"]),
        (Some(1), &json!(false))
    );
    let next = owner
        .get(format!("/suppliers/{}/next-invoice", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(
        (&next["prepaid"], &next["to_pay"]),
        (&market.money(9_000), &market.money(0))
    );
    app.audit_is_green().await;

    app.advance_to_first().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["line_count"]),
        (&json!("paid"), &market.money(9_000), &json!(2)),
        "{invoice}"
    );
    assert_eq!(charged_at_the_gateway(&app).await, [10_000]);
    let statement = owner
        .get(format!("/suppliers/{}/statement", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(statement["accounts"][0]["closing"], market.money(-1_000));
    assert_eq!(wallet(&market, &buyer).await["drawn"], market.money(0));
    app.audit_is_green().await;
}

/// R9: sales that race for the last of a wallet never take it below its limit.
#[rstest]
#[case(json!({}), 22_500)]
#[case(json!({ "limit": -9_000 }), 13_500)]
#[tokio::test]
async fn r9_racing_sales_stop_at_the_limit(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] terms: Value,
    #[case] paid: i64,
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let limit = terms["limit"]
        .as_i64()
        .map(|minor| json!({ "limit": market.money(minor) }));
    open(&market, &buyer, limit.unwrap_or(json!({}))).await;
    top_up(&market, &buyer, paid).await;
    assert_eq!(sell_at_once(&market, 16).await, 5, "22,500 pay for five leads of 4,500");
    let left = wallet(&market, &buyer).await;
    assert_eq!(left["balance"], left["limit"]);
    assert_eq!(entries(&market, &buyer).await.len(), 6);
    app.audit_is_green().await;
}

/// What comes back goes back to the wallet: before the invoice the whole amount, after it by the credit note.
#[rstest]
#[tokio::test]
async fn r9_returns_go_back_to_the_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 50_000).await;
    app.advance_to_first().await;
    app.advance(24).await;
    let early = market.sell_to(&buyer).await;
    let late = market.sell_to(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 41_000);
    give_back(&app, &market, &buyer, &early).await;
    assert_eq!(balance(&market, &buyer).await, 45_500);
    app.audit_is_green().await;
    app.advance_to_first().await;
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    give_back(&app, &market, &buyer, &late).await;
    assert_eq!(balance(&market, &buyer).await, 50_000);
    assert_eq!(
        kinds(&market, &buyer).await,
        ["credit_note", "lead_returned", "lead", "lead", "top_up"]
    );
    let statement = market
        .owner(&buyer)
        .await
        .get(format!("/suppliers/{}/statement", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(statement["accounts"][0]["closing"], market.money(-50_000));
    app.audit_is_green().await;
}
