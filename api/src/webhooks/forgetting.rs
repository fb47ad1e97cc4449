//! Forgets what was sent long ago, what was sent to endpoints that are not there any more, and secrets whose time is
//! over. The event log stays: what is forgotten here can still be replayed.

use super::store::{self, deliveries};
use crate::app::App;
use crate::error::ApiResult;
use std::collections::HashMap;
use time::Duration;
use tradepost_contract::{EventId, WebhookDeliveryId, WebhookEndpointId};

/// What became of a delivery is kept for so long after it was finished.
const KEPT: Duration = Duration::days(30);
/// So many are forgotten at once.
const SLICE: i64 = 200;

type Old = Vec<(WebhookDeliveryId, WebhookEndpointId, EventId)>;

pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.wall_now();
    let before = now.plus(-KEPT);
    let (secrets, any) = app.db.read_blocking(|conn| {
        let any = !deliveries::to_forget(conn, before, 1)?.is_empty();
        Ok((store::has_old_secrets(conn, now)?, any))
    })?;
    let mut did = 0;
    if secrets {
        did += app
            .db
            .write_blocking(move |tx| store::forget_previous_secrets(tx, now))?;
    }
    if any {
        did += app.db.write_blocking(move |tx| {
            let ids = |old: &Old| old.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
            let found = deliveries::to_forget(tx, before, SLICE)?;
            deliveries::hold(tx, &ids(&found))?;
            // Somebody may have sent some of it again before it was held.
            let still = ids(&deliveries::to_forget(tx, before, SLICE)?);
            let old: Old = found.into_iter().filter(|(id, ..)| still.contains(id)).collect();
            let mut last: HashMap<WebhookEndpointId, EventId> = HashMap::new();
            for (_, endpoint, event) in &old {
                let newest = last.entry(*endpoint).or_insert(*event);
                *newest = (*newest).max(*event);
            }
            for (endpoint, event) in last {
                store::log_from(tx, endpoint, event)?;
            }
            deliveries::forget(tx, &ids(&old))
        })?;
    }
    Ok(did)
}
