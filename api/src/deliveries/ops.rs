//! What suppliers do with their deliveries, or staff and programs for them.

use super::rules;
use super::store::{self, Notes, Row};
use super::view;
use crate::audit::{self, Change};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::Policies;
use crate::{packages, wallets};
use serde_json::json;
use tradepost_contract::deliveries::{
    BillingAction, BillingState, NotReturnableReason, RejectDelivery, UpdateDelivery,
};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::{DecisionMode, PolicySet, ReasonClass};
use tradepost_contract::{DeliveryId, ProblemCode};

const LONGEST_NOTE: usize = 4000;

/// Rates a delivery, notes its outcome, writes a note (R49, R76).
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: DeliveryId,
    if_match: Option<i64>,
    body: &UpdateDelivery,
) -> ApiResult<()> {
    let now = tx.business_now();
    // Nobody holds up what they may not see; and who gave no version is not told of a billing run beside them.
    store::get(tx, &caller.scope(), id)?;
    store::hold(tx, id)?;
    let row = store::get(tx, &caller.scope(), id)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let faults = rules::faults(body, LONGEST_NOTE);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    // What is erased does not come back as a note.
    if row.erased_at.is_some() && matches!(&body.note, Some(Some(note)) if !note.trim().is_empty()) {
        return Err(ApiError::conflict(
            "The person was erased: nothing is noted about them.",
        ));
    }
    let before = Notes {
        rating: row.rating,
        outcome: row.outcome,
        outcome_at: row.outcome_at,
        note: row.note.clone(),
    };
    let mut after = before.clone();
    if let Some(rating) = body.rating {
        after.rating = rating;
    }
    if let Some(outcome) = body.outcome
        && outcome != before.outcome
    {
        (after.outcome, after.outcome_at) = (outcome, outcome.map(|_| now));
    }
    if let Some(note) = &body.note {
        after.note = note
            .as_deref()
            .map(str::trim)
            .filter(|note| !note.is_empty())
            .map(str::to_owned);
    }
    if after == before {
        return Ok(());
    }
    if !store::save_notes(tx, id, row.version, &after)? {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    // A note may hold particulars of the person, so that neither the trail nor the log repeats it.
    let shown =
        |notes: &Notes| json!({ "rating": notes.rating, "outcome": notes.outcome, "has_note": notes.note.is_some() });
    note_change(
        tx,
        caller,
        &row,
        "delivery.updated",
        Some(shown(&before)),
        Some(shown(&after)),
        None,
    )?;
    let facts = json!({
        "delivery_id": id, "lead_id": row.lead_id, "rating": after.rating, "outcome": after.outcome,
        "outcome_at": after.outcome_at,
    });
    events::push(tx, EventKind::DeliveryUpdated, subject(&row), &facts)?;
    Ok(())
}

/// Rejects a delivery with one click: nobody decides, and it is never charged (R109–R111).
pub(super) fn reject(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: DeliveryId,
    body: &RejectDelivery,
) -> ApiResult<()> {
    let row = store::get(tx, &caller.scope(), id)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    only_where_instant(&policy)?;
    let code = spam_reason(&policy, &body.reason)?.to_owned();
    if row.billing_state == BillingState::Invoiced {
        return Err(ApiError::new(ProblemCode::AlreadyInvoiced));
    }
    let requested = store::live_requests(tx, &[id])?.contains_key(&id);
    let returning = view::returning(&row, &policy, requested, tx.business_now());
    if let Some(reason) = rules::not_returnable(returning) {
        return Err(refused(reason));
    }
    let from = row.billing_state;
    let to = from
        .after(BillingAction::Reject)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    // A billing run guards the same column: if it came first, it is too late (R113).
    if !store::move_charge(tx, id, from, to, Some(&code))? {
        return Err(ApiError::new(ProblemCode::AlreadyInvoiced));
    }
    wallets::money::lead_returned(tx, id)?;
    packages::lead_came_back(tx, id)?;
    let states = (
        json!({ "billing_state": from }),
        json!({ "billing_state": to, "reason": code }),
    );
    note_change(
        tx,
        caller,
        &row,
        "delivery.rejected",
        Some(states.0),
        Some(states.1),
        Some(&code),
    )?;
    let facts = json!({ "delivery_id": id, "lead_id": row.lead_id, "reason": code, "price": row.price });
    events::push(tx, EventKind::DeliveryRejected, subject(&row), &facts)?;
    Ok(())
}

/// Takes the rejection back, so that the delivery is charged after all (R109).
pub(super) fn undo_rejection(tx: &mut Tx<'_>, policies: &Policies, caller: &Caller, id: DeliveryId) -> ApiResult<()> {
    let row = store::get(tx, &caller.scope(), id)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    only_where_instant(&policy)?;
    if row.billing_state == BillingState::Invoiced {
        return Err(ApiError::new(ProblemCode::AlreadyInvoiced));
    }
    let from = row.billing_state;
    let to = from
        .after(BillingAction::UndoRejection)
        .map_err(|_| ApiError::conflict("The delivery is not rejected."))?;
    if store::live_requests(tx, &[id])?.contains_key(&id) {
        return Err(ApiError::conflict(
            "A return request decided this; withdraw or appeal that.",
        ));
    }
    if store::is_period_billed(tx, row.programme_id, row.delivered_at)? {
        let detail = "The invoice of its period was made without it.";
        return Err(ApiError::new(ProblemCode::AlreadyInvoiced).detail(detail));
    }
    if !store::move_charge(tx, id, from, to, None)? {
        return Err(ApiError::conflict("The delivery is not rejected."));
    }
    packages::lead_kept_after_all(tx, id)?;
    wallets::money::draw_again(tx, &policy.tax, id, row.price)?;
    let before = json!({ "billing_state": from, "reason": row.rejection_reason });
    let after = json!({ "billing_state": to });
    note_change(
        tx,
        caller,
        &row,
        "delivery.rejection_undone",
        Some(before),
        Some(after),
        None,
    )?;
    let facts = json!({ "delivery_id": id, "lead_id": row.lead_id, "price": row.price });
    events::push(tx, EventKind::DeliveryRejectionUndone, subject(&row), &facts)?;
    Ok(())
}

fn only_where_instant(policy: &PolicySet) -> ApiResult<()> {
    match policy.returns.decision_mode {
        DecisionMode::Instant => Ok(()),
        DecisionMode::Reviewer => Err(ApiError::new(ProblemCode::PolicyRefuses)
            .detail("A reviewer decides here: ask for a return with POST /return-requests.")),
    }
}

/// The programme's own reason, and no other (R110).
fn spam_reason<'a>(policy: &'a PolicySet, given: &str) -> ApiResult<&'a str> {
    let refusal = |message: &str| {
        ApiError::new(ProblemCode::ReasonNotValid)
            .detail(message)
            .field("/reason", "reason_not_valid", message)
    };
    match policy.returns.reason(given) {
        Some((code, reason)) if reason.class == ReasonClass::Valid => Ok(code),
        Some((_, reason)) => Err(refusal(
            reason
                .message
                .as_deref()
                .unwrap_or("This is no ground for a rejection."),
        )),
        None => {
            let known: Vec<&str> = policy.returns.reasons.keys().map(String::as_str).collect();
            Err(refusal(&format!(
                "Leads are rejected for these reasons only: {}.",
                known.join(", ")
            )))
        }
    }
}

fn refused(reason: NotReturnableReason) -> ApiError {
    use NotReturnableReason as N;
    match reason {
        N::AlreadyInvoiced => ApiError::new(ProblemCode::AlreadyInvoiced),
        N::WindowClosed => ApiError::new(ProblemCode::ReturnWindowClosed),
        N::ReturnsNotOffered | N::ReplacementNotReturnable => ApiError::new(ProblemCode::PolicyRefuses),
        N::AlreadyRequested => ApiError::conflict("A return was asked for already."),
        N::AlreadyRejected => ApiError::conflict("It is rejected already."),
        N::AlreadyReturned => ApiError::conflict("It was returned already."),
    }
}

fn subject(row: &Row) -> Subject {
    Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id)
}

fn note_change(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &Row,
    action: &str,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    reason: Option<&str>,
) -> ApiResult<()> {
    let change = Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before,
        after,
        reason,
    };
    audit::record(tx, &caller.actor(), change)
}
