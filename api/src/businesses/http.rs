//! Handlers of `/suppliers/{id}/businesses` and `/businesses`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::suppliers::store as accounts;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::businesses::{Business, BusinessStatus, CreateBusiness, UpdateBusiness};
use tradepost_contract::{BusinessAssociationId, BusinessId, Id as _, Page, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListBusinesses {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those that trade, or no longer.
    status: Option<BusinessStatus>,
    /// Only of this association.
    association_id: Option<BusinessAssociationId>,
}

/// Lists the businesses of a supplier
///
/// Newest first. A member sees the businesses given to them.
#[utoipa::path(
    tag = "businesses",
    params(("id" = SupplierId, Path, description = "The supplier"), ListBusinesses),
    responses((status = 200, body = Page<Business>), Problems)
)]
#[get("/suppliers/{id}/businesses")]
pub(super) async fn list_businesses(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<ListBusinesses>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        status: query.status,
        association: query.association_id,
    };
    let page = app
        .db
        .read(move |conn| {
            let scope = caller.scope();
            let account = accounts::account(conn, &scope, path.0)?;
            let rows = store::list(conn, &scope, account.id, &filter, &window)?;
            let page = window.finish(rows, |row| (row.created_at, row.id.as_i64()));
            page.try_map_rows(|rows| store::shown(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Adds a business to a supplier
///
/// Owners where the policy lets them (R106). 409 `duplicate` where another business has the tracking
/// number (R104).
#[utoipa::path(
    tag = "businesses",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateBusiness,
    responses((status = 201, body = Business), Problems)
)]
#[post("/suppliers/{id}/businesses")]
pub(super) async fn create_business(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateBusiness>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let supplier = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            let business = ops::create(tx, caller, supplier, body)?;
            let location = format!("/api/v1/businesses/{}", business.id);
            Ok(Reply::created(location, &business)?.etag(business.version))
        })
        .await
}

/// Shows a business
#[utoipa::path(
    tag = "businesses",
    params(("id" = BusinessId, Path, description = "The business")),
    responses((status = 200, body = Business), Problems)
)]
#[get("/businesses/{id}")]
pub(super) async fn get_business(caller: Caller, path: Id<BusinessId>, app: Data<App>) -> ApiResult<Reply> {
    let business = app
        .db
        .read(move |conn| store::get(conn, &caller.scope(), path.0))
        .await?;
    Ok(Reply::ok(&business)?.etag(business.version))
}

/// Changes a business
#[utoipa::path(
    tag = "businesses",
    params(("id" = BusinessId, Path, description = "The business")),
    request_body = UpdateBusiness,
    responses((status = 200, body = Business), Problems)
)]
#[patch("/businesses/{id}")]
pub(super) async fn update_business(
    caller: Caller,
    path: Id<BusinessId>,
    command: Command<UpdateBusiness>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    command
        .run(&app, caller, move |tx, caller, patch| {
            let business = ops::update(tx, caller, id, seen, patch)?;
            Ok(Reply::ok(&business)?.etag(business.version))
        })
        .await
}
