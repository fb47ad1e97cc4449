//! Handlers of programmes.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::programmes::{CreateProgramme, Programme, ProgrammeStatus, UpdateProgramme};
use tradepost_contract::{Page, ProgrammeId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListProgrammes {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only the one with this short name.
    slug: Option<String>,
    /// Only in these states, with commas between them.
    #[param(value_type = Option<String>)]
    status: Option<Many<ProgrammeStatus>>,
}

/// Lists programmes, newest first
#[utoipa::path(tag = "programmes", params(ListProgrammes), responses((status = 200, body = Page<Programme>), Problems))]
#[get("/programmes")]
pub(super) async fn list_programmes(caller: Caller, query: Query<ListProgrammes>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let scope = caller.scope();
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = store::Filter {
        slug: query.slug,
        statuses: query.status.map(|many| many.0),
    };
    let page = app
        .db
        .read(move |conn| store::list(conn, &scope, &filter, &window))
        .await?;
    Reply::ok(&page)
}

/// Sets up a programme
///
/// Its first policy is the preset, amended by the merge patch in `policy`.
#[utoipa::path(
    tag = "programmes",
    request_body = CreateProgramme,
    responses((status = 201, body = Programme), Problems)
)]
#[post("/programmes")]
pub(super) async fn create_programme(
    caller: Caller,
    command: Command<CreateProgramme>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let run = command.run(&app, caller, |tx, caller, body| {
        let programme = ops::create(tx, caller, body)?;
        let location = format!("/api/v1/programmes/{}", programme.id);
        Ok(Reply::created(location, &programme)?.etag(programme.version))
    });
    run.await
}

/// Reads a programme
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path)), responses((status = 200, body = Programme), Problems))]
#[get("/programmes/{id}")]
pub(super) async fn get_programme(caller: Caller, id: Id<ProgrammeId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let programme = app.db.read(move |conn| store::get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&programme)?.etag(programme.version))
}

/// Changes how a programme presents itself, or whether it sells
#[utoipa::path(
    tag = "programmes",
    params(("id" = ProgrammeId, Path)),
    request_body = UpdateProgramme,
    responses((status = 200, body = Programme), Problems)
)]
#[patch("/programmes/{id}")]
pub(super) async fn update_programme(
    caller: Caller,
    id: Id<ProgrammeId>,
    command: Command<UpdateProgramme>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    let run = command.run(&app, caller, move |tx, caller, body| {
        let programme = ops::update(tx, caller, id.0, if_match, body)?;
        Ok(Reply::ok(&programme)?.etag(programme.version))
    });
    run.await
}
