//! Handlers of `/packages`.

use super::store::{self, Filter};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use crate::payments::work;
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::packages::{CancelPackage, CreatePackage, Package, PackageStatus};
use tradepost_contract::{BusinessId, PackageId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListPackages {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only of this business.
    business_id: Option<BusinessId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "pending_payment,running")]
    status: Option<Many<PackageStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List packages
///
/// Newest first. A supplier's people see their own account's, and of these their own businesses'.
#[utoipa::path(tag = "packages", params(ListPackages), responses((status = 200, body = Page<Package>), Problems))]
#[get("/packages")]
pub(super) async fn list_packages(caller: Caller, query: Query<ListPackages>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        business: query.business_id,
        statuses: query.status.map(|Many(statuses)| statuses),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, &window)?;
            page.try_map_rows(|rows| view::shown(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Offer a package to a business
///
/// The first one is introductory: set-up and all of its leads are paid before it begins (R117). Of a later one the
/// policy's share is paid in advance and the rest as its leads are invoiced (R118). One offer at a time waits for
/// its payment. Refused with 409 where it is not the business's turn.
#[utoipa::path(tag = "packages", request_body = CreatePackage, responses((status = 201, body = Package), Problems))]
#[post("/packages")]
pub(super) async fn create_package(
    caller: Caller,
    command: Command<CreatePackage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let package = ops::create(tx, caller, body)?;
            Ok(Reply::created(format!("/api/v1/packages/{}", package.id), &package)?.etag(package.version))
        })
        .await
}

/// Show a package
///
/// How many of its leads were delivered and are still to come, and what of its advance they have used up.
#[utoipa::path(tag = "packages", params(("id" = PackageId, Path)), responses((status = 200, body = Package), Problems))]
#[get("/packages/{id}")]
pub(super) async fn get_package(caller: Caller, id: Id<PackageId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let package = app.db.read(move |conn| view::get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&package)?.etag(package.version))
}

/// Pay what a package costs in advance
///
/// Charges it to the default method. The package begins when that money is here; until then no lead is sold to the
/// business (R117).
#[utoipa::path(tag = "packages", params(("id" = PackageId, Path)), responses((status = 200, body = Package), Problems))]
#[post("/packages/{id}/pay")]
pub(super) async fn pay_package(
    caller: Caller,
    id: Id<PackageId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let scope = caller.scope();
    let begun = command
        .run(&app, caller, move |tx, caller, _| {
            Reply::ok(&ops::pay(tx, caller, id.0)?)
        })
        .await?;
    let begun: Package = serde_json::from_slice(&begun.body)?;
    if let Some(payment) = begun.payment {
        work::settle(&app, payment.id).await?;
    }
    let package = app.db.read(move |conn| view::get(conn, &scope, begun.id)).await?;
    Ok(Reply::ok(&package)?.etag(package.version))
}

/// Cancel a package
///
/// At once, when nobody has paid it or it is complete (R120). With leads to come it is refused with 409 and their
/// number, unless the policy cancels at once.
#[utoipa::path(tag = "packages", params(("id" = PackageId, Path)), request_body = CancelPackage, responses((status = 200, body = Package), Problems))]
#[post("/packages/{id}/cancel")]
pub(super) async fn cancel_package(
    caller: Caller,
    id: Id<PackageId>,
    command: Command<CancelPackage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let package = ops::cancel(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&package)?.etag(package.version))
        })
        .await
}
