//! People who asked what is kept of them, or to be erased, and suppliers that accepted their notice.

use super::api::text;
use super::changes::buyer;
use super::market::Market;
use super::people::Staff;
use serde_json::json;

/// What was asked in the last days of the demo: one person is erased and the suppliers have just been told, another one
/// waits for what is kept.
pub(super) async fn ask_for(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    let admin = &staff.admin;
    let pennine = buyer(market, "trade-introductions", "Pennine Windows")?;
    let notices = pennine.owner.get(&format!("/suppliers/{}/notices", pennine.id)).await?;
    for notice in notices["notices"].as_array().into_iter().flatten() {
        let body = json!({ "key": notice["key"], "version": notice["version"] });
        let path = format!("/suppliers/{}/notice-acceptances", pennine.id);
        pennine.owner.post(&path, &body).await?;
    }
    let lonestar = buyer(market, "meridian", "Lonestar Telecom")?;
    let sold = lonestar.owner.get("/deliveries?limit=30").await?;
    // Not the newest ones, which the home page shows.
    let mut people = sold["data"].as_array().into_iter().flatten().rev();
    let mut next = || people.find(|one| one["person"]["email"].is_string() && one["return_request_id"].is_null());
    if let Some(gone) = next() {
        let asked = json!({
            "programme_id": gone["programme_id"], "kind": "erasure", "name": gone["person"]["name"],
            "email": gone["person"]["email"], "identity_note": "Wrote from the address of the enquiry.",
        });
        let request = admin.post("/subject-requests", &asked).await?;
        let path = format!("/subject-requests/{}", text(&request, "id")?);
        let found = admin.get(&format!("{path}/findings")).await?;
        let leads = found["leads"].as_array().into_iter().flatten();
        let leads: Vec<_> = leads.map(|lead| lead["lead_id"].clone()).collect();
        admin.post(&format!("{path}/erase"), &json!({ "leads": leads })).await?;
    }
    if let Some(curious) = next() {
        let asked = json!({
            "programme_id": curious["programme_id"], "kind": "access", "name": curious["person"]["name"],
            "email": curious["person"]["email"], "identity_note": "Called back on the number of the enquiry.",
        });
        admin.post("/subject-requests", &asked).await?;
    }
    if let Some(tired) = next() {
        let asked = json!({
            "programme_id": tired["programme_id"], "kind": "erasure", "name": tired["person"]["name"],
            "email": tired["person"]["email"], "identity_note": "Sent a copy of the confirmation mail.",
        });
        admin.post("/subject-requests", &asked).await?;
    }
    if let Some(disputed) = next() {
        let held = json!({
            "lead_id": disputed["lead_id"], "reason": "Claim 118: kept until the county court has decided.",
        });
        admin.post("/lead-holds", &held).await?;
    }
    Ok(())
}
