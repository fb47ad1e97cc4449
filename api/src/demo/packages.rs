//! The clients of the local seller commit to packages: an introductory one each, which is prepaid, and later ones
//! with a small advance. One is offered its second package and has not paid it.

use super::api::text;
use super::market::{Buyer, Market};
use super::people::Staff;
use super::shop;
use anyhow::Context;
use serde_json::{Value, json};

const SELLER: &str = "hometown";
/// The leads of everybody's first package, and its set-up in cents.
const FIRST: (i64, i64) = (12, 15_000);
/// How many leads each takes after that; the last one thinks about it.
const LATER: &[Option<i64>] = &[Some(40), Some(30), Some(80), Some(80), Some(40), None];
const PRICE: i64 = 5_500;

fn buyers(market: &Market) -> anyhow::Result<&[Buyer]> {
    let found = market.programmes.iter().find(|one| one.brand.slug == SELLER);
    Ok(&found.context("the local seller")?.buyers)
}

async fn offer(staff: &Staff, buyer: &Buyer, more: Value) -> anyhow::Result<String> {
    let mut body = more;
    body["business_id"] = json!(buyer.business);
    body["price"] = json!({ "amount": PRICE, "currency": "USD" });
    text(&staff.manager.post("/packages", &body).await?, "id")
}

/// Stores their cards, and begins the introductory packages.
pub(super) async fn introduce(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    for buyer in buyers(market)? {
        shop::store_card(staff, &buyer.id).await?;
        let (leads, setup) = FIRST;
        let setup = json!({ "amount": setup, "currency": "USD" });
        let body = json!({ "kind": "introductory", "leads": leads, "setup_fee": setup });
        let id = offer(staff, buyer, body).await?;
        let paid = buyer.owner.post(&format!("/packages/{id}/pay"), &json!({})).await?;
        anyhow::ensure!(paid["status"] == "running", "a package that does not run: {paid}");
    }
    Ok(())
}

/// Whoever has no package with leads to come is offered another one, and most pay at once.
pub(super) async fn go_on(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    for (buyer, later) in buyers(market)?.iter().zip(LATER) {
        let path = format!(
            "/packages?business_id={}&status=pending_payment,running&limit=1",
            buyer.business
        );
        let page = buyer.owner.get(&path).await?;
        if page["data"].as_array().is_some_and(|live| !live.is_empty()) {
            continue;
        }
        let leads = later.unwrap_or(25);
        let id = offer(staff, buyer, json!({ "kind": "running", "leads": leads })).await?;
        if later.is_some() {
            // A card that no longer works leaves the package waiting.
            buyer.owner.post(&format!("/packages/{id}/pay"), &json!({})).await?;
        }
    }
    Ok(())
}
