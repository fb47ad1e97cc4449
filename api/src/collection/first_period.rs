//! The one early charge of a new supplier (R12): when what it has accrued in its first period reaches the policy's
//! threshold, exactly the threshold is charged on account. The period's invoice is paid out of that first, and
//! the rest is collected as usual.
//!
//! Nothing of this is in the way of sales: the job looks, and that there is one charge is an index's to see to. Whose
//! account or agreement amends the policy may have a threshold of its own, or one where the programme has none, and is
//! looked at whatever has accrued.

use super::store;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::billing_runs;
use crate::billing_runs::store as parties;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::payment_methods::store as methods;
use crate::payments::charging::{self, Asked};
use crate::policy::Policies;
use crate::suppliers::care;
use crate::suppliers::store as suppliers;
use tradepost_contract::payments::{PaymentOrigin, PaymentPurpose};
use tradepost_contract::policy::{FirstPeriod, PolicySet};
use tradepost_contract::{Money, ProgrammeId, SupplierId};

fn threshold(policy: &PolicySet) -> Option<i64> {
    match policy.billing.first_period {
        FirstPeriod::ThresholdCharge { threshold_minor } => Some(threshold_minor),
        FirstPeriod::None {} | FirstPeriod::PayFirst {} | FirstPeriod::IntroPackagePrepaid {} => None,
    }
}

/// The job.
pub(super) fn charge(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut charged = 0;
    for programme in app.db.read_blocking(parties::active_programmes)? {
        let candidates = app.db.read_blocking(|conn| {
            let Some(policy) = parties::programme_policy(conn, programme)? else {
                return Ok(Vec::new());
            };
            let Some(period) = parties::period_at(conn, programme, now)? else {
                return Ok(Vec::new());
            };
            // A tax is never more than the price, so that half of the threshold is worth a look.
            let at_least = threshold(&policy).map(|minor| minor / 2);
            store::newcomers(conn, programme, period.period_start_at, at_least)
        })?;
        for supplier in candidates {
            let policies = app.policies.clone();
            let done = app
                .db
                .write_blocking(move |tx| charge_one(tx, &policies, programme, supplier));
            match done {
                Ok(did) => charged += usize::from(did),
                Err(error) => tracing::error!(%supplier, %error, "a first period cannot be charged"),
            }
        }
    }
    Ok(charged)
}

fn charge_one(tx: &mut Tx<'_>, policies: &Policies, programme: ProgrammeId, supplier: SupplierId) -> ApiResult<bool> {
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    let policy = care::policy(tx, &account)?;
    let Some(minor) = threshold(&policy) else {
        return Ok(false);
    };
    let seller = parties::seller(tx, programme)?.ok_or_else(ApiError::not_found)?;
    let amount = Money::new(minor, seller.currency);
    let now = tx.business_now();
    let accrued = billing_runs::accrued(tx, policies, &seller, supplier, now)?;
    let method = methods::default_of(tx, supplier)?.filter(|row| policy.payment_methods.contains_key(&row.kind));
    let Some(method) = method.filter(|_| accrued.minor >= minor) else {
        return Ok(false);
    };
    if store::has_first_charge(tx, supplier)? || store::choice(tx, supplier)?.revoked_at.is_some() {
        return Ok(false);
    }
    let asked = Asked {
        programme,
        legal_entity: seller.legal_entity,
        supplier,
        purpose: PaymentPurpose::FirstPeriod,
        invoice: None,
        checkout: None,
        plan: None,
        package: None,
        amount,
    };
    let actor = Actor::system("collection");
    charging::begin_for(tx, &asked, &method, PaymentOrigin::Collection, &policy, &actor)?;
    Ok(true)
}
