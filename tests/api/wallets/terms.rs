//! What is asked of a wallet, and what it says of itself.

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

use super::{balance, entries, open, prepaid, top_up, wallet};
use crate::collection::give_back;

/// What is asked for has to make sense, and is nobody else's business.
#[rstest]
#[tokio::test]
async fn r11_terms_and_top_ups_are_checked(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 10_000).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet", buyer.id);
    for (amount, code, pointer) in [
        (market.money(4_999), "invalid", "/amount/amount"),
        (json!({ "amount": 10_000, "currency": "GBP" }), "invalid", "/amount"),
    ] {
        let answer = owner
            .post(format!("{path}/top-ups"))
            .json(&json!({ "amount": amount }))
            .send()
            .await;
        answer.assert_problem(422, code, pointer);
    }
    // Whoever sends fewer words is pointed at those.
    let terms = json!({ "enabled": true, "below": market.money(9_000), "amount": market.money(4_999) });
    let answer = owner.patch(format!("{path}/auto-recharge")).json(&terms).send().await;
    answer.assert_problem(422, "invalid", "/amount/amount");
    let manager = app.staff("account_manager").await;
    let silent = manager
        .patch(&path)
        .json(&json!({ "limit": market.money(-5_000) }))
        .send()
        .await;
    silent.assert_problem(422, "invalid", "/reason");
    let limit = json!({ "limit": market.money(-5_000), "reason": "A good payer." });
    manager.patch(&path).json(&limit).send().await.ok();
    owner
        .patch(&path)
        .json(&limit)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    for _ in 0..3 {
        market.sell_to(&buyer).await;
    }
    assert_eq!(balance(&market, &buyer).await, -3_500);
    let back = json!({ "limit": market.money(0), "reason": "No more credit." });
    manager
        .patch(&path)
        .json(&back)
        .send()
        .await
        .assert_problem(422, "invalid", "/limit/amount");
    let other = market.buyer("Zenith", json!({})).await;
    let stranger = market.owner(&other).await;
    stranger.get(&path).send().await.assert_status(404);
    stranger
        .get(format!("/suppliers/{}/wallet", other.id))
        .send()
        .await
        .assert_status(404);
    let uk = app.market("trade-weekly").await;
    let there = uk.supplier("Pennine").await;
    let refused = manager
        .post(format!("/suppliers/{}/wallet", there.id))
        .json(&json!({}))
        .send()
        .await;
    refused.assert_problem(422, "policy_refuses", "");
    app.audit_is_green().await;
}

/// R9: a wallet says whether the next lead can be paid, and its people whether they have one.
#[rstest]
#[tokio::test]
async fn r9_a_wallet_says_how_long_it_lasts(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let prepays = async || owner.get("/me").send().await.ok()["supplier"]["prepaid"].clone();
    let own = format!("/suppliers/{}", buyer.id);
    let stands = async || owner.get(&own).send().await.ok()["wallet"].clone();
    assert_eq!((prepays().await, stands().await), (json!(false), json!(null)));
    market.store_method(&buyer, "card", "ok").await;
    open(&market, &buyer, json!({ "notice_below": market.money(6_000) })).await;
    assert_eq!((prepays().await, stands().await), (json!(true), json!("open")));
    let funds = async || wallet(&market, &buyer).await["funds"].clone();
    assert_eq!(funds().await, "empty");
    top_up(&market, &buyer, 10_000).await;
    assert_eq!(funds().await, "enough");
    market.sell_to(&buyer).await;
    assert_eq!(funds().await, "low", "5,500 pay for one more");
    market.sell_to(&buyer).await;
    assert_eq!(funds().await, "empty");
    let finance = app.staff("finance").await;
    let path = format!("/suppliers/{}/wallet/close", buyer.id);
    finance
        .post(path)
        .json(&json!({ "reason": "Is invoiced." }))
        .send()
        .await
        .ok();
    assert_eq!((prepays().await, stands().await), (json!(false), json!("closed")));
}

/// Each movement names what caused it, for those who may know; a list of some kinds has only those.
#[rstest]
#[tokio::test]
async fn r9_movements_name_their_causes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 50_000).await;
    app.advance_to_first().await;
    app.advance(24).await;
    let delivery = market.sell_to(&buyer).await;
    app.advance_to_first().await;
    give_back(&app, &market, &buyer, &delivery).await;
    let invoice = &market.invoices(&buyer).await[0];
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/entries", buyer.id);
    let of_owner = owner.all(&path).await;
    let [note, lead, payment] = &of_owner[..] else {
        panic!("{of_owner:?}")
    };
    assert_eq!(
        (&note["invoice_id"], &note["invoice_number"]),
        (&invoice["id"], &invoice["number"])
    );
    assert!(note["credit_note_number"].is_string(), "{note}");
    let name = lead["lead_name"].as_str().unwrap_or_else(|| panic!("{lead}"));
    assert!(name.starts_with("Dana Reyes"), "{name}");
    assert!(lead["lead_id"].is_string());
    assert_eq!(
        (&payment["payment_method"], &payment["payment_origin"]),
        (&json!("card"), &json!("by_hand"))
    );
    // Who reads invoices and no leads reads no names.
    let key = app.key(&["invoices:read"], Some(market.id()), None).await;
    let unnamed = key.all(&path).await;
    assert_eq!(unnamed[1]["lead_name"], json!(null));
    assert_eq!(unnamed[1]["delivery_id"], *delivery);
    let some = owner.all(&format!("{path}?kind=top_up,credit_note")).await;
    assert_eq!(some, [note.clone(), payment.clone()]);
    let wrong = owner.get(format!("{path}?kind=tip")).send().await;
    wrong.assert_problem(400, "invalid_parameter", "?kind");
    assert_eq!(entries(&market, &buyer).await.len(), 3);
}
