//! Handlers of one's own second factor, and of staff who take somebody's away.

use super::ops;
use crate::app::App;
use crate::auth::{self, Caller};
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};
use tradepost_contract::second_factors::{RecoveryCodes, SecondFactor, SecondFactorCode, SecondFactorEnrolment};
use tradepost_contract::users::{Audience, User};
use tradepost_contract::{ProblemCode, UserId};

/// Shows whether one signs in with a second factor
#[utoipa::path(tag = "auth", responses((status = 200, body = SecondFactor), Problems))]
#[get("/me/second-factor")]
pub(super) async fn get_second_factor(caller: Caller, app: Data<App>) -> ApiResult<Reply> {
    let user = caller.user_id()?;
    let asked = app.settings.clone();
    let status = app
        .db
        .read(move |conn| {
            let required = auth::is_asked_of(conn, &asked, user)?;
            ops::status(conn, user, required)
        })
        .await?;
    Reply::ok(&status)
}

/// Begins to set a second factor up
///
/// Answers a secret for an authenticator app, once: as text and as the fields of a QR code. It counts when a first code
/// of it was sent to `POST /me/second-factor/confirm`; until then this gives another one. Takes no `Idempotency-Key`,
/// because nothing of the answer is kept.
#[utoipa::path(tag = "auth", request_body = NoBody, responses((status = 201, body = SecondFactorEnrolment), Problems))]
#[post("/me/second-factor")]
pub(super) async fn enrol_second_factor(caller: Caller, _body: Command<NoBody>, app: Data<App>) -> ApiResult<Reply> {
    let user = caller.user_id()?;
    let secrets = app.secrets.clone();
    let shown = app.db.write(move |tx| ops::enrol(tx, &secrets, user)).await?;
    Reply::created("/api/v1/me/second-factor", &shown)
}

/// Sets the second factor up with its first code
///
/// Answers ten recovery codes, once. From now on signing in asks for a code; every other session ends.
#[utoipa::path(tag = "auth", request_body = SecondFactorCode, responses((status = 200, body = RecoveryCodes), Problems))]
#[post("/me/second-factor/confirm")]
pub(super) async fn confirm_second_factor(
    caller: Caller,
    request: HttpRequest,
    command: Command<SecondFactorCode>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let user = caller.user_id()?;
    let code = command.body.code;
    let tries = auth::count_code(&app, &request, user).await?;
    let secrets = app.secrets.clone();
    let codes = app
        .db
        .write(move |tx| ops::confirm(tx, &secrets, &caller, code.reveal()))
        .await?;
    tries.give_back(&app).await?;
    app.gate.forget_user(user);
    Reply::ok(&codes)
}

/// Makes ten other recovery codes
///
/// With a code of the authenticator, or the last recovery code. Those from before work no more.
#[utoipa::path(tag = "auth", request_body = SecondFactorCode, responses((status = 200, body = RecoveryCodes), Problems))]
#[post("/me/second-factor/recovery-codes")]
pub(super) async fn make_recovery_codes(
    caller: Caller,
    request: HttpRequest,
    command: Command<SecondFactorCode>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let code = command.body.code;
    let tries = auth::count_code(&app, &request, caller.user_id()?).await?;
    let secrets = app.secrets.clone();
    let codes = app
        .db
        .write(move |tx| ops::make_codes_anew(tx, &secrets, &caller, code.reveal()))
        .await?;
    tries.give_back(&app).await?;
    Reply::ok(&codes)
}

/// Takes one's second factor away
///
/// With a code of the authenticator, or a recovery code. Not where the installation asks it of its staff (409). Every
/// other session ends.
#[utoipa::path(
    tag = "auth",
    request_body = SecondFactorCode,
    responses((status = 204, description = "The password alone lets in from now on"), Problems)
)]
#[post("/me/second-factor/disable")]
pub(super) async fn disable_second_factor(
    caller: Caller,
    request: HttpRequest,
    command: Command<SecondFactorCode>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let user = caller.user_id()?;
    let code = command.body.code;
    let tries = auth::count_code(&app, &request, user).await?;
    let (secrets, settings) = (app.secrets.clone(), app.settings.clone());
    app.db
        .write(move |tx| {
            if auth::is_asked_of(tx, &settings, user)? {
                return Err(ApiError::new(ProblemCode::StateConflict)
                    .detail("Staff of this installation sign in with a second factor."));
            }
            ops::disable(tx, &secrets, &caller, code.reveal())
        })
        .await?;
    tries.give_back(&app).await?;
    app.gate.forget_user(user);
    Ok(Reply::no_content())
}

/// Takes somebody's second factor away
///
/// For who has lost the authenticator and the recovery codes. They are signed out everywhere and told by mail; the next
/// sign-in is with the password alone, and asks staff to set another one up.
#[utoipa::path(
    tag = "users",
    params(("id" = UserId, Path, description = "The user")),
    request_body = NoBody,
    responses((status = 200, body = User), Problems)
)]
#[post("/users/{id}/reset-second-factor")]
pub(super) async fn reset_second_factor(
    caller: Caller,
    path: Id<UserId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            let user = crate::users::get(tx, id)?.ok_or_else(ApiError::not_found)?;
            if user.audience == Audience::Staff && caller.user_id().ok() == Some(id) {
                return Err(ApiError::conflict("Another administrator does that."));
            }
            ops::reset(tx, &caller.actor(), id)?;
            let user = crate::users::get(tx, id)?.ok_or_else(ApiError::not_found)?;
            Ok(Reply::ok(&user)?.etag(user.version))
        })
        .await?;
    app.gate.forget_user(id);
    Ok(reply)
}
