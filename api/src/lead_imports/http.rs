//! Handlers of imports.

use super::export;
use super::ops::{self, Destination, Upload};
use super::store::{self, ImportFilter, RowFilter};
use crate::app::App;
use crate::auth::{Caller, Principal};
use crate::command::{Command, NoBody, Reply, idempotency_key};
use crate::error::{ApiError, ApiResult, Problems};
use crate::idempotency;
use crate::lists::{Id, Query, Window, invalid_parameter};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, get, post};
use futures_util::StreamExt;
use std::sync::Arc;
use tradepost_contract::lead_imports::{LeadImport, LeadImportAction, LeadImportRow, RunLeadImport};
use tradepost_contract::{Id as _, LeadImportId, LeadProductId, Page, ProblemCode, ProgrammeId, Timestamp};

/// The largest file.
const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// Where the leads of a file go.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadTo {
    /// The programme.
    programme_id: ProgrammeId,
    /// What the leads are sold as.
    product_id: LeadProductId,
    /// The file's name, up to 200 characters.
    file_name: String,
    /// The advertising source of rows that have none of their own (R107).
    source: Option<String>,
}

/// Uploads a file of leads
///
/// The body is the file itself: CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252, up to
/// 32 MB. Nothing is imported yet: the answer shows the columns that were found and suggests what they mean.
#[utoipa::path(tag = "lead-imports", params(UploadTo),
    request_body(content = String, description = "The file", content_type = "text/csv"),
    responses((status = 201, body = LeadImport), Problems))]
#[post("/lead-imports")]
pub(super) async fn create_lead_import(
    caller: Caller,
    request: HttpRequest,
    query: Query<UploadTo>,
    payload: Payload,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(to) = query;
    let key = idempotency_key(request.headers())?;
    if key.is_none() && matches!(caller.principal, Principal::Key(_)) {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyRequired));
    }
    for (name, text, most) in [
        ("file_name", Some(&to.file_name), 200),
        ("source", to.source.as_ref(), 120),
    ] {
        let fits = |text: &String| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        if text.is_some_and(|text| !fits(text)) {
            return Err(invalid_parameter(name, &format!("expected 1 to {most} characters")));
        }
    }
    let bytes = collect(payload).await?;
    let hash = idempotency::hash(&app.secrets, "POST", &request.uri().to_string(), &bytes);
    let upload = tokio::task::spawn_blocking(move || Upload::read(bytes))
        .await
        .map_err(ApiError::internal)??;
    let upload = Arc::new(upload);
    let to = Destination {
        programme_id: to.programme_id,
        product_id: to.product_id,
        file_name: to.file_name.trim().to_owned(),
        source: to.source.map(|source| source.trim().to_owned()),
    };
    let market = app.market.clone();
    app.db
        .write(move |tx| {
            let market = market.fresh(tx)?;
            let create = |tx: &mut crate::db::Tx<'_>| {
                let import = ops::create(tx, &market, &caller, &to, &upload)?;
                Ok(Reply::created(format!("/api/v1/lead-imports/{}", import.id), &import)?.etag(import.version))
            };
            match &key {
                None => create(tx),
                Some(key) => {
                    let principal = caller.principal.id_text();
                    let request = idempotency::Request {
                        principal: &principal,
                        key,
                        hash: &hash,
                    };
                    idempotency::once(tx, request, |_, saved| Ok(saved), create)
                }
            }
        })
        .await
}

async fn collect(mut payload: Payload) -> ApiResult<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|cause| ApiError::new(ProblemCode::MalformedBody).detail(cause.to_string()))?;
        if bytes.len() + chunk.len() > LARGEST_FILE {
            return Err(ApiError::new(ProblemCode::BodyTooLarge).detail("A file has at most 32 MB."));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Lists imports, newest first
#[utoipa::path(tag = "lead-imports", params(ImportFilter),
    responses((status = 200, body = Page<LeadImport>), Problems))]
#[get("/lead-imports")]
pub(super) async fn list_lead_imports(caller: Caller, query: Query<ImportFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(filter) = query;
    let window = Window::new(filter.limit, filter.cursor.as_deref())?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list(conn, &scope, filter, &window)?;
            Ok(window.finish(rows, |import| (import.created_at, import.id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Reads an import and its progress
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path)),
    responses((status = 200, body = LeadImport), Problems))]
#[get("/lead-imports/{id}")]
pub(super) async fn get_lead_import(caller: Caller, path: Id<LeadImportId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, Id(id)) = (caller.scope(), path);
    let import = app.db.read(move |conn| Ok(store::get(conn, &scope, id)?.shown)).await?;
    Ok(Reply::ok(&import)?.etag(import.version))
}

/// Checks an import without importing anything
///
/// A dry run in the background: poll the import until it is `checked`, then read `check`: how many rows would
/// have which result, and the first hundred errors by row and column.
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path)), request_body = RunLeadImport,
    responses((status = 202, body = LeadImport), Problems))]
#[post("/lead-imports/{id}/check")]
pub(super) async fn check_lead_import(
    caller: Caller,
    path: Id<LeadImportId>,
    command: Command<RunLeadImport>,
    app: Data<App>,
) -> ApiResult<Reply> {
    begin(caller, path, command, app, LeadImportAction::Check).await
}

/// Imports the rows of a file
///
/// In the background, some rows at a time: poll the import for its progress. A row whose lead is there already
/// changes nothing, so the same file twice does no harm; an import that failed goes on where it stopped.
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path)), request_body = RunLeadImport,
    responses((status = 202, body = LeadImport), Problems))]
#[post("/lead-imports/{id}/start")]
pub(super) async fn start_lead_import(
    caller: Caller,
    path: Id<LeadImportId>,
    command: Command<RunLeadImport>,
    app: Data<App>,
) -> ApiResult<Reply> {
    begin(caller, path, command, app, LeadImportAction::Start).await
}

async fn begin(
    caller: Caller,
    path: Id<LeadImportId>,
    command: Command<RunLeadImport>,
    app: Data<App>,
    action: LeadImportAction,
) -> ApiResult<Reply> {
    let Id(id) = path;
    command
        .run(&app, caller, move |tx, caller, body| {
            let import = ops::begin(tx, caller, id, action, body.mapping.as_ref())?;
            Ok(Reply::accepted(&import)?.etag(import.version))
        })
        .await
}

/// Stops an import for good
///
/// Rows that were imported stay.
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path)),
    responses((status = 200, body = LeadImport), Problems))]
#[post("/lead-imports/{id}/cancel")]
pub(super) async fn cancel_lead_import(
    caller: Caller,
    path: Id<LeadImportId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Id(id) = path;
    command
        .run(&app, caller, move |tx, caller, _| {
            let import = ops::cancel(tx, caller, id)?;
            Ok(Reply::ok(&import)?.etag(import.version))
        })
        .await
}

/// Lists what became of the rows of an import, in the order of the file
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path), RowFilter),
    responses((status = 200, body = Page<LeadImportRow>), Problems))]
#[get("/lead-imports/{id}/rows")]
pub(super) async fn list_lead_import_rows(
    caller: Caller,
    path: Id<LeadImportId>,
    query: Query<RowFilter>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, Id(id), Query(filter)) = (caller.scope(), path, query);
    let window = Window::new(filter.limit, filter.cursor.as_deref())?;
    let page = app
        .db
        .read(move |conn| {
            store::get(conn, &scope, id)?;
            let after = window.after().map_or(0, |(_, row)| row);
            let outcomes = filter.outcome.map(|many| many.0);
            let rows = store::rows(conn, id, outcomes.as_deref(), after, window.fetch())?;
            Ok(window.finish(rows, |row| (Timestamp::from_micros(0), row.row)))
        })
        .await?;
    Reply::ok(&page)
}

/// Downloads what became of the rows of an import
#[utoipa::path(tag = "lead-imports", params(("id" = LeadImportId, Path)),
    responses((status = 200, content_type = "text/csv", body = String), Problems))]
#[get("/lead-imports/{id}/rows.csv")]
pub(super) async fn export_lead_import_rows(
    caller: Caller,
    path: Id<LeadImportId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, Id(id)) = (caller.scope(), path);
    let file = app
        .db
        .read(move |conn| {
            store::get(conn, &scope, id)?;
            let mut file = export::RowsFile::new()?;
            let mut after = 0;
            loop {
                let rows = store::rows(conn, id, None, after, 1000)?;
                let Some(last) = rows.last() else { break };
                after = last.row;
                file.add(&rows)?;
            }
            file.finish()
        })
        .await?;
    Ok(Reply::csv(&format!("{id}-rows.csv"), file))
}
