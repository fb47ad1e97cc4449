//! Paying in advance: leads out of a wallet, filling it, what comes back, closing it (R9–R11).

mod closing;
mod filling;
mod histories;
mod leads;
mod recorded;
mod terms;

use serde_json::{Value, json};
use tradepost_tests::{Buyer, Market, TestApp, merged};

/// Opens a wallet that nothing fills by itself, unless `terms` say otherwise.
async fn open(market: &Market<'_>, buyer: &Buyer, terms: Value) -> Value {
    let manager = market.app.staff("account_manager").await;
    let body = merged(json!({ "refill": "manual" }), terms);
    manager
        .post(format!("/suppliers/{}/wallet", buyer.id))
        .json(&body)
        .send()
        .await
        .created()
}

async fn wallet(market: &Market<'_>, buyer: &Buyer) -> Value {
    let finance = market.app.staff("finance").await;
    finance.get(format!("/suppliers/{}/wallet", buyer.id)).send().await.ok()
}

async fn balance(market: &Market<'_>, buyer: &Buyer) -> i64 {
    wallet(market, buyer).await["balance"]["amount"]
        .as_i64()
        .expect("a balance")
}

async fn entries(market: &Market<'_>, buyer: &Buyer) -> Vec<Value> {
    let finance = market.app.staff("finance").await;
    finance.all(&format!("/suppliers/{}/wallet/entries", buyer.id)).await
}

/// Tops a wallet up and gives the payment once the gateway has answered: a job may ask it before the request does.
async fn top_up(market: &Market<'_>, buyer: &Buyer, minor: i64) -> Value {
    let owner = market.owner(buyer).await;
    let body = json!({ "amount": market.money(minor) });
    let begun = owner
        .post(format!("/suppliers/{}/wallet/top-ups", buyer.id))
        .json(&body)
        .send()
        .await
        .created();
    market.until_answered(buyer).await;
    let id = begun["id"].as_str().expect("an id");
    owner.get(format!("/payments/{id}")).send().await.ok()
}

/// The kinds of the movements, the newest first.
async fn kinds(market: &Market<'_>, buyer: &Buyer) -> Vec<Value> {
    let moves = entries(market, buyer).await;
    moves.iter().map(|one| one["kind"].clone()).collect()
}

/// Waits until filling stands so.
async fn until_filling_is(market: &Market<'_>, buyer: &Buyer, status: &str) {
    let stands = async || wallet(market, buyer).await["refill_status"] == status;
    market.app.until(&format!("filling is {status}"), stands).await;
}

/// A market of preset A with a supplier whose wallet has so much in it; leads cost 45.00.
pub(crate) async fn prepaid<'a>(app: &'a TestApp, minor: i64) -> (Market<'a>, Buyer) {
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    open(&market, &buyer, json!({})).await;
    if minor > 0 {
        let payment = top_up(&market, &buyer, minor).await;
        assert_eq!(
            (&payment["status"], &payment["purpose"], &payment["amount"]),
            (&json!("succeeded"), &json!("wallet_top_up"), &market.money(minor))
        );
    }
    (market, buyer)
}

/// Why the supplier did not get the lead, by the trace.
async fn refused_for(market: &Market<'_>, buyer: &Buyer) -> Value {
    let receipt = market.submit(market.lead()).await;
    let id = receipt["lead"]["id"].as_str().unwrap_or_else(|| panic!("{receipt}"));
    let trace = market
        .app
        .staff("support")
        .await
        .get(format!("/leads/{id}/trace"))
        .send()
        .await
        .ok();
    let attempts = trace["attempts"].as_array().unwrap_or_else(|| panic!("{trace}"));
    let candidates = attempts[0]["candidates"].as_array().expect("candidates");
    let mine = candidates.iter().find(|entry| entry["supplier_id"] == *buyer.id);
    mine.unwrap_or_else(|| panic!("{trace}"))["reason"].clone()
}

/// Submits so many leads at once and gives how many the market sold.
pub(crate) async fn sell_at_once(market: &Market<'_>, leads: usize) -> usize {
    let maker = market.leads();
    let tasks: Vec<_> = (0..leads)
        .map(|_| {
            let (key, lead) = (market.key.clone(), maker.fresh());
            tokio::spawn(async move { key.post("/leads").json(&lead).send().await.created() })
        })
        .collect();
    let mut sold = 0;
    for task in tasks {
        let receipt = task.await.expect("the lead is taken in");
        sold += receipt["sold_to"].as_array().map_or(0, Vec::len);
    }
    sold
}
