//! Suppliers whose CRMs get their leads: one by mail as ADF, one as a web form with a key.

use super::api::{Api, text};
use super::changes::buyer;
use super::market::Market;
use super::webhooks::receiver;
use serde_json::json;
use std::net::SocketAddr;

/// The target whose receiver is the sandbox itself.
pub(super) struct Crm<'m> {
    owner: &'m Api,
    path: String,
}

const KEY: &str = "demo-key-of-the-crm";

/// Makes the targets before the demo's business, so that there is something in their logs.
pub(super) async fn connect(here: SocketAddr, market: &Market) -> anyhow::Result<Crm<'_>> {
    let lonestar = buyer(market, "meridian", "Lonestar Telecom")?;
    let by_mail = json!({ "name": "Dealer desk", "kind": "adf_mail", "address": "leads@crm.lonestar-telecom.example" });
    lonestar.owner.post("/delivery-targets", &by_mail).await?;
    let as_form = json!({
        "name": "Web-to-lead form", "kind": "form_post", "address": receiver(here),
        "fields": [
            { "name": "first_name", "field": "first_name" }, { "name": "last_name", "field": "last_name" },
            { "name": "email", "field": "email" }, { "name": "phone", "field": "phone" },
            { "name": "zip", "field": "postcode" }, { "name": "lead_source", "constant": "Meridian" },
        ],
        "auth": "header", "auth_name": "X-Api-Key", "auth_secret": KEY,
    });
    let made = lonestar.owner.post("/delivery-targets", &as_form).await?;
    Ok(Crm {
        owner: &lonestar.owner,
        path: format!("/delivery-targets/{}", text(&made, "id")?),
    })
}

impl Crm<'_> {
    /// Afterwards it is where the demo will be served.
    pub(super) async fn moves(&self, there: SocketAddr) -> anyhow::Result<()> {
        let body = json!({ "address": receiver(there), "auth_secret": KEY });
        self.owner.patch(&self.path, &body).await?;
        Ok(())
    }
}
