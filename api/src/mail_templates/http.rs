//! Handlers of `/programmes/{id}/mail-templates`.

use super::ops::{self, At};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, delete, get, patch, post};
use std::future::{Ready, ready};
use tradepost_contract::ProgrammeId;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mail_templates::{MailPreview, MailTemplate, MailTemplates, WriteMailTemplate};

/// The `{id}` and the `{kind}` of the path. A word that is no kind of message names nothing: 404.
impl FromRequest for At {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let part = |name: &str| request.match_info().get(name);
        let programme = part("id").and_then(|text| text.parse::<ProgrammeId>().ok());
        let kind = part("kind").and_then(|text| text.parse::<NotificationKind>().ok());
        let at = programme.zip(kind).map(|(programme, kind)| Self { programme, kind });
        ready(at.ok_or_else(ApiError::not_found))
    }
}

/// List the mail templates of a programme
///
/// One for each kind of message, with whether the programme has words of its own for it.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path)), responses((status = 200, body = MailTemplates), Problems))]
#[get("/programmes/{id}/mail-templates")]
pub(super) async fn list_mail_templates(caller: Caller, id: Id<ProgrammeId>, app: Data<App>) -> ApiResult<Reply> {
    let templates = app.db.read(move |conn| ops::list(conn, &caller, id.0)).await?;
    Reply::ok(&templates)
}

/// Show a mail template
///
/// With ours beside it, and what may be named in it.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path), ("kind" = NotificationKind, Path)), responses((status = 200, body = MailTemplate), Problems))]
#[get("/programmes/{id}/mail-templates/{kind}")]
pub(super) async fn get_mail_template(caller: Caller, at: At, app: Data<App>) -> ApiResult<Reply> {
    let shared = app.clone();
    let template = app.db.read(move |conn| ops::get(conn, &shared, &caller, at)).await?;
    Ok(Reply::ok(&template)?.etag(template.version))
}

/// Word a mail anew
///
/// For this programme, and for every mail that is written from now on. It is tried with made-up facts first; what cannot
/// be filled in, or no longer leads to where the mail is for, is refused with the number of its line.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path), ("kind" = NotificationKind, Path)), request_body = WriteMailTemplate, responses((status = 200, body = MailTemplate), Problems))]
#[patch("/programmes/{id}/mail-templates/{kind}")]
pub(super) async fn write_mail_template(
    caller: Caller,
    at: At,
    command: Command<WriteMailTemplate>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (seen, shared) = (command.if_match, app.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let template = ops::write(tx, &shared, caller, at, seen, body)?;
            Ok(Reply::ok(&template)?.etag(template.version))
        })
        .await
}

/// Put our words back
///
/// What the programme said of its own is kept in the audit trail.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path), ("kind" = NotificationKind, Path)), responses((status = 204), Problems))]
#[delete("/programmes/{id}/mail-templates/{kind}")]
pub(super) async fn reset_mail_template(
    caller: Caller,
    at: At,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, _| {
            ops::reset(tx, caller, at, seen)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Look at a mail template
///
/// Filled in with made-up facts. Nothing is saved.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path), ("kind" = NotificationKind, Path)), request_body = WriteMailTemplate, responses((status = 200, body = MailPreview), Problems))]
#[post("/programmes/{id}/mail-templates/{kind}/preview")]
pub(super) async fn preview_mail_template(
    caller: Caller,
    at: At,
    command: Command<WriteMailTemplate>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (shared, body) = (app.clone(), command.body);
    // Nothing is written, so that nobody who writes waits for it.
    let preview = app
        .db
        .read(move |conn| ops::preview(conn, &shared, &caller, at, &body))
        .await?;
    Reply::ok(&preview)
}

/// Send a mail template to oneself
///
/// Filled in with made-up facts, to the address of whoever asks. Nothing else is saved.
#[utoipa::path(tag = "mails", params(("id" = ProgrammeId, Path), ("kind" = NotificationKind, Path)), request_body = WriteMailTemplate, responses((status = 202, body = MailPreview), Problems))]
#[post("/programmes/{id}/mail-templates/{kind}/test-mails")]
pub(super) async fn test_mail_template(
    caller: Caller,
    at: At,
    command: Command<WriteMailTemplate>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let shared = app.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::accepted(&ops::test(tx, &shared, caller, at, body)?)
        })
        .await
}
