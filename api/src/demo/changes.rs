//! What suppliers asked their account managers to change: open, agreed to and to come, in force, and declined.

use super::api::{Api, text};
use super::market::{Buyer, Market};
use super::people::Staff;
use anyhow::Context;
use serde_json::{Value, json};

pub(super) fn buyer<'m>(market: &'m Market, seller: &str, name: &str) -> anyhow::Result<&'m Buyer> {
    let found = market.programmes.iter().find(|one| one.brand.slug == seller);
    let buyer = found.and_then(|one| one.buyers.iter().find(|buyer| buyer.name == name));
    buyer.with_context(|| format!("no supplier {name}"))
}

/// Asks as the supplier's owner does, and gives the path of the request.
async fn ask(buyer: &Buyer, change: Value, reason: &str) -> anyhow::Result<String> {
    let body = json!({ "supplier_id": buyer.id, "change": change, "reason": reason });
    let request = buyer.owner.post("/change-requests", &body).await?;
    Ok(format!("/change-requests/{}", text(&request, "id")?))
}

async fn approve(manager: &Api, path: &str, answer: &str) -> anyhow::Result<()> {
    let answer = if answer.is_empty() {
        json!({})
    } else {
        json!({ "answer": answer })
    };
    manager.post(&format!("{path}/approve"), &answer).await?;
    Ok(())
}

async fn order_of(buyer: &Buyer) -> anyhow::Result<String> {
    let page = buyer.owner.get("/orders?limit=1").await?;
    text(&page["data"][0], "id")
}

/// What is asked for in the last days of the demo.
pub(super) async fn ask_for(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    let manager = &staff.manager;
    let trade = |name| buyer(market, "trade-introductions", name);

    let pennine = trade("Pennine Windows")?;
    let order = order_of(pennine).await?;
    let volume = |order: &str, cap: i64| json!({ "kind": "volume", "order_id": order, "cap_day": cap });
    let path = ask(pennine, volume(&order, 40), "We could take far more.").await?;
    let answer = "There are not that many leads in your areas. Let us start with ten a day.";
    manager
        .post(&format!("{path}/decline"), &json!({ "answer": answer }))
        .await?;
    let path = ask(pennine, volume(&order, 10), "As we agreed.").await?;
    approve(manager, &path, "Ten a day from then on.").await?;
    let address =
        json!({ "kind": "lead_contacts", "add": [{ "name": "Duty desk", "email": "duty@penninewindows.example" }] });
    let path = ask(pennine, address, "The office is closed at weekends.").await?;
    approve(manager, &path, "").await?;

    let mersey = trade("Mersey Glazing")?;
    let areas = json!({ "kind": "coverage", "add": [{ "kind": "uk_area", "values": ["CH", "WA"] }] });
    let path = ask(mersey, areas, "We have a second van.").await?;
    approve(manager, &path, "").await?;
    let albion = trade("Albion Driveways")?;
    let areas = json!({ "kind": "coverage", "add": [{ "kind": "uk_area", "values": ["DY", "WV"] }] });
    ask(albion, areas, "Our new depot opens next week.").await?;
    // Who asks on the telephone is written down by staff.
    let severn = trade("Severn Doors & Windows")?;
    let by_phone = json!({
        "supplier_id": severn.id, "change": volume(&order_of(severn).await?, 2), "requested_by": "Gwen Pryce",
        "channel": "phone", "reason": "Two fitters are on holiday.",
    });
    manager.post("/change-requests", &by_phone).await?;

    let lonestar = buyer(market, "meridian", "Lonestar Telecom")?;
    let moved = json!({ "kind": "profile", "address": "2100 Congress Avenue, Suite 400, Austin 78701" });
    ask(lonestar, moved, "We have moved.").await?;
    let bluebonnet = buyer(market, "meridian", "Bluebonnet Voice")?;
    let clerk = json!({ "name": "Dolores Pike", "email": "accounts@bluebonnetvoice.example" });
    let path = ask(
        bluebonnet,
        json!({ "kind": "billing_contact", "add": [clerk] }),
        "Dolores looks after invoices now.",
    )
    .await?;
    approve(manager, &path, "").await?;

    let front_range = buyer(market, "dialwell", "Front Range Realty")?;
    ask(
        front_range,
        json!({ "kind": "plan", "tier": "leads_250" }),
        "We hired two agents.",
    )
    .await?;
    let mesa = buyer(market, "dialwell", "Mesa Homes Group")?;
    let path = ask(
        mesa,
        json!({ "kind": "plan", "tier": "leads_100" }),
        "The spring is coming.",
    )
    .await?;
    approve(manager, &path, "").await
}
