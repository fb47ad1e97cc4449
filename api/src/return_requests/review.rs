//! What reviewers do: ask, approve, deny.

use super::ops::{self, LONGEST_TEXT};
use super::refusals::{changed_meanwhile, not_decided};
use super::remedies;
use super::rules::{self, Reviewer};
use super::store::{self, Loaded};
use super::telling::{facts_for_mail, tell, tell_outcome};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::invoices::ops as invoices;
use crate::policy::Policies;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::policy::{PolicySet, WordingKey};
use tradepost_contract::return_requests::{
    ApproveReturnRequest, DenyReturnRequest, ReturnAction, ReturnMessage, ReturnRequest, ReturnStatus, ReturnThreadKind,
};
use tradepost_contract::{FieldError, ReturnRequestId};

const LONGEST_CLAUSE: usize = 200;

/// What a reviewer writes under a verdict.
#[derive(Debug, Clone)]
pub(super) struct Grounds {
    explanation: Option<String>,
    clause: Option<String>,
    evidence: Option<String>,
}

impl Grounds {
    fn parse(explanation: Option<&str>, clause: Option<&str>, evidence: Option<&str>) -> Result<Self, FieldError> {
        Ok(Self {
            explanation: rules::text("/explanation", explanation, LONGEST_TEXT)?,
            clause: rules::text("/clause", clause, LONGEST_CLAUSE)?,
            evidence: rules::text("/evidence", evidence, LONGEST_TEXT)?,
        })
    }
}

impl TryFrom<&ApproveReturnRequest> for Grounds {
    type Error = FieldError;
    fn try_from(body: &ApproveReturnRequest) -> Result<Self, FieldError> {
        let ApproveReturnRequest {
            explanation,
            clause,
            evidence,
        } = body;
        Self::parse(explanation.as_deref(), clause.as_deref(), evidence.as_deref())
    }
}

impl TryFrom<&DenyReturnRequest> for Grounds {
    type Error = FieldError;
    fn try_from(body: &DenyReturnRequest) -> Result<Self, FieldError> {
        let DenyReturnRequest {
            explanation,
            clause,
            evidence,
        } = body;
        Self::parse(explanation.as_deref(), clause.as_deref(), evidence.as_deref())
    }
}

/// Grants the return and its remedy.
pub(super) fn approve(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    body: &ApproveReturnRequest,
) -> ApiResult<ReturnRequest> {
    let grounds = Grounds::try_from(body).map_err(|error| ApiError::invalid(vec![error]))?;
    let (loaded, policy) = decide(tx, policies, caller, (id, if_match), ReturnAction::Approve, grounds)?;
    let remedy = remedies::give(tx, &policy, &loaded.request)?;
    store::record_remedy(tx, id, remedy)?;
    let decided = ops::reload(tx, id)?;
    tell_outcome(tx, &policy, &decided)?;
    ops::finish(tx, &policy, caller, &loaded, EventKind::ReturnApproved, None)
}

/// Refuses the return; the delivery is charged as if nothing had been asked.
pub(super) fn deny(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    body: &DenyReturnRequest,
) -> ApiResult<ReturnRequest> {
    let grounds = Grounds::try_from(body).map_err(|error| ApiError::invalid(vec![error]))?;
    let (loaded, policy) = decide(tx, policies, caller, (id, if_match), ReturnAction::Deny, grounds)?;
    invoices::release_line(tx, loaded.request.delivery_id)?;
    let decided = ops::reload(tx, id)?;
    tell_outcome(tx, &policy, &decided)?;
    ops::finish(tx, &policy, caller, &loaded, EventKind::ReturnDenied, None)
}

/// Asks the supplier for more.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    body: &ReturnMessage,
) -> ApiResult<ReturnRequest> {
    let said =
        rules::required_text("/text", &body.text, LONGEST_TEXT).map_err(|error| ApiError::invalid(vec![error]))?;
    let loaded = ops::load(tx, &caller.scope(), id, if_match)?;
    allowed(&loaded, caller)?;
    let next = ops::next(&loaded, ReturnAction::Ask)?;
    let entry = ops::said_by(tx, caller, ReturnThreadKind::Question, said);
    let policy = policies.get(tx, loaded.request.resolved_policy_id)?;
    let questions = loaded.request.thread()?.len();
    let shown = ops::step(
        tx,
        policies,
        caller,
        &loaded,
        next,
        Some(entry.clone()),
        EventKind::ReturnInfoNeeded,
    )?;
    let mut facts = facts_for_mail(&policy, &loaded, WordingKey::ReturnRequest);
    facts["question"] = json!(entry.text);
    let occasion = format!("{id}:{questions}");
    tell(tx, NotificationKind::ReturnInfoNeeded, &occasion, &loaded, &facts)?;
    Ok(shown)
}

fn allowed(loaded: &Loaded, caller: &Caller) -> ApiResult<()> {
    let reviewer = caller.staff()?.user_id;
    let id_text = caller.principal.id_text();
    let reviewer = Reviewer {
        id: reviewer,
        id_text: &id_text,
    };
    rules::may_decide(&loaded.request.case()?, reviewer).map_err(not_decided)
}

/// Records the verdict by a guarded update; gives the request as it was before.
fn decide(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    (id, if_match): (ReturnRequestId, Option<i64>),
    action: ReturnAction,
    grounds: Grounds,
) -> ApiResult<(Loaded, std::sync::Arc<PolicySet>)> {
    let loaded = ops::load(tx, &caller.scope(), id, if_match)?;
    // The status first: whoever is second learns that it is decided, not who may decide.
    ops::next(&loaded, action)?;
    allowed(&loaded, caller)?;
    let request = &loaded.request;
    let policy = policies.get(tx, request.resolved_policy_id)?;
    let siblings = store::siblings(tx, request.lead_id, request.delivery_id)?;
    let suggested = rules::suggestion(&policy, siblings).map(|(_, rule)| rule);
    let case = request.case()?;
    let verdict =
        rules::verdict(&policy, &case, action, suggested, grounds.clause, grounds.explanation).map_err(not_decided)?;
    let mut evidence = request.evidence()?;
    if request.status == ReturnStatus::Appealed {
        evidence = json!({ "first_verdict": {
            "rule": request.decision_rule, "clause": request.decision_clause, "decided_by": request.decided_by,
            "decided_at": request.decided_at, "explanation": request.explanation, "evidence": evidence,
        } });
    }
    if policy.returns.sibling_quote_denies {
        evidence["siblings"] = json!(siblings);
    }
    if let Some(found) = grounds.evidence {
        evidence["reviewer"] = json!(found);
    }
    let by = caller.principal.id_text();
    let reviewer = caller.user_id()?;
    if store::record_verdict(tx, request, &verdict, &by, reviewer, &evidence)? {
        Ok((loaded, policy))
    } else {
        Err(changed_meanwhile())
    }
}
