//! Use cases of policy versions: the first one of a programme, drafts, comparison, publication.

use super::layers;
use super::stamps::{self, Orders, refusal};
use super::store;
use super::store::versions::{self, NewVersion};
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::{events, market};
use serde_json::{Value, json};
use tradepost_contract::events::EventKind;
use tradepost_contract::programmes::{
    CreatePolicyDraft, PolicyComparison, PolicyVersion, PolicyVersionAction, Preset, UpdatePolicyDraft,
};
use tradepost_contract::{FieldError, PolicyVersionId, ProblemCode, ProgrammeId};

/// The longest note.
const NOTE_LENGTH: usize = 500;

/// Gives a new programme its first version: the preset, amended by a merge patch. `pointer` is where
/// the patch stands in the caller's body.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    caller: &Caller,
    programme: ProgrammeId,
    preset: Preset,
    patch: Option<&Value>,
    pointer: &str,
) -> ApiResult<PolicyVersionId> {
    let nothing = json!({});
    let resolved = layers::amend(super::preset_document(preset), patch.unwrap_or(&nothing));
    let resolved = resolved.map_err(|faults| refusal(pointer, faults))?;
    let new = NewVersion {
        programme,
        base: None,
        document: &resolved.document,
        note: "The programme's first policy.",
        by: caller.user_id().ok(),
    };
    let id = versions::insert_draft(tx, &new)?;
    versions::publish(tx, programme, id, 1, new.by)?;
    if !versions::put_in_force(tx, programme, None, id)? {
        return Err(ApiError::internal("a new programme has a policy already"));
    }
    Ok(id)
}

pub(super) fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    programme: ProgrammeId,
    body: &CreatePolicyDraft,
) -> ApiResult<PolicyVersion> {
    let note = checked_note(&body.note)?;
    crate::programmes::expect(tx, &caller.scope(), programme)?;
    let (base, document) = store::version_in_force(tx, programme)?;
    let nothing = json!({});
    let patch = body.policy.as_ref().unwrap_or(&nothing);
    let resolved = layers::amend(&document, patch).map_err(|faults| refusal("/policy", faults))?;
    let new = NewVersion {
        programme,
        base: Some(base),
        document: &resolved.document,
        note,
        by: caller.user_id().ok(),
    };
    let id = versions::insert_draft(tx, &new)?;
    let change = audit::Change {
        action: "policy_draft.created",
        object: id.to_string(),
        after: Some(json!({ "base": base, "changes": changes(&document, &resolved.document)? })),
        reason: Some(note),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(versions::get(tx, &caller.scope(), id)?.0)
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PolicyVersionId,
    if_match: Option<i64>,
    body: &UpdatePolicyDraft,
) -> ApiResult<PolicyVersion> {
    let (draft, document) = load(tx, caller, id, if_match, PolicyVersionAction::Edit)?;
    let note = body
        .note
        .as_deref()
        .map_or(Ok(draft.summary.note.as_str()), checked_note)?;
    let nothing = json!({});
    let patch = body.policy.as_ref().unwrap_or(&nothing);
    let resolved = layers::amend(&document, patch).map_err(|faults| refusal("/policy", faults))?;
    versions::update_draft(tx, id, draft.summary.version, note, &resolved.document)?;
    let change = audit::Change {
        action: "policy_draft.edited",
        object: id.to_string(),
        before: Some(json!({ "note": draft.summary.note })),
        after: Some(json!({ "note": note, "changes": changes(&document, &resolved.document)? })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(versions::get(tx, &caller.scope(), id)?.0)
}

pub(super) fn discard(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PolicyVersionId,
    if_match: Option<i64>,
) -> ApiResult<PolicyVersion> {
    let (draft, _) = load(tx, caller, id, if_match, PolicyVersionAction::Discard)?;
    versions::discard_draft(tx, id, draft.summary.version)?;
    let change = audit::Change {
        action: "policy_draft.discarded",
        object: id.to_string(),
        before: Some(json!({ "status": draft.summary.status })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(versions::get(tx, &caller.scope(), id)?.0)
}

/// Puts a draft in force and stamps the programme's orders again, all at one instant. Deliveries keep
/// their stamp and their deadline, so that no open window moves.
pub(super) fn publish(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PolicyVersionId,
    if_match: Option<i64>,
) -> ApiResult<PolicyVersion> {
    let (draft, document) = load(tx, caller, id, if_match, PolicyVersionAction::Publish)?;
    let programme = draft.summary.programme_id;
    let before = match draft.summary.base_version_id {
        Some(base) => store::version_document(tx, base)?,
        None => json!({}),
    };
    if !versions::put_in_force(tx, programme, draft.summary.base_version_id, id)? {
        return Err(ApiError::conflict(
            "Another version was published since this draft was made; make a new draft from it.",
        ));
    }
    let number = versions::publish(tx, programme, id, draft.summary.version, caller.user_id().ok())?;
    let stamped = stamps::restamp(tx, programme, Orders::OfProgramme, "")?;
    // Leads are taken in by the new rules too, so every server looks at the market again even where
    // no order changed.
    market::changed(tx)?;
    let changes = layers::changes(&before, &document);
    let change = audit::Change {
        action: "policy.published",
        object: id.to_string(),
        before: draft
            .summary
            .base_version_id
            .map(|base| json!({ "policy_version_id": base })),
        after: Some(json!({ "number": number, "changes": changes, "orders_stamped": stamped })),
        reason: Some(&draft.summary.note),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    let subject = events::Subject::of(id).programme(programme);
    let facts = json!({ "programme_id": programme, "number": number, "orders_stamped": stamped });
    events::push(tx, EventKind::PolicyPublished, subject, &facts)?;
    Ok(versions::get(tx, &caller.scope(), id)?.0)
}

/// What a draft would change, and whose orders' terms it would not fit.
pub(super) fn compare(
    conn: &mut Conn,
    scope: &Scope,
    id: PolicyVersionId,
    now: tradepost_contract::Timestamp,
) -> ApiResult<PolicyComparison> {
    let (draft, document) = versions::get(conn, scope, id)?;
    let programme = draft.summary.programme_id;
    let (base, in_force) = store::version_in_force(conn, programme)?;
    let today = store::today(conn, programme, now)?;
    let plan = stamps::plan(conn, programme, Orders::OfProgramme, &document, today)?;
    Ok(PolicyComparison {
        draft_id: id,
        base_version_id: base,
        outdated: draft.summary.base_version_id != Some(base),
        changes: layers::changes(&in_force, &document),
        orders_affected: versions::count_orders(conn, programme)?,
        conflicts: plan.conflicts,
    })
}

fn load(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PolicyVersionId,
    if_match: Option<i64>,
    action: PolicyVersionAction,
) -> ApiResult<(PolicyVersion, Value)> {
    let (draft, document) = versions::get(tx, &caller.scope(), id)?;
    draft
        .summary
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if if_match.is_some_and(|seen| seen != draft.summary.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok((draft, document))
}

fn changes(before: &Value, after: &str) -> ApiResult<Value> {
    let after: Value = serde_json::from_str(after)?;
    Ok(serde_json::to_value(layers::changes(before, &after))?)
}

fn checked_note(note: &str) -> ApiResult<&str> {
    let length = note.trim().chars().count();
    if (1..=NOTE_LENGTH).contains(&length) && !note.chars().any(|letter| letter == '\0') {
        return Ok(note.trim());
    }
    let fault = FieldError::new("/note", "length", format!("a note has 1 to {NOTE_LENGTH} characters"));
    Err(ApiError::invalid(vec![fault]))
}
