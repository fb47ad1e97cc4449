//! What people do to put money into a wallet: charge a stored method, or record what was sent.

use super::ops::held;
use super::rules::method_terms;
use super::store::Row;
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::payments::charging::{self, Asked};
use crate::payments::ops::{self as paying, Receipt};
use crate::payments::store as payments;
use crate::suppliers::care;
use serde_json::json;
use tradepost_contract::payments::{Payment, PaymentOrigin, PaymentPurpose};
use tradepost_contract::wallets::{RecordTopUp, TopUp};
use tradepost_contract::{FieldError, Money, ProblemCode, SupplierId};

fn expect_at_least(row: &Row, amount: Money, smallest: i64) -> ApiResult<()> {
    if amount.currency != row.currency {
        let message = format!("the wallet is in {}", row.currency);
        return Err(ApiError::new(ProblemCode::Invalid).field("/amount", "currency_mismatch", message));
    }
    if amount.minor < smallest {
        let message = format!("expected {smallest} or more");
        return Err(ApiError::invalid(vec![FieldError::new(
            "/amount/amount",
            "out_of_range",
            message,
        )]));
    }
    Ok(())
}

/// Begins a payment of exactly so much into a wallet; the gateway is asked after the commit.
pub(super) fn top_up(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId, asked: &TopUp) -> ApiResult<Payment> {
    let (account, policy, row) = held(tx, caller, supplier)?;
    care::not_over(&account)?;
    expect_at_least(&row, asked.amount, policy.prepaid.smallest_top_up())?;
    let method = paying::method_to_charge(tx, caller, supplier, asked.payment_method_id)?;
    if method_terms(&policy, method.kind).is_none() {
        let detail = "The policy does not take this kind of payment in advance.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    let charge = Asked {
        programme: row.programme_id,
        legal_entity: row.legal_entity_id,
        supplier,
        purpose: PaymentPurpose::WalletTopUp,
        invoice: None,
        checkout: None,
        plan: None,
        package: None,
        amount: asked.amount,
    };
    let id = charging::begin_for(tx, &charge, &method, PaymentOrigin::ByHand, &policy, &caller.actor())?;
    let change = audit::Change {
        action: "wallet.topped_up",
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(json!({ "payment_id": id, "amount": asked.amount, "payment_method_id": method.id })),
        reason: None,
    };
    audit::record(tx, &caller.actor(), change)?;
    payments::show(tx, &caller.scope(), id)
}

/// Records money that was sent for a wallet: it is in it at once. What came has come, so no smallest amount is asked.
pub(super) fn record(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    asked: &RecordTopUp,
) -> ApiResult<Payment> {
    let (_, _, row) = held(tx, caller, supplier)?;
    expect_at_least(&row, asked.amount, 1)?;
    let receipt = Receipt {
        programme: row.programme_id,
        legal_entity: row.legal_entity_id,
        supplier,
        invoice: None,
        amount: asked.amount,
        method: asked.method,
        reference: &asked.reference,
        received_on: asked.received_on,
    };
    let payment = paying::receive(tx, caller, &receipt)?;
    let change = audit::Change {
        action: "wallet.payment_recorded",
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: Some(json!({ "balance": row.money(row.balance_minor) })),
        after: Some(json!({ "payment_id": payment.id, "amount": asked.amount, "reference": payment.reference })),
        reason: None,
    };
    audit::record(tx, &caller.actor(), change)?;
    payments::show(tx, &caller.scope(), payment.id)
}
