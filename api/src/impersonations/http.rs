//! Handlers of looks at a supplier's portal.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use actix_web::post;
use actix_web::web::Data;
use tradepost_contract::impersonations::{CreateImpersonation, Impersonation, ImpersonationToken};
use tradepost_contract::{ImpersonationId, ProblemCode, SupplierId};

/// Begins to look at a supplier's portal
///
/// As its owner sees it, for half an hour at most and without changing anything. The reason stands in the supplier's audit
/// trail. Another look of the same session ends.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateImpersonation,
    responses((status = 201, body = Impersonation), Problems)
)]
#[post("/suppliers/{id}/impersonations")]
pub(super) async fn create_impersonation(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateImpersonation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let supplier = path.0;
    let user = caller.user_id()?;
    let reply = command
        .run(&app, caller, move |tx, caller, body| {
            let look = ops::begin(tx, caller, supplier, &body.reason)?;
            Reply::created(format!("/api/v1/impersonations/{}", look.id), &look)
        })
        .await?;
    app.gate.forget_user(user);
    Ok(reply)
}

/// Gives a token for a look
///
/// To whoever began it, in the same session, while it lasts. It reads what the owner of the account reads; every write
/// with it answers 403 `impersonation_only_reads`.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = ImpersonationId, Path, description = "The look")),
    request_body = NoBody,
    responses((status = 200, body = ImpersonationToken), Problems)
)]
#[post("/impersonations/{id}/token")]
pub(super) async fn get_impersonation_token(
    caller: Caller,
    path: Id<ImpersonationId>,
    _body: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let session = caller
        .session_id()
        .ok_or_else(|| ApiError::new(ProblemCode::Forbidden))?;
    let now = app.clock.wall_now();
    let looker = app
        .db
        .read(move |conn| store::looker(conn, id))
        .await?
        .filter(|looker| looker.session_id == session && now < looker.ends_at)
        .ok_or_else(ApiError::not_found)?;
    let access_token = looker.token(&app.secrets, id, now)?;
    Reply::ok(&access_token)
}

/// Ends a look
///
/// Its token stops working at once. Ending it again changes nothing.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = ImpersonationId, Path, description = "The look")),
    request_body = NoBody,
    responses((status = 200, body = Impersonation), Problems)
)]
#[post("/impersonations/{id}/end")]
pub(super) async fn end_impersonation(
    caller: Caller,
    path: Id<ImpersonationId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let reply = command
        .run(&app, caller, move |tx, caller, _| Reply::ok(&ops::end(tx, caller, id)?))
        .await?;
    app.gate.forget_impersonation(id);
    Ok(reply)
}
