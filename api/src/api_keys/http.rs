//! Handlers of `/api-keys`.

use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::api_keys::{
    ApiKey, ApiKeyRequest, ApiKeyStatus, CreateApiKey, CreatedApiKey, RotateApiKey, UpdateApiKey,
};
use tradepost_contract::{ApiKeyId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

use super::ops::{self, NewKey};
use super::store::{self, Filter, requests};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};

/// Which keys.
#[derive(Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKeyList {
    /// How many, 1 to 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only active, expired or revoked ones.
    status: Option<ApiKeyStatus>,
    /// Only those bound to this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those bound to this programme.
    programme_id: Option<ProgrammeId>,
}

/// Lists API keys
///
/// Newest first, without their secrets.
#[utoipa::path(tag = "api-keys", params(ApiKeyList), responses((status = 200, body = Page<ApiKey>), Problems))]
#[get("/api-keys")]
pub(super) async fn list_api_keys(_caller: Caller, query: Query<ApiKeyList>, app: Data<App>) -> ApiResult<Reply> {
    let ApiKeyList {
        limit,
        cursor,
        status,
        supplier_id,
        programme_id,
    } = query.0;
    let window = Window::new(limit, cursor.as_deref())?;
    let filter = Filter {
        status,
        supplier_id,
        programme_id,
    };
    let now = app.clock.wall_now();
    let page = app
        .db
        .read(move |conn| store::list(conn, &filter, now, &window))
        .await?;
    Reply::ok(&page)
}

/// Makes an API key
///
/// The answer holds the whole key, and nothing else ever does: an idempotent replay has `secret` null.
#[utoipa::path(tag = "api-keys", request_body = CreateApiKey, responses((status = 201, body = CreatedApiKey), Problems))]
#[post("/api-keys")]
pub(super) async fn create_api_key(caller: Caller, command: Command<CreateApiKey>, app: Data<App>) -> ApiResult<Reply> {
    let new = NewKey::parse(&command.body).map_err(ApiError::invalid)?;
    let mode = app.gate.key_mode;
    command
        .run(&app, caller, move |tx, caller, _| {
            let created = ops::create(tx, &caller.actor(), Some(caller.user_id()?), mode, &new)?;
            let without_secret = CreatedApiKey {
                api_key: created.api_key.clone(),
                secret: None,
            };
            let location = format!("/api/v1/api-keys/{}", created.api_key.id);
            Reply::created(location, &created)?.replayed_as(&without_secret)
        })
        .await
}

/// Shows an API key
#[utoipa::path(
    tag = "api-keys",
    params(("id" = ApiKeyId, Path, description = "The key")),
    responses((status = 200, body = ApiKey), Problems)
)]
#[get("/api-keys/{id}")]
pub(super) async fn get_api_key(_caller: Caller, path: Id<ApiKeyId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.wall_now();
    let key = app
        .db
        .read(move |conn| store::get(conn, path.0, now))
        .await?
        .ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(&key)?.etag(key.version))
}

/// Takes an API key back
///
/// At once on this server, within five seconds on others. Doing it again changes nothing.
#[utoipa::path(
    tag = "api-keys",
    params(("id" = ApiKeyId, Path, description = "The key")),
    responses((status = 200, body = ApiKey), Problems)
)]
#[post("/api-keys/{id}/revoke")]
pub(super) async fn revoke_api_key(
    caller: Caller,
    path: Id<ApiKeyId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            Reply::ok(&ops::revoke(tx, &caller.actor(), id)?)
        })
        .await?;
    app.gate.forget_key(id);
    Ok(reply)
}

/// Changes what an API key is called and how much it may send
///
/// The limit counts at once on this server, within five seconds on others.
#[utoipa::path(tag = "api-keys", params(("id" = ApiKeyId, Path, description = "The key")), request_body = UpdateApiKey,
    responses((status = 200, body = ApiKey), Problems))]
#[patch("/api-keys/{id}")]
pub(super) async fn update_api_key(
    caller: Caller,
    path: Id<ApiKeyId>,
    command: Command<UpdateApiKey>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let reply = command
        .run(&app, caller, move |tx, caller, body| {
            let key = ops::update(tx, &caller.actor(), id, seen, body)?;
            Ok(Reply::ok(&key)?.etag(key.version))
        })
        .await?;
    app.gate.forget_key(id);
    Ok(reply)
}

/// Rotates an API key
///
/// The answer holds the whole new key, once; the public part is the same. For `overlap_hours` the old one opens too, so
/// that a program changes over without a gap; the one before that ends at once.
#[utoipa::path(tag = "api-keys", params(("id" = ApiKeyId, Path, description = "The key")), request_body = RotateApiKey,
    responses((status = 200, body = CreatedApiKey), Problems))]
#[post("/api-keys/{id}/rotate")]
pub(super) async fn rotate_api_key(
    caller: Caller,
    path: Id<ApiKeyId>,
    command: Command<RotateApiKey>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen, mode) = (path.0, command.if_match, app.gate.key_mode);
    let reply = command
        .run(&app, caller, move |tx, caller, body| {
            let rotated = ops::rotate(tx, &caller.actor(), mode, id, seen, body)?;
            let without_secret = CreatedApiKey {
                api_key: rotated.api_key.clone(),
                secret: None,
            };
            Reply::ok(&rotated)?
                .etag(rotated.api_key.version)
                .replayed_as(&without_secret)
        })
        .await?;
    app.gate.forget_key(id);
    Ok(reply)
}

#[derive(Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListApiKeyRequests {
    /// Only of this operation, by its id in this document.
    operation: Option<String>,
    /// Only those that were refused or failed (true), or only those that were not (false).
    failed: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the requests that were made with an API key
///
/// Newest first, for fourteen days, a second or two after they were answered. An entry holds no body and nothing
/// personal.
#[utoipa::path(tag = "api-keys", params(("id" = ApiKeyId, Path, description = "The key"), ListApiKeyRequests),
    responses((status = 200, body = Page<ApiKeyRequest>), Problems))]
#[get("/api-keys/{id}/requests")]
pub(super) async fn list_api_key_requests(
    _caller: Caller,
    path: Id<ApiKeyId>,
    query: Query<ListApiKeyRequests>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = requests::Filter {
        operation: query.operation,
        failed: query.failed,
    };
    let now = app.clock.wall_now();
    let page = app
        .db
        .read(move |conn| {
            store::get(conn, path.0, now)?.ok_or_else(ApiError::not_found)?;
            requests::list(conn, path.0, filter, &window)
        })
        .await?;
    Reply::ok(&page)
}
