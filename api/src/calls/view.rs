//! Leads of the queue and calls as they are shown.

use super::store::{self, AttemptRow, Listed};
use crate::auth::{Caller, Scope};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::leads::store::person_of;
use tradepost_contract::LeadId;
use tradepost_contract::calls::{CallAttempt, CallLead};
use tradepost_contract::leads::LeadPlace;

/// So many calls of a lead are shown with it.
const SHOWN_CALLS: usize = 20;

/// Who looks: staff see who has a lead, and whether they have it themselves.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    id_text: String,
    sees_claims: bool,
}

impl Viewer {
    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            id_text: caller.principal.id_text(),
            sees_claims: caller.scope().supplier().is_none(),
        }
    }

    /// Leads as they are shown: however many there are, in as many statements.
    pub(super) fn all(&self, conn: &mut Conn, listed: Vec<Listed>) -> ApiResult<Vec<CallLead>> {
        let ids: Vec<LeadId> = listed.iter().map(|(row, ..)| row.lead_id).collect();
        let mut histories = store::histories(conn, &ids, SHOWN_CALLS)?;
        listed
            .into_iter()
            .map(|one| {
                let history = histories.remove(&one.0.lead_id).unwrap_or_default();
                self.one(one, history)
            })
            .collect()
    }

    fn one(&self, listed: Listed, history: Vec<AttemptRow>) -> ApiResult<CallLead> {
        let (row, (product_id, source, place, answers), person, (product_name, supplier_name, number)) = listed;
        let (country, region, postcode, city) = place;
        let history: Vec<CallAttempt> = history.into_iter().map(attempt).collect();
        let is_claimed = row.state == tradepost_contract::calls::CallState::Claimed;
        let claim_is_shown = is_claimed && self.sees_claims;
        let claimed_by_me = is_claimed && row.claimed_by.as_deref() == Some(&self.id_text);
        Ok(CallLead {
            lead_id: row.lead_id,
            programme_id: row.programme_id,
            supplier_id: row.supplier_id,
            supplier_name,
            product_id,
            product_name,
            person: person_of(person),
            place: LeadPlace {
                country,
                region,
                postcode,
                city,
            },
            answers: serde_json::from_str(&answers)?,
            source,
            queued_at: row.queued_at,
            plan_subscription_id: row.subscription_id,
            period_key: format!("M{number}"),
            state: row.state,
            removed_because: row.removed_because,
            due_at: row.state.is_open().then_some(row.due_at),
            is_callback: row.state.is_open() && row.is_callback,
            claimed_by_name: row.claimed_by_name.filter(|_| claim_is_shown),
            claimed_until: row.claimed_until.filter(|_| claim_is_shown),
            claimed_by_me,
            attempts: row.attempts,
            disposition: row.disposition,
            disposition_label: history.first().map(|last| last.disposition_label.clone()),
            last_called_at: row.last_called_at,
            history,
            touched_at: row.touched_at,
            version: row.version,
        })
    }

    /// One lead of the queue.
    pub(super) fn get(&self, conn: &mut Conn, scope: &Scope, id: LeadId) -> ApiResult<CallLead> {
        let listed = store::get_many(conn, scope, &[id])?;
        self.all(conn, listed)?.pop().ok_or_else(ApiError::not_found)
    }
}

/// A call as it is shown.
pub(super) fn attempt(row: AttemptRow) -> CallAttempt {
    let AttemptRow {
        id,
        lead_id,
        programme_id,
        supplier_id,
        called_by: _,
        called_by_name,
        started_at,
        duration_seconds,
        disposition,
        disposition_label,
        closes,
        do_not_call,
        callback_at,
        note,
        corrects_id,
        created_at,
    } = row;
    CallAttempt {
        id,
        lead_id,
        programme_id,
        supplier_id,
        called_by_name,
        started_at,
        duration_seconds,
        disposition,
        disposition_label,
        closes,
        do_not_call,
        callback_at,
        note,
        corrects: corrects_id,
        created_at,
    }
}
