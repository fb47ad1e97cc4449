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
    let supplier = account.id;
    if amount.minor <= 0 || !payments::reserve_refund(tx, payment.id, amount.minor)? {
        let left = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
        let message = format!("Expected 1 to {left}, which is what is left of the payment.");
        return Err(ApiError::new(ProblemCode::Invalid).field("/amount/amount", "out_of_range", message));
    }
    let id: RefundId = tx.new_id();
    let from_wallet = payment.purpose == PaymentPurpose::WalletTopUp && wallets::is_open(tx, supplier)?;
    if from_wallet && !wallets::money::set_aside(tx, supplier, id, amount)? {
        let message = "The wallet that it was paid into has less than that left.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/amount/amount", "out_of_range", message));
    }
    let limit = care::policy(tx, account)?.billing.refund_approval_above_minor;
    let status = match limit {
        Some(limit) if amount.minor > limit => RefundStatus::AwaitingApproval,
        _ => RefundStatus::Approved,
    };
    insert(tx, id, actor, payment, amount, status, reason).map(Refund::from)
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
    let now = tx.business_now();
    let refund = RefundRow {
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
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &refund)?;
    tell(tx, &refund)?;
    audit::record(
        tx,
        actor,
        audit::Change {
            action: "refund.requested",
            object: refund.id.to_string(),
            supplier: Some(payment.supplier_id),
            before: None,
            after: Some(json!({ "payment_id": payment.id, "amount": amount, "status": status })),
            reason: Some(reason),
        },
    )?;
    Ok(refund)
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
    let actor = caller.actor();
    if actor.id_text == refund.requested_by {
        return Err(ApiError::new(ProblemCode::Forbidden)
            .detail("A second person decides this: you asked for the refund yourself."));
    }
    refund.decided_by = Some(actor.id_text.clone());
    refund.decided_by_name = Some(actor.name.clone());
    refund.decision_note = Some(note.clone());
    store::save(tx, &refund)?;
    if refund.status == RefundStatus::Refused {
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
        RefundStatus::Failed => release(tx, &refund)?,
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
