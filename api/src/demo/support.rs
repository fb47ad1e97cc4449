//! What suppliers ask: waiting, answered, and settled.

use super::api::text;
use super::changes::buyer;
use super::market::{Buyer, Market};
use super::people::Staff;
use serde_json::{Value, json};

/// Asks as the supplier's owner does, and gives the path of the ticket.
async fn ask(buyer: &Buyer, topic: &str, subject: &str, question: &str, more: Value) -> anyhow::Result<String> {
    let mut body = json!({ "supplier_id": buyer.id, "topic": topic, "subject": subject, "text": question });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let thread = buyer.owner.post("/support-tickets", &body).await?;
    Ok(format!("/support-tickets/{}", text(&thread["ticket"], "id")?))
}

/// What is asked in the last days of the demo.
pub(super) async fn ask_for(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    let manager = &staff.manager;
    let pennine = buyer(market, "trade-introductions", "Pennine Windows")?;
    let delivery = pennine.owner.get("/deliveries?limit=1").await?;
    let about = json!({ "delivery_id": delivery["data"][0]["id"], "call_back_phone": "0161 496 0188" });
    let question = "The customer says he asked for a conservatory and not for windows.\nDo I have to quote for that?";
    let path = ask(pennine, "leads", "A conservatory is no window", question, about).await?;
    let note = json!({ "text": "Same campaign as last week; I have told marketing.", "internal": true });
    manager.post(&format!("{path}/messages"), &note).await?;

    let lonestar = buyer(market, "meridian", "Lonestar Telecom")?;
    let invoice = lonestar.owner.get("/invoices?limit=1").await?;
    let about = json!({ "invoice_id": invoice["data"][0]["id"] });
    let question = "Our bookkeeper needs the purchase order number on each invoice. Can you add it?";
    let path = ask(lonestar, "billing", "Purchase order number", question, about).await?;
    let answer = "We can print it below your address. Which number is it?";
    manager
        .post(&format!("{path}/messages"), &json!({ "text": answer }))
        .await?;
    lonestar
        .owner
        .post(&format!("{path}/messages"), &json!({ "text": "PO 4471-B, please." }))
        .await?;
    manager
        .post(
            &format!("{path}/messages"),
            &json!({ "text": "Done; the next invoice has it." }),
        )
        .await?;

    let horizon = buyer(market, "prosper-store", "Horizon Wellness Team")?;
    let question = "I ordered thirty leads with ten a day. Will they come at weekends, too?";
    ask(horizon, "orders", "Leads at weekends", question, json!({})).await?;
    let question = "Is there a way to get the leads as a spreadsheet?";
    let path = ask(horizon, "leads", "Leads as a spreadsheet", question, json!({})).await?;
    let answer = json!({ "text": "Yes: choose CSV above your list of leads." });
    manager.post(&format!("{path}/messages"), &answer).await?;
    manager.post(&format!("{path}/close"), &json!({})).await?;
    Ok(())
}
