//! Handlers of `/subject-requests`.

use super::store::{self, Filter};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::subject_requests::{
    ActOnSubject, AllowSubjectExport, AnswerSubject, CreateSubjectRequest, RefuseSubject, SubjectExport,
    SubjectFindings, SubjectRequest, SubjectRequestKind, SubjectRequestStatus,
};
use tradepost_contract::{Page, ProgrammeId, SubjectRequestId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListSubjectRequests {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only for these, such as `erasure,objection`.
    #[param(value_type = Option<String>)]
    kind: Option<Many<SubjectRequestKind>>,
    /// Only those that stand so, such as `open,awaiting_recipients`.
    #[param(value_type = Option<String>)]
    status: Option<Many<SubjectRequestStatus>>,
    /// Only those that should have been answered, where it is `true`.
    late: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what persons behind leads asked for
///
/// Newest first.
#[utoipa::path(tag = "subject-requests", params(ListSubjectRequests), responses((status = 200, body = Page<SubjectRequest>), Problems))]
#[get("/subject-requests")]
pub(super) async fn list_subject_requests(
    caller: Caller,
    query: Query<ListSubjectRequests>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let now = app.clock.business_now();
    let filter = Filter {
        programme: query.programme_id,
        kinds: query.kind.map(|many| many.0),
        statuses: query.status.map(|many| many.0),
        late_at: query.late.unwrap_or_default().then_some(now),
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, filter, &window)?;
            let shown = |row| view::shown(row, &caller, now);
            page.try_map_rows(|rows| Ok(rows.into_iter().map(shown).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Write down what a person asked for
///
/// With how you made sure that it is this person. The policy says until when it is answered; once it is over, the name,
/// number and address are gone, and keyed hashes stay.
#[utoipa::path(tag = "subject-requests", request_body = CreateSubjectRequest, responses((status = 201, body = SubjectRequest), Problems))]
#[post("/subject-requests")]
pub(super) async fn create_subject_request(
    caller: Caller,
    command: Command<CreateSubjectRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let secrets = app.secrets.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::create(tx, &secrets, caller, body)?;
            let location = format!("/api/v1/subject-requests/{}", request.id);
            Ok(Reply::created(location, &request)?.etag(request.version))
        })
        .await
}

/// Show what a person asked for
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), responses((status = 200, body = SubjectRequest), Problems))]
#[get("/subject-requests/{id}")]
pub(super) async fn get_subject_request(caller: Caller, id: Id<SubjectRequestId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let request = app.db.read(move |conn| view::get(conn, &caller, id.0, now)).await?;
    Ok(Reply::ok(&request)?.etag(request.version))
}

/// Find what is kept of a person
///
/// The leads of all programmes under what an open request was written down with (number, address, reference, name and
/// postcode), by what each was found, with consent, sales, notes, returns, calls and tickets; and how much would be erased,
/// also in files and in what lead sources sent that became no lead.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), responses((status = 200, body = SubjectFindings), Problems))]
#[get("/subject-requests/{id}/findings")]
pub(super) async fn find_subject(_caller: Caller, id: Id<SubjectRequestId>, app: Data<App>) -> ApiResult<Reply> {
    let secrets = app.secrets.clone();
    let findings = app.db.read(move |conn| ops::find(conn, &secrets, id.0)).await?;
    Reply::ok(&findings)
}

/// Let what is kept be fetched as a file
///
/// For so many days as the policy says, while the request is open. Leads that were found by name and postcode only go into
/// it where they are chosen.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), request_body = AllowSubjectExport, responses((status = 200, body = SubjectRequest), Problems))]
#[post("/subject-requests/{id}/allow-export")]
pub(super) async fn allow_subject_export(
    caller: Caller,
    id: Id<SubjectRequestId>,
    command: Command<AllowSubjectExport>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::allow_export(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Fetch what is kept of a person
///
/// One JSON document to hand over. It is put together now and kept nowhere, and each fetching is in the audit trail.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), responses((status = 200, body = SubjectExport), Problems))]
#[get("/subject-requests/{id}/export")]
pub(super) async fn export_subject(caller: Caller, id: Id<SubjectRequestId>, app: Data<App>) -> ApiResult<Reply> {
    let export = app.db.write(move |tx| ops::export(tx, &caller, id.0)).await?;
    let name = format!("attachment; filename=\"{}.json\"", id.0);
    Ok(Reply::ok(&export)?
        .header("content-disposition", name)
        .header("cache-control", "no-store"))
}

/// Say that a person was answered
///
/// That what is kept was handed over.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), request_body = AnswerSubject, responses((status = 200, body = SubjectRequest), Problems))]
#[post("/subject-requests/{id}/answer")]
pub(super) async fn answer_subject_request(
    caller: Caller,
    id: Id<SubjectRequestId>,
    command: Command<AnswerSubject>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, _| {
            let request = ops::answer(tx, caller, id.0, seen)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Stop passing a person on
///
/// What of these leads can still be sold or called is withdrawn, and the person is kept out from now on.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), request_body = ActOnSubject, responses((status = 200, body = SubjectRequest), Problems))]
#[post("/subject-requests/{id}/restrict")]
pub(super) async fn restrict_subject(
    caller: Caller,
    id: Id<SubjectRequestId>,
    command: Command<ActOnSubject>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (seen, secrets) = (command.if_match, app.secrets.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::restrict(tx, &secrets, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Erase a person
///
/// In these leads and everything that hangs on them, in rows of files and in what lead sources sent, for good. A lead that
/// is held refuses it. Invoices, sums, times and ids stay. Each supplier that bought
/// one is told by mail and webhook (`lead.erased`) and has to say that it did the same; the person is kept out from now on.
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), request_body = ActOnSubject, responses((status = 200, body = SubjectRequest), Problems))]
#[post("/subject-requests/{id}/erase")]
pub(super) async fn erase_subject(
    caller: Caller,
    id: Id<SubjectRequestId>,
    command: Command<ActOnSubject>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (seen, secrets) = (command.if_match, app.secrets.clone());
    let leads = command.body.leads.clone();
    let in_files = app.db.read(move |conn| ops::look_in_files(conn, id.0, &leads)).await?;
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::erase(tx, &secrets, caller, id.0, seen, body, &in_files)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Refuse what a person asked for
#[utoipa::path(tag = "subject-requests", params(("id" = SubjectRequestId, Path)), request_body = RefuseSubject, responses((status = 200, body = SubjectRequest), Problems))]
#[post("/subject-requests/{id}/refuse")]
pub(super) async fn refuse_subject_request(
    caller: Caller,
    id: Id<SubjectRequestId>,
    command: Command<RefuseSubject>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::refuse(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}
