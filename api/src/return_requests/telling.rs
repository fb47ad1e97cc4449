//! What is told of a request: events to integrators, messages to the supplier.

use super::store::Loaded;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::notifications;
use serde_json::{Value, json};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::policy::{PolicySet, WordingKey};
use tradepost_contract::return_requests::ReturnStatus;

/// Events are read by integrators of the supplier too, so they hold no rule and no reviewer.
pub(super) fn event(tx: &mut Tx<'_>, kind: EventKind, loaded: &Loaded) -> ApiResult<()> {
    let request = &loaded.request;
    let subject = Subject::of(request.id)
        .programme(request.programme_id)
        .supplier(request.supplier_id);
    let facts = json!({
        "delivery_id": request.delivery_id, "status": request.status, "reason": request.reason,
        "remedy": request.remedy,
    });
    events::push(tx, kind, subject, &facts)?;
    Ok(())
}

/// One message for each verdict, in the programme's words (R28, R44, R45).
pub(super) fn tell_outcome(tx: &mut Tx<'_>, policy: &PolicySet, loaded: &Loaded) -> ApiResult<()> {
    let request = &loaded.request;
    let (kind, title) = match request.status {
        ReturnStatus::Approved => (NotificationKind::ReturnApproved, WordingKey::ReturnApproved),
        ReturnStatus::Denied | ReturnStatus::FinalDenied => (NotificationKind::ReturnDenied, WordingKey::ReturnDenied),
        ReturnStatus::InReview | ReturnStatus::InfoNeeded | ReturnStatus::Appealed | ReturnStatus::Withdrawn => {
            return Ok(());
        }
    };
    let verdict = if request.appealed_at.is_some() { 2 } else { 1 };
    let facts = facts_for_mail(policy, loaded, title);
    tell(tx, kind, &format!("{}:{verdict}", request.id), loaded, &facts)
}

/// What a message about a request needs to know.
pub(super) fn facts_for_mail(policy: &PolicySet, loaded: &Loaded, title: WordingKey) -> Value {
    let request = &loaded.request;
    json!({
        "title": policy.word(title),
        "return_request_id": request.id,
        "delivery_id": request.delivery_id,
        "status": request.status,
        "reason": policy.returns.reasons.get(&request.reason).map(|reason| &reason.label),
        "clause": request.decision_clause,
        "explanation": request.explanation,
        "remedy": request.remedy,
        "decision_due_at": request.decision_due_at,
        "guidelines_url": policy.returns.guidelines_url,
        "policy_version_id": loaded.policy_version_id,
    })
}

/// A message to the supplier, once for each occasion.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    occasion: &str,
    loaded: &Loaded,
    facts: &Value,
) -> ApiResult<()> {
    let request = &loaded.request;
    notifications::record(
        tx,
        kind,
        occasion,
        request.programme_id,
        Some(request.supplier_id),
        facts,
    )?;
    Ok(())
}
