//! Deciding a case.

use super::store;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use crate::suppliers::{fields, standing};
use crate::{audit, cancellations};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::rate_reviews::{DecideRateCase, RateCaseAction, RateCaseStatus, RateReview};
use tradepost_contract::suppliers::SupplierAction;
use tradepost_contract::{ProblemCode, RateReviewId};

/// A person decides what becomes of an account; ending it terminates it and winds it up in the same transaction.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    caller: &Caller,
    policies: &Policies,
    id: RateReviewId,
    seen: Option<i64>,
    action: RateCaseAction,
    asked: &DecideRateCase,
) -> ApiResult<RateReview> {
    let scope = caller.scope();
    let review = store::get(tx, &scope, id)?;
    if seen.is_some_and(|seen| seen != review.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let account = accounts::hold(tx, &scope, review.supplier_id)?;
    let status = review
        .case_status
        .ok_or_else(|| ApiError::conflict("This review opened no case."))?
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if store::hold_open(tx, id)?.is_none() {
        return Err(ApiError::conflict("The case was decided meanwhile."));
    }
    let actor = caller.actor();
    if status == RateCaseStatus::Ended {
        if !standing::change_by_rule(tx, &account, SupplierAction::Terminate, &reason, &actor)? {
            return Err(ApiError::conflict(format!("The account is {}.", account.status)));
        }
        cancellations::wind_up(tx, policies, &actor, &account, &reason)?;
    }
    store::decide(tx, id, status, &actor.id_text, &reason)?;
    let change = audit::Change {
        action: "rate_case.decided",
        object: id.to_string(),
        supplier: Some(review.supplier_id),
        before: Some(json!({ "case_status": review.case_status })),
        after: Some(json!({ "case_status": status })),
        reason: Some(&reason),
    };
    audit::record(tx, &actor, change)?;
    let subject = Subject::of(id)
        .programme(review.programme_id)
        .supplier(review.supplier_id);
    let facts = json!({ "rate_review_id": id, "case_status": status });
    events::push(tx, EventKind::RateCaseDecided, subject, &facts)?;
    store::get(tx, &scope, id)
}
