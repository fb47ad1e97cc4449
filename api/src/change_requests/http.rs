//! Handlers of `/change-requests`.

use super::store::{self, Filter};
use super::{decide, ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::change_requests::{
    ApproveChangeRequest, ChangeKind, ChangeOptions, ChangeRequest, ChangeRequestStatus, CreateChangeRequest,
    DeclineChangeRequest, WithdrawChangeRequest,
};
use tradepost_contract::{ChangeRequestId, OrderId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListChangeRequests {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only about this order.
    order_id: Option<OrderId>,
    /// Only of these kinds, such as `coverage,volume`.
    #[param(value_type = Option<String>)]
    kind: Option<Many<ChangeKind>>,
    /// Only those that stand so, such as `open,scheduled`.
    #[param(value_type = Option<String>)]
    status: Option<Many<ChangeRequestStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List change requests
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "change-requests", params(ListChangeRequests), responses((status = 200, body = Page<ChangeRequest>), Problems))]
#[get("/change-requests")]
pub(super) async fn list_change_requests(
    caller: Caller,
    query: Query<ListChangeRequests>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        order: query.order_id,
        kinds: query.kind.map(|many| many.0),
        statuses: query.status.map(|many| many.0),
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &caller.scope(), filter, &window)?;
            page.try_map_rows(|rows| rows.into_iter().map(|row| view::shown(&caller, row)).collect())
        })
        .await?;
    Reply::ok(&page)
}

/// Ask for a change
///
/// Of what the policy does not let the supplier change itself (R5). Where it says `edit`, 409: there is nothing to ask
/// for; where it says `none`, 403 `change_through_staff`. Staff write down who asked and how (R77). The change is tried
/// at once: what the direct edit would refuse is refused here, with pointers below `/change`.
#[utoipa::path(tag = "change-requests", request_body = CreateChangeRequest, responses((status = 201, body = ChangeRequest), Problems))]
#[post("/change-requests")]
pub(super) async fn create_change_request(
    caller: Caller,
    command: Command<CreateChangeRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::create(tx, &policies, caller, body)?;
            let location = format!("/api/v1/change-requests/{}", request.id);
            Ok(Reply::created(location, &request)?.etag(request.version))
        })
        .await
}

/// Show a change request
#[utoipa::path(tag = "change-requests", params(("id" = ChangeRequestId, Path)), responses((status = 200, body = ChangeRequest), Problems))]
#[get("/change-requests/{id}")]
pub(super) async fn get_change_request(caller: Caller, id: Id<ChangeRequestId>, app: Data<App>) -> ApiResult<Reply> {
    let request = app.db.read(move |conn| view::get(conn, &caller, id.0)).await?;
    Ok(Reply::ok(&request)?.etag(request.version))
}

/// Approve a change request
///
/// It takes effect as asked, or as soon as its notice allows (R69); before that with `override_reason`. An earlier
/// request for the same thing that was approved is superseded. What takes effect now is carried out now, otherwise its
/// status is `scheduled`.
#[utoipa::path(tag = "change-requests", params(("id" = ChangeRequestId, Path)), request_body = ApproveChangeRequest, responses((status = 200, body = ChangeRequest), Problems))]
#[post("/change-requests/{id}/approve")]
pub(super) async fn approve_change_request(
    caller: Caller,
    id: Id<ChangeRequestId>,
    command: Command<ApproveChangeRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = decide::approve(tx, &policies, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Decline a change request
///
/// With a text that the supplier reads.
#[utoipa::path(tag = "change-requests", params(("id" = ChangeRequestId, Path)), request_body = DeclineChangeRequest, responses((status = 200, body = ChangeRequest), Problems))]
#[post("/change-requests/{id}/decline")]
pub(super) async fn decline_change_request(
    caller: Caller,
    id: Id<ChangeRequestId>,
    command: Command<DeclineChangeRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = decide::decline(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Take a change request back
///
/// While it is open or scheduled.
#[utoipa::path(tag = "change-requests", params(("id" = ChangeRequestId, Path)), request_body = WithdrawChangeRequest, responses((status = 200, body = ChangeRequest), Problems))]
#[post("/change-requests/{id}/withdraw")]
pub(super) async fn withdraw_change_request(
    caller: Caller,
    id: Id<ChangeRequestId>,
    command: Command<WithdrawChangeRequest>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let request = ops::withdraw(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&request)?.etag(request.version))
        })
        .await
}

/// Show what may be asked for
///
/// Field by field: what the policy lets the supplier do, whether the caller may ask now, and when that would take
/// effect at the earliest (R69, R90).
#[utoipa::path(tag = "change-requests", params(("id" = SupplierId, Path)), responses((status = 200, body = ChangeOptions), Problems))]
#[get("/suppliers/{id}/change-options")]
pub(super) async fn get_change_options(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let options = app.db.read(move |conn| view::options(conn, &caller, id.0, now)).await?;
    Reply::ok(&options)
}
