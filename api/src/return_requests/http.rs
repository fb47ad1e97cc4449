//! Handlers of `/return-requests`, and the return options of a delivery.

use super::store::{self, Filter};
use super::view::{self, Viewer};
use super::{ops, review};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, KeyKind, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::return_requests::{
    AppealReturnRequest, ApproveReturnRequest, CreateReturnRequest, DenyReturnRequest, ReturnMessage, ReturnOptions,
    ReturnRequest, ReturnRequestDetail, ReturnSort, ReturnStatus,
};
use tradepost_contract::{BusinessId, DeliveryId, Page, ProgrammeId, ReturnRequestId, SupplierId, Timestamp};

/// Shows whether and for what a delivery can be returned
///
/// The reasons to pick exactly one of, what is no ground and why, the deadline, the text of the
/// button, and the guidelines that were in force when the lead was delivered.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = DeliveryId, Path, description = "The delivery")),
    responses((status = 200, body = ReturnOptions), Problems)
)]
#[get("/deliveries/{id}/return-options")]
pub(super) async fn get_return_options(caller: Caller, path: Id<DeliveryId>, app: Data<App>) -> ApiResult<Reply> {
    let (policies, scope, now) = (app.policies.clone(), caller.scope(), app.clock.business_now());
    let read = move |conn: &mut crate::db::Conn| ops::options(conn, &policies, &scope, path.0, now);
    Reply::ok(&app.db.read(read).await?)
}

/// Which return requests.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListReturnRequests {
    /// How many rows, 1 to 100; 50 by default.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<ReturnSort>,
    /// Statuses, with commas between them.
    #[param(value_type = Option<String>, example = "in_review,appealed")]
    status: Option<Many<ReturnStatus>>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// One supplier.
    supplier_id: Option<SupplierId>,
    /// One business.
    business_id: Option<BusinessId>,
    /// One delivery.
    delivery_id: Option<DeliveryId>,
    /// One reason.
    reason: Option<String>,
    /// Decision due before this instant.
    due_before: Option<Timestamp>,
    /// Undecided ones that are, or are not, later than promised.
    overdue: Option<bool>,
    /// Submitted at or after this instant.
    submitted_from: Option<Timestamp>,
    /// Submitted before this instant.
    submitted_before: Option<Timestamp>,
}

/// Lists return requests
///
/// `sort=due&status=in_review,info_needed,appealed` is the reviewers' queue.
#[utoipa::path(
    tag = "return-requests",
    params(ListReturnRequests),
    responses((status = 200, body = Page<ReturnRequest>), Problems)
)]
#[get("/return-requests")]
pub(super) async fn list_return_requests(
    caller: Caller,
    query: Query<ListReturnRequests>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let sort = query.sort.unwrap_or(ReturnSort::Newest);
    let window = Window::sorted(query.limit, query.cursor.as_deref(), sort.as_str(), KeyKind::Number)?;
    let now = app.clock.business_now();
    let filter = Filter {
        status: query.status.map(|Many(statuses)| statuses),
        programme: query.programme_id,
        supplier: query.supplier_id,
        business: query.business_id,
        delivery: query.delivery_id,
        reason: query.reason,
        due_before: query.due_before,
        overdue_at: (query.overdue == Some(true)).then_some(now),
        in_time_at: (query.overdue == Some(false)).then_some(now),
        submitted_from: query.submitted_from,
        submitted_before: query.submitted_before,
    };
    let (policies, viewer, scope) = (app.policies.clone(), Viewer::of(&caller), caller.scope());
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, sort, &window)?;
            let mut show = |loaded: store::Loaded| {
                let policy = policies.get(conn, loaded.request.resolved_policy_id)?;
                view::show(&loaded, &policy, &viewer, now)
            };
            page.try_map_rows(|rows| rows.into_iter().map(&mut show).collect())
        })
        .await?;
    Reply::ok(&page)
}

/// Asks for a return
///
/// Exactly one reason of the delivery's return options. `reason_not_valid`: the reason is no ground,
/// `detail` says why (R47). `return_window_closed`: too late, where the programme refuses that (R42,
/// R73); other programmes record it and answer a request that is `denied` already (R23).
#[utoipa::path(
    tag = "return-requests",
    request_body = CreateReturnRequest,
    responses((status = 201, body = ReturnRequest), Problems)
)]
#[post("/return-requests")]
pub(super) async fn create_return_request(
    caller: Caller,
    command: Command<CreateReturnRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let made = ops::create(tx, &policies, caller, body)?;
            Ok(Reply::created(format!("/api/v1/return-requests/{}", made.id), &made)?.etag(made.version))
        })
        .await
}

/// Shows a return request
///
/// Staff also see the lead, the supplier's record, what the lead's other buyers made of it, and the history.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    responses((status = 200, body = ReturnRequestDetail), Problems)
)]
#[get("/return-requests/{id}")]
pub(super) async fn get_return_request(caller: Caller, path: Id<ReturnRequestId>, app: Data<App>) -> ApiResult<Reply> {
    let (policies, viewer, scope) = (app.policies.clone(), Viewer::of(&caller), caller.scope());
    let now = app.clock.business_now();
    let read = move |conn: &mut crate::db::Conn| {
        let loaded = store::find(conn, &scope, path.0)?.ok_or_else(ApiError::not_found)?;
        let policy = policies.get(conn, loaded.request.resolved_policy_id)?;
        let request = view::show(&loaded, &policy, &viewer, now)?;
        let case = match viewer.is_staff() {
            true => Some(ops::case(conn, &policy, &loaded, now)?),
            false => None,
        };
        Ok(ReturnRequestDetail { request, case })
    };
    let shown = app.db.read(read).await?;
    Ok(Reply::ok(&shown)?.etag(shown.request.version))
}

/// Approves a return request
///
/// The remedy comes with it, in the same transaction: the line is dropped, a credit note is issued,
/// or a replacement is owed. Decided once: a second decision is a 409. Not by whoever asked for it.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    request_body = ApproveReturnRequest,
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/approve")]
pub(super) async fn approve_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<ApproveReturnRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, body| {
            changed(&review::approve(tx, &policies, caller, at, body)?)
        })
        .await
}

/// Denies a return request
///
/// 422 at `/explanation` where the programme demands one (R45). A denied appeal is final.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    request_body = DenyReturnRequest,
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/deny")]
pub(super) async fn deny_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<DenyReturnRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, body| {
            changed(&review::deny(tx, &policies, caller, at, body)?)
        })
        .await
}

/// Asks the supplier for more information
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    request_body = ReturnMessage,
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/ask")]
pub(super) async fn ask_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<ReturnMessage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, body| {
            changed(&review::ask(tx, &policies, caller, at, body)?)
        })
        .await
}

/// Answers the reviewer
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    request_body = ReturnMessage,
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/answer")]
pub(super) async fn answer_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<ReturnMessage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, body| {
            changed(&ops::answer(tx, &policies, caller, at, body)?)
        })
        .await
}

/// Takes a return request back
///
/// While it is undecided. The delivery may be returned again, within its window.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/withdraw")]
pub(super) async fn withdraw_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, _| {
            changed(&ops::withdraw(tx, &policies, caller, at)?)
        })
        .await
}

/// Appeals against a denial
///
/// Once, within the days the programme allows, and decided by another reviewer than the first. A
/// denial for lateness has no appeal; staff with `returns.override` may still bring it before a reviewer.
#[utoipa::path(
    tag = "return-requests",
    params(("id" = ReturnRequestId, Path, description = "The return request")),
    request_body = AppealReturnRequest,
    responses((status = 200, body = ReturnRequest), Problems)
)]
#[post("/return-requests/{id}/appeal")]
pub(super) async fn appeal_return_request(
    caller: Caller,
    path: Id<ReturnRequestId>,
    command: Command<AppealReturnRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, at) = (app.policies.clone(), (path.0, command.if_match));
    command
        .run(&app, caller, move |tx, caller, body| {
            changed(&ops::appeal(tx, &policies, caller, at, body)?)
        })
        .await
}

fn changed(request: &ReturnRequest) -> ApiResult<Reply> {
    Ok(Reply::ok(request)?.etag(request.version))
}
