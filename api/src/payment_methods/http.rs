//! Handlers of `/payment-methods` and `/payment-method-sessions`.

use super::{ops, store, work};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::payment_methods::{CreateMethodSession, MethodSession, StoredMethod};
use tradepost_contract::{Page, PaymentMethodId, PaymentMethodSessionId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListMethods {
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List stored ways to pay
///
/// Newest first, removed ones too. A supplier's people see their own account's.
#[utoipa::path(tag = "payment-methods", params(ListMethods), responses((status = 200, body = Page<StoredMethod>), Problems))]
#[get("/payment-methods")]
pub(super) async fn list_payment_methods(
    caller: Caller,
    query: Query<ListMethods>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let page = app
        .db
        .read(move |conn| store::list(conn, &caller.scope(), query.supplier_id, window))
        .await?;
    Reply::ok(&page)
}

/// Show a stored way to pay
///
/// Only what a person needs to recognise it: brand, last four digits, expiry (R15, R121).
#[utoipa::path(tag = "payment-methods", params(("id" = PaymentMethodId, Path)), responses((status = 200, body = StoredMethod), Problems))]
#[get("/payment-methods/{id}")]
pub(super) async fn get_payment_method(caller: Caller, id: Id<PaymentMethodId>, app: Data<App>) -> ApiResult<Reply> {
    let method: StoredMethod = app
        .db
        .read(move |conn| Ok(store::get(conn, &caller.scope(), id.0)?.into()))
        .await?;
    Ok(Reply::ok(&method)?.etag(method.version))
}

/// Make a stored way to pay the default one
///
/// It is charged from now on. Where the policy leaves that to staff, 403 `change_through_staff` says who
/// does it (R41).
#[utoipa::path(tag = "payment-methods", params(("id" = PaymentMethodId, Path)), responses((status = 200, body = StoredMethod), Problems))]
#[post("/payment-methods/{id}/make-default")]
pub(super) async fn make_payment_method_default(
    caller: Caller,
    id: Id<PaymentMethodId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            let method = ops::make_default(tx, caller, id.0)?;
            Ok(Reply::ok(&method)?.etag(method.version))
        })
        .await
}

/// Remove a stored way to pay
///
/// It is never charged again. Not while a payment with it is under way.
#[utoipa::path(tag = "payment-methods", params(("id" = PaymentMethodId, Path)), responses((status = 200, body = StoredMethod), Problems))]
#[post("/payment-methods/{id}/remove")]
pub(super) async fn remove_payment_method(
    caller: Caller,
    id: Id<PaymentMethodId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            let method = ops::remove(tx, caller, id.0)?;
            Ok(Reply::ok(&method)?.etag(method.version))
        })
        .await?;
    let app = app.into_inner();
    blocking(move || {
        let scope = crate::auth::Scope::system();
        let token = app.db.read_blocking(|conn| store::get(conn, &scope, id.0))?.token;
        // Nothing here charges it any more; that the gateway forgets it too is worth a try and no failure.
        if let Some(Err(fault)) = app.gateway.as_ref().map(|gateway| gateway.client.forget_method(&token)) {
            tracing::warn!(%fault, "the gateway keeps a removed method");
        }
        Ok(())
    })
    .await?;
    Ok(reply)
}

/// Start adding a way to pay
///
/// The answer's `url` is the gateway's own page: card and account numbers are typed in there and never
/// reach Tradepost (R121). What was added becomes the default method.
#[utoipa::path(tag = "payment-methods", request_body = CreateMethodSession, responses((status = 201, body = MethodSession), Problems))]
#[post("/payment-method-sessions")]
pub(super) async fn create_payment_method_session(
    caller: Caller,
    command: Command<CreateMethodSession>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let return_to = command.body.return_to.clone();
    let made = command
        .run(&app, caller, |tx, caller, body| {
            let session = ops::create_session(tx, caller, body)?;
            Reply::created(format!("/api/v1/payment-method-sessions/{}", session.id), &session)
        })
        .await?;
    let session: MethodSession = serde_json::from_slice(&made.body)?;
    let app = app.into_inner();
    let session = blocking(move || work::open_page(&app, session.id, return_to.as_deref())).await?;
    Reply::created(format!("/api/v1/payment-method-sessions/{}", session.id), &session)
}

/// Show how the adding of a way to pay stands
///
/// While it is open the gateway is asked, so that nobody waits for its event.
#[utoipa::path(tag = "payment-methods", params(("id" = PaymentMethodSessionId, Path)), responses((status = 200, body = MethodSession), Problems))]
#[get("/payment-method-sessions/{id}")]
pub(super) async fn get_payment_method_session(
    caller: Caller,
    id: Id<PaymentMethodSessionId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let app = app.into_inner();
    let session = blocking(move || {
        let scope = caller.scope();
        let session = app.db.read_blocking(|conn| store::session(conn, &scope, id.0))?;
        work::ask(&app, session)
    })
    .await?;
    Reply::ok(&session)
}

/// Runs what talks to the gateway on a thread that may block.
async fn blocking<T: Send + 'static>(f: impl FnOnce() -> ApiResult<T> + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(f).await.map_err(ApiError::internal)?
}
