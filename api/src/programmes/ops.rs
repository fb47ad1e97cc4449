//! Use cases of programmes.

use super::{rules, store};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::{audit, events, market, policy};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::programmes::{CreateProgramme, Programme, UpdateProgramme};
use tradepost_contract::{ProblemCode, ProgrammeId};

pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, body: &CreateProgramme) -> ApiResult<Programme> {
    let faults = rules::faults_of_new(body);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let id = store::insert(tx, body)?;
    policy::begin(tx, caller, id, body.preset, body.policy.as_ref(), "/policy")?;
    let programme = store::get(tx, &caller.scope(), id)?;
    let change = audit::Change {
        action: "programme.created",
        object: id.to_string(),
        after: Some(json!({
            "slug": programme.slug, "name": programme.name, "preset": programme.preset,
            "legal_entity_id": programme.legal_entity_id, "policy": body.policy,
        })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &programme)?;
    Ok(programme)
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ProgrammeId,
    if_match: Option<i64>,
    body: &UpdateProgramme,
) -> ApiResult<Programme> {
    let faults = rules::faults_of_change(body);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let before = store::get(tx, &caller.scope(), id)?;
    if if_match.is_some_and(|seen| seen != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let changed = Programme {
        name: body.name.as_deref().unwrap_or(&before.name).trim().to_owned(),
        brand: body.brand.as_ref().unwrap_or(&before.brand).clone(),
        status: body.status.unwrap_or(before.status),
        ..before.clone()
    };
    store::update(tx, &changed)?;
    if changed.status != before.status || changed.name != before.name {
        market::changed(tx)?;
    }
    let shown =
        |programme: &Programme| json!({ "name": programme.name, "brand": programme.brand, "status": programme.status });
    let change = audit::Change {
        action: "programme.updated",
        object: id.to_string(),
        before: Some(shown(&before)),
        after: Some(shown(&changed)),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &changed)?;
    store::get(tx, &caller.scope(), id)
}

fn tell(tx: &mut Tx<'_>, programme: &Programme) -> ApiResult<()> {
    let facts = json!({ "slug": programme.slug, "status": programme.status });
    let subject = events::Subject::of(programme.id).programme(programme.id);
    events::push(tx, EventKind::ProgrammeChanged, subject, &facts)?;
    Ok(())
}
