//! Handlers of `/suppliers/{id}/coverage` and `/coverage`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::suppliers::store as accounts;
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::coverage::{Coverage, CoverageAdded, CoverageKind, CreateCoverage, EndCoverage};
use tradepost_contract::{CoverageId, Id as _, OrderId, Page, SupplierId, Timestamp};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCoverage {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only the areas of this order alone.
    order_id: Option<OrderId>,
    /// Only areas of this kind.
    kind: Option<CoverageKind>,
    /// Only this value.
    value: Option<String>,
    /// Only what is in force at this instant.
    in_force_at: Option<Timestamp>,
}

/// Lists the coverage of a supplier
///
/// What was entered last comes first; ended areas too.
#[utoipa::path(
    tag = "coverage",
    params(("id" = SupplierId, Path, description = "The supplier"), ListCoverage),
    responses((status = 200, body = Page<Coverage>), Problems)
)]
#[get("/suppliers/{id}/coverage")]
pub(super) async fn list_coverage(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<ListCoverage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        order: query.order_id,
        kind: query.kind,
        value: query.value,
        in_force_at: query.in_force_at,
    };
    let page = app
        .db
        .read(move |conn| {
            let account = accounts::account(conn, &caller.scope(), path.0)?;
            let rows = store::list(conn, account.id, filter, &window)?;
            Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Adds areas to a supplier's coverage
///
/// Where the policy gives changes a notice, 422 `too_early` names the earliest instant; staff overrule
/// it with `override_reason` (R69).
#[utoipa::path(
    tag = "coverage",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateCoverage,
    responses((status = 201, body = CoverageAdded), Problems)
)]
#[post("/suppliers/{id}/coverage")]
pub(super) async fn create_coverage(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateCoverage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let supplier = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            let data = ops::create(tx, caller, supplier, body)?;
            let location = format!("/api/v1/suppliers/{supplier}/coverage");
            Reply::created(location, &CoverageAdded { data })
        })
        .await
}

/// Ends an area of a supplier's coverage
///
/// An area that has not begun is withdrawn when no instant is named: it is answered with
/// `effective_to` equal to `effective_from`, and no longer listed.
#[utoipa::path(
    tag = "coverage",
    params(("id" = CoverageId, Path, description = "The coverage")),
    request_body = EndCoverage,
    responses((status = 200, body = Coverage), Problems)
)]
#[post("/coverage/{id}/end")]
pub(super) async fn end_coverage(
    caller: Caller,
    path: Id<CoverageId>,
    command: Command<EndCoverage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&ops::end(tx, caller, id, body)?)
        })
        .await
}
