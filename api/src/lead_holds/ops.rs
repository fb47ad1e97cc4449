//! Setting a hold and lifting it.

use super::store::{self, Row};
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::leads::store as kept;
use crate::suppliers::fields;
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_holds::{CreateLeadHold, LeadHold};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{LeadHoldId, ProblemCode};

/// A hold as the caller sees it.
pub(super) fn shown(row: Row, caller: &Caller) -> LeadHold {
    LeadHold {
        id: row.id,
        lead_id: row.lead_id,
        programme_id: row.programme_id,
        reason: row.reason,
        held_by_name: row.held_by_name,
        held_at: row.held_at,
        lifted_at: row.lifted_at,
        lifted_by_name: row.lifted_by_name,
        may_lift: row.lifted_at.is_none() && caller.may(Permission::PrivacyWrite),
    }
}

/// Holds a lead.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, body: &CreateLeadHold) -> ApiResult<LeadHold> {
    let reason = fields::required_reason("/reason", &body.reason)?;
    let lead = kept::get(tx, &Scope::system(), body.lead_id).map_err(|error| match error.code() {
        ProblemCode::NotFound => ApiError::unknown_id("/lead_id"),
        _ => error,
    })?;
    // The lead's row decides between a hold and an erasure of the same moment: whoever comes second sees the first.
    if !kept::hold_unerased(tx, lead.id)? {
        return Err(ApiError::conflict("The lead is erased: there is nothing to hold."));
    }
    let row = Row {
        id: tx.new_id(),
        lead_id: lead.id,
        programme_id: lead.programme_id,
        reason,
        held_by_name: caller.principal.name().to_owned(),
        held_at: tx.business_now(),
        lifted_at: None,
        lifted_by_name: None,
    };
    if !store::insert(tx, &row)? {
        return Err(ApiError::conflict("The lead is held already."));
    }
    tell(tx, caller, &row, "lead.held")?;
    Ok(shown(row, caller))
}

/// Lifts a hold; a second time changes nothing.
pub(super) fn lift(tx: &mut Tx<'_>, caller: &Caller, id: LeadHoldId) -> ApiResult<LeadHold> {
    let lifted = store::lift(tx, id, caller.principal.name())?;
    let row = store::get(tx, id)?;
    if lifted {
        tell(tx, caller, &row, "lead.hold_lifted")?;
    }
    Ok(shown(row, caller))
}

/// The reason may say who it is about, and the trail and the events are for good.
fn tell(tx: &mut Tx<'_>, caller: &Caller, row: &Row, action: &str) -> ApiResult<()> {
    let facts = json!({ "lead_hold_id": row.id, "held": row.lifted_at.is_none() });
    let change = audit::Change {
        action,
        object: row.lead_id.to_string(),
        after: Some(facts.clone()),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    let subject = Subject::of(row.lead_id).programme(row.programme_id);
    events::push(tx, EventKind::LeadHoldChanged, subject, &facts)?;
    Ok(())
}
