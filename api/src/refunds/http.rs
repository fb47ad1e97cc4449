//! Handlers of `/refunds`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::refunds::{CreateRefund, DecideRefund, Refund, RefundAction, RefundStatus};
use tradepost_contract::{Page, PaymentId, RefundId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListRefunds {
    /// Only of this payment.
    payment_id: Option<PaymentId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "awaiting_approval")]
    status: Option<Many<RefundStatus>>,
    /// With `true` those that failed and that nobody has sent again: they need a person.
    unsettled: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List refunds
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "payments", params(ListRefunds), responses((status = 200, body = Page<Refund>), Problems))]
#[get("/refunds")]
pub(super) async fn list_refunds(caller: Caller, query: Query<ListRefunds>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        payment: query.payment_id,
        supplier: query.supplier_id,
        statuses: query.status.map(|many| many.0),
        unsettled: query.unsettled,
    };
    let page = app
        .db
        .read(move |conn| store::list(conn, &caller.scope(), filter, window))
        .await?;
    Reply::ok(&page)
}

/// Give money back
///
/// A part or all that is left of a payment that the gateway collected. Above the policy's limit the refund
/// waits for a second person; else the gateway is asked at once.
#[utoipa::path(tag = "payments", request_body = CreateRefund, responses((status = 201, body = Refund), Problems))]
#[post("/refunds")]
pub(super) async fn create_refund(caller: Caller, command: Command<CreateRefund>, app: Data<App>) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let refund = ops::create(tx, caller, body)?;
            Ok(Reply::created(format!("/api/v1/refunds/{}", refund.id), &refund)?.etag(refund.version))
        })
        .await
}

/// Show a refund
///
/// With who asked for it and who agreed.
#[utoipa::path(tag = "payments", params(("id" = RefundId, Path)), responses((status = 200, body = Refund), Problems))]
#[get("/refunds/{id}")]
pub(super) async fn get_refund(caller: Caller, id: Id<RefundId>, app: Data<App>) -> ApiResult<Reply> {
    let refund: Refund = app
        .db
        .read(move |conn| Ok(store::get(conn, &caller.scope(), id.0)?.into()))
        .await?;
    Ok(Reply::ok(&refund)?.etag(refund.version))
}

/// Agree to a refund
///
/// By a second person: whoever asked for it gets 403.
#[utoipa::path(tag = "payments", params(("id" = RefundId, Path)), request_body = DecideRefund, responses((status = 200, body = Refund), Problems))]
#[post("/refunds/{id}/approve")]
pub(super) async fn approve_refund(
    caller: Caller,
    id: Id<RefundId>,
    command: Command<DecideRefund>,
    app: Data<App>,
) -> ApiResult<Reply> {
    decide(caller, id.0, command, app, RefundAction::Approve).await
}

/// Refuse a refund
///
/// By a second person, or by anybody of finance where the gateway could not make it. What was set aside for it can be
/// refunded again.
#[utoipa::path(tag = "payments", params(("id" = RefundId, Path)), request_body = DecideRefund, responses((status = 200, body = Refund), Problems))]
#[post("/refunds/{id}/refuse")]
pub(super) async fn refuse_refund(
    caller: Caller,
    id: Id<RefundId>,
    command: Command<DecideRefund>,
    app: Data<App>,
) -> ApiResult<Reply> {
    decide(caller, id.0, command, app, RefundAction::Refuse).await
}

/// Send a refund again
///
/// One that the gateway could not make: a new refund of the same amount takes its place, with the agreement that the
/// first had. 409 where the payment has too little left by now.
#[utoipa::path(tag = "payments", params(("id" = RefundId, Path)), responses((status = 201, body = Refund), Problems))]
#[post("/refunds/{id}/send-again")]
pub(super) async fn send_refund_again(
    caller: Caller,
    id: Id<RefundId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            let refund = ops::send_again(tx, caller, id.0)?;
            Ok(Reply::created(format!("/api/v1/refunds/{}", refund.id), &refund)?.etag(refund.version))
        })
        .await
}

async fn decide(
    caller: Caller,
    id: RefundId,
    command: Command<DecideRefund>,
    app: Data<App>,
    action: RefundAction,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let refund = ops::decide(tx, caller, id, action, body)?;
            Ok(Reply::ok(&refund)?.etag(refund.version))
        })
        .await
}
