//! Which leads are used of a plan (R97).

use super::{rules, store, view};
use crate::auth::Scope;
use crate::auth::secrets::Secrets;
use crate::calendar::Zone;
use crate::calls::{self, NewCall};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::suppliers::{care, store as suppliers};
use tradepost_contract::calls::PlanUsage;
use tradepost_contract::{LeadId, SupplierId};

/// Keys a lead that enters its own customer's service to the period of the customer's plan, and puts it into the call
/// queue, with the number that it is called on. Without a plan that runs, nothing is counted and nobody called; an
/// account that is over has no service (R93).
pub(crate) fn count_lead(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    customer: SupplierId,
    lead: LeadId,
    phone: Option<&str>,
) -> ApiResult<()> {
    // Held before the plan is read: a period that is being closed counts every lead that is keyed to it, and an account
    // that is being ended gets none after it.
    let account = suppliers::hold(tx, &Scope::system(), customer)?;
    care::not_over(&account)?;
    let Some(plan) = store::live_of(tx, customer)? else {
        return Ok(());
    };
    let Some(renews_on) = plan.renews_on else {
        return Ok(());
    };
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(tx.business_now());
    let number = rules::counted_in(plan.period, renews_on, today);
    store::key_lead(tx, lead, plan.id, number)?;
    let plan = plan.id;
    calls::enqueue(tx, secrets, &account, NewCall { lead, plan, phone })
}

/// What is used of the plan that a customer has now; none where none runs.
pub(crate) fn usage_of(conn: &mut Conn, customer: SupplierId) -> ApiResult<Option<PlanUsage>> {
    let Some(row) = store::live_of(conn, customer)?.filter(|row| row.period > 0) else {
        return Ok(None);
    };
    let used = store::used(conn, row.id, row.period)?;
    let Some(period) = store::period(conn, row.id, row.period)? else {
        return Ok(None);
    };
    let period = view::period(&row, period, used)?;
    Ok(Some(PlanUsage {
        plan_subscription_id: row.id,
        label: row.label,
        status: row.status,
        key: period.key,
        starts_on: period.starts_on,
        ends_before: period.ends_before,
        min_units: period.min_units,
        used: period.used,
        overage: period.overage,
    }))
}
