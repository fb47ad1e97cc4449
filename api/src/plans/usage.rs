//! Which leads are used of a plan (R97).

use super::{rules, store};
use crate::auth::Scope;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::suppliers::{care, store as suppliers};
use tradepost_contract::{LeadId, SupplierId};

/// Keys a lead that enters its own customer's service to the period of the customer's plan. Without a plan that
/// runs, nothing is counted; an account that is over has no service (R93).
pub(crate) fn count_lead(tx: &mut Tx<'_>, customer: SupplierId, lead: LeadId) -> ApiResult<()> {
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
    store::key_lead(tx, lead, plan.id, number)
}
