//! What writes requests. Every change of status is guarded by what was read: status and version.

use super::super::rules::Verdict;
use super::{OPEN, Request};
use crate::db::schema::return_requests;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::policy::ReasonClass;
use tradepost_contract::return_requests::{
    ReturnChannel, ReturnRemedy, ReturnStatus, ReturnSuggestion, ReturnThreadEntry,
};
use tradepost_contract::{
    BusinessId, DeliveryId, LeadId, ProblemCode, ProgrammeId, ResolvedPolicyId, ReturnRequestId, SupplierId, Timestamp,
    UserId,
};

/// The row as long as nobody changed it: the guard of every change.
macro_rules! as_read {
    ($was:expr) => {
        return_requests::table
            .filter(return_requests::id.eq($was.id))
            .filter(return_requests::status.eq($was.status))
            .filter(return_requests::version.eq($was.version))
    };
}

/// A request to be inserted.
#[derive(Debug, Insertable)]
#[diesel(table_name = return_requests)]
pub(in crate::return_requests) struct NewRequest {
    pub(in crate::return_requests) id: ReturnRequestId,
    pub(in crate::return_requests) delivery_id: DeliveryId,
    pub(in crate::return_requests) lead_id: LeadId,
    pub(in crate::return_requests) programme_id: ProgrammeId,
    pub(in crate::return_requests) supplier_id: SupplierId,
    pub(in crate::return_requests) business_id: BusinessId,
    pub(in crate::return_requests) resolved_policy_id: ResolvedPolicyId,
    pub(in crate::return_requests) status: ReturnStatus,
    pub(in crate::return_requests) reason: String,
    pub(in crate::return_requests) reason_class: ReasonClass,
    pub(in crate::return_requests) note: Option<String>,
    pub(in crate::return_requests) channel: ReturnChannel,
    pub(in crate::return_requests) submitted_by: String,
    pub(in crate::return_requests) submitted_at: Timestamp,
    pub(in crate::return_requests) decision_due_at: Option<Timestamp>,
    pub(in crate::return_requests) suggestion: Option<ReturnSuggestion>,
    pub(in crate::return_requests) suggestion_rule: Option<&'static str>,
    pub(in crate::return_requests) decided_by: Option<&'static str>,
    pub(in crate::return_requests) decided_at: Option<Timestamp>,
    pub(in crate::return_requests) decision_rule: Option<&'static str>,
    pub(in crate::return_requests) decision_evidence: String,
    pub(in crate::return_requests) explanation: Option<String>,
    pub(in crate::return_requests) override_reason: Option<String>,
}

/// Inserts a request; the index on live requests refuses a second one.
pub(in crate::return_requests) fn insert(tx: &mut Tx<'_>, row: &NewRequest) -> ApiResult<()> {
    match diesel::insert_into(return_requests::table)
        .values(row)
        .execute(&mut **tx)
    {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::new(ProblemCode::Duplicate)
            .detail("There is a request for this lead.")
            .caused_by(cause)),
        Err(cause) => Err(cause.into()),
    }
}

/// Records a verdict on the request as it was read; false when somebody was quicker.
pub(in crate::return_requests) fn record_verdict(
    tx: &mut Tx<'_>,
    was: &Request,
    verdict: &Verdict,
    by: &str,
    reviewer: UserId,
    evidence: &serde_json::Value,
) -> ApiResult<bool> {
    let now = tx.business_now();
    let first = (was.status != ReturnStatus::Appealed).then_some(reviewer);
    let changed = diesel::update(as_read!(was))
        .set((
            return_requests::status.eq(verdict.status),
            return_requests::decided_by.eq(by),
            return_requests::decided_at.eq(now),
            return_requests::decision_rule.eq(&verdict.rule),
            return_requests::decision_clause.eq(&verdict.clause),
            return_requests::decision_evidence.eq(evidence.to_string()),
            return_requests::explanation.eq(&verdict.explanation),
            return_requests::first_reviewer_id.eq(first.or(was.first_reviewer_id)),
            return_requests::version.eq(return_requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Keeps what the approval gave.
pub(in crate::return_requests) fn record_remedy(
    tx: &mut Tx<'_>,
    id: ReturnRequestId,
    remedy: ReturnRemedy,
) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(return_requests::table.filter(return_requests::id.eq(id)))
        .set((return_requests::remedy.eq(remedy), return_requests::remedied_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves the request as it was read on, with what was said; false when somebody was quicker.
pub(in crate::return_requests) fn record_step(
    tx: &mut Tx<'_>,
    was: &Request,
    next: ReturnStatus,
    said: Option<ReturnThreadEntry>,
) -> ApiResult<bool> {
    let mut thread = was.thread()?;
    thread.extend(said);
    let changed = diesel::update(as_read!(was))
        .set((
            return_requests::status.eq(next),
            return_requests::thread.eq(serde_json::to_string(&thread)?),
            return_requests::version.eq(return_requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// What an appeal adds beside its note in the thread: a due time of its own, which is escalated anew.
pub(in crate::return_requests) fn record_appeal(
    tx: &mut Tx<'_>,
    id: ReturnRequestId,
    due_at: Option<Timestamp>,
    override_reason: Option<&str>,
) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(return_requests::table.filter(return_requests::id.eq(id)))
        .set((
            return_requests::appealed_at.eq(now),
            return_requests::decision_due_at.eq(due_at),
            return_requests::escalated_at.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?;
    if let Some(reason) = override_reason {
        diesel::update(return_requests::table.filter(return_requests::id.eq(id)))
            .set(return_requests::override_reason.eq(reason))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Requests whose decision is late and not reported yet, the latest first.
pub(in crate::return_requests) fn to_escalate(
    conn: &mut Conn,
    now: Timestamp,
    most: i64,
) -> ApiResult<Vec<ReturnRequestId>> {
    Ok(return_requests::table
        // Spelled as in the partial index, or SQLite would not use it.
        .filter(sql::<Bool>("status IN ('in_review', 'info_needed', 'appealed')"))
        .filter(return_requests::decision_due_at.le(now))
        .filter(return_requests::escalated_at.is_null())
        .order((return_requests::decision_due_at.asc(), return_requests::id.asc()))
        .select(return_requests::id)
        .limit(most)
        .load(conn)?)
}

/// Marks a late request as reported; false when it was decided or reported meanwhile.
pub(in crate::return_requests) fn mark_escalated(tx: &mut Tx<'_>, id: ReturnRequestId) -> ApiResult<bool> {
    let now = tx.business_now();
    let late = return_requests::table
        .filter(return_requests::id.eq(id))
        .filter(return_requests::status.eq_any(OPEN))
        .filter(return_requests::decision_due_at.le(now))
        .filter(return_requests::escalated_at.is_null());
    let changed = diesel::update(late)
        .set(return_requests::escalated_at.eq(now))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}
