//! What suppliers do, or staff on their behalf: submit, answer, withdraw, appeal.

use super::refusals::{changed_meanwhile, not_decided, refused};
use super::remedies;
use super::rules::{self, Ask, Facts, Outcome, Refusal};
use super::store::{self, Delivery, Loaded, NewRequest};
use super::telling::{event, facts_for_mail, tell, tell_outcome};
use super::view::{self, Viewer};
use crate::audit::{self, Change};
use crate::auth::{Caller, Principal, Scope};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::invoices::ops as invoices;
use crate::policy::Policies;
use crate::reports;
use crate::subject_requests;
use serde_json::json;
use time::Duration;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{PolicySet, RateReviewPolicy, WordingKey};
use tradepost_contract::return_requests::{
    AppealReturnRequest, CreateReturnRequest, ReturnAction, ReturnCase, ReturnChannel, ReturnGuidelines, ReturnMessage,
    ReturnOptions, ReturnRequest, ReturnStatus, ReturnThreadEntry, ReturnThreadKind, SupplierReturnRate,
};
use tradepost_contract::{DeliveryId, ProblemCode, ReturnRequestId, Timestamp};

/// Longest texts of people.
pub(super) const LONGEST_TEXT: usize = 4000;
const LONGEST_REASON: usize = 1000;

/// Submits a request for one of the caller's own deliveries.
pub(super) fn create(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    body: &CreateReturnRequest,
) -> ApiResult<ReturnRequest> {
    let now = tx.business_now();
    let channel = channel(caller, body.channel)?;
    let override_reason = override_reason(caller, body.override_reason.as_deref())?;
    let delivery =
        store::delivery(tx, &caller.scope(), body.delivery_id)?.ok_or_else(|| ApiError::unknown_id("/delivery_id"))?;
    let policy = policies.get(tx, delivery.resolved_policy_id)?;
    let facts = facts(tx, &policy, &delivery, now)?;
    let ask = Ask {
        reason: &body.reason,
        note: body.note.as_deref(),
        may_be_late: override_reason.is_some(),
    };
    let outcome = rules::judge(&policy, &facts, ask, now).map_err(|refusal| refused(&policy, &refusal))?;
    let late = matches!(outcome, Outcome::DeniedAsLate(_));
    let (Outcome::Review(accepted) | Outcome::DeniedAsLate(accepted)) = outcome;
    let id: ReturnRequestId = tx.new_id();
    let mut evidence = json!({
        "submitted_at": now, "delivered_at": delivery.delivered_at,
        "return_deadline_at": delivery.return_deadline_at,
    });
    if policy.returns.sibling_quote_denies {
        evidence["siblings"] = json!(facts.siblings);
    }
    let row = NewRequest {
        id,
        delivery_id: delivery.id,
        lead_id: delivery.lead_id,
        programme_id: delivery.programme_id,
        supplier_id: delivery.supplier_id,
        business_id: delivery.business_id,
        resolved_policy_id: delivery.resolved_policy_id,
        status: if late {
            ReturnStatus::Denied
        } else {
            ReturnStatus::InReview
        },
        reason: accepted.reason,
        reason_class: accepted.class,
        note: accepted.note,
        channel,
        submitted_by: caller.principal.id_text(),
        submitted_at: now,
        decision_due_at: accepted.decision_due_at,
        suggestion: accepted.suggestion.map(|(suggestion, _)| suggestion),
        suggestion_rule: accepted.suggestion.map(|(_, rule)| rule),
        decided_by: late.then_some("system"),
        decided_at: late.then_some(now),
        decision_rule: late.then_some(rules::LATE),
        decision_evidence: evidence.to_string(),
        explanation: late.then(|| policy.returns.late_message.clone()).flatten(),
        override_reason: override_reason.filter(|_| accepted.overrides_window),
    };
    store::insert(tx, &row)?;
    if !late {
        hold(tx, &policy, &caller.scope(), &delivery)?;
    }
    audit::record(
        tx,
        &caller.actor(),
        Change {
            action: match (&row.override_reason, late) {
                (Some(_), _) => "return_request.submitted_after_window",
                (None, _) => "return_request.submitted",
            },
            object: id.to_string(),
            supplier: Some(row.supplier_id),
            after: Some(json!({ "delivery_id": row.delivery_id, "status": row.status, "reason": row.reason })),
            reason: row.override_reason.as_deref(),
            ..Change::default()
        },
    )?;
    let loaded = reload(tx, id)?;
    event(tx, EventKind::ReturnSubmitted, &loaded)?;
    if late {
        event(tx, EventKind::ReturnDenied, &loaded)?;
        tell_outcome(tx, &policy, &loaded)?;
    } else {
        let facts = facts_for_mail(&policy, &loaded, WordingKey::ReturnRequest);
        tell(tx, NotificationKind::ReturnReceived, &id.to_string(), &loaded, &facts)?;
    }
    view::show(&loaded, &policy, &Viewer::of(caller), now)
}

/// Whether and for what a delivery can be returned now.
pub(super) fn options(
    conn: &mut Conn,
    policies: &Policies,
    scope: &Scope,
    id: DeliveryId,
    now: Timestamp,
) -> ApiResult<ReturnOptions> {
    let delivery = store::delivery(conn, scope, id)?.ok_or_else(ApiError::not_found)?;
    let policy = policies.get(conn, delivery.resolved_policy_id)?;
    let facts = facts(conn, &policy, &delivery, now)?;
    let refusal = rules::options(&policy, &facts, now);
    Ok(ReturnOptions {
        delivery_id: id,
        returnable: refusal.is_none(),
        refusal: refusal.as_ref().map(|refusal| refusal.word().to_owned()),
        message: refusal.as_ref().map(|refusal| refusal.message(&policy)),
        return_deadline_at: delivery.return_deadline_at,
        note_required: policy.returns.note_required,
        reasons: rules::reasons(&policy),
        not_grounds: rules::not_grounds(&policy),
        return_request_id: facts.live_request.map(|(id, _)| id),
        action_label: policy.word(WordingKey::ReturnAction).to_owned(),
        guidelines: ReturnGuidelines {
            url: policy.returns.guidelines_url.clone(),
            policy_version_id: delivery.policy_version_id,
        },
    })
}

/// What a reviewer decides by.
pub(super) fn case(conn: &mut Conn, policy: &PolicySet, loaded: &Loaded, now: Timestamp) -> ApiResult<ReturnCase> {
    let days = days_looked_back(policy);
    let since = now.plus(-Duration::days(i64::from(days)));
    let recent = store::recent(conn, loaded.request.supplier_id, since)?;
    let rate = SupplierReturnRate {
        days,
        deliveries: recent.deliveries,
        requested: recent.requested,
        approved: recent.approved,
        rate: reports::share(recent.approved, recent.deliveries),
    };
    let expected = remedies::expected(conn, policy, loaded)?;
    store::case(conn, &loaded.request, rate, expected)
}

/// How far back a supplier's record goes: as far as the programme's own rules look, else a quarter.
fn days_looked_back(policy: &PolicySet) -> u32 {
    match (&policy.returns.max_rate, &policy.rate_review) {
        (Some(cap), _) => cap.per_days,
        (None, RateReviewPolicy::Periodic { window_days, .. }) => *window_days,
        (None, RateReviewPolicy::Off {}) => 90,
    }
}

/// Answers a reviewer's question.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    body: &ReturnMessage,
) -> ApiResult<ReturnRequest> {
    let said =
        rules::required_text("/text", &body.text, LONGEST_TEXT).map_err(|error| ApiError::invalid(vec![error]))?;
    let loaded = load(tx, &caller.scope(), id, if_match)?;
    let next = next(&loaded, ReturnAction::Answer)?;
    let entry = said_by(tx, caller, ReturnThreadKind::Answer, said);
    step(
        tx,
        policies,
        caller,
        &loaded,
        next,
        Some(entry),
        EventKind::ReturnAnswered,
    )
}

/// Takes the request back, which frees the delivery for another one.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
) -> ApiResult<ReturnRequest> {
    let loaded = load(tx, &caller.scope(), id, if_match)?;
    let next = next(&loaded, ReturnAction::Withdraw)?;
    let shown = step(tx, policies, caller, &loaded, next, None, EventKind::ReturnWithdrawn)?;
    invoices::release_line(tx, loaded.request.delivery_id)?;
    Ok(shown)
}

/// Brings a denied request before a second reviewer.
pub(super) fn appeal(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    body: &AppealReturnRequest,
) -> ApiResult<ReturnRequest> {
    let now = tx.business_now();
    let note =
        rules::required_text("/note", &body.note, LONGEST_TEXT).map_err(|error| ApiError::invalid(vec![error]))?;
    let loaded = load(tx, &caller.scope(), id, if_match)?;
    let policy = policies.get(tx, loaded.request.resolved_policy_id)?;
    let case = loaded.request.case()?;
    let may_override = caller.may(Permission::ReturnsOverride);
    let next = rules::may_appeal(&policy, &view::zone(&loaded)?, &case, may_override, now).map_err(not_decided)?;
    let overrides = loaded.request.decision_rule.as_deref() == Some(rules::LATE);
    let due_at = policy
        .returns
        .sla_hours
        .map(|hours| now.plus(Duration::hours(i64::from(hours))));
    let entry = said_by(tx, caller, ReturnThreadKind::Appeal, note.clone());
    if !store::record_step(tx, &loaded.request, next, Some(entry))? {
        return Err(changed_meanwhile());
    }
    store::record_appeal(tx, id, due_at, overrides.then_some(note.as_str()))?;
    invoices::hold_line(tx, loaded.request.delivery_id)?;
    let reason = overrides.then_some(note.as_str());
    finish(tx, &policy, caller, &loaded, EventKind::ReturnAppealed, reason)
}

fn channel(caller: &Caller, given: Option<ReturnChannel>) -> ApiResult<ReturnChannel> {
    let (own, others): (_, &[ReturnChannel]) = match caller.principal {
        Principal::Staff(_) => (ReturnChannel::Staff, &[]),
        Principal::Supplier(_) => (ReturnChannel::Portal, &[ReturnChannel::EmailLink]),
        Principal::Key(_) => (ReturnChannel::Api, &[]),
    };
    match given {
        None => Ok(own),
        Some(channel) if channel == own || others.contains(&channel) => Ok(channel),
        Some(_) => {
            Err(ApiError::new(ProblemCode::Invalid).field("/channel", "not_yours", format!("You come by `{own}`.")))
        }
    }
}

fn override_reason(caller: &Caller, given: Option<&str>) -> ApiResult<Option<String>> {
    let Some(given) = given else {
        return Ok(None);
    };
    if !caller.may(Permission::ReturnsOverride) {
        return Err(ApiError::new(ProblemCode::Forbidden).detail("Only staff take a return after its window."));
    }
    rules::required_text("/override_reason", given, LONGEST_REASON)
        .map(Some)
        .map_err(|error| ApiError::invalid(vec![error]))
}

fn facts(conn: &mut Conn, policy: &PolicySet, delivery: &Delivery, now: Timestamp) -> ApiResult<Facts> {
    let recent = match &policy.returns.max_rate {
        None => None,
        Some(cap) => {
            let since = now.plus(-Duration::days(i64::from(cap.per_days)));
            Some(store::recent(conn, delivery.supplier_id, since)?)
        }
    };
    Ok(Facts {
        standing: delivery.standing(),
        is_replacement: delivery.replaces_delivery_id.is_some(),
        return_deadline_at: delivery.return_deadline_at,
        live_request: store::live_request(conn, delivery.id)?,
        siblings: store::siblings(conn, delivery.lead_id, delivery.id)?,
        recent,
    })
}

/// Holds the delivery's line. Where somebody was quicker, the rules are asked once more.
fn hold(tx: &mut Tx<'_>, policy: &PolicySet, scope: &Scope, judged: &Delivery) -> ApiResult<()> {
    use rules::Standing as S;
    if judged.standing() != S::Unbilled || invoices::hold_line(tx, judged.id)? {
        return Ok(());
    }
    let now = store::delivery(tx, scope, judged.id)?
        .ok_or_else(ApiError::not_found)?
        .standing();
    match now {
        S::Unbilled | S::Free => Ok(()),
        S::Invoiced if policy.returns.window == (tradepost_contract::policy::ReturnWindow::UntilInvoiced {}) => {
            Err(refused(policy, &Refusal::Invoiced))
        }
        S::Invoiced => Ok(()),
        S::Rejected | S::Returned => Err(refused(policy, &Refusal::NothingToReturn(now))),
    }
}

/// The request that the caller may see, in the version they last saw.
pub(super) fn load(tx: &mut Tx<'_>, scope: &Scope, id: ReturnRequestId, if_match: Option<i64>) -> ApiResult<Loaded> {
    let loaded = store::find(tx, scope, id)?.ok_or_else(ApiError::not_found)?;
    match if_match {
        Some(version) if version != loaded.request.version => Err(ApiError::new(ProblemCode::Stale)),
        Some(_) | None => Ok(loaded),
    }
}

/// The status that the action leads to, or 409.
pub(super) fn next(loaded: &Loaded, action: ReturnAction) -> ApiResult<ReturnStatus> {
    let next = loaded.request.status.after(action);
    next.map_err(|invalid| ApiError::conflict(invalid.to_string()))
}

/// What somebody said, as the thread keeps it.
pub(super) fn said_by(tx: &Tx<'_>, caller: &Caller, kind: ReturnThreadKind, text: String) -> ReturnThreadEntry {
    ReturnThreadEntry {
        kind,
        at: tx.business_now(),
        text,
        by: Some(caller.principal.id_text()),
    }
}

/// Moves a request on, without a verdict.
pub(super) fn step(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    loaded: &Loaded,
    next: ReturnStatus,
    said: Option<ReturnThreadEntry>,
    kind: EventKind,
) -> ApiResult<ReturnRequest> {
    if !store::record_step(tx, &loaded.request, next, said)? {
        return Err(changed_meanwhile());
    }
    let policy = policies.get(tx, loaded.request.resolved_policy_id)?;
    finish(tx, &policy, caller, loaded, kind, None)
}

/// Records who did it and what happened, and shows the request as it stands now.
pub(super) fn finish(
    tx: &mut Tx<'_>,
    policy: &PolicySet,
    caller: &Caller,
    was: &Loaded,
    kind: EventKind,
    reason: Option<&str>,
) -> ApiResult<ReturnRequest> {
    let is = reload(tx, was.request.id)?;
    let action = kind.as_str().replace("return.", "return_request.");
    // The trail is kept for good, so that it does not name the person whom a verdict may well name.
    let reason = reason
        .or(is.request.explanation.as_deref())
        .map(|text| subject_requests::without_person(&was.person(), text));
    let change = Change {
        action: &action,
        object: is.request.id.to_string(),
        supplier: Some(is.request.supplier_id),
        before: Some(json!({ "status": was.request.status })),
        after: Some(json!({
            "status": is.request.status, "rule": is.request.decision_rule, "clause": is.request.decision_clause,
            "remedy": is.request.remedy,
        })),
        reason: reason.as_deref(),
    };
    audit::record(tx, &caller.actor(), change)?;
    event(tx, kind, &is)?;
    view::show(&is, policy, &Viewer::of(caller), tx.business_now())
}

/// The request as it stands in this transaction.
pub(super) fn reload(tx: &mut Tx<'_>, id: ReturnRequestId) -> ApiResult<Loaded> {
    store::find(tx, &Scope::system(), id)?.ok_or_else(ApiError::not_found)
}
