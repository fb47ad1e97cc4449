//! Handlers of links that let somebody in.

use super::{email, ops};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::users::Email;
use actix_web::web::Data;
use actix_web::{HttpRequest, post};
use std::time::Duration;
use tradepost_contract::ProblemCode;
use tradepost_contract::access_links::{
    AccessLink, AccessPurpose, ForgotPassword, ForgotPasswordAnswer, InspectAccessLink, SetPassword,
};
use tradepost_contract::auth::SignedIn;
use tradepost_contract::email_changes::{ChangeEmail, ConfirmEmail, EmailChangeAnswer};

/// Nobody hears sooner than this whether a link is on its way, so that the time does not tell who signs in here.
const SAME_TIME: Duration = Duration::from_millis(300);

/// Shows what a link is
///
/// To whoever holds it, before a password is chosen: whether it still works, and with which e-mail one signs in
/// afterwards. It changes nothing.
#[utoipa::path(tag = "auth", request_body = InspectAccessLink, responses((status = 200, body = AccessLink), Problems))]
#[post("/auth/access-links/inspect")]
pub(super) async fn inspect_access_link(
    request: HttpRequest,
    command: Command<InspectAccessLink>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let tries = auth::count_link(&app, &request).await?;
    let link = ops::inspect(&app, &command.body.token).await?;
    if link.purpose.is_some() {
        tries.give_back(&app).await?;
    }
    Reply::ok(&link)
}

/// Accepts an invitation
///
/// The link's owner chooses a password and is signed in (R3, R85, R87). The link works once; `/token` is refused with
/// `used`, `expired`, `replaced` or `unknown`.
#[utoipa::path(tag = "auth", request_body = SetPassword, responses((status = 200, body = SignedIn), Problems))]
#[post("/auth/invitations/accept")]
pub(super) async fn accept_invitation(
    request: HttpRequest,
    command: Command<SetPassword>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let tries = auth::count_link(&app, &request).await?;
    let SetPassword { token, password } = command.body;
    let email = ops::set_password(&app, &token, password.clone(), AccessPurpose::Invitation).await?;
    tries.give_back(&app).await?;
    match auth::sign_up_session(&app, &request, &email, password).await? {
        Some((session, cookie)) => Ok(Reply::ok(&session)?.header("set-cookie", cookie)),
        None => Err(ApiError::new(ProblemCode::InvalidCredentials)),
    }
}

/// Asks for a link to choose another password
///
/// Everybody gets the same answer after the same time, whether or not somebody signs in with the e-mail (R35). Asked for
/// more than a few times, it has to wait (429 with `Retry-After`).
#[utoipa::path(tag = "auth", request_body = ForgotPassword, responses((status = 202, body = ForgotPasswordAnswer), Problems))]
#[post("/auth/forgot-password")]
pub(super) async fn forgot_password(
    request: HttpRequest,
    command: Command<ForgotPassword>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let email = command.body.email.trim().to_lowercase();
    let (_, outcome) = tokio::join!(tokio::time::sleep(SAME_TIME), async {
        auth::count_forgotten(&app, &request, &email).await?;
        app.db.write(move |tx| ops::forgotten(tx, &email)).await
    });
    outcome?;
    Reply::accepted(&ForgotPasswordAnswer {
        message: "If somebody signs in with this e-mail, a link is on its way to it.".to_owned(),
    })
}

/// Chooses another password by a link
///
/// It ends every session and every other link of the account (R35), and signs nobody in: go on with `POST /auth/login`.
#[utoipa::path(tag = "auth", request_body = SetPassword, responses((status = 204, description = "The password is set"), Problems))]
#[post("/auth/reset-password")]
pub(super) async fn reset_password(
    request: HttpRequest,
    command: Command<SetPassword>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let tries = auth::count_link(&app, &request).await?;
    let SetPassword { token, password } = command.body;
    ops::set_password(&app, &token, password, AccessPurpose::Reset).await?;
    tries.give_back(&app).await?;
    Ok(Reply::no_content())
}

/// Asks to sign in with another e-mail
///
/// A link goes to the new address and a notice to the old one; nothing changes until the link is followed. Everybody gets
/// the same answer after the same time, whether or not somebody else signs in with the address. Links of an earlier asking
/// work no more.
#[utoipa::path(tag = "auth", request_body = ChangeEmail, responses((status = 202, body = EmailChangeAnswer), Problems))]
#[post("/me/email")]
pub(super) async fn change_my_email(
    caller: Caller,
    request: HttpRequest,
    command: Command<ChangeEmail>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let wanted = Email::parse("/email", &command.body.email).map_err(|fault| ApiError::invalid(vec![fault]))?;
    let user = caller.user_id()?;
    let (_, outcome) = tokio::join!(tokio::time::sleep(SAME_TIME), async {
        auth::count_forgotten(&app, &request, &format!("{user}|email")).await?;
        app.db.write(move |tx| email::ask(tx, &caller, &wanted)).await
    });
    outcome?;
    Reply::accepted(&EmailChangeAnswer {
        message: "Look into the mailbox of the new address: the link there confirms it.".to_owned(),
    })
}

/// Confirms another e-mail by a link
///
/// From now on one signs in with the address that the link was sent to. Every session but the one that asked ends, and
/// every other link; `/token` is refused with `used`, `expired`, `replaced`, `taken` or `unknown`.
#[utoipa::path(tag = "auth", request_body = ConfirmEmail, responses((status = 204, description = "It is changed"), Problems))]
#[post("/auth/email-changes/confirm")]
pub(super) async fn confirm_email(
    request: HttpRequest,
    command: Command<ConfirmEmail>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let tries = auth::count_link(&app, &request).await?;
    email::confirm(&app, &command.body.token).await?;
    tries.give_back(&app).await?;
    Ok(Reply::no_content())
}
