//! Handlers of `/call-queue` and `/call-attempts`.

use super::ops;
use super::store::{self, AttemptFilter, Filter, Order};
use super::view::{self, Viewer};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::calls::{CallAttempt, CallLead, CallState, ClaimNextCall, CreateCallAttempt, NextCall};
use tradepost_contract::{CallAttemptId, LeadId, Page, ProgrammeId, SupplierId, Timestamp};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCallQueue {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this customer.
    supplier_id: Option<SupplierId>,
    /// Only those whose turn has come, or only those whose turn is to come.
    due: Option<bool>,
    /// Only those that stand so: `waiting` or `claimed`.
    #[param(value_type = Option<String>)]
    state: Option<Many<CallState>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the call queue
///
/// In the order in which people are called: callbacks by their time, then whoever waits longest. Only leads that are
/// still to be called; `/call-report` has the others.
#[utoipa::path(tag = "calls", params(ListCallQueue), responses((status = 200, body = Page<CallLead>), Problems))]
#[get("/call-queue")]
pub(super) async fn list_call_queue(caller: Caller, query: Query<ListCallQueue>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::sorted(
        query.limit,
        query.cursor.as_deref(),
        "turn",
        crate::lists::KeyKind::Number,
    )?;
    let now = app.clock.business_now();
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        states: query.state.map(|Many(states)| states),
        due: query.due.map(|due| (due, now)),
        ..Filter::default()
    };
    let (scope, viewer) = (caller.scope(), Viewer::of(&caller));
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, Order::Turn, &window)?;
            page.try_map_rows(|rows| viewer.all(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Take the next lead
///
/// The first whose turn has come and that nobody else has, for a quarter of an hour; the one that the caller has
/// already, as long as they have it. Nobody else can take it meanwhile.
#[utoipa::path(tag = "calls", request_body = ClaimNextCall, responses((status = 200, body = NextCall), Problems))]
#[post("/call-queue/next")]
pub(super) async fn claim_next_call(
    caller: Caller,
    command: Command<ClaimNextCall>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&ops::claim_next(tx, caller, body)?)
        })
        .await
}

/// Take a lead of the call queue
///
/// For a quarter of an hour; again, to keep it longer. 409 where somebody else has it, or it is not called any more.
#[utoipa::path(tag = "calls", params(("id" = LeadId, Path)), responses((status = 200, body = CallLead), Problems))]
#[post("/call-queue/{id}/claim")]
pub(super) async fn claim_queued_lead(
    caller: Caller,
    id: Id<LeadId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            let lead = ops::claim(tx, caller, id.0)?;
            Ok(Reply::ok(&lead)?.etag(lead.version))
        })
        .await
}

/// Give a lead back that was taken
#[utoipa::path(tag = "calls", params(("id" = LeadId, Path)), responses((status = 200, body = CallLead), Problems))]
#[post("/call-queue/{id}/release")]
pub(super) async fn release_queued_lead(
    caller: Caller,
    id: Id<LeadId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            let lead = ops::release(tx, caller, id.0)?;
            Ok(Reply::ok(&lead)?.etag(lead.version))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCallAttempts {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only for this customer.
    supplier_id: Option<SupplierId>,
    /// Only about this lead.
    lead_id: Option<LeadId>,
    /// Only those that ended so: codes of dispositions, with commas between them.
    #[param(value_type = Option<String>, example = "callback,voicemail")]
    disposition: Option<Many<String>>,
    /// Recorded at or after this instant.
    called_from: Option<Timestamp>,
    /// Recorded before this instant.
    called_before: Option<Timestamp>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List calls
///
/// The latest first. A supplier's people see those made for their own account (R98).
#[utoipa::path(tag = "calls", params(ListCallAttempts), responses((status = 200, body = Page<CallAttempt>), Problems))]
#[get("/call-attempts")]
pub(super) async fn list_call_attempts(
    caller: Caller,
    query: Query<ListCallAttempts>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = AttemptFilter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        lead: query.lead_id,
        dispositions: query.disposition.map(|Many(words)| words),
        called_from: query.called_from,
        called_before: query.called_before,
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::attempts(conn, &scope, filter, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(view::attempt).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Record a call
///
/// What it does to the lead is the disposition's: it closes it, puts it back for later, or asks for a callback. Who is
/// not to be called again is not called for this customer, about another lead with the same number either. What turns
/// out to be wrong is corrected by another call that names it (`corrects`).
#[utoipa::path(tag = "calls", request_body = CreateCallAttempt, responses((status = 201, body = CallAttempt), Problems))]
#[post("/call-attempts")]
pub(super) async fn create_call_attempt(
    caller: Caller,
    command: Command<CreateCallAttempt>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let attempt = ops::attempt(tx, caller, body)?;
            Reply::created(format!("/api/v1/call-attempts/{}", attempt.id), &attempt)
        })
        .await
}

/// Show a call
#[utoipa::path(tag = "calls", params(("id" = CallAttemptId, Path)), responses((status = 200, body = CallAttempt), Problems))]
#[get("/call-attempts/{id}")]
pub(super) async fn get_call_attempt(caller: Caller, id: Id<CallAttemptId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let row = app.db.read(move |conn| store::attempt(conn, &scope, id.0)).await?;
    Reply::ok(&view::attempt(row))
}
