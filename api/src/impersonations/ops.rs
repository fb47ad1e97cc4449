//! Beginning and ending a look.

use super::store::{self, Begun};
use crate::app::App;
use crate::audit;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::jobs::Job;
use serde_json::json;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::impersonations::{Impersonation, ImpersonationEnd};
use tradepost_contract::{ImpersonationId, ProblemCode, SupplierId};

/// The longest look.
const LONGEST: Duration = Duration::minutes(30);
/// A reason that says something.
const REASON_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=1000;

/// Writes down how looks ended that nobody ended.
pub(crate) const ENDINGS: Job = Job {
    name: "impersonations",
    run: end_what_is_over,
};

pub(super) fn begin(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId, reason: &str) -> ApiResult<Impersonation> {
    let user = caller.staff()?.user_id;
    let session = caller
        .session_id()
        .ok_or_else(|| ApiError::new(ProblemCode::Forbidden))?;
    let reason = reason.trim();
    if !REASON_CHARACTERS.contains(&reason.chars().count()) {
        return Err(ApiError::new(ProblemCode::Invalid).field("/reason", "required", "say why, in a few words"));
    }
    if !store::supplier_exists(tx, supplier)? {
        return Err(ApiError::not_found());
    }
    for id in store::open_of(tx, session)? {
        finish(tx, &caller.actor(), id, ImpersonationEnd::Replaced)?;
    }
    let id: ImpersonationId = tx.new_id();
    let expires_at = tx.wall_now().plus(LONGEST);
    store::insert(
        tx,
        &Begun {
            id,
            supplier,
            user,
            session,
            reason,
            expires_at,
        },
    )?;
    let after = json!({ "impersonation_id": id, "user_id": user, "expires_at": expires_at });
    record(
        tx,
        &caller.actor(),
        supplier,
        "supplier.impersonation_started",
        after,
        Some(reason),
    )?;
    store::get(tx, id)
}

/// Ends one's own look.
pub(super) fn end(tx: &mut Tx<'_>, caller: &Caller, id: ImpersonationId) -> ApiResult<Impersonation> {
    let look = store::get(tx, id)?;
    if caller.user_id().ok() != Some(look.user_id) {
        return Err(ApiError::not_found());
    }
    finish(tx, &caller.actor(), id, ImpersonationEnd::ByHand)?;
    store::get(tx, id)
}

fn finish(tx: &mut Tx<'_>, actor: &Actor, id: ImpersonationId, why: ImpersonationEnd) -> ApiResult<()> {
    if !store::end(tx, id, why)? {
        return Ok(());
    }
    let look = store::get(tx, id)?;
    let after = json!({ "impersonation_id": id, "user_id": look.user_id, "because": why });
    record(tx, actor, look.supplier_id, "supplier.impersonation_ended", after, None)
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    supplier: SupplierId,
    action: &str,
    after: serde_json::Value,
    reason: Option<&str>,
) -> ApiResult<()> {
    let subject = Subject::of(supplier).supplier(supplier);
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action,
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(after),
        reason,
    };
    audit::record(tx, actor, change)
}

fn end_what_is_over(app: &App) -> ApiResult<usize> {
    const SLICE: i64 = 50;
    let now = app.clock.wall_now();
    let over = app.db.read_blocking(|conn| store::over(conn, now, SLICE))?;
    if over.is_empty() {
        return Ok(0);
    }
    let count = over.len();
    let ids: Vec<ImpersonationId> = over.iter().map(|(id, _)| *id).collect();
    app.db.write_blocking(move |tx| {
        for (id, why) in &over {
            finish(tx, &Actor::system("impersonations"), *id, *why)?;
        }
        Ok(())
    })?;
    for id in ids {
        app.gate.forget_impersonation(id);
    }
    Ok(count)
}
