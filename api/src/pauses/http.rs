//! Handlers of `/pauses`.

use super::store::{self, Filter};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use tradepost_contract::pauses::{CreatePause, EndPause, Pause, PauseAllowance, PauseStatus, UpdatePause};
use tradepost_contract::{OrderId, Page, PauseId, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListPauses {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only of this order.
    order_id: Option<OrderId>,
    /// Only those that stand so, such as `scheduled,active`.
    #[param(value_type = Option<String>)]
    status: Option<Many<PauseStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List pauses
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "pauses", params(ListPauses), responses((status = 200, body = Page<Pause>), Problems))]
#[get("/pauses")]
pub(super) async fn list_pauses(caller: Caller, query: Query<ListPauses>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        order: query.order_id,
        statuses: query.status.map(|many| many.0),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(view::shown).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Ask for a pause
///
/// Of an order, or of the whole account. Staff write down who asked for it and how (R19); the supplier itself where the
/// policy lets it (R52), otherwise 403 `change_through_staff`. What the policy refuses is answered with 422
/// `policy_refuses`, the field, and what would be allowed (R17, R70).
#[utoipa::path(tag = "pauses", request_body = CreatePause, responses((status = 201, body = Pause), Problems))]
#[post("/pauses")]
pub(super) async fn create_pause(caller: Caller, command: Command<CreatePause>, app: Data<App>) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let pause = ops::create(tx, &policies, caller, body)?;
            let location = format!("/api/v1/pauses/{}", pause.id);
            Ok(Reply::created(location, &pause)?.etag(pause.version))
        })
        .await
}

/// Show a pause
#[utoipa::path(tag = "pauses", params(("id" = PauseId, Path)), responses((status = 200, body = Pause), Problems))]
#[get("/pauses/{id}")]
pub(super) async fn get_pause(caller: Caller, id: Id<PauseId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let pause = app.db.read(move |conn| view::get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&pause)?.etag(pause.version))
}

/// Give a pause another return date
///
/// Within the limits that held when it was asked for.
#[utoipa::path(tag = "pauses", params(("id" = PauseId, Path)), request_body = UpdatePause, responses((status = 200, body = Pause), Problems))]
#[patch("/pauses/{id}")]
pub(super) async fn update_pause(
    caller: Caller,
    id: Id<PauseId>,
    command: Command<UpdatePause>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let pause = ops::update(tx, &policies, caller, id.0, seen, body)?;
            Ok(Reply::ok(&pause)?.etag(pause.version))
        })
        .await
}

/// End a pause
///
/// Leads come again from now on; one that has not begun is cancelled. What staff paused, staff end.
#[utoipa::path(tag = "pauses", params(("id" = PauseId, Path)), request_body = EndPause, responses((status = 200, body = Pause), Problems))]
#[post("/pauses/{id}/end")]
pub(super) async fn end_pause(
    caller: Caller,
    id: Id<PauseId>,
    command: Command<EndPause>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let pause = ops::end(tx, &policies, caller, id.0, seen, body)?;
            Ok(Reply::ok(&pause)?.etag(pause.version))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AllowanceOf {
    /// For a pause of this order; of the whole account where it is left out.
    order_id: Option<OrderId>,
}

/// Show what a pause could be
///
/// Who may pause, the earliest beginning, the latest return, and the days that are left of the budget (R17, R70).
#[utoipa::path(tag = "pauses", params(("id" = SupplierId, Path), AllowanceOf), responses((status = 200, body = PauseAllowance), Problems))]
#[get("/suppliers/{id}/pause-allowance")]
pub(super) async fn get_pause_allowance(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<AllowanceOf>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    let now = app.clock.business_now();
    let allowance = app
        .db
        .read(move |conn| view::allowance(conn, &policies, &caller, id.0, query.0.order_id, now))
        .await?;
    Reply::ok(&allowance)
}
