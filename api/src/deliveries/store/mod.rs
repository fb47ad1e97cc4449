//! Deliveries in the database. One and many are read in `list`, within the caller's scope, as the `row`s of a
//! delivery with its lead; what writes is
//! in `changes`; what else a delivery's reader needs is here.

mod changes;
mod list;
mod row;

pub(super) use changes::{Notes, hold, mark_seen, move_charge, save_notes};
pub(super) use list::{Filter, count, get, key, list};
pub(super) use row::Row;

use crate::db::Conn;
use crate::db::schema::{billing_runs, lead_consents, leads, resolved_policies, return_requests};
use crate::error::ApiResult;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::deliveries::DeliveryConsent;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{
    DeliveryId, LeadId, PolicyVersionId, ProgrammeId, ResolvedPolicyId, ReturnRequestId, Timestamp,
};

/// The live return request of each of these deliveries.
pub(super) fn live_requests(conn: &mut Conn, of: &[DeliveryId]) -> ApiResult<HashMap<DeliveryId, ReturnRequestId>> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(DeliveryId, ReturnRequestId)> = return_requests::table
        .filter(return_requests::delivery_id.eq_any(of.iter().copied()))
        .filter(return_requests::status.ne(ReturnStatus::Withdrawn))
        .select((return_requests::delivery_id, return_requests::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What the form asked besides, as stored.
pub(super) fn answers(conn: &mut Conn, lead: LeadId) -> ApiResult<String> {
    Ok(leads::table.find(lead).select(leads::answers).first(conn)?)
}

pub(super) fn consent(conn: &mut Conn, lead: LeadId) -> ApiResult<Option<DeliveryConsent>> {
    let found: Option<(String, String, Timestamp)> = lead_consents::table
        .filter(lead_consents::lead_id.eq(lead))
        .order(lead_consents::revision.desc())
        .select((
            lead_consents::text,
            lead_consents::text_version,
            lead_consents::given_at,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(text, text_version, given_at)| DeliveryConsent {
        text,
        text_version,
        given_at,
    }))
}

/// The version of the programme's policy that a stamp was resolved from.
pub(super) fn policy_version(conn: &mut Conn, stamp: ResolvedPolicyId) -> ApiResult<PolicyVersionId> {
    Ok(resolved_policies::table
        .find(stamp)
        .select(resolved_policies::policy_version_id)
        .first(conn)?)
}

/// Whether a run has begun to bill the period that an instant lies in.
pub(super) fn is_period_billed(conn: &mut Conn, programme: ProgrammeId, at: Timestamp) -> ApiResult<bool> {
    use billing_runs as r;
    let begun = r::table
        .filter(
            r::programme_id
                .eq(programme)
                .and(r::status.ne(BillingRunStatus::Scheduled)),
        )
        .filter(r::period_start_at.le(at).and(r::period_end_at.gt(at)))
        .count()
        .get_result::<i64>(conn)?;
    Ok(begun > 0)
}
