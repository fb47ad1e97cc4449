//! Handlers of `/lead-sources` and `/lead-source-posts`. What senders call stands in `door.rs`.

use super::store::{self, Filter, View, posts};
use super::{intake, ops, rules, trial};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use tradepost_contract::lead_sources::{
    CreateLeadSource, LeadSource, LeadSourceAction, LeadSourceKind, LeadSourceOutcome, LeadSourcePost,
    LeadSourcePostDetail, LeadSourceStatus, LeadSourceTrial, LeadSourceWithSecret, RotateLeadSourceSecret,
    TryLeadSource, UpdateLeadSource,
};
use tradepost_contract::{LeadSourceId, LeadSourcePostId, Page, ProgrammeId};
use utoipa::IntoParams;

fn view(app: &App) -> View {
    View {
        secrets: app.secrets.clone(),
        public_url: app.settings.public_url.clone().unwrap_or_default(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLeadSources {
    /// Only those of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of these kinds, such as `google_ads,meta`.
    #[param(value_type = Option<String>)]
    kind: Option<Many<LeadSourceKind>>,
    /// Only those that stand so.
    status: Option<LeadSourceStatus>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists lead sources, newest first
#[utoipa::path(tag = "lead-sources", params(ListLeadSources), responses((status = 200, body = Page<LeadSource>), Problems))]
#[get("/lead-sources")]
pub(super) async fn list_lead_sources(
    _caller: Caller,
    query: Query<ListLeadSources>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        kinds: query.kind.map(|many| many.0),
        status: query.status,
    };
    let view = view(&app);
    let page = app.db.read(move |conn| view.list(conn, filter, &window)).await?;
    Reply::ok(&page)
}

/// Makes a lead source
///
/// The answer holds the secret, and nothing else ever does: an idempotent replay has `secret` null. What the sender
/// posts to `intake_url` takes the way of `POST /leads`.
#[utoipa::path(tag = "lead-sources", request_body = CreateLeadSource, responses((status = 201, body = LeadSourceWithSecret), Problems))]
#[post("/lead-sources")]
pub(super) async fn create_lead_source(
    caller: Caller,
    command: Command<CreateLeadSource>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let view = view(&app);
    command
        .run(&app, caller, move |tx, caller, body| {
            let made = ops::create(tx, &view, caller, body)?;
            let location = format!("/api/v1/lead-sources/{}", made.lead_source.id);
            let without_secret = LeadSourceWithSecret {
                lead_source: made.lead_source.clone(),
                secret: None,
            };
            Reply::created(location, &made)?
                .etag(made.lead_source.version)
                .replayed_as(&without_secret)
        })
        .await
}

fn shown(source: &LeadSource) -> ApiResult<Reply> {
    Ok(Reply::ok(source)?.etag(source.version))
}

/// Shows a lead source
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), responses((status = 200, body = LeadSource), Problems))]
#[get("/lead-sources/{id}")]
pub(super) async fn get_lead_source(_caller: Caller, id: Id<LeadSourceId>, app: Data<App>) -> ApiResult<Reply> {
    let view = view(&app);
    let source = app.db.read(move |conn| view.get(conn, id.0)).await?;
    shown(&source)
}

/// Changes a lead source
///
/// Another mapping holds for what comes from now on, and for what is read again.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), request_body = UpdateLeadSource, responses((status = 200, body = LeadSource), Problems))]
#[patch("/lead-sources/{id}")]
pub(super) async fn update_lead_source(
    caller: Caller,
    id: Id<LeadSourceId>,
    command: Command<UpdateLeadSource>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (view, seen) = (view(&app), command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            shown(&ops::update(tx, &view, caller, id.0, seen, body)?)
        })
        .await
}

async fn turn(
    caller: Caller,
    id: LeadSourceId,
    command: Command<NoBody>,
    app: Data<App>,
    action: LeadSourceAction,
) -> ApiResult<Reply> {
    let (view, seen) = (view(&app), command.if_match);
    command
        .run(&app, caller, move |tx, caller, _| {
            shown(&ops::turn(tx, &view, caller, id, seen, action)?)
        })
        .await
}

/// Lets a lead source take enquiries again
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), responses((status = 200, body = LeadSource), Problems))]
#[post("/lead-sources/{id}/enable")]
pub(super) async fn enable_lead_source(
    caller: Caller,
    id: Id<LeadSourceId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    turn(caller, id.0, command, app, LeadSourceAction::Enable).await
}

/// Lets a lead source take nothing any more
///
/// Its sender is answered 403. Leads that came through it stay.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), responses((status = 200, body = LeadSource), Problems))]
#[post("/lead-sources/{id}/disable")]
pub(super) async fn disable_lead_source(
    caller: Caller,
    id: Id<LeadSourceId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    turn(caller, id.0, command, app, LeadSourceAction::Disable).await
}

/// Rotates the secret of a lead source
///
/// The answer holds the new one, once. For `overlap_hours` the old one counts too.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), request_body = RotateLeadSourceSecret, responses((status = 200, body = LeadSourceWithSecret), Problems))]
#[post("/lead-sources/{id}/rotate-secret")]
pub(super) async fn rotate_lead_source_secret(
    caller: Caller,
    id: Id<LeadSourceId>,
    command: Command<RotateLeadSourceSecret>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (view, seen) = (view(&app), command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            let rotated = ops::rotate(tx, &view, caller, id.0, seen, body)?;
            let without_secret = LeadSourceWithSecret {
                lead_source: rotated.lead_source.clone(),
                secret: None,
            };
            Reply::ok(&rotated)?
                .etag(rotated.lead_source.version)
                .replayed_as(&without_secret)
        })
        .await
}

/// Shows what a sample would become
///
/// Nothing of it is kept: no lead, no entry of the log, and no saved answer, so that `Idempotency-Key` makes no
/// difference here.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path)), request_body = TryLeadSource, responses((status = 200, body = LeadSourceTrial), Problems))]
#[post("/lead-sources/{id}/try")]
pub(super) async fn try_lead_source(
    _caller: Caller,
    id: Id<LeadSourceId>,
    command: Command<TryLeadSource>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let body = command.body;
    if let Some(mapping) = &body.mapping {
        let faults = rules::check_mapping(mapping);
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
    }
    let market = app.market.clone();
    let tried = app.db.write(move |tx| {
        let row = store::row(tx, id.0)?;
        let market = market.fresh(tx)?;
        trial::run(&market, row, &body, tx.business_now())
    });
    Reply::ok(&tried.await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLeadSourcePosts {
    /// Only those of which that became, such as `refused`.
    #[param(value_type = Option<String>)]
    outcome: Option<Many<LeadSourceOutcome>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists what became of what a lead source was sent
///
/// Newest first, for thirty days. Who showed a wrong secret has no entry.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourceId, Path), ListLeadSourcePosts), responses((status = 200, body = Page<LeadSourcePost>), Problems))]
#[get("/lead-sources/{id}/posts")]
pub(super) async fn list_lead_source_posts(
    _caller: Caller,
    id: Id<LeadSourceId>,
    query: Query<ListLeadSourcePosts>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let outcomes = query.outcome.map(|many| many.0);
    let page = app
        .db
        .read(move |conn| {
            store::row(conn, id.0)?;
            posts::list(conn, id.0, outcomes, &window)
        })
        .await?;
    Reply::ok(&page)
}

/// Shows what became of an enquiry, and what was sent while that is kept
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourcePostId, Path)), responses((status = 200, body = LeadSourcePostDetail), Problems))]
#[get("/lead-source-posts/{id}")]
pub(super) async fn get_lead_source_post(
    _caller: Caller,
    id: Id<LeadSourcePostId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let secrets = app.secrets.clone();
    let (post, fields) = app.db.read(move |conn| posts::get(conn, &secrets, id.0)).await?;
    Reply::ok(&LeadSourcePostDetail { post, fields })
}

/// Reads again what was refused, with the mapping as it is now
///
/// An enquiry that becomes a lead this time is sold as any other; one that is refused again can be tried once more.
#[utoipa::path(tag = "lead-sources", params(("id" = LeadSourcePostId, Path)), responses((status = 200, body = LeadSourcePost), Problems))]
#[post("/lead-source-posts/{id}/rerun")]
pub(super) async fn rerun_lead_source_post(
    caller: Caller,
    id: Id<LeadSourcePostId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (market, secrets) = (app.market.clone(), app.secrets.clone());
    command
        .run(&app, caller, move |tx, caller, _| {
            Reply::ok(&intake::rerun(tx, &market, &secrets, caller, id.0)?)
        })
        .await
}
