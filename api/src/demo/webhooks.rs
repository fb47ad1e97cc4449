//! Who is told what happens: the seller's data warehouse, and the CRM of a supplier.

use super::api::text;
use super::changes::buyer;
use super::market::Market;
use super::people::Staff;
use crate::app::App;
use anyhow::anyhow;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use time::Duration;

/// Where a sandbox takes webhooks itself.
pub(super) fn receiver(address: SocketAddr) -> String {
    format!("http://{address}/sandbox/webhooks")
}

/// Makes endpoints and sends them some of the past. Afterwards they are where the demo will be served.
pub(super) async fn connect(
    app: &Arc<App>,
    (here, there): (SocketAddr, SocketAddr),
    staff: &Staff,
    market: &Market,
) -> anyhow::Result<()> {
    let warehouse = json!({
        "name": "Data warehouse", "url": receiver(here),
        "kinds": ["invoice.overdue", "payment.failed", "payment.succeeded"],
    });
    let pennine = buyer(market, "trade-introductions", "Pennine Windows")?;
    let crm = json!({
        "name": "Our CRM", "url": receiver(here), "kinds": ["delivery.created", "return.approved", "return.denied"],
        "includes": ["delivery"],
    });
    // All ten weeks happened within the last minutes of the wall.
    let since = crate::clock::wall_now().plus(-Duration::hours(1));
    let mut made = Vec::new();
    for (who, body) in [(&staff.admin, warehouse), (&pennine.owner, crm)] {
        let endpoint = who.post("/webhook-endpoints", &body).await?;
        let path = format!("/webhook-endpoints/{}", text(&endpoint["endpoint"], "id")?);
        who.post(&format!("{path}/replay"), &json!({ "since": since })).await?;
        who.post(&format!("{path}/test"), &json!({})).await?;
        made.push((who, path));
    }
    let app = Arc::clone(app);
    let sent = tokio::task::spawn_blocking(move || crate::jobs::run_all_due(&app)).await?;
    sent.map_err(|error| anyhow!("{error}"))?;
    for (who, path) in made {
        who.patch(&path, &json!({ "url": receiver(there) })).await?;
    }
    Ok(())
}
