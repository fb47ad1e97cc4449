//! Making targets and changing them. Whoever changes one holds its endpoint's row first.

use super::outgoing;
use super::rules;
use super::store::{self, MAIL, Row, Target};
use super::telling::tell;
use crate::audit;
use crate::auth::Caller;
use crate::auth::secrets::Secrets;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::suppliers::fields::{self, Faults};
use crate::webhooks::ops as endpoint_ops;
use crate::webhooks::store::deliveries::{self, Wanted};
use crate::webhooks::store::{self as endpoints, Row as Endpoint};
use serde_json::json;
use tradepost_contract::delivery_targets::{
    CreateDeliveryTarget, DeliveryTarget, DeliveryTargetAuth, DeliveryTargetKind, LeadForward, MOST_DELIVERY_TARGETS,
    UpdateDeliveryTarget,
};
use tradepost_contract::events::EventKind;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{
    EnableWebhookEndpoint, WebhookDelivery, WebhookEndpointAction, WebhookEndpointStatus,
};
use tradepost_contract::{
    DeliveryTargetId, NotificationId, ProblemCode, ProgrammeId, SupplierId, WebhookDeliveryId, WebhookEndpointId,
};

const LONGEST_NAME: usize = 100;

/// Makes a target. Where its web address leads to has been looked at.
pub(super) fn create(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    new: &CreateDeliveryTarget,
) -> ApiResult<DeliveryTarget> {
    let (supplier, programme) = owner(tx, caller, new.supplier_id)?;
    let mut faults = Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, LONGEST_NAME));
    let url = address(&mut faults, new.kind, &new.address);
    rules::check_fields(&mut faults, new.kind, &new.fields);
    let secret = new.auth_secret.as_ref().map(|secret| secret.reveal());
    let shown = rules::check_auth(&mut faults, new.kind, new.auth, new.auth_name.as_deref(), secret);
    faults.finish()?;
    if let Some(business) = new.business_id
        && !store::has_business(tx, supplier, business)?
    {
        return Err(ApiError::unknown_id("/business_id"));
    }
    if let Some(order) = new.order_id
        && !store::has_order(tx, supplier, order)?
    {
        return Err(ApiError::unknown_id("/order_id"));
    }
    // Whoever is sent persons has to be one who may read them.
    caller.need(Permission::DeliveriesRead)?;
    if store::count(tx, supplier)? >= MOST_DELIVERY_TARGETS {
        return Err(ApiError::conflict(format!(
            "An account has at most {MOST_DELIVERY_TARGETS} delivery targets. Take one away first."
        )));
    }
    let (endpoint_id, id, now): (WebhookEndpointId, DeliveryTargetId, _) = (tx.new_id(), tx.new_id(), tx.wall_now());
    let sealed = secrets.seal(&endpoint_id.to_string(), secret.unwrap_or_default().as_bytes());
    let sealed = sealed.map_err(ApiError::internal)?;
    let endpoint = Endpoint {
        supplier_id: Some(supplier),
        programme_id: Some(programme),
        kinds: serde_json::to_string(&[EventKind::DeliveryCreated])?,
        ..Endpoint::fresh(endpoint_id, name, url, sealed, now)
    };
    let row = Row {
        id,
        endpoint_id,
        supplier_id: supplier,
        kind: new.kind,
        business_id: new.business_id,
        order_id: new.order_id,
        fields: serde_json::to_string(&new.fields)?,
        auth: new.auth,
        auth_name: shown.auth_name,
        created_at: now,
    };
    endpoints::insert(tx, &endpoint)?;
    store::insert(tx, &row)?;
    tell(tx, &caller.actor(), "delivery_target.created", (&row, &endpoint), None)?;
    store::get(tx, &caller.scope(), id)
}

/// The supplier that was named, where the caller may act for it; else the caller's. Its row is held, so that it never has
/// more targets than it may have.
fn owner(tx: &mut Tx<'_>, caller: &Caller, named: Option<SupplierId>) -> ApiResult<(SupplierId, ProgrammeId)> {
    let scope = caller.scope();
    let Some(supplier) = named.or(scope.supplier()) else {
        return Err(ApiError::new(ProblemCode::Invalid).field("/supplier_id", "required", "Say whose leads."));
    };
    let unknown = || ApiError::unknown_id("/supplier_id");
    if !scope.allows_supplier(supplier) {
        return Err(unknown());
    }
    let programme = store::hold_supplier(tx, supplier)?;
    let programme = programme.filter(|programme| scope.allows_programme(*programme));
    Ok((supplier, programme.ok_or_else(unknown)?))
}

/// What the endpoint has as its address.
fn address(faults: &mut Faults, kind: DeliveryTargetKind, text: &str) -> String {
    if kind.is_mail() {
        format!("{MAIL}{}", faults.keep(fields::email("/address", text)))
    } else {
        text.to_owned()
    }
}

type Held = (Row, Endpoint);

fn held(tx: &mut Tx<'_>, caller: &Caller, id: DeliveryTargetId, seen: Option<i64>) -> ApiResult<Held> {
    let (row, endpoint) = store::hold(tx, &caller.scope(), id)?;
    if seen.is_some_and(|seen| seen != endpoint.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok((row, endpoint))
}

/// Changes a target. Another web address has been looked at.
pub(super) fn update(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    id: DeliveryTargetId,
    seen: Option<i64>,
    patch: &UpdateDeliveryTarget,
) -> ApiResult<DeliveryTarget> {
    let (mut row, mut endpoint) = held(tx, caller, id, seen)?;
    let before = (row.clone(), endpoint.clone());
    let mut faults = Faults::default();
    if let Some(name) = &patch.name {
        endpoint.name = faults.keep(fields::line("/name", name, LONGEST_NAME));
    }
    if let Some(text) = &patch.address {
        endpoint.url = address(&mut faults, row.kind, text);
    }
    if let Some(fields) = &patch.fields {
        rules::check_fields(&mut faults, row.kind, fields);
        row.fields = serde_json::to_string(fields)?;
    }
    let secret = patch.auth_secret.as_ref().map(|secret| secret.reveal());
    let moved = endpoint.url != before.1.url && row.auth != DeliveryTargetAuth::None;
    if patch.auth.is_some() || patch.auth_name.is_some() || secret.is_some() || moved {
        // Who is elsewhere is not shown what was meant for somebody else.
        let (auth, kept) = (patch.auth.unwrap_or(row.auth), row.auth_name.clone());
        let name = match auth {
            DeliveryTargetAuth::None => patch.auth_name.clone(),
            _ => patch.auth_name.clone().or(kept),
        };
        let shown = rules::check_auth(&mut faults, row.kind, auth, name.as_deref(), secret);
        (row.auth, row.auth_name) = (auth, shown.auth_name);
        let sealed = secrets.seal(&endpoint.place(), secret.unwrap_or_default().as_bytes());
        endpoint.secret = sealed.map_err(ApiError::internal)?;
    }
    faults.finish()?;
    caller.need(Permission::DeliveriesRead)?;
    endpoints::save(tx, &mut endpoint)?;
    store::save(tx, &row)?;
    let (then, now) = ((&before.0, &before.1), (&row, &endpoint));
    tell(tx, &caller.actor(), "delivery_target.updated", now, Some(then))?;
    store::get(tx, &caller.scope(), id)
}

/// Sends nothing for a while. What is sold meanwhile is sent afterwards.
pub(super) fn pause(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: DeliveryTargetId,
    seen: Option<i64>,
) -> ApiResult<DeliveryTarget> {
    let (row, mut endpoint) = held(tx, caller, id, seen)?;
    let before = endpoint.clone();
    endpoint_ops::go(&mut endpoint, WebhookEndpointAction::Pause)?;
    endpoints::save(tx, &mut endpoint)?;
    let then = (&row, &before);
    tell(
        tx,
        &caller.actor(),
        "delivery_target.paused",
        (&row, &endpoint),
        Some(then),
    )?;
    store::get(tx, &caller.scope(), id)
}

/// Sends again; what was missed first, or not at all.
pub(super) fn enable(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: DeliveryTargetId,
    seen: Option<i64>,
    wish: &EnableWebhookEndpoint,
) -> ApiResult<DeliveryTarget> {
    let (row, mut endpoint) = held(tx, caller, id, seen)?;
    let before = endpoint.clone();
    endpoint_ops::go(&mut endpoint, WebhookEndpointAction::Enable)?;
    endpoint_ops::start(tx, &mut endpoint, wish.skip_missed)?;
    endpoints::save(tx, &mut endpoint)?;
    let then = (&row, &before);
    tell(
        tx,
        &caller.actor(),
        "delivery_target.enabled",
        (&row, &endpoint),
        Some(then),
    )?;
    store::get(tx, &caller.scope(), id)
}

/// Takes a target away, its secret at once and what was sent to it soon after.
pub(super) fn delete(tx: &mut Tx<'_>, caller: &Caller, id: DeliveryTargetId, seen: Option<i64>) -> ApiResult<()> {
    let (row, mut endpoint) = held(tx, caller, id, seen)?;
    let before = endpoint.clone();
    endpoint_ops::end(&mut endpoint)?;
    endpoints::save(tx, &mut endpoint)?;
    tell(
        tx,
        &caller.actor(),
        "delivery_target.deleted",
        (&row, &endpoint),
        Some((&row, &before)),
    )
}

/// Writes down that somebody tries a target; a mail is put on its way.
pub(super) fn tried(tx: &mut Tx<'_>, caller: &Caller, target: &Target, mail_to: Option<&str>) -> ApiResult<()> {
    if let Some(address) = mail_to {
        let occasion: NotificationId = tx.new_id();
        let facts = json!({ "target_id": target.row.id });
        outgoing::write_mail(tx, target, &format!("test:{occasion}"), address, &facts)?;
    }
    let change = audit::Change {
        action: "delivery_target.tried",
        object: target.row.id.to_string(),
        supplier: Some(target.row.supplier_id),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)
}

/// Sends a lead again, or at once.
pub(super) fn replay(tx: &mut Tx<'_>, caller: &Caller, id: WebhookDeliveryId) -> ApiResult<LeadForward> {
    let row = deliveries::find(tx, id)?.ok_or_else(ApiError::not_found)?;
    let target = store::of_endpoint(tx, row.endpoint_id)?.ok_or_else(ApiError::not_found)?;
    let (_, endpoint) = held(tx, caller, target.row.id, None)?;
    if endpoint.status != WebhookEndpointStatus::Active {
        return Err(ApiError::conflict("Enable the delivery target first."));
    }
    let wanted = Wanted {
        event: row.event_id,
        kind: row.kind,
        subject: row.subject.clone(),
    };
    deliveries::send_again(tx, row.endpoint_id, &wanted)?;
    let change = audit::Change {
        action: "delivery_target.replayed",
        object: target.row.id.to_string(),
        supplier: Some(target.row.supplier_id),
        after: Some(json!({ "delivery_id": row.subject })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    let again = deliveries::find(tx, id)?.ok_or_else(ApiError::not_found)?;
    forward(target.row.id, again.into())
}

/// What is sent, as that of a target.
pub(super) fn forward(target: DeliveryTargetId, sent: WebhookDelivery) -> ApiResult<LeadForward> {
    Ok(LeadForward {
        id: sent.id,
        target_id: target,
        delivery_id: sent.subject.parse().map_err(ApiError::internal)?,
        status: sent.status,
        attempts: sent.attempts,
        next_attempt_at: sent.next_attempt_at,
        last_status_code: sent.last_status_code,
        last_fault: sent.last_fault,
        created_at: sent.created_at,
        finished_at: sent.finished_at,
    })
}
