//! The customers of the calling service buy plans: one larger, one that leaves with its period, and one that has
//! not chosen yet.

use super::api::text;
use super::market::{Buyer, Market};
use super::people::Staff;
use super::shop;
use anyhow::Context;
use serde_json::json;

const SELLER: &str = "dialwell";
const CHOSEN: &[(usize, &str)] = &[(0, "leads_100"), (1, "leads_50"), (2, "leads_50")];
const LEAVES: usize = 2;

fn buyer(market: &Market, buyer: usize) -> anyhow::Result<&Buyer> {
    let found = market.programmes.iter().find(|one| one.brand.slug == SELLER);
    found
        .and_then(|one| one.buyers.get(buyer))
        .context("a customer of the calling service")
}

/// Stores their cards and pays the first periods.
pub(super) async fn buy(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    for (place, tier) in CHOSEN {
        let customer = buyer(market, *place)?;
        shop::store_card(staff, &customer.id).await?;
        let body = json!({ "supplier_id": customer.id, "tier": tier });
        customer.owner.post("/plan-subscriptions", &body).await?;
    }
    Ok(())
}

/// One of them is cancelled and runs to the end of its period.
pub(super) async fn leave(market: &Market) -> anyhow::Result<()> {
    let customer = buyer(market, LEAVES)?;
    let page = customer.owner.get("/plan-subscriptions?status=active&limit=1").await?;
    let path = format!("/plan-subscriptions/{}/cancel", text(&page["data"][0], "id")?);
    let body = json!({ "at": "period_end", "reason": "We hire callers of our own." });
    customer.owner.post(&path, &body).await?;
    Ok(())
}
