//! What people do with plans: choose, pay, cancel.

use super::store::{self, Row};
use super::{periods, rules, view};
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::billing_runs;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::payments::charging::{self, Asked};
use crate::payments::{ops as paying, store as payments};
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::payments::{Payment, PaymentOrigin, PaymentPurpose};
use tradepost_contract::plans::{
    CancelPlanSubscription, CreatePlanSubscription, PlanAction, PlanEnd, PlanStatus, PlanSubscription,
};
use tradepost_contract::policy::{PlanGrace, PlanPolicy, PolicySet, SelfServiceField};
use tradepost_contract::{PlanSubscriptionId, ProblemCode};

/// The plan, its account and policy, held until the transaction ends.
pub(super) fn held(tx: &mut Tx<'_>, scope: &Scope, id: PlanSubscriptionId) -> ApiResult<(Row, Account, PolicySet)> {
    let supplier = store::get(tx, scope, id)?.supplier_id;
    let account = suppliers::hold(tx, scope, supplier)?;
    let policy = care::policy(tx, &account)?;
    Ok((store::get(tx, scope, id)?, account, policy))
}

/// Chooses a plan and begins the payment of its first period (R85). The first plan of an account is its own to
/// choose; later ones go by the policy (R90).
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, asked: &CreatePlanSubscription) -> ApiResult<PlanSubscription> {
    let account = match suppliers::hold(tx, &caller.scope(), asked.supplier_id) {
        Err(error) if error.code() == ProblemCode::NotFound => return Err(ApiError::unknown_id("/supplier_id")),
        other => other?,
    };
    care::may_be_changed(tx, &account)?;
    let policy = care::policy(tx, &account)?;
    if store::ever_began(tx, account.id)? {
        care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Plan)?;
    }
    let PlanPolicy::Offered { grace, .. } = &policy.plan else {
        let detail = "The policy of this account offers no plans.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    };
    let offered = rules::offers(&policy.plan, account.programme.currency)?;
    let Some(offer) = offered.into_iter().find(|offer| offer.tier == asked.tier) else {
        let message = "There is no plan of this code.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/tier", "unknown", message));
    };
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: account.id,
        tier: offer.tier,
        label: offer.label,
        min_units: offer.min_units,
        unit_price_minor: offer.unit_price.minor,
        currency: offer.unit_price.currency,
        grace: serde_json::to_string::<PlanGrace>(grace)?,
        status: PlanStatus::PendingPayment,
        started_on: None,
        renews_on: None,
        period: 0,
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    tell(tx, &caller.actor(), "plan.chosen", None, &row, None)?;
    begin_payment(tx, caller, &row, &policy)?;
    view::get(tx, &caller.scope(), row.id)
}

/// Begins the payment of a first period; the gateway is asked after the commit.
fn begin_payment(tx: &mut Tx<'_>, caller: &Caller, row: &Row, policy: &PolicySet) -> ApiResult<Payment> {
    let method = paying::method_to_charge(tx, caller, row.supplier_id, None)?;
    if !policy.payment_methods.contains_key(&method.kind) {
        let detail = "The programme does not take this way to pay.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    let (programme, supplier) = (row.programme_id, row.supplier_id);
    let (legal_entity, amount) = billing_runs::gross(tx, programme, supplier, &policy.tax, row.period_price()?)?;
    let asked = Asked {
        programme,
        legal_entity,
        supplier,
        purpose: PaymentPurpose::Plan,
        invoice: None,
        checkout: None,
        plan: Some(row.id),
        package: None,
        amount,
    };
    let actor = caller.actor();
    let id = charging::begin_for(tx, &asked, &method, PaymentOrigin::ByHand, policy, &actor)?;
    let change = audit::Change {
        action: "plan.paid_by_hand",
        object: row.id.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(json!({ "payment_id": id, "amount": amount, "payment_method_id": method.id })),
        reason: None,
    };
    audit::record(tx, &actor, change)?;
    payments::show(tx, &caller.scope(), id)
}

/// Tries to pay the first period again, after a payment that failed.
pub(super) fn pay(tx: &mut Tx<'_>, caller: &Caller, id: PlanSubscriptionId) -> ApiResult<Payment> {
    let (row, account, policy) = held(tx, &caller.scope(), id)?;
    care::may_be_changed(tx, &account)?;
    if row.status != PlanStatus::PendingPayment {
        return Err(ApiError::conflict(format!("The plan is {}.", row.status)));
    }
    begin_payment(tx, caller, &row, &policy)
}

/// Ends a plan now, or with its period (R93, R94).
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PlanSubscriptionId,
    if_match: Option<i64>,
    asked: &CancelPlanSubscription,
) -> ApiResult<PlanSubscription> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let (mut row, account, policy) = held(tx, &caller.scope(), id)?;
    care::no_frozen_notice(&account, &policy)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if payments::live_of_plan(tx, id)?.is_some() {
        return Err(ApiError::conflict("A payment of this plan is under way."));
    }
    let before = row.status;
    let end = match before {
        PlanStatus::PendingPayment => PlanEnd::Now,
        PlanStatus::Active | PlanStatus::CancelScheduled | PlanStatus::Ended => rules::end_of(&policy.cancel, asked.at)
            .ok_or_else(|| {
                let message = "The policy of this account does not end plans so.";
                ApiError::new(ProblemCode::PolicyRefuses)
                    .detail(message)
                    .field("/at", "policy_refuses", message)
            })?,
    };
    match end {
        PlanEnd::PeriodEnd => row.status = moved(before, PlanAction::ScheduleCancel)?,
        PlanEnd::Now => {
            row.status = moved(before, PlanAction::End)?;
            periods::end_now(tx, &mut row, &account, &policy, &caller.actor())?;
        }
    }
    store::save(tx, &row)?;
    tell(
        tx,
        &caller.actor(),
        "plan.cancelled",
        Some(before),
        &row,
        reason.as_deref(),
    )?;
    view::get(tx, &caller.scope(), id)
}

/// Ends the plan of an account that ends, or takes its authorisation to collect back (R13): what was used above the
/// minimum is invoiced now, and not when the period would have ended. The caller holds the supplier.
pub(crate) fn end_with_account(
    tx: &mut Tx<'_>,
    account: &Account,
    policy: &PolicySet,
    actor: &Actor,
    reason: &str,
) -> ApiResult<()> {
    let Some(mut row) = store::live_of(tx, account.id)? else {
        return Ok(());
    };
    let before = row.status;
    row.status = moved(before, PlanAction::End)?;
    periods::end_now(tx, &mut row, account, policy, actor)?;
    store::save(tx, &row)?;
    tell(tx, actor, "plan.ended", Some(before), &row, Some(reason))
}

/// The status that an action leads to, or the conflict.
pub(super) fn moved(status: PlanStatus, action: PlanAction) -> ApiResult<PlanStatus> {
    status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))
}

/// The event and the audit record of a change.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: Option<PlanStatus>,
    row: &Row,
    reason: Option<&str>,
) -> ApiResult<()> {
    let facts = json!({
        "plan_subscription_id": row.id, "tier": row.tier, "status": row.status, "period": row.period,
        "started_on": row.started_on, "renews_on": row.renews_on,
    });
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::PlanChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: before.map(|status| json!({ "status": status })),
        after: Some(facts),
        reason,
    };
    audit::record(tx, actor, change)
}
