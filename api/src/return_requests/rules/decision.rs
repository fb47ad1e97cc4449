//! Who may do what with a request, and what a verdict is.

use crate::calendar::Zone;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::policy::{PolicySet, ReasonClass, Remedy};
use tradepost_contract::return_requests::{ReturnAction, ReturnRemedy, ReturnStatus};
use tradepost_contract::{FieldError, InvalidTransition, Timestamp, UserId};

/// What is known of a request when somebody acts on it.
#[derive(Debug, Clone)]
pub(in crate::return_requests) struct Case {
    pub(in crate::return_requests) status: ReturnStatus,
    pub(in crate::return_requests) reason: String,
    pub(in crate::return_requests) class: ReasonClass,
    /// Everybody who asked, answered or appealed for the supplier.
    pub(in crate::return_requests) spoke_for_the_supplier: Vec<String>,
    pub(in crate::return_requests) first_reviewer: Option<UserId>,
    pub(in crate::return_requests) decided_at: Option<Timestamp>,
    pub(in crate::return_requests) decision_rule: Option<String>,
}

/// A member of staff who would decide.
#[derive(Debug, Clone, Copy)]
pub(in crate::return_requests) struct Reviewer<'a> {
    pub(in crate::return_requests) id: UserId,
    pub(in crate::return_requests) id_text: &'a str,
}

/// A verdict, ready to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::return_requests) struct Verdict {
    pub(in crate::return_requests) status: ReturnStatus,
    pub(in crate::return_requests) rule: String,
    pub(in crate::return_requests) clause: Option<String>,
    pub(in crate::return_requests) explanation: Option<String>,
}

/// Why somebody may not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::return_requests) enum DecisionRefusal {
    /// Whoever asks does not decide.
    OwnRequest,
    /// An appeal goes to a second reviewer.
    SameReviewer,
    /// The status forbids it.
    Status(InvalidTransition),
    /// The programme knows no appeal.
    NoAppeal,
    /// The time for an appeal is over.
    AppealTooLate(Timestamp),
    /// A request that came too late is not reviewed, unless staff override the window (R23, R73).
    LateIsFinal,
    /// Something about the fields.
    Field(FieldError),
}

/// Whether a reviewer may decide the request as it stands.
pub(in crate::return_requests) fn may_decide(case: &Case, reviewer: Reviewer<'_>) -> Result<(), DecisionRefusal> {
    if case.spoke_for_the_supplier.iter().any(|id| id == reviewer.id_text) {
        return Err(DecisionRefusal::OwnRequest);
    }
    if case.status == ReturnStatus::Appealed && case.first_reviewer == Some(reviewer.id) {
        return Err(DecisionRefusal::SameReviewer);
    }
    Ok(())
}

/// The verdict that `action` (approve or deny) makes, with the rule and the clause it rests on.
pub(in crate::return_requests) fn verdict(
    policy: &PolicySet,
    case: &Case,
    action: ReturnAction,
    suggested_rule: Option<&'static str>,
    clause: Option<String>,
    explanation: Option<String>,
) -> Result<Verdict, DecisionRefusal> {
    let status = case.status.after(action).map_err(DecisionRefusal::Status)?;
    let denies = status != ReturnStatus::Approved;
    if denies && policy.returns.explanation_required_on_deny && explanation.is_none() {
        let message = "Tell the supplier why it is denied.";
        return Err(DecisionRefusal::Field(FieldError::new(
            "/explanation",
            "required",
            message,
        )));
    }
    let rule = match (denies, suggested_rule, case.class) {
        (true, Some(rule), _) => rule.to_owned(),
        (false, _, ReasonClass::Valid) => format!("reason:{}", case.reason),
        (true, None, _) | (false, _, ReasonClass::Review | ReasonClass::NonValid) => "reviewer".to_owned(),
    };
    let own_clause = || {
        policy
            .returns
            .reasons
            .get(&case.reason)
            .and_then(|reason| reason.clause.clone())
    };
    Ok(Verdict {
        status,
        rule,
        clause: clause.or_else(own_clause),
        explanation,
    })
}

/// What an approval gives, by how the delivery is charged now and whether its invoice is final; none
/// where there is nothing to give back.
pub(in crate::return_requests) fn remedy(
    remedy: Remedy,
    state: BillingState,
    invoice_is_final: bool,
) -> Option<ReturnRemedy> {
    match (remedy, state) {
        (Remedy::Replacement, _) => Some(ReturnRemedy::Replacement),
        (Remedy::Credit | Remedy::LineDropped, BillingState::Unbilled | BillingState::ReturnPending) => {
            Some(ReturnRemedy::LineDropped)
        }
        (Remedy::Credit | Remedy::LineDropped, BillingState::Invoiced) => Some(if invoice_is_final {
            ReturnRemedy::CreditNote
        } else {
            ReturnRemedy::LineDropped
        }),
        (
            Remedy::Credit | Remedy::LineDropped,
            // What was paid with its order is made good by another lead; the policy is refused otherwise.
            BillingState::Rejected | BillingState::Returned | BillingState::Free | BillingState::Paid,
        ) => None,
    }
}

/// The rule of a denial that the clock made.
pub(in crate::return_requests) const LATE: &str = "auto:late";

/// The first instant at which a denied request can no longer be appealed; none where it cannot be.
pub(in crate::return_requests) fn appeal_until(policy: &PolicySet, zone: &Zone, case: &Case) -> Option<Timestamp> {
    let appeal = &policy.returns.appeal;
    let open = case.status == ReturnStatus::Denied && appeal.allowed;
    case.decided_at
        .filter(|_| open)
        .map(|at| zone.end_of_day_after(at, appeal.days))
}

/// Whether the denial may be appealed at `now`; `may_override` is held by staff who may take what came too late.
pub(in crate::return_requests) fn may_appeal(
    policy: &PolicySet,
    zone: &Zone,
    case: &Case,
    may_override: bool,
    now: Timestamp,
) -> Result<ReturnStatus, DecisionRefusal> {
    let next = case
        .status
        .after(ReturnAction::Appeal)
        .map_err(DecisionRefusal::Status)?;
    if case.decision_rule.as_deref() == Some(LATE) {
        // Only the window was judged so far: staff who may override it bring it before a reviewer.
        return if may_override {
            Ok(next)
        } else {
            Err(DecisionRefusal::LateIsFinal)
        };
    }
    match appeal_until(policy, zone, case) {
        None => Err(DecisionRefusal::NoAppeal),
        Some(until) if now >= until => Err(DecisionRefusal::AppealTooLate(until)),
        Some(_) => Ok(next),
    }
}
