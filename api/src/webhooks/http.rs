//! Handlers of `/webhook-endpoints` and `/webhook-deliveries`.

use super::store::{self, Filter, deliveries};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::events;
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{delete, get, patch, post};
use serde::Deserialize;
use std::time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{
    CreateWebhookEndpoint, EnableWebhookEndpoint, ReplayWebhooks, RotateWebhookSecret, UpdateWebhookEndpoint,
    WebhookDelivery, WebhookDeliveryLog, WebhookDeliveryStatus, WebhookEndpoint, WebhookEndpointStatus,
    WebhookEndpointWithSecret,
};
use tradepost_contract::{Page, ProblemCode, ProgrammeId, SupplierId, WebhookDeliveryId, WebhookEndpointId};
use utoipa::IntoParams;

/// So many attempts of a delivery are shown.
const ATTEMPTS: i64 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListWebhookEndpoints {
    /// Only those of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only those that stand so, such as `paused,disabled`.
    #[param(value_type = Option<String>)]
    status: Option<Many<WebhookEndpointStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List webhook endpoints
///
/// Newest first. A supplier's owners see their own account's.
#[utoipa::path(tag = "webhooks", params(ListWebhookEndpoints), responses((status = 200, body = Page<WebhookEndpoint>), Problems))]
#[get("/webhook-endpoints")]
pub(super) async fn list_webhook_endpoints(
    caller: Caller,
    query: Query<ListWebhookEndpoints>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        supplier: query.supplier_id,
        programme: query.programme_id,
        statuses: query.status.map(|many| many.0),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| store::list(conn, &scope, filter, &window))
        .await?;
    Reply::ok(&page)
}

/// Refuses a URL that may not be called, as things are now. Names are looked up aside, and not for long.
pub(crate) async fn check_url(app: &Data<App>, pointer: &'static str, url: &str) -> ApiResult<()> {
    let (courier, url) = (app.clone(), url.to_owned());
    let looked = tokio::task::spawn_blocking(move || courier.webhooks.courier.check(&url));
    let refused = |why: String| ApiError::new(ProblemCode::Invalid).field(pointer, "refused_address", why);
    match tokio::time::timeout(Duration::from_secs(5), looked).await {
        Err(_) => Err(refused("the name could not be looked up in time".to_owned())),
        Ok(checked) => checked.map_err(ApiError::internal)?.map_err(refused),
    }
}

/// Make a webhook endpoint
///
/// It is sent what happens from now on. The answer holds the secret that its messages are signed with, and nothing else
/// ever does: an idempotent replay has `secret` null. An address that is not of the public internet is refused with 422
/// and `refused_address`, and is looked at again before every message.
#[utoipa::path(tag = "webhooks", request_body = CreateWebhookEndpoint, responses((status = 201, body = WebhookEndpointWithSecret), Problems))]
#[post("/webhook-endpoints")]
pub(super) async fn create_webhook_endpoint(
    caller: Caller,
    command: Command<CreateWebhookEndpoint>,
    app: Data<App>,
) -> ApiResult<Reply> {
    check_url(&app, "/url", &command.body.url).await?;
    let secrets = app.secrets.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let made = ops::create(tx, &secrets, caller, body)?;
            let location = format!("/api/v1/webhook-endpoints/{}", made.endpoint.id);
            let version = made.endpoint.version;
            let without_secret = WebhookEndpointWithSecret {
                endpoint: made.endpoint.clone(),
                secret: None,
            };
            Reply::created(location, &made)?
                .etag(version)
                .replayed_as(&without_secret)
        })
        .await
}

fn shown(endpoint: &WebhookEndpoint) -> ApiResult<Reply> {
    Ok(Reply::ok(endpoint)?.etag(endpoint.version))
}

/// Show a webhook endpoint
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), responses((status = 200, body = WebhookEndpoint), Problems))]
#[get("/webhook-endpoints/{id}")]
pub(super) async fn get_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let scope = caller.scope();
    let endpoint = app.db.read(move |conn| store::get(conn, &scope, id.0)).await?;
    shown(&endpoint)
}

/// Change a webhook endpoint
///
/// Other kinds hold for what happens from now on; another URL also for what waits.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = UpdateWebhookEndpoint, responses((status = 200, body = WebhookEndpoint), Problems))]
#[patch("/webhook-endpoints/{id}")]
pub(super) async fn update_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    command: Command<UpdateWebhookEndpoint>,
    app: Data<App>,
) -> ApiResult<Reply> {
    if let Some(url) = &command.body.url {
        check_url(&app, "/url", url).await?;
    }
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            shown(&ops::update(tx, caller, id.0, seen, body)?)
        })
        .await
}

/// Pause a webhook endpoint
///
/// What happens meanwhile is sent when it is enabled again.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), responses((status = 200, body = WebhookEndpoint), Problems))]
#[post("/webhook-endpoints/{id}/pause")]
pub(super) async fn pause_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
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

/// Enable a webhook endpoint
///
/// After a pause, or after it was disabled because it was gone or failed for five days. What was missed is sent first,
/// in order, unless `skip_missed` says otherwise.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = EnableWebhookEndpoint, responses((status = 200, body = WebhookEndpoint), Problems))]
#[post("/webhook-endpoints/{id}/enable")]
pub(super) async fn enable_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
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

/// Take a webhook endpoint away
///
/// Its secret is forgotten at once, and what was sent to it soon after.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), responses((status = 204), Problems))]
#[delete("/webhook-endpoints/{id}")]
pub(super) async fn delete_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
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

/// Rotate the secret of a webhook endpoint
///
/// The answer holds the new one, once. For `overlap_hours` each message carries a signature by either.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = RotateWebhookSecret, responses((status = 200, body = WebhookEndpointWithSecret), Problems))]
#[post("/webhook-endpoints/{id}/rotate-secret")]
pub(super) async fn rotate_webhook_secret(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    command: Command<RotateWebhookSecret>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    let secrets = app.secrets.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let rotated = ops::rotate(tx, &secrets, caller, id.0, seen, body)?;
            let version = rotated.endpoint.version;
            let without_secret = WebhookEndpointWithSecret {
                endpoint: rotated.endpoint.clone(),
                secret: None,
            };
            Reply::ok(&rotated)?.etag(version).replayed_as(&without_secret)
        })
        .await
}

/// Send past events again
///
/// One event, or all since an instant; only what the endpoint wants now. They keep their `webhook-id`. Those of a while
/// are put on their way in the background: `replaying` says so until they are.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), request_body = ReplayWebhooks, responses((status = 202, body = WebhookEndpoint), Problems))]
#[post("/webhook-endpoints/{id}/replay")]
pub(super) async fn replay_webhooks(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    command: Command<ReplayWebhooks>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let endpoint = ops::replay(tx, caller, id.0, body)?;
            Ok(Reply::accepted(&endpoint)?.etag(endpoint.version))
        })
        .await
}

/// Try a webhook endpoint
///
/// Sends it an event of the kind `webhook.test`, whatever kinds it wants.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookEndpointId, Path)), responses((status = 202, body = WebhookDelivery), Problems))]
#[post("/webhook-endpoints/{id}/test")]
pub(super) async fn test_webhook_endpoint(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            Reply::accepted(&ops::test(tx, caller, id.0)?)
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListWebhookDeliveries {
    /// Only those that stand so, such as `dead`.
    #[param(value_type = Option<String>)]
    status: Option<Many<WebhookDeliveryStatus>>,
    /// Only of these kinds, with commas between them.
    #[param(value_type = Option<String>)]
    kind: Option<Many<EventKind>>,
    /// Only what happened to the thing with this id.
    subject: Option<String>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what was sent to a webhook endpoint
///
/// Newest first, for thirty days after it was finished. Dead letters are those with the status `dead`.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = WebhookEndpointId, Path), ListWebhookDeliveries),
    responses((status = 200, body = Page<WebhookDelivery>), Problems)
)]
#[get("/webhook-endpoints/{id}/deliveries")]
pub(super) async fn list_webhook_deliveries(
    caller: Caller,
    id: Id<WebhookEndpointId>,
    query: Query<ListWebhookDeliveries>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = deliveries::Filter {
        statuses: query.status.map(|many| many.0),
        kinds: query.kind.map(|many| many.0),
        subject: query.subject,
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let endpoint = store::find(conn, &scope, id.0)?;
            deliveries::list(conn, endpoint.id, filter, &window)
        })
        .await?;
    Reply::ok(&page)
}

/// Show what was sent, and each attempt
#[utoipa::path(tag = "webhooks", params(("id" = WebhookDeliveryId, Path)), responses((status = 200, body = WebhookDeliveryLog), Problems))]
#[get("/webhook-deliveries/{id}")]
pub(super) async fn get_webhook_delivery(
    caller: Caller,
    id: Id<WebhookDeliveryId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let scope = caller.scope();
    let log = app
        .db
        .read(move |conn| {
            let (row, _) = deliveries::get(conn, &scope, id.0)?;
            let event = events::get(conn, row.event_id)?.ok_or_else(ApiError::not_found)?;
            Ok(WebhookDeliveryLog {
                attempts: deliveries::attempts(conn, id.0, ATTEMPTS)?,
                message: view::plain(&event),
                delivery: row.into(),
            })
        })
        .await?;
    Reply::ok(&log)
}
