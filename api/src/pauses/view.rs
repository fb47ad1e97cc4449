//! Pauses as they are shown, and what another one could be.

use super::ops;
use super::rules::{self, Days};
use super::store::{self, Row};
use crate::auth::{Caller, Scope};
use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::policy::{self, Policies};
use crate::suppliers::store as suppliers;
use crate::{audit, loyalty_subscriptions, orders};
use tradepost_contract::pauses::{Pause, PauseAllowance};
use tradepost_contract::policy::{PausePolicy, PerkEffect};
use tradepost_contract::{OrderId, PauseId, SupplierId, Timestamp};

pub(super) fn shown((row, supplier_name): (Row, String)) -> Pause {
    Pause {
        id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        order_id: row.order_id,
        status: row.status,
        paused_by: row.paused_by,
        requested_by: row.requested_by,
        channel: row.channel,
        reason: row.reason,
        requested_at: row.requested_at,
        starts_at: row.starts_at,
        returns_on: row.returns_on,
        returns_by_itself: row.returns_by_itself,
        began_at: row.began_at,
        ended_at: row.ended_at,
        version: row.version,
    }
}

/// One pause as it is shown.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PauseId) -> ApiResult<Pause> {
    Ok(shown(store::get(conn, scope, id)?))
}

/// The local days that a supplier's pauses take, but for one of them. A pause without an end takes days until today.
pub(super) fn days_taken(
    conn: &mut Conn,
    zone: &Zone,
    supplier: SupplierId,
    but: Option<PauseId>,
    now: Timestamp,
) -> ApiResult<Vec<Days>> {
    let rows = store::of_supplier(conn, supplier)?;
    let others = rows.iter().filter(|row| Some(row.id) != but);
    Ok(others
        .map(|row| {
            let (from, until) = row.span();
            Days::touched(zone, from, until.unwrap_or(now).max(from))
        })
        .collect())
}

/// What a pause of an account, or of one of its orders, could be that is asked for now (R17, R70).
pub(super) fn allowance(
    conn: &mut Conn,
    policies: &Policies,
    caller: &Caller,
    supplier: SupplierId,
    order: Option<OrderId>,
    now: Timestamp,
) -> ApiResult<PauseAllowance> {
    let scope = caller.scope();
    let account = suppliers::account(conn, &scope, supplier)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(now);
    let (policy, pauses_so_far) = match order {
        Some(order) => {
            let of_order = orders::pausable(conn, &scope, order)?;
            if of_order.supplier_id != supplier {
                return Err(ApiError::not_found());
            }
            let policy = policies.get(conn, of_order.resolved_policy_id)?.pause.clone();
            let paused = store::of_suppliers(conn, &[supplier])?;
            (
                policy,
                loyalty_subscriptions::pauses_against_perk(conn, &paused, supplier, order)?,
            )
        }
        None => {
            let (_, resolved) = policy::of_supplier(conn, account.programme_id, supplier, None, today)?;
            (resolved.policy.pause, None)
        }
    };
    let taken = days_taken(conn, &zone, supplier, None, now)?;
    let earliest_start_at = rules::earliest_start(&policy, now);
    let starts_on = zone.date_of(earliest_start_at);
    Ok(PauseAllowance {
        actor: policy.actor,
        may_pause: ops::may_pause(caller, &policy),
        earliest_start_at,
        return_date_required: policy.return_date_required,
        latest_return_on: rules::latest_return(&policy, &taken, today, starts_on),
        returns_by_itself: policy.auto_resume,
        days_left: policy
            .budget
            .as_ref()
            .map(|budget| rules::days_unused(budget, &taken, starts_on)),
        // Only what brings extra leads can lose them.
        pauses_that_keep_perk: pauses_so_far.and_then(|_| perk(&policy)),
        budget: policy.budget,
        pauses_so_far,
    })
}

const fn perk(policy: &PausePolicy) -> Option<u32> {
    match policy.perk_effect {
        PerkEffect::None {} => None,
        PerkEffect::RevertToBase { allowed } => Some(allowed),
    }
}

/// A pause as the trail keeps it.
pub(super) fn facts(row: &Row) -> serde_json::Value {
    serde_json::json!({
        "pause_id": row.id, "order_id": row.order_id, "status": row.status, "paused_by": row.paused_by,
        "channel": row.channel, "starts_at": row.starts_at,
        "returns_on": row.returns_on, "returns_by_itself": row.returns_by_itself, "ended_at": row.ended_at,
    })
}

/// The audit record of what was done to a pause.
pub(super) fn change<'a>(
    action: &'a str,
    before: Option<serde_json::Value>,
    row: &Row,
    reason: Option<&'a str>,
) -> audit::Change<'a> {
    // Who asked is a person's name, so that no event holds it.
    let mut after = facts(row);
    after["requested_by"] = serde_json::json!(row.requested_by);
    audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before,
        after: Some(after),
        reason,
    }
}
