//! Handlers of `/cancellations`.

use super::store::{self, Filter};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use tradepost_contract::cancellations::{
    CancelReason, Cancellation, CancellationPreview, CancellationStatus, CreateCancellation, UpdateCancellation,
    WithdrawCancellation,
};
use tradepost_contract::policy::CancelEffective;
use tradepost_contract::{CancellationId, LocalDate, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PreviewOf {
    /// When it would take effect, where the policy offers a choice.
    effective: Option<CancelEffective>,
    /// The day on which the notice would be, or was, received; today where it is left out.
    received_on: Option<LocalDate>,
}

/// Show what cancelling an account would mean
///
/// When it would end and by which rule, what would be due, what is lost, and why it would be refused. It is decided by
/// the same rules as the cancellation itself.
#[utoipa::path(tag = "cancellations", params(("id" = SupplierId, Path), PreviewOf), responses((status = 200, body = CancellationPreview), Problems))]
#[get("/suppliers/{id}/cancellation-preview")]
pub(super) async fn get_cancellation_preview(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<PreviewOf>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, now) = (app.policies.clone(), app.clock.business_now());
    let asked = view::Asked {
        effective: query.0.effective,
        received_on: query.0.received_on,
    };
    let preview = app
        .db
        .read(move |conn| view::preview(conn, &policies, &caller, id.0, asked, now))
        .await?;
    Reply::ok(&preview)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCancellations {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that stand so, such as `scheduled,effective`.
    #[param(value_type = Option<String>)]
    status: Option<Many<CancellationStatus>>,
    /// Only those for these reasons.
    #[param(value_type = Option<String>)]
    reason: Option<Many<CancelReason>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List cancellations
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "cancellations", params(ListCancellations), responses((status = 200, body = Page<Cancellation>), Problems))]
#[get("/cancellations")]
pub(super) async fn list_cancellations(
    caller: Caller,
    query: Query<ListCancellations>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        statuses: query.status.map(|many| many.0),
        reasons: query.reason.map(|many| many.0),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, &window)?;
            page.try_map_rows(|rows| {
                rows.into_iter()
                    .map(|row| view::shown(&caller, row))
                    .collect::<ApiResult<_>>()
            })
        })
        .await?;
    Reply::ok(&page)
}

/// Cancel an account
///
/// With its plans, packages, orders and loyalty subscriptions (R89). It ends at once, or is in notice until the policy
/// lets it end (R72, R94); a written notice outside of its window is kept, and the agreement renews (R21). 409 where
/// packages are not complete, with how many leads are to come (R120). Where the policy wants a written notice, staff
/// write it down, and the supplier is answered 403 `change_through_staff`.
#[utoipa::path(tag = "cancellations", request_body = CreateCancellation, responses((status = 201, body = Cancellation), Problems))]
#[post("/cancellations")]
pub(super) async fn create_cancellation(
    caller: Caller,
    command: Command<CreateCancellation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            let cancellation = ops::create(tx, &policies, caller, body)?;
            let location = format!("/api/v1/cancellations/{}", cancellation.id);
            Ok(Reply::created(location, &cancellation)?.etag(cancellation.version))
        })
        .await
}

/// Show a cancellation
#[utoipa::path(tag = "cancellations", params(("id" = CancellationId, Path)), responses((status = 200, body = Cancellation), Problems))]
#[get("/cancellations/{id}")]
pub(super) async fn get_cancellation(caller: Caller, id: Id<CancellationId>, app: Data<App>) -> ApiResult<Reply> {
    let cancellation = app.db.read(move |conn| view::get(conn, &caller, id.0)).await?;
    Ok(Reply::ok(&cancellation)?.etag(cancellation.version))
}

/// Download a written notice
///
/// As it was received (R21); 404 where there is none.
#[utoipa::path(
    tag = "cancellations",
    params(("id" = CancellationId, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), Problems)
)]
#[get("/cancellations/{id}/document")]
pub(super) async fn get_cancellation_document(
    caller: Caller,
    id: Id<CancellationId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let document = app
        .db
        .read(move |conn| {
            let (row, _) = store::get(conn, &caller.scope(), id.0)?;
            row.document.ok_or_else(ApiError::not_found)
        })
        .await?;
    Ok(Reply::text(&format!("{}.txt", id.0), document.into_bytes()))
}

/// Note what came of a talk about staying
///
/// Staff do (R20).
#[utoipa::path(tag = "cancellations", params(("id" = CancellationId, Path)), request_body = UpdateCancellation, responses((status = 200, body = Cancellation), Problems))]
#[patch("/cancellations/{id}")]
pub(super) async fn update_cancellation(
    caller: Caller,
    id: Id<CancellationId>,
    command: Command<UpdateCancellation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let cancellation = ops::update(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&cancellation)?.etag(cancellation.version))
        })
        .await
}

/// Take a cancellation back
///
/// While it has not taken effect. The account stands as before. A supplier's owner may, unless the account is frozen or
/// the notice was in writing; then staff do.
#[utoipa::path(tag = "cancellations", params(("id" = CancellationId, Path)), request_body = WithdrawCancellation, responses((status = 200, body = Cancellation), Problems))]
#[post("/cancellations/{id}/withdraw")]
pub(super) async fn withdraw_cancellation(
    caller: Caller,
    id: Id<CancellationId>,
    command: Command<WithdrawCancellation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let cancellation = ops::withdraw(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&cancellation)?.etag(cancellation.version))
        })
        .await
}
