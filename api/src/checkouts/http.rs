//! Handlers of `/checkouts`.

use super::store::{self, Filter};
use super::{end, ops, pay, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use crate::payments;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::checkouts::{
    Checkout, CheckoutStatus, CreateCheckout, PayCheckout, RecordCheckoutPayment, UpdateCheckout,
};
use tradepost_contract::{CheckoutId, Id as _, Page, ProgrammeId, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCheckouts {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only checkouts that stand so; several with commas between them.
    #[param(value_type = Option<String>)]
    status: Option<Many<CheckoutStatus>>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
}

/// Lists checkouts
///
/// Newest first. A supplier's own people see theirs.
#[utoipa::path(tag = "checkouts", params(ListCheckouts), responses((status = 200, body = Page<Checkout>), Problems))]
#[get("/checkouts")]
pub(super) async fn list_checkouts(caller: Caller, query: Query<ListCheckouts>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        id: None,
        statuses: query.status.map(|many| many.0).unwrap_or_default(),
        programme: query.programme_id,
        supplier: query.supplier_id,
    };
    let policies = app.policies.clone();
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list(conn, &caller.scope(), filter, &window)?;
            let page = window.finish(rows, |(row, _)| (row.created_at, row.id.as_i64()));
            page.try_map_rows(|rows| view::shown(conn, &policies, &caller, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Begins a checkout
///
/// Quotes the price and holds it, and the coupon with it, until `expires_at`. A coupon that does not count,
/// for whatever reason, is answered with 422 `invalid_coupon` (R36, R37).
#[utoipa::path(tag = "checkouts", request_body = CreateCheckout, responses((status = 201, body = Checkout), Problems))]
#[post("/checkouts")]
pub(super) async fn create_checkout(
    caller: Caller,
    command: Command<CreateCheckout>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let checkout = ops::create(tx, &policies, caller, body)?;
            let location = format!("/api/v1/checkouts/{}", checkout.id);
            Ok(Reply::created(location, &checkout)?.etag(checkout.version))
        })
        .await
}

/// Shows a checkout
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    responses((status = 200, body = Checkout), Problems)
)]
#[get("/checkouts/{id}")]
pub(super) async fn get_checkout(caller: Caller, path: Id<CheckoutId>, app: Data<App>) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    let checkout = app
        .db
        .read(move |conn| view::get(conn, &policies, &caller, path.0))
        .await?;
    Ok(Reply::ok(&checkout)?.etag(checkout.version))
}

/// Changes an open checkout
///
/// The price is quoted anew and held for the whole time again.
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = UpdateCheckout,
    responses((status = 200, body = Checkout), Problems)
)]
#[patch("/checkouts/{id}")]
pub(super) async fn update_checkout(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<UpdateCheckout>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, patch| {
            let checkout = ops::update(tx, &policies, caller, id, seen, patch)?;
            Ok(Reply::ok(&checkout)?.etag(checkout.version))
        })
        .await
}

/// Orders what is in a checkout
///
/// From now on the money is awaited, until `expires_at`; an order that costs nothing is placed at once.
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = NoBody,
    responses((status = 200, body = Checkout), Problems)
)]
#[post("/checkouts/{id}/submit")]
pub(super) async fn submit_checkout(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, _| {
            let checkout = ops::submit(tx, &policies, caller, id, seen)?;
            Ok(Reply::ok(&checkout)?.etag(checkout.version))
        })
        .await
}

/// Pays a checkout
///
/// Charges what is due to a stored method; an open checkout is ordered first. The answer says how it stands
/// after the gateway was asked: with a card it is complete or its payment was refused, a bank debit is on its
/// way. While one payment is under way there is no second one.
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = PayCheckout,
    responses((status = 200, body = Checkout), Problems)
)]
#[post("/checkouts/{id}/pay")]
pub(super) async fn pay_checkout(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<PayCheckout>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let (id, seen) = (path.0, command.if_match);
    let (policies, asking) = (app.policies.clone(), caller.clone());
    let made = command
        .run(&app, caller, move |tx, caller, body| {
            let checkout = pay::pay(tx, &policies, caller, id, seen, body)?;
            Reply::ok(&checkout)
        })
        .await?;
    let checkout: Checkout = serde_json::from_slice(&made.body)?;
    if let Some(payment) = checkout.payment {
        payments::work::settle(&app, payment.id).await?;
    }
    let policies = app.policies.clone();
    let checkout = app.db.read(move |conn| view::get(conn, &policies, &asking, id)).await?;
    Ok(Reply::ok(&checkout)?.etag(checkout.version))
}

/// Leaves a checkout
///
/// Its coupon is free again, unless the policy counts the attempt (R37).
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = NoBody,
    responses((status = 200, body = Checkout), Problems)
)]
#[post("/checkouts/{id}/abandon")]
pub(super) async fn abandon_checkout(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, _| {
            let checkout = end::abandon(tx, &policies, caller, id, seen)?;
            Ok(Reply::ok(&checkout)?.etag(checkout.version))
        })
        .await
}

/// Records that a checkout was paid
///
/// For money that came outside Tradepost, by phone say. It completes the checkout: the order opens, and
/// its invoice is issued and paid.
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = RecordCheckoutPayment,
    responses((status = 200, body = Checkout), Problems)
)]
#[post("/checkouts/{id}/record-payment")]
pub(super) async fn record_checkout_payment(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<RecordCheckoutPayment>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let checkout = ops::record_payment(tx, &policies, caller, id, seen, body)?;
            Ok(Reply::ok(&checkout)?.etag(checkout.version))
        })
        .await
}

/// Records that the payment of a checkout failed
///
/// For good, outside Tradepost. The checkout ends as one that was left does.
#[utoipa::path(
    tag = "checkouts",
    params(("id" = CheckoutId, Path, description = "The checkout")),
    request_body = NoBody,
    responses((status = 200, body = Checkout), Problems)
)]
#[post("/checkouts/{id}/record-failure")]
pub(super) async fn record_checkout_failure(
    caller: Caller,
    path: Id<CheckoutId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, _| {
            let checkout = ops::record_failure(tx, &policies, caller, id, seen)?;
            Ok(Reply::ok(&checkout)?.etag(checkout.version))
        })
        .await
}
