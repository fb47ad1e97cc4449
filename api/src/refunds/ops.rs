//! Asking for a refund, agreeing to it, and hearing what became of it.

use super::store::{self, RefundRow};
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::gateway::RefundState;
use crate::notifications;
use crate::payments::money::{self, GivenBack};
use crate::payments::store::{self as payments, PaymentRow};
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields};
use crate::wallets;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::{PaymentAction, PaymentChannel, PaymentPurpose};
use tradepost_contract::refunds::{CreateRefund, DecideRefund, Refund, RefundAction, RefundStatus};
use tradepost_contract::{Money, ProblemCode, RefundId};

/// Sets money aside to be given back. Above the policy's limit a second person has to agree.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, asked: &CreateRefund) -> ApiResult<Refund> {
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let scope = caller.scope();
    let found = match payments::find(tx, asked.payment_id) {
        Ok(found) => Some(found).filter(|row| scope.allows_supplier(row.supplier_id)),
        Err(error) if error.code() == ProblemCode::NotFound => None,
        Err(error) => return Err(error),
    };
    let supplier = found.ok_or_else(|| ApiError::unknown_id("/payment_id"))?.supplier_id;
    let account = suppliers::hold(tx, &scope, supplier)?;
    let payment = payments::find(tx, asked.payment_id)?;
    if payment.channel != PaymentChannel::Gateway {
        return Err(ApiError::conflict(
            "The money came outside the gateway and goes back the same way.",
        ));
    }
    payment
        .status
        .after(PaymentAction::RefundPart)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    let left = payment.money(payment.captured_minor - payment.refunded_minor - payment.lost_minor);
    let amount = asked.amount.unwrap_or(left);
    if amount.currency != payment.currency {
        return Err(ApiError::new(ProblemCode::Invalid).field(
            "/amount",
            "currency_mismatch",
            format!("The payment is in {}.", payment.currency),
        ));
    }
    set_aside(tx, &caller.actor(), &account, &payment, amount, &reason)
}

/// Sets so much of a payment aside to be given back, and out of the wallet that it was paid into. The caller
/// holds the supplier.
pub(crate) fn set_aside(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: &Account,
    payment: &PaymentRow,
    amount: Money,
    reason: &str,
) -> ApiResult<Refund> {
    let id = reserve(tx, payment, amount)?
        .map_err(|message| ApiError::new(ProblemCode::Invalid).field("/amount/amount", "out_of_range", message))?;
    let limit = care::policy(tx, account)?.billing.refund_approval_above_minor;
    let status = match limit {
        Some(limit) if amount.minor > limit => RefundStatus::AwaitingApproval,
        _ => RefundStatus::Approved,
    };
    insert(tx, id, actor, payment, amount, status, reason).map(Refund::from)
}

/// Sets so much of a payment aside for a new refund, and out of the wallet that it was paid into; or says why there is
/// too little.
fn reserve(tx: &mut Tx<'_>, payment: &PaymentRow, amount: Money) -> ApiResult<Result<RefundId, String>> {
    if amount.minor <= 0 || !payments::reserve_refund(tx, payment.id, amount.minor)? {
        let left = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
        return Ok(Err(format!(
            "Expected 1 to {left}, which is what is left of the payment."
        )));
    }
    let id: RefundId = tx.new_id();
    let from_wallet = payment.purpose == PaymentPurpose::WalletTopUp && wallets::is_open(tx, payment.supplier_id)?;
    if from_wallet && !wallets::money::set_aside(tx, payment.supplier_id, id, amount)? {
        return Ok(Err(
            "The wallet that it was paid into has less than that left.".to_owned()
        ));
    }
    Ok(Ok(id))
}

/// Sends a refund again that the gateway could not make. It was agreed to then, so nobody has to agree anew.
pub(super) fn send_again(tx: &mut Tx<'_>, caller: &Caller, id: RefundId) -> ApiResult<Refund> {
    let scope = caller.scope();
    let supplier = store::get(tx, &scope, id)?.supplier_id;
    suppliers::hold(tx, &scope, supplier)?;
    let mut failed = store::get(tx, &scope, id)?;
    if failed.status != RefundStatus::Failed {
        return Err(ApiError::conflict(format!("The refund is {}.", failed.status)));
    }
    if failed.sent_again_as.is_some() {
        return Err(ApiError::conflict("The refund was sent again already."));
    }
    let payment = payments::find(tx, failed.payment_id)?;
    payment
        .status
        .after(PaymentAction::RefundPart)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    let again = reserve(tx, &payment, failed.amount())?.map_err(ApiError::conflict)?;
    let actor = caller.actor();
    let agreed = RefundRow {
        decided_by: failed.decided_by.clone(),
        decided_by_name: failed.decided_by_name.clone(),
        decision_note: failed.decision_note.clone(),
        ..row(
            tx,
            again,
            &actor,
            &payment,
            failed.amount(),
            RefundStatus::Approved,
            &failed.reason,
        )
    };
    write(tx, &actor, &agreed)?;
    failed.sent_again_as = Some(again);
    store::save(tx, &failed)?;
    Ok(agreed.into())
}

/// Gives money back that nothing was waiting for when it came. It was never the seller's, so nobody has to
/// agree. The caller holds the supplier and has written what was captured.
pub(crate) fn give_surplus_back(tx: &mut Tx<'_>, payment: &PaymentRow, amount: Money) -> ApiResult<()> {
    if !payments::reserve_refund(tx, payment.id, amount.minor)? {
        return Err(ApiError::internal("a surplus that was not captured"));
    }
    let reason = "The money came after what it was for was paid otherwise or had ended.";
    let (id, actor) = (tx.new_id(), Actor::system("payments"));
    insert(tx, id, &actor, payment, amount, RefundStatus::Approved, reason)?;
    Ok(())
}

/// Writes a refund of what was set aside.
fn insert(
    tx: &mut Tx<'_>,
    id: RefundId,
    actor: &Actor,
    payment: &PaymentRow,
    amount: Money,
    status: RefundStatus,
    reason: &str,
) -> ApiResult<RefundRow> {
    let refund = row(tx, id, actor, payment, amount, status, reason);
    write(tx, actor, &refund)?;
    Ok(refund)
}

fn row(
    tx: &Tx<'_>,
    id: RefundId,
    actor: &Actor,
    payment: &PaymentRow,
    amount: Money,
    status: RefundStatus,
    reason: &str,
) -> RefundRow {
    let now = tx.business_now();
    RefundRow {
        id,
        payment_id: payment.id,
        supplier_id: payment.supplier_id,
        programme_id: payment.programme_id,
        status,
        amount_minor: amount.minor,
        currency: amount.currency,
        reason: reason.to_owned(),
        requested_by: actor.id_text.clone(),
        requested_by_name: actor.name.clone(),
        decided_by: None,
        decided_by_name: None,
        decision_note: None,
        reference: None,
        failure: None,
        sent_at: None,
        asked_at: None,
        sent_again_as: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn write(tx: &mut Tx<'_>, actor: &Actor, refund: &RefundRow) -> ApiResult<()> {
    store::insert(tx, refund)?;
    tell(tx, refund)?;
    let facts = json!({ "payment_id": refund.payment_id, "amount": refund.amount(), "status": refund.status });
    audit::record(
        tx,
        actor,
        audit::Change {
            action: "refund.requested",
            object: refund.id.to_string(),
            supplier: Some(refund.supplier_id),
            before: None,
            after: Some(facts),
            reason: Some(&refund.reason),
        },
    )
}

fn tell(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    let facts = json!({
        "refund_id": refund.id, "payment_id": refund.payment_id, "amount": refund.amount(), "status": refund.status,
    });
    let subject = Subject::of(refund.id)
        .programme(refund.programme_id)
        .supplier(refund.supplier_id);
    events::push(tx, EventKind::RefundChanged, subject, &facts)?;
    Ok(())
}

/// A second person agrees or does not. Whoever asked for it cannot (S14).
pub(super) fn decide(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: RefundId,
    action: RefundAction,
    asked: &DecideRefund,
) -> ApiResult<Refund> {
    let note = fields::required_reason("/note", &asked.note)?;
    let scope = caller.scope();
    let supplier = store::get(tx, &scope, id)?.supplier_id;
    suppliers::hold(tx, &scope, supplier)?;
    let mut refund = store::get(tx, &scope, id)?;
    let before = refund.status;
    refund.status = before
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if before == RefundStatus::Failed && refund.sent_again_as.is_some() {
        return Err(ApiError::conflict("The refund was sent again already."));
    }
    let actor = caller.actor();
    if before == RefundStatus::AwaitingApproval && actor.id_text == refund.requested_by {
        return Err(ApiError::new(ProblemCode::Forbidden)
            .detail("A second person decides this: you asked for the refund yourself."));
    }
    refund.decided_by = Some(actor.id_text.clone());
    refund.decided_by_name = Some(actor.name.clone());
    refund.decision_note = Some(note.clone());
    store::save(tx, &refund)?;
    // What failed holds nothing any more.
    if refund.status == RefundStatus::Refused && before == RefundStatus::AwaitingApproval {
        release(tx, &refund)?;
    }
    tell(tx, &refund)?;
    audit::record(
        tx,
        &actor,
        audit::Change {
            action: "refund.decided",
            object: id.to_string(),
            supplier: Some(supplier),
            before: Some(json!({ "status": before })),
            after: Some(json!({ "status": refund.status, "amount": refund.amount() })),
            reason: Some(&note),
        },
    )?;
    Ok(store::get(tx, &scope, id)?.into())
}

/// Hears how a refund stands, from whomever and however often.
pub(crate) fn hear(tx: &mut Tx<'_>, id: RefundId, state: &RefundState) -> ApiResult<bool> {
    let action = match state.status {
        RefundStatus::Succeeded => RefundAction::Succeed,
        RefundStatus::Failed => RefundAction::Fail,
        RefundStatus::Unknown => RefundAction::LoseTrack,
        _ => RefundAction::Acknowledge,
    };
    let found = match store::get(tx, &Scope::system(), id) {
        Ok(found) => found,
        Err(error) if error.code() == ProblemCode::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    suppliers::hold(tx, &Scope::system(), found.supplier_id)?;
    let mut refund = store::get(tx, &Scope::system(), id)?;
    // What is over stays over, and what is known already is no news.
    let Ok(status) = refund.status.after(action) else {
        return Ok(false);
    };
    refund.status = status;
    if refund.reference.is_none() && !state.reference.is_empty() {
        refund.reference = Some(state.reference.clone());
    }
    refund.failure.clone_from(&state.failure);
    store::save(tx, &refund)?;
    match status {
        RefundStatus::Succeeded => succeeded(tx, &refund)?,
        RefundStatus::Failed => failed(tx, &refund)?,
        _ => {}
    }
    tell(tx, &refund)?;
    Ok(true)
}

/// It came to nothing: what was set aside is let go of.
fn release(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    payments::release_refund(tx, refund.payment_id, refund.amount_minor)?;
    wallets::money::release(tx, refund.id)
}

/// The gateway could not make it: what was set aside is let go of, and staff are told, because somebody has to send it
/// again or give the money back otherwise.
fn failed(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    release(tx, refund)?;
    let facts = json!({ "refund_id": refund.id, "payment_id": refund.payment_id, "amount": refund.amount() });
    let (kind, key) = (NotificationKind::RefundFailed, refund.id.to_string());
    notifications::record(tx, kind, &key, refund.programme_id, None, &facts)?;
    Ok(())
}

fn succeeded(tx: &mut Tx<'_>, refund: &RefundRow) -> ApiResult<()> {
    let mut payment = payments::find(tx, refund.payment_id)?;
    let reference = refund.id.to_string();
    match wallets::money::refunded_from(tx, refund.id, &payment)? {
        Some(set_aside) => money::pay_out(tx, set_aside, refund.amount(), &reference)?,
        None => money::give_back(tx, &mut payment, refund.amount(), GivenBack::Refund, &reference)?,
    }
    let action = if store::given_back(tx, payment.id)? < payment.captured_minor {
        PaymentAction::RefundPart
    } else {
        PaymentAction::RefundAll
    };
    payment.status = payment.status.after(action).unwrap_or(payment.status);
    payments::save(tx, &payment)?;
    let facts = json!({ "refund_id": refund.id, "payment_id": payment.id, "amount": refund.amount() });
    let subject = Subject::of(refund.id)
        .programme(refund.programme_id)
        .supplier(refund.supplier_id);
    events::push(tx, EventKind::RefundSucceeded, subject, &facts)?;
    let (kind, key) = (NotificationKind::Refunded, refund.id.to_string());
    notifications::record(tx, kind, &key, refund.programme_id, Some(refund.supplier_id), &facts)?;
    Ok(())
}
