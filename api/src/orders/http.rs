//! Handlers of `/orders`.

use super::ops;
use super::status;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, KeyKind, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::orders::{
    ChangeOrderStatus, CreateOrder, Order, OrderHold, OrderSort, OrderStatus, PauseOrder, UpdateOrder,
};
use tradepost_contract::{BusinessId, Id as _, LeadProductId, OrderId, Page, ProgrammeId, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListOrders {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<OrderSort>,
    /// Only orders that stand so; several with commas between them.
    #[param(value_type = Option<String>)]
    status: Option<Many<OrderStatus>>,
    /// Only orders that the account's standing holds so.
    hold: Option<OrderHold>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only for this business.
    business_id: Option<BusinessId>,
    /// Only for this product.
    product_id: Option<LeadProductId>,
}

/// Lists standing orders
///
/// A supplier's own people see theirs, a member those of the businesses given to them.
#[utoipa::path(tag = "orders", params(ListOrders), responses((status = 200, body = Page<Order>), Problems))]
#[get("/orders")]
pub(super) async fn list_orders(caller: Caller, query: Query<ListOrders>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let sort = query.sort.unwrap_or(OrderSort::Newest);
    let window = Window::sorted(query.limit, query.cursor.as_deref(), sort.as_str(), KeyKind::Number)?;
    let filter = Filter {
        statuses: query.status.map(|many| many.0).unwrap_or_default(),
        hold: query.hold,
        programme: query.programme_id,
        supplier: query.supplier_id,
        business: query.business_id,
        product: query.product_id,
    };
    let policies = app.policies.clone();
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list(conn, &caller.scope(), filter, sort, &window)?;
            let page = window.finish(rows, |(row, _)| (store::key(row, sort), row.id.as_i64()));
            page.try_map_rows(|rows| store::shown(conn, &policies, &caller, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Places a standing order
///
/// The policy that applies is resolved now and stamped on it.
#[utoipa::path(tag = "orders", request_body = CreateOrder, responses((status = 201, body = Order), Problems))]
#[post("/orders")]
pub(super) async fn create_order(caller: Caller, command: Command<CreateOrder>, app: Data<App>) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let order = ops::create(tx, &policies, caller, body)?;
            let location = format!("/api/v1/orders/{}", order.id);
            Ok(Reply::created(location, &order)?.etag(order.version))
        })
        .await
}

/// Shows a standing order
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = Order), Problems)
)]
#[get("/orders/{id}")]
pub(super) async fn get_order(caller: Caller, path: Id<OrderId>, app: Data<App>) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    let order = app
        .db
        .read(move |conn| store::get(conn, &policies, &caller, path.0))
        .await?;
    Ok(Reply::ok(&order)?.etag(order.version))
}

/// Changes a standing order
///
/// A supplier's own people get 403 `change_through_staff` where the policy does not let them (R5, R53,
/// R77); the detail names who makes the change.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = UpdateOrder,
    responses((status = 200, body = Order), Problems)
)]
#[patch("/orders/{id}")]
pub(super) async fn update_order(
    caller: Caller,
    path: Id<OrderId>,
    command: Command<UpdateOrder>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, patch| {
            let order = ops::update(tx, &policies, caller, id, seen, patch)?;
            Ok(Reply::ok(&order)?.etag(order.version))
        })
        .await
}

/// Pauses a standing order
///
/// As soon as the notice of the policy allows; where there is none, no sale is made to it after the answer. The
/// supplier itself where the policy says so (R52), otherwise 403 `change_through_staff` (R19). The pause is one of
/// `/pauses`, with the limits of the policy.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = PauseOrder,
    responses((status = 200, body = Order), Problems)
)]
#[post("/orders/{id}/pause")]
pub(super) async fn pause_order(
    caller: Caller,
    path: Id<OrderId>,
    command: Command<PauseOrder>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let order = status::pause(tx, &policies, caller, id, seen, body)?;
            Ok(Reply::ok(&order)?.etag(order.version))
        })
        .await
}

/// Lets a paused order go on
///
/// What staff paused, staff resume.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = ChangeOrderStatus,
    responses((status = 200, body = Order), Problems)
)]
#[post("/orders/{id}/resume")]
pub(super) async fn resume_order(
    caller: Caller,
    path: Id<OrderId>,
    command: Command<ChangeOrderStatus>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let order = status::resume(tx, &policies, caller, id, seen, body)?;
            Ok(Reply::ok(&order)?.etag(order.version))
        })
        .await
}

/// Cancels a standing order
///
/// For good. What was delivered stays billable and returnable.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = ChangeOrderStatus,
    responses((status = 200, body = Order), Problems)
)]
#[post("/orders/{id}/cancel")]
pub(super) async fn cancel_order(
    caller: Caller,
    path: Id<OrderId>,
    command: Command<ChangeOrderStatus>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let order = status::cancel(tx, &policies, caller, id, seen, body)?;
            Ok(Reply::ok(&order)?.etag(order.version))
        })
        .await
}
