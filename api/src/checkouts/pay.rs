//! Paying a checkout through the gateway.

use super::store::Row;
use super::{complete, end, ops, view};
use crate::audit;
use crate::auth::Caller;
use crate::billing_runs::store::seller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::payment_methods::store::MethodRow;
use crate::payments::charging::{self, Asked};
use crate::payments::ops::method_to_charge;
use crate::policy::Policies;
use serde_json::json;
use tradepost_contract::checkouts::{Checkout, CheckoutStatus, PayCheckout};
use tradepost_contract::payments::{PaymentOrigin, PaymentPurpose};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{CheckoutId, ProblemCode};

/// Charges what a checkout has due to a stored method, once: the gateway is asked after the commit. One that
/// is still open is ordered first; what costs nothing is then complete already.
pub(super) fn pay(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: CheckoutId,
    seen: Option<i64>,
    asked: &PayCheckout,
) -> ApiResult<Checkout> {
    let (account, row) = ops::hold(tx, caller, id, seen)?;
    if row.status == CheckoutStatus::Open {
        let ordered = ops::submit(tx, policies, caller, id, None)?;
        if ordered.status == CheckoutStatus::Completed {
            return Ok(ordered);
        }
    }
    end::no_payment_under_way(tx, id)?;
    let (_, row) = ops::hold(tx, caller, id, None)?;
    let due = complete::due(tx, id)?
        .filter(|_| tx.business_now() < row.expires_at)
        .ok_or_else(|| over(&row))?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    let method = method_to_charge(tx, caller, account.id, asked.payment_method_id)?;
    takes(&policy, &method)?;
    let entity = seller(tx, row.programme_id)?
        .ok_or_else(ApiError::not_found)?
        .legal_entity;
    let wanted = Asked {
        programme: due.programme,
        legal_entity: entity,
        supplier: due.supplier,
        purpose: PaymentPurpose::Checkout,
        invoice: None,
        checkout: Some(due.checkout),
        plan: None,
        package: None,
        amount: due.amount,
    };
    let payment = charging::begin_for(tx, &wanted, &method, PaymentOrigin::ByHand, &policy, &caller.actor())?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "checkout.paid_by_hand",
            object: id.to_string(),
            supplier: Some(account.id),
            before: None,
            after: Some(json!({ "payment_id": payment, "amount": due.amount, "payment_method_id": method.id })),
            reason: None,
        },
    )?;
    view::get(tx, policies, caller, id)
}

fn over(row: &Row) -> ApiError {
    match row.status {
        CheckoutStatus::AwaitingPayment => ApiError::conflict("The time of the checkout is over; begin another one."),
        status => ApiError::conflict(format!("The checkout is {status}.")),
    }
}

/// Refuses a method of a kind that the programme does not take (any more).
fn takes(policy: &PolicySet, method: &MethodRow) -> ApiResult<()> {
    if policy.payment_methods.contains_key(&method.kind) {
        return Ok(());
    }
    let message = "The programme does not take this way to pay.";
    Err(ApiError::new(ProblemCode::PolicyRefuses).detail(message).field(
        "/payment_method_id",
        "policy_refuses",
        message,
    ))
}
