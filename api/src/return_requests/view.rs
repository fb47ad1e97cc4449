//! How a request is shown, to whom: suppliers see the verdict and its clause, staff see the case.

use super::rules::{self, Reviewer};
use super::store::Loaded;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::error::{ApiError, ApiResult};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{PolicySet, WordingKey};
use tradepost_contract::return_requests::{
    ReturnAction, ReturnDecision, ReturnGuidelines, ReturnRequest, ReturnReview, ReturnStatus, ReturnThreadEntry,
};
use tradepost_contract::{Timestamp, UserId};

/// Who looks.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    is_staff: bool,
    may_submit: bool,
    may_decide: bool,
    may_override: bool,
    sees_people: bool,
    id_text: String,
    user: Option<UserId>,
}

impl Viewer {
    /// The caller as one who looks.
    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            is_staff: caller.is_staff(),
            may_submit: caller.may(Permission::ReturnsSubmit),
            may_decide: caller.may(Permission::ReturnsDecide),
            may_override: caller.may(Permission::ReturnsOverride),
            sees_people: caller.may(Permission::DeliveriesRead),
            id_text: caller.principal.id_text(),
            user: caller.principal.user_id(),
        }
    }

    /// Whether what only staff see is shown.
    pub(super) const fn is_staff(&self) -> bool {
        self.is_staff
    }
}

/// The zone in which the programme counts its days.
pub(super) fn zone(loaded: &Loaded) -> ApiResult<Zone> {
    Zone::parse(&loaded.time_zone).map_err(ApiError::internal)
}

/// The request as the viewer may see it.
pub(super) fn show(loaded: &Loaded, policy: &PolicySet, viewer: &Viewer, now: Timestamp) -> ApiResult<ReturnRequest> {
    let zone = zone(loaded)?;
    let case = loaded.request.case()?;
    let appealable = rules::may_appeal(policy, &zone, &case, viewer.may_override, now).is_ok();
    let decidable = viewer.user.is_some_and(|id| {
        let reviewer = Reviewer {
            id,
            id_text: &viewer.id_text,
        };
        viewer.may_decide && rules::may_decide(&case, reviewer).is_ok()
    });
    let may = |action: &ReturnAction| {
        case.status.after(*action).is_ok()
            && match action {
                ReturnAction::Ask | ReturnAction::Approve | ReturnAction::Deny => decidable,
                ReturnAction::Answer | ReturnAction::Withdraw => viewer.may_submit,
                ReturnAction::Appeal => viewer.may_submit && appealable,
            }
    };
    let allowed_actions = ReturnAction::ALL.iter().copied().filter(may).collect();
    let appeal_until = rules::appeal_until(policy, &zone, &case).filter(|_| appealable);
    let request = &loaded.request;
    let thread = request.thread()?.into_iter().map(|entry| match viewer.is_staff {
        true => entry,
        false => ReturnThreadEntry { by: None, ..entry },
    });
    let label = policy.returns.reasons.get(&request.reason);
    Ok(ReturnRequest {
        id: request.id,
        delivery_id: request.delivery_id,
        programme_id: request.programme_id,
        programme_name: loaded.names.programme.clone(),
        supplier_id: request.supplier_id,
        supplier_name: loaded.names.supplier.clone(),
        business_id: request.business_id,
        business_name: loaded.names.business.clone(),
        product_name: loaded.names.product.clone(),
        lead_name: lead_name(loaded, policy, viewer),
        price: loaded.charge.price(),
        status: request.status,
        reason: request.reason.clone(),
        reason_label: label.map_or_else(|| request.reason.clone(), |reason| reason.label.clone()),
        reason_class: request.reason_class,
        note: request.note.clone(),
        channel: request.channel,
        submitted_at: request.submitted_at,
        decision_due_at: request.decision_due_at,
        thread: thread.collect(),
        decision: decision(loaded, policy),
        remedy: request.remedy,
        remedied_at: request.remedied_at,
        appealed_at: request.appealed_at,
        appeal_until,
        guidelines: ReturnGuidelines {
            url: policy.returns.guidelines_url.clone(),
            policy_version_id: loaded.policy_version_id,
        },
        allowed_actions,
        version: request.version,
        review: viewer.is_staff.then(|| review(loaded, now)).transpose()?,
    })
}

/// Who the lead is. Where the policy holds people back until a notice is accepted, suppliers look at the lead (R82).
fn lead_name(loaded: &Loaded, policy: &PolicySet, viewer: &Viewer) -> Option<String> {
    let open = viewer.is_staff || !crate::notice_acceptances::may_hold_back(policy);
    loaded.lead_name().filter(|_| viewer.sees_people && open)
}

/// The verdict in the programme's words. While an appeal is open the first one stands.
fn decision(loaded: &Loaded, policy: &PolicySet) -> Option<ReturnDecision> {
    let request = &loaded.request;
    let decided_at = request.decided_at?;
    let word = match request.status {
        ReturnStatus::Approved => WordingKey::ReturnApproved,
        ReturnStatus::Denied | ReturnStatus::Appealed | ReturnStatus::FinalDenied => WordingKey::ReturnDenied,
        ReturnStatus::InReview | ReturnStatus::InfoNeeded | ReturnStatus::Withdrawn => return None,
    };
    Some(ReturnDecision {
        title: policy.word(word).to_owned(),
        decided_at,
        automatic: request.decision_rule.as_deref() == Some(rules::LATE),
        clause: request.decision_clause.clone(),
        explanation: request.explanation.clone(),
    })
}

fn review(loaded: &Loaded, now: Timestamp) -> ApiResult<ReturnReview> {
    let request = &loaded.request;
    Ok(ReturnReview {
        lead_id: request.lead_id,
        submitted_by: request.submitted_by.clone(),
        overdue: request.status.awaits_decision() && request.decision_due_at.is_some_and(|due| now >= due),
        escalated_at: request.escalated_at,
        suggestion: request.suggestion,
        suggestion_rule: request.suggestion_rule.clone(),
        decided_by: request.decided_by.clone(),
        decision_rule: request.decision_rule.clone(),
        decision_evidence: request.evidence()?,
        override_reason: request.override_reason.clone(),
    })
}
