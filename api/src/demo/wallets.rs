//! Three of the first seller's suppliers pay in advance: one has its wallet filled when it is low, one on the first
//! of the month, and one by hand, whose money has run out.

use super::api::text;
use super::market::Market;
use super::people::Staff;
use anyhow::Context;
use serde_json::{Value, json};

struct Prepaying {
    name: &'static str,
    /// What the prepay form says (R11), in dollars and cents.
    refill: &'static str,
    amount: Option<i64>,
    below: Option<i64>,
    /// What the owner pays in by hand at the start.
    first: Option<i64>,
}

const PREPAYING: &[Prepaying] = &[
    Prepaying {
        name: "Beanline Coffee",
        refill: "low_balance",
        amount: Some(60_000),
        below: Some(20_000),
        first: Some(80_000),
    },
    Prepaying {
        name: "Ironbox Containers",
        refill: "monthly_on_1st",
        amount: Some(150_000),
        below: None,
        first: None,
    },
    Prepaying {
        name: "Gulf Coast Phones",
        refill: "manual",
        amount: None,
        below: None,
        first: Some(300_000),
    },
];

/// Stores their cards, opens their wallets and pays the first money in.
pub(super) async fn open(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    let usd = |minor: Option<i64>| minor.map(|minor| json!({ "amount": minor, "currency": "USD" }));
    let programme = market.programmes.first().context("a programme")?;
    for terms in PREPAYING {
        let found = programme.buyers.iter().find(|buyer| buyer.name == terms.name);
        let buyer = found.with_context(|| format!("no supplier {}", terms.name))?;
        let session = json!({ "supplier_id": buyer.id, "kind": "card" });
        let session = staff.manager.post("/payment-method-sessions", &session).await?;
        buyer.owner.finish_page(&text(&session, "url")?, "ok").await?;
        let path = format!("/payment-method-sessions/{}", text(&session, "id")?);
        staff.manager.get(&path).await?;
        let form: Value = json!({
            "refill": terms.refill, "refill_amount": usd(terms.amount), "refill_below": usd(terms.below),
        });
        let path = format!("/suppliers/{}/wallet", buyer.id);
        staff.manager.post(&path, &form).await?;
        if terms.first.is_some() {
            let body = json!({ "amount": usd(terms.first) });
            buyer.owner.post(&format!("{path}/top-ups"), &body).await?;
        }
    }
    Ok(())
}
