//! Handlers of `/delivery-targets` and `/lead-forwards`.

use super::outgoing::{self, Trial};
use super::store::{self, Filter};
use super::{of_endpoint, ops};
use crate::app::App;
use crate::auth::Caller;
use crate::clock;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use crate::webhooks::courier::Answered;
use crate::webhooks::http::check_url;
use crate::webhooks::store::deliveries;
use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use serde::Deserialize;
use tradepost_contract::delivery_targets::{
    CreateDeliveryTarget, DeliveryTarget, DeliveryTargetKind, DeliveryTargetTrial, LeadForward, LeadForwardLog,
    TryDeliveryTarget, UpdateDeliveryTarget,
};
use tradepost_contract::webhooks::{EnableWebhookEndpoint, WebhookDeliveryStatus, WebhookEndpointStatus, WebhookFault};
use tradepost_contract::{DeliveryId, DeliveryTargetId, Page, SupplierId, WebhookDeliveryId};
use utoipa::IntoParams;

/// So many attempts of a lead are shown.
const ATTEMPTS: i64 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListDeliveryTargets {
    /// Only those of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only of these kinds, such as `adf_mail,adf_post`.
    #[param(value_type = Option<String>)]
    kind: Option<Many<DeliveryTargetKind>>,
    /// Only those that stand so, such as `paused,disabled`.
    #[param(value_type = Option<String>)]
    status: Option<Many<WebhookEndpointStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List delivery targets
///
/// Newest first. A supplier's owners see their own account's.
#[utoipa::path(tag = "delivery-targets", params(ListDeliveryTargets), responses((status = 200, body = Page<DeliveryTarget>), Problems))]
#[get("/delivery-targets")]
pub(super) async fn list_delivery_targets(
    caller: Caller,
    query: Query<ListDeliveryTargets>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        supplier: query.supplier_id,
        kinds: query.kind.map(|many| many.0),
        statuses: query.status.map(|many| many.0),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| store::list(conn, &scope, filter, &window))
        .await?;
    Reply::ok(&page)
}

/// Make a delivery target
///
/// It is sent the leads that are sold from now on. An account has at most ten. An address that is not of the public
/// internet is refused with 422 and `refused_address`, and is looked at again before every lead.
#[utoipa::path(tag = "delivery-targets", request_body = CreateDeliveryTarget, responses((status = 201, body = DeliveryTarget), Problems))]
#[post("/delivery-targets")]
pub(super) async fn create_delivery_target(
    caller: Caller,
    command: Command<CreateDeliveryTarget>,
    app: Data<App>,
) -> ApiResult<Reply> {
    if !command.body.kind.is_mail() {
        check_url(&app, "/address", &command.body.address).await?;
    }
    let secrets = app.secrets.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let made = ops::create(tx, &secrets, caller, body)?;
            let location = format!("/api/v1/delivery-targets/{}", made.id);
            Ok(Reply::created(location, &made)?.etag(made.version))
        })
        .await
}

fn shown(target: &DeliveryTarget) -> ApiResult<Reply> {
    Ok(Reply::ok(target)?.etag(target.version))
}

/// Show a delivery target
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), responses((status = 200, body = DeliveryTarget), Problems))]
#[get("/delivery-targets/{id}")]
pub(super) async fn get_delivery_target(caller: Caller, id: Id<DeliveryTargetId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let target = app.db.read(move |conn| store::get(conn, &scope, id.0)).await?;
    shown(&target)
}

/// Change a delivery target
///
/// Another address or form holds also for what waits. With another web address its secret has to be given again.
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), request_body = UpdateDeliveryTarget, responses((status = 200, body = DeliveryTarget), Problems))]
#[patch("/delivery-targets/{id}")]
pub(super) async fn update_delivery_target(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    command: Command<UpdateDeliveryTarget>,
    app: Data<App>,
) -> ApiResult<Reply> {
    if let Some(address) = &command.body.address {
        let scope = caller.scope();
        let (row, _) = app.db.read(move |conn| store::find(conn, &scope, id.0)).await?;
        if !row.kind.is_mail() {
            check_url(&app, "/address", address).await?;
        }
    }
    let (secrets, seen) = (app.secrets.clone(), command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            shown(&ops::update(tx, &secrets, caller, id.0, seen, body)?)
        })
        .await
}

/// Pause a delivery target
///
/// What is sold meanwhile is sent when it is enabled again.
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), responses((status = 200, body = DeliveryTarget), Problems))]
#[post("/delivery-targets/{id}/pause")]
pub(super) async fn pause_delivery_target(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, _| {
            shown(&ops::pause(tx, caller, id.0, seen)?)
        })
        .await
}

/// Enable a delivery target
///
/// After a pause, or after it was disabled because it was gone or failed for five days. What was missed is sent first,
/// unless `skip_missed` says otherwise.
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), request_body = EnableWebhookEndpoint, responses((status = 200, body = DeliveryTarget), Problems))]
#[post("/delivery-targets/{id}/enable")]
pub(super) async fn enable_delivery_target(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    command: Command<EnableWebhookEndpoint>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            shown(&ops::enable(tx, caller, id.0, seen, body)?)
        })
        .await
}

/// Take a delivery target away
///
/// Its secret is forgotten at once, and what was sent to it soon after.
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), responses((status = 204), Problems))]
#[delete("/delivery-targets/{id}")]
pub(super) async fn delete_delivery_target(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, _| {
            ops::delete(tx, caller, id.0, seen)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Try a delivery target with a made-up lead
///
/// Shows what would be sent, and with `send` what came back. Nothing of it is kept but that it was tried, and no saved
/// answer, so that `Idempotency-Key` makes no difference here. A receiver tells a try by the header `x-delivery-test`.
#[utoipa::path(tag = "delivery-targets", params(("id" = DeliveryTargetId, Path)), request_body = TryDeliveryTarget, responses((status = 200, body = DeliveryTargetTrial), Problems))]
#[post("/delivery-targets/{id}/try")]
pub(super) async fn try_delivery_target(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    command: Command<TryDeliveryTarget>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, secrets) = (caller.scope(), app.secrets.clone());
    let (trial, target) = app
        .db
        .read(move |conn| {
            let (row, endpoint) = store::find(conn, &scope, id.0)?;
            let target = of_endpoint(conn, row.endpoint_id)?.ok_or_else(ApiError::not_found)?;
            Ok((outgoing::trial(conn, &secrets, &row, &endpoint)?, target))
        })
        .await?;
    let Trial {
        address,
        headers,
        body,
        ready,
    } = trial;
    let mut answer = None;
    if command.body.send {
        let (mail, to) = (target.row.kind.is_mail(), address.clone());
        app.db
            .write(move |tx| ops::tried(tx, &caller, &target, mail.then_some(to.as_str())))
            .await?;
        let (started_at, took) = (app.clock.wall_now(), clock::stopwatch());
        let answered = match &ready {
            _ if mail => None,
            None => Some(Answered::failed(WebhookFault::SecretLost)),
            Some(ready) => Some(app.webhooks.courier.carry(ready.to_letter()).await),
        };
        answer = answered.map(|answered| answered.tried(started_at, took.elapsed()).into());
    }
    Reply::ok(&DeliveryTargetTrial {
        address,
        headers,
        body,
        answer,
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLeadForwards {
    /// Only those that stand so, such as `dead`.
    #[param(value_type = Option<String>)]
    status: Option<Many<WebhookDeliveryStatus>>,
    /// Only this lead.
    delivery_id: Option<DeliveryId>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what was sent to a delivery target
///
/// Newest first, for thirty days after it was finished. Dead letters are those with the status `dead`.
#[utoipa::path(
    tag = "delivery-targets",
    params(("id" = DeliveryTargetId, Path), ListLeadForwards),
    responses((status = 200, body = Page<LeadForward>), Problems)
)]
#[get("/delivery-targets/{id}/forwards")]
pub(super) async fn list_lead_forwards(
    caller: Caller,
    id: Id<DeliveryTargetId>,
    query: Query<ListLeadForwards>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = deliveries::Filter {
        statuses: query.status.map(|many| many.0),
        kinds: None,
        subject: query.delivery_id.map(|id| id.to_string()),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let (row, _) = store::find(conn, &scope, id.0)?;
            let page = deliveries::list(conn, row.endpoint_id, filter, &window)?;
            page.try_map_rows(|rows| {
                rows.into_iter()
                    .map(|sent| ops::forward(row.id, sent))
                    .collect::<ApiResult<_>>()
            })
        })
        .await?;
    Reply::ok(&page)
}

/// Show what was sent, and each attempt
#[utoipa::path(tag = "delivery-targets", params(("id" = WebhookDeliveryId, Path)), responses((status = 200, body = LeadForwardLog), Problems))]
#[get("/lead-forwards/{id}")]
pub(super) async fn get_lead_forward(caller: Caller, id: Id<WebhookDeliveryId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let log = app
        .db
        .read(move |conn| {
            let row = deliveries::find(conn, id.0)?.ok_or_else(ApiError::not_found)?;
            let target = of_endpoint(conn, row.endpoint_id)?.ok_or_else(ApiError::not_found)?;
            store::find(conn, &scope, target.row.id)?;
            Ok(LeadForwardLog {
                attempts: deliveries::attempts(conn, id.0, ATTEMPTS)?,
                forward: ops::forward(target.row.id, row.into())?,
            })
        })
        .await?;
    Reply::ok(&log)
}

/// Send a lead again
///
/// It keeps its `x-delivery-id`. One that waits is sent at once.
#[utoipa::path(tag = "delivery-targets", params(("id" = WebhookDeliveryId, Path)), responses((status = 202, body = LeadForward), Problems))]
#[post("/lead-forwards/{id}/replay")]
pub(super) async fn replay_lead_forward(
    caller: Caller,
    id: Id<WebhookDeliveryId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            Reply::accepted(&ops::replay(tx, caller, id.0)?)
        })
        .await
}
