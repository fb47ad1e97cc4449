//! Making endpoints and changing them. Whoever changes one holds its row first.

use super::store::{self, Row, deliveries};
use super::{rules, signature};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Followed, Subject};
use crate::suppliers::fields::{self, Faults};
use deliveries::Wanted;
use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{
    CreateWebhookEndpoint, EnableWebhookEndpoint, LONGEST_OVERLAP_HOURS, ReplayWebhooks, RotateWebhookSecret,
    USUAL_OVERLAP_HOURS, UpdateWebhookEndpoint, WebhookDelivery, WebhookEndpoint, WebhookEndpointAction,
    WebhookEndpointStatus, WebhookEndpointWithSecret, WebhookInclude, is_for_suppliers,
};
use tradepost_contract::{EventId, Id, ProblemCode, ProgrammeId, SupplierId, WebhookEndpointId};

const LONGEST_NAME: usize = 100;

/// Makes an endpoint. Where its URL leads to has been looked at.
pub(super) fn create(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    new: &CreateWebhookEndpoint,
) -> ApiResult<WebhookEndpointWithSecret> {
    let owner = owner(tx, caller, new)?;
    let mut faults = Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, LONGEST_NAME));
    check_kinds(&mut faults, &new.kinds, owner.supplier);
    check_includes(&mut faults, &new.includes, owner.supplier);
    faults.finish()?;
    may_include(caller, &new.includes)?;
    let id: WebhookEndpointId = tx.new_id();
    let secret = signature::new_secret();
    let sealed = secrets.seal(&id.to_string(), &secret).map_err(ApiError::internal)?;
    let row = Row {
        supplier_id: owner.supplier,
        programme_id: owner.programme,
        only_supplier_id: owner.only_supplier,
        kinds: words(&new.kinds)?,
        includes: words(&new.includes)?,
        ..Row::fresh(id, name, new.url.clone(), sealed, tx.wall_now())
    };
    store::insert(tx, &row)?;
    tell(tx, &caller.actor(), "webhook_endpoint.created", &row, None)?;
    Ok(WebhookEndpointWithSecret {
        endpoint: store::get(tx, &caller.scope(), id)?,
        secret: Some(SecretText::new(signature::shown(&secret))),
    })
}

/// Whose an endpoint is, and what it is about.
struct Owner {
    supplier: Option<SupplierId>,
    programme: Option<ProgrammeId>,
    only_supplier: Option<SupplierId>,
}

/// The owner that was named, where the caller may act for it; else the caller.
fn owner(tx: &mut Tx<'_>, caller: &Caller, new: &CreateWebhookEndpoint) -> ApiResult<Owner> {
    let scope = caller.scope();
    let programme_of = |tx: &mut Tx<'_>, supplier: SupplierId, pointer: &str| {
        store::programme_of(tx, supplier)?
            .filter(|programme| scope.allows_supplier(supplier) && scope.allows_programme(*programme))
            .ok_or_else(|| ApiError::unknown_id(pointer))
    };
    if let Some(supplier) = new.supplier_id.or(scope.supplier()) {
        let programme = programme_of(tx, supplier, "/supplier_id")?;
        if new.programme_id.is_some_and(|named| named != programme) {
            return Err(ApiError::unknown_id("/programme_id"));
        }
        if new.only_supplier_id.is_some_and(|named| named != supplier) {
            return Err(ApiError::unknown_id("/only_supplier_id"));
        }
        return Ok(Owner {
            supplier: Some(supplier),
            programme: Some(programme),
            only_supplier: None,
        });
    }
    let named = match new.programme_id {
        Some(programme) if !scope.allows_programme(programme) || !store::programme_exists(tx, programme)? => {
            return Err(ApiError::unknown_id("/programme_id"));
        }
        named => named.or(scope.programme()),
    };
    if let Some(supplier) = new.only_supplier_id {
        let programme = programme_of(tx, supplier, "/only_supplier_id")?;
        if named.is_some_and(|named| named != programme) {
            return Err(ApiError::unknown_id("/only_supplier_id"));
        }
    }
    Ok(Owner {
        supplier: None,
        programme: named,
        only_supplier: new.only_supplier_id,
    })
}

/// Nobody asks for events of kinds that they are never sent (R127).
fn check_kinds(faults: &mut Faults, kinds: &[EventKind], supplier: Option<SupplierId>) {
    for (at, kind) in kinds.iter().enumerate() {
        if supplier.is_some() && !is_for_suppliers(*kind) {
            faults.push(format!("/kinds/{at}"), "not_for_supplier", "is not sent to suppliers");
        }
    }
}

/// The seller reads its leads from the API.
fn check_includes(faults: &mut Faults, includes: &[WebhookInclude], supplier: Option<SupplierId>) {
    if supplier.is_none() && !includes.is_empty() {
        faults.push("/includes", "only_for_supplier", "is for the endpoints of suppliers");
    }
}

/// Who is sent a person's particulars has to be one who may read them.
fn may_include(caller: &Caller, includes: &[WebhookInclude]) -> ApiResult<()> {
    if includes.contains(&WebhookInclude::Delivery) {
        caller.need(Permission::DeliveriesRead)?;
    }
    Ok(())
}

/// Each word once, in the order of the list of all.
fn words<T: serde::Serialize + Copy + Ord>(given: &[T]) -> ApiResult<String> {
    let mut given = given.to_vec();
    given.sort_unstable();
    given.dedup();
    Ok(serde_json::to_string(&given)?)
}

fn held(tx: &mut Tx<'_>, caller: &Caller, id: WebhookEndpointId, seen: Option<i64>) -> ApiResult<Row> {
    let row = store::hold(tx, &caller.scope(), id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(row)
}

/// Changes what an endpoint is called, where it is, and what it is sent. Another URL has been looked at.
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WebhookEndpointId,
    seen: Option<i64>,
    patch: &UpdateWebhookEndpoint,
) -> ApiResult<WebhookEndpoint> {
    let mut row = held(tx, caller, id, seen)?;
    let before = row.clone();
    let mut faults = Faults::default();
    if let Some(name) = &patch.name {
        row.name = faults.keep(fields::line("/name", name, LONGEST_NAME));
    }
    if let Some(url) = &patch.url {
        row.url.clone_from(url);
    }
    if let Some(kinds) = &patch.kinds {
        check_kinds(&mut faults, kinds, row.supplier_id);
        row.kinds = words(kinds)?;
    }
    if let Some(includes) = &patch.includes {
        check_includes(&mut faults, includes, row.supplier_id);
        row.includes = words(includes)?;
    }
    faults.finish()?;
    // Elsewhere, the particulars would go to somebody else.
    if patch.includes.is_some() || patch.url.is_some() {
        may_include(caller, &row.includes()?)?;
    }
    if row.kinds != before.kinds {
        // What was not wanted until here is not sent afterwards.
        row.log_from = row.sent_up_to;
    }
    let same = (&row.name, &row.url, &row.kinds, &row.includes)
        == (&before.name, &before.url, &before.kinds, &before.includes);
    if !same {
        store::save(tx, &mut row)?;
        tell(tx, &caller.actor(), "webhook_endpoint.updated", &row, Some(&before))?;
    }
    store::get(tx, &caller.scope(), id)
}

/// Takes the status a step on.
pub(crate) fn go(row: &mut Row, action: WebhookEndpointAction) -> ApiResult<()> {
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(format!("The endpoint is {} already.", refused.from)))?;
    Ok(())
}

/// Sends nothing for a while. What happens meanwhile is sent afterwards.
pub(super) fn pause(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WebhookEndpointId,
    seen: Option<i64>,
) -> ApiResult<WebhookEndpoint> {
    let mut row = held(tx, caller, id, seen)?;
    let before = row.clone();
    go(&mut row, WebhookEndpointAction::Pause)?;
    store::save(tx, &mut row)?;
    tell(tx, &caller.actor(), "webhook_endpoint.paused", &row, Some(&before))?;
    store::get(tx, &caller.scope(), id)
}

/// Sends again; what was missed first, or not at all.
pub(super) fn enable(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WebhookEndpointId,
    seen: Option<i64>,
    wish: &EnableWebhookEndpoint,
) -> ApiResult<WebhookEndpoint> {
    let mut row = held(tx, caller, id, seen)?;
    let before = row.clone();
    go(&mut row, WebhookEndpointAction::Enable)?;
    start(tx, &mut row, wish.skip_missed)?;
    store::save(tx, &mut row)?;
    tell(tx, &caller.actor(), "webhook_endpoint.enabled", &row, Some(&before))?;
    store::get(tx, &caller.scope(), id)
}

/// Takes an endpoint away, its secret at once and what was sent to it soon after.
pub(super) fn delete(tx: &mut Tx<'_>, caller: &Caller, id: WebhookEndpointId, seen: Option<i64>) -> ApiResult<()> {
    let mut row = held(tx, caller, id, seen)?;
    let before = row.clone();
    end(&mut row)?;
    store::save(tx, &mut row)?;
    tell(tx, &caller.actor(), "webhook_endpoint.deleted", &row, Some(&before))
}

/// Forgets why nothing was sent, and what was missed where it is not wanted.
pub(crate) fn start(tx: &mut Tx<'_>, row: &mut Row, skip_missed: bool) -> ApiResult<()> {
    (row.disabled_because, row.failing_since) = (None, None);
    if skip_missed {
        let now: EventId = tx.new_id();
        (row.sent_up_to, row.log_from) = (now, now);
        (row.replay_from, row.replay_up_to) = (None, None);
        deliveries::skip_all(tx, row.id)?;
    }
    Ok(())
}

/// Ends an endpoint, and its secret with it.
pub(crate) fn end(row: &mut Row) -> ApiResult<()> {
    go(row, WebhookEndpointAction::Delete)?;
    (row.disabled_because, row.failing_since) = (None, None);
    row.secret = String::new();
    (row.previous_secret, row.previous_secret_until) = (None, None);
    (row.replay_from, row.replay_up_to) = (None, None);
    Ok(())
}

/// Gives an endpoint another secret. For a while the old one signs too.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    id: WebhookEndpointId,
    seen: Option<i64>,
    wish: &RotateWebhookSecret,
) -> ApiResult<WebhookEndpointWithSecret> {
    let mut row = held(tx, caller, id, seen)?;
    let before = row.clone();
    let hours = wish.overlap_hours.unwrap_or(USUAL_OVERLAP_HOURS);
    if !(0..=LONGEST_OVERLAP_HOURS).contains(&hours) {
        return Err(ApiError::new(ProblemCode::Invalid).field("/overlap_hours", "out_of_range", "expected 0 to 168"));
    }
    let secret = signature::new_secret();
    let sealed = secrets.seal(&row.place(), &secret).map_err(ApiError::internal)?;
    let old = std::mem::replace(&mut row.secret, sealed);
    let overlaps = hours > 0;
    row.previous_secret = overlaps.then_some(old);
    row.previous_secret_until = overlaps.then(|| tx.wall_now().plus(Duration::hours(hours)));
    store::save(tx, &mut row)?;
    tell(
        tx,
        &caller.actor(),
        "webhook_endpoint.secret_rotated",
        &row,
        Some(&before),
    )?;
    Ok(WebhookEndpointWithSecret {
        endpoint: store::get(tx, &caller.scope(), id)?,
        secret: Some(SecretText::new(signature::shown(&secret))),
    })
}

/// What an endpoint is sent.
pub(super) fn followed(row: &Row) -> ApiResult<Followed> {
    Ok(Followed {
        kinds: rules::kinds_of(&row.kinds()?, row.supplier_id.is_some()),
        programme: row.programme_id,
        supplier: row.about(),
        but: row.id.to_string(),
    })
}

/// Sends past events again: one, or those of a while, which a job puts on their way.
pub(super) fn replay(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WebhookEndpointId,
    wish: &ReplayWebhooks,
) -> ApiResult<WebhookEndpoint> {
    let mut row = held(tx, caller, id, None)?;
    let invalid = |pointer: &str, code: &str, why: &str| ApiError::new(ProblemCode::Invalid).field(pointer, code, why);
    if row.status != WebhookEndpointStatus::Active {
        return Err(ApiError::conflict("Enable the endpoint first."));
    }
    let what = match (wish.event_id, wish.since) {
        (Some(event), None) => {
            let before = EventId::from_i64(event.as_i64() - 1);
            let found = events::followed_after(tx, &followed(&row)?, before, event, 1)?.pop();
            let (event, kind, subject) = match found {
                Some(found) => found,
                None => own_test(tx, &row, event)?.ok_or_else(|| ApiError::unknown_id("/event_id"))?,
            };
            deliveries::send_again(tx, id, &Wanted { event, kind, subject })?;
            json!({ "event_id": event })
        }
        (None, Some(since)) => {
            if since > tx.wall_now() {
                return Err(invalid("/since", "in_the_future", "must not be in the future"));
            }
            if row.replay_from.is_some() {
                return Err(ApiError::conflict("Past events are being sent again already."));
            }
            let from = events::id_at(since).as_i64() - 1;
            if from < row.sent_up_to.as_i64() {
                row.replay_from = Some(EventId::from_i64(from.max(0)));
                row.replay_up_to = Some(row.sent_up_to);
                store::save(tx, &mut row)?;
            }
            json!({ "since": since })
        }
        (None, None) => return Err(invalid("/event_id", "required", "Say which event, or since when.")),
        (Some(_), Some(_)) => return Err(invalid("/since", "invalid", "Say which event or since when, not both.")),
    };
    let change = audit::Change {
        action: "webhook_endpoint.replayed",
        object: id.to_string(),
        supplier: row.supplier_id,
        after: Some(what),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    store::get(tx, &caller.scope(), id)
}

/// A test event of this very endpoint.
fn own_test(tx: &mut Tx<'_>, row: &Row, event: EventId) -> ApiResult<Option<(EventId, EventKind, String)>> {
    let found = events::get(tx, event)?;
    Ok(found
        .filter(|event| event.kind == EventKind::WebhookTest && event.subject == row.id.to_string())
        .map(|event| (event.id, event.kind, event.subject)))
}

/// Sends a test event to this endpoint.
pub(super) fn test(tx: &mut Tx<'_>, caller: &Caller, id: WebhookEndpointId) -> ApiResult<WebhookDelivery> {
    let row = held(tx, caller, id, None)?;
    if row.status != WebhookEndpointStatus::Active {
        return Err(ApiError::conflict("Enable the endpoint first."));
    }
    let kind = EventKind::WebhookTest;
    let event = events::push(tx, kind, subject(&row), &json!({ "endpoint_id": id }))?;
    let wanted = Wanted {
        event,
        kind,
        subject: id.to_string(),
    };
    deliveries::send(tx, id, &wanted)?;
    let change = audit::Change {
        action: "webhook_endpoint.tested",
        object: id.to_string(),
        supplier: row.supplier_id,
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(deliveries::of_event(tx, id, event)?.into())
}

fn subject(row: &Row) -> Subject {
    let mut subject = Subject::of(row.id);
    if let Some(programme) = row.programme_id {
        subject = subject.programme(programme);
    }
    if let Some(supplier) = row.supplier_id {
        subject = subject.supplier(supplier);
    }
    subject
}

/// Writes a change down and tells of it.
pub(super) fn tell(tx: &mut Tx<'_>, actor: &Actor, action: &str, row: &Row, before: Option<&Row>) -> ApiResult<()> {
    let facts = json!({ "status": row.status, "disabled_because": row.disabled_because });
    events::push(tx, EventKind::WebhookEndpointChanged, subject(row), &facts)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: row.supplier_id,
        before: before.map(trail).transpose()?,
        after: Some(trail(row)?),
        reason: None,
    };
    audit::record(tx, actor, change)
}

/// What the audit trail keeps of an endpoint: its host, because a path may hold a token.
fn trail(row: &Row) -> ApiResult<Value> {
    let host = reqwest::Url::parse(&row.url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    Ok(json!({
        "status": row.status, "host": host, "kinds": row.kinds()?, "includes": row.includes()?,
        "programme_id": row.programme_id, "only_supplier_id": row.only_supplier_id,
    }))
}
