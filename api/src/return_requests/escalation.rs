//! Decisions that are later than promised are reported to staff, exactly once (R27).

use super::store;
use crate::app::App;
use crate::auth::Scope;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::jobs::Job;
use crate::notifications;
use serde_json::json;
use tradepost_contract::ReturnRequestId;
use tradepost_contract::events::{EventKind, NotificationKind};

/// How many requests one slice reports.
const SLICE: i64 = 100;

/// The job.
pub(crate) const ESCALATIONS: Job = Job {
    name: "return escalations",
    run: escalate_due,
};

fn escalate_due(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    // Looking is a read, so that an idle server does not commit twice a second.
    let late = app.db.read_blocking(|conn| store::to_escalate(conn, now, SLICE))?;
    if late.is_empty() {
        return Ok(0);
    }
    app.db.write_blocking(move |tx| {
        let mut done = 0;
        for id in &late {
            done += usize::from(escalate(tx, *id)?);
        }
        Ok(done)
    })
}

fn escalate(tx: &mut Tx<'_>, id: ReturnRequestId) -> ApiResult<bool> {
    if !store::mark_escalated(tx, id)? {
        return Ok(false);
    }
    let Some(loaded) = store::find(tx, &Scope::system(), id)? else {
        return Ok(false);
    };
    let request = loaded.request;
    let facts = json!({
        "return_request_id": id,
        "delivery_id": request.delivery_id,
        "supplier_id": request.supplier_id,
        "status": request.status,
        "decision_due_at": request.decision_due_at,
    });
    let subject = Subject::of(id)
        .programme(request.programme_id)
        .supplier(request.supplier_id);
    events::push(tx, EventKind::ReturnEscalated, subject, &facts)?;
    // An appeal has a due time of its own and is reported in its own right.
    let occasion = format!("{id}:{}", if request.appealed_at.is_some() { 2 } else { 1 });
    let kind = NotificationKind::ReturnEscalated;
    notifications::record(tx, kind, &occasion, request.programme_id, None, &facts)
}
