//! Previewing, starting, watching and resuming billing runs.

use super::{ops, preview, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window, invalid_parameter};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::billing_runs::{
    BillingRun, BillingRunPreview, BillingRunStatus, CreateBillingRun, ResumeBillingRun,
};
use tradepost_contract::{BillingRunId, LocalDate, Page, ProgrammeId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PreviewQuery {
    /// The programme to bill.
    programme_id: ProgrammeId,
    /// The first day of the period; without it, the earliest period that is not done.
    starts_on: Option<LocalDate>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunFilter {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "running,parked")]
    status: Option<Many<BillingRunStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Preview a billing run
///
/// What the run of a period would invoice if it ran now, also before the period is over. Nothing is
/// written.
#[utoipa::path(tag = "billing-runs", params(PreviewQuery), responses((status = 200, body = BillingRunPreview), Problems))]
#[get("/billing-runs/preview")]
pub(crate) async fn preview_billing_run(
    _caller: Caller,
    query: Query<PreviewQuery>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(PreviewQuery {
        programme_id,
        starts_on,
    }) = query;
    let (now, policies) = (app.clock.business_now(), app.policies.clone());
    let preview = app
        .db
        .read(move |conn| {
            let Some(seller) = store::seller(conn, programme_id)? else {
                return Err(ApiError::unknown_id("?programme_id"));
            };
            let run = match starts_on {
                Some(day) => store::period_on(conn, programme_id, day)?
                    .ok_or_else(|| invalid_parameter("starts_on", "no billing period starts on this day"))?,
                None => store::first_undone(conn, programme_id)?.ok_or_else(ops::no_periods)?,
            };
            preview::preview(conn, &policies, &run, &seller, now)
        })
        .await?;
    Reply::ok(&preview)
}

/// List billing runs
///
/// Every period that is laid out, the latest first; the last one is under way and `scheduled`.
#[utoipa::path(tag = "billing-runs", params(RunFilter), responses((status = 200, body = Page<BillingRun>), Problems))]
#[get("/billing-runs")]
pub(crate) async fn list_billing_runs(_caller: Caller, query: Query<RunFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let statuses = asked.status.map(|Many(statuses)| statuses);
    Reply::ok(
        &app.db
            .read(move |conn| store::list(conn, asked.programme_id, statuses, window))
            .await?,
    )
}

/// Start a billing run
///
/// Runs start by themselves when they are due; finance may start one as soon as its period and the
/// policy's lag are over. It goes on in the background: poll the run for its progress.
#[utoipa::path(tag = "billing-runs", request_body = CreateBillingRun, responses((status = 202, body = BillingRun), Problems))]
#[post("/billing-runs")]
pub(crate) async fn create_billing_run(
    caller: Caller,
    command: Command<CreateBillingRun>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let run = ops::create(tx, caller, body)?;
            let location = format!("/api/v1/billing-runs/{}", run.id);
            Ok(Reply::accepted(&run)?.header("location", location).etag(run.version))
        })
        .await
}

/// Resume a parked billing run
///
/// A run is parked when a safety bound was hit. Resume it after the cause was removed, or accept
/// the unusual totals of this run.
#[utoipa::path(tag = "billing-runs", params(("id" = BillingRunId, Path)), request_body = ResumeBillingRun, responses((status = 202, body = BillingRun), Problems))]
#[post("/billing-runs/{id}/resume")]
pub(crate) async fn resume_billing_run(
    caller: Caller,
    id: Id<BillingRunId>,
    command: Command<ResumeBillingRun>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let run = ops::resume(tx, caller, id.0, if_match, body)?;
            Ok(Reply::accepted(&run)?.etag(run.version))
        })
        .await
}

/// Read a billing run
///
/// Its progress while it runs, and what it came to.
#[utoipa::path(tag = "billing-runs", params(("id" = BillingRunId, Path)), responses((status = 200, body = BillingRun), Problems))]
#[get("/billing-runs/{id}")]
pub(crate) async fn get_billing_run(_caller: Caller, id: Id<BillingRunId>, app: Data<App>) -> ApiResult<Reply> {
    let run: BillingRun = app.db.read(move |conn| store::find(conn, id.0)).await?.into();
    Ok(Reply::ok(&run)?.etag(run.version))
}
