//! What time does to requests: the job that carries out what is due, and what the renewal of a plan asks.

use super::store::{self, Prepared};
use super::{decide, ends};
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::calendar::Zone;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::plans::{self, Terms};
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use std::collections::HashMap;
use tradepost_contract::change_requests::{ChangeKind, ChangeRequestStatus};
use tradepost_contract::plans::PlanNext;
use tradepost_contract::{ChangeRequestId, PlanSubscriptionId, ProblemCode, Timestamp};

const SLICE: i64 = 50;

/// The job: carries out what is due.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    let mut done = 0;
    for request in due {
        let policies = app.policies.clone();
        // One account in trouble does not hold up the others.
        match app.db.write_blocking(move |tx| turn(tx, &policies, request)) {
            Ok(did) => done += usize::from(did),
            Err(error) => tracing::error!(%request, %error, "a change cannot be carried out now"),
        }
    }
    Ok(done)
}

/// Carries out one request whose time has come, or ends it. False where somebody else was before.
fn turn(tx: &mut Tx<'_>, policies: &Policies, id: ChangeRequestId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    if row.status != ChangeRequestStatus::Scheduled || row.effective_at > tx.business_now() {
        return Ok(false);
    }
    let actor = Actor::system("change requests");
    if let (ChangeKind::Plan, Some(plan)) = (row.kind, row.plan_subscription_id) {
        // The renewal takes the terms, and a plan that ends instead ends its requests.
        if !plans::renew(tx, plan)? {
            ends::fail(tx, &actor, &account, &mut row, "The plan was not renewed.")?;
        }
        return Ok(true);
    }
    let refused = match tx.attempt(|tx| decide::apply(tx, policies, &account, &mut row).map(Some)) {
        Ok(_) => return Ok(true),
        Err(error) if passes(&error) => return Err(error),
        Err(error) => error,
    };
    let why = match refused.code() {
        ProblemCode::Internal => {
            tracing::error!(request = %id, error = %refused, "a change failed");
            "Something went wrong with it; your contact will look into it.".to_owned()
        }
        _ => refused.words(),
    };
    let (mut row, _) = store::get(tx, &scope, id)?;
    ends::fail(tx, &actor, &account, &mut row, &why)?;
    Ok(true)
}

/// Whether a fault has to do with this moment, so that another run may well succeed.
fn passes(error: &ApiError) -> bool {
    error.is_worth_another_run()
        || matches!(
            error.code(),
            ProblemCode::Stale | ProblemCode::Unavailable | ProblemCode::StorageFull
        )
}

/// The terms that a plan has from the period on that is about to begin, where a change of it was agreed to; the
/// request is carried out with that. The caller holds the supplier (R90).
pub(crate) fn renewing(tx: &mut Tx<'_>, plan: PlanSubscriptionId, begins_at: Timestamp) -> ApiResult<Option<Terms>> {
    let due = store::of_plans(tx, &[plan])?;
    let Some(mut row) = due.into_iter().find(|row| row.effective_at <= begins_at) else {
        return Ok(None);
    };
    let Some(Prepared::Plan(terms)) = row.prepared()? else {
        return Err(ApiError::internal("a change of a plan has its terms"));
    };
    decide::is_applied(tx, &mut row)?;
    Ok(Some(terms))
}

/// What these plans are from a later period on (R90).
pub(crate) fn next_plans(
    conn: &mut Conn,
    plans: &[PlanSubscriptionId],
) -> ApiResult<HashMap<PlanSubscriptionId, PlanNext>> {
    let mut next = HashMap::new();
    for row in store::of_plans(conn, plans)? {
        let (Some(plan), Some(Prepared::Plan(terms))) = (row.plan_subscription_id, row.prepared()?) else {
            continue;
        };
        let account = accounts::account(conn, &Scope::system(), row.supplier_id)?;
        let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
        let shown = PlanNext {
            change_request_id: row.id,
            tier: terms.tier,
            label: terms.label,
            min_units: terms.min_units,
            unit_price: terms.unit_price,
            effective_on: zone.date_of(row.effective_at),
        };
        next.entry(plan).or_insert(shown);
    }
    Ok(next)
}
