//! Money that goes back: a wallet that is closed, and a top-up that the payer's bank takes back.

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

use super::{balance, kinds, open, prepaid, top_up};
use crate::payments::charged_at_the_gateway;
use crate::refunds::second_finance;

/// Closing gives the balance back, beyond the limit with a second person; leads that were drawn are still invoiced
/// out of what was drawn, and later ones in arrears.
#[rstest]
#[tokio::test]
async fn r9_closing_gives_the_balance_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 40_000).await;
    top_up(&market, &buyer, 60_000).await;
    market.sell_to(&buyer).await;
    let finance = app.staff("finance").await;
    let close = format!("/suppliers/{}/wallet/close", buyer.id);
    let closed = finance
        .post(&close)
        .json(&json!({ "reason": "Moves to monthly invoices." }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&closed["status"], &closed["balance"], &closed["drawn"]),
        (&json!("closed"), &market.money(0), &market.money(100_000))
    );
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    let refunds = finance.all("/refunds").await;
    let amounts: Vec<_> = refunds
        .iter()
        .map(|one| (&one["amount"]["amount"], &one["status"]))
        .collect();
    assert_eq!(
        amounts,
        [
            (&json!(35_500), &json!("succeeded")),
            (&json!(60_000), &json!("awaiting_approval"))
        ]
    );
    app.audit_is_green().await;
    // Nobody agrees to the second one: it is credit of the account, since the wallet is closed.
    let refuse = format!("/refunds/{}/refuse", refunds[1]["id"].as_str().expect("an id"));
    let second = second_finance(&app).await;
    second
        .post(&refuse)
        .json(&json!({ "note": "They stay with us." }))
        .send()
        .await
        .ok();
    app.audit_is_green().await;
    let again = finance.post(&close).json(&json!({ "reason": "Again." })).send().await;
    again.assert_problem(409, "state_conflict", "");
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"]),
        (&json!("paid"), &market.money(9_000))
    );
    assert_eq!(
        charged_at_the_gateway(&app).await,
        [40_000, 60_000],
        "the credit paid the rest"
    );
    app.audit_is_green().await;
}

/// The payer's bank takes a top-up back: the wallet gives what it has, and the rest is owed.
#[rstest]
#[tokio::test]
async fn a_disputed_top_up_leaves_the_wallet_at_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "disputed").await;
    open(&market, &buyer, json!({})).await;
    top_up(&market, &buyer, 10_000).await;
    market.sell_to(&buyer).await;
    app.live_through(13).await;
    assert_eq!(balance(&market, &buyer).await, 0);
    assert_eq!(kinds(&market, &buyer).await, ["dispute", "lead", "top_up"]);
    app.audit_is_green().await;
}
