//! Handlers of `/suppliers`.

use super::ops;
use super::standing::{self, Standing};
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, name_sort_key, name_sort_window};
use crate::policy;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::suppliers::{
    ChangeStanding, CreateSupplier, Supplier, SupplierAction, SupplierPolicy, SupplierStatus, UpdateSupplier,
};
use tradepost_contract::{Id as _, LeadProductId, NameSort, Page, ProgrammeId, SupplierId, UserId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListSuppliers {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<NameSort>,
    /// Only accounts that stand so; several with commas between them.
    #[param(value_type = Option<String>)]
    status: Option<Many<SupplierStatus>>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only those whom this person looks after.
    account_manager_id: Option<UserId>,
    /// Only the one with this id of the caller's own.
    external_id: Option<String>,
    /// Only those with this text in their name.
    q: Option<String>,
}

/// Lists suppliers
///
/// A supplier's own people see their own account only.
#[utoipa::path(tag = "suppliers", params(ListSuppliers), responses((status = 200, body = Page<Supplier>), Problems))]
#[get("/suppliers")]
pub(super) async fn list_suppliers(caller: Caller, query: Query<ListSuppliers>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let sort = query.sort.unwrap_or(NameSort::Newest);
    let window = name_sort_window(query.limit, query.cursor.as_deref(), sort)?;
    let filter = Filter {
        statuses: query.status.map(|many| many.0).unwrap_or_default(),
        programme: query.programme_id,
        account_manager: query.account_manager_id,
        external_id: query.external_id,
        text: query.q.filter(|text| !text.trim().is_empty()),
    };
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list(conn, &caller.scope(), filter, sort, &window)?;
            let key = |row: &store::Row| (name_sort_key(sort, &row.name, row.created_at), row.id.as_i64());
            let page = window.finish(rows, key);
            page.try_map_rows(|rows| store::shown(conn, &caller, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Sets up a supplier
///
/// It starts in `onboarding`: it can be given businesses, people, coverage and orders, and gets no
/// leads until it is activated.
#[utoipa::path(tag = "suppliers", request_body = CreateSupplier, responses((status = 201, body = Supplier), Problems))]
#[post("/suppliers")]
pub(super) async fn create_supplier(
    caller: Caller,
    command: Command<CreateSupplier>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let supplier = ops::create(tx, caller, body)?;
            let location = format!("/api/v1/suppliers/{}", supplier.id);
            Ok(Reply::created(location, &supplier)?.etag(supplier.version))
        })
        .await
}

/// Shows a supplier
///
/// `contact` is the account manager, or the department while there is none (R1).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    responses((status = 200, body = Supplier), Problems)
)]
#[get("/suppliers/{id}")]
pub(super) async fn get_supplier(caller: Caller, path: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let supplier = app.db.read(move |conn| store::get(conn, &caller, path.0)).await?;
    Ok(Reply::ok(&supplier)?.etag(supplier.version))
}

/// Changes a supplier
///
/// A supplier's own people get 403 `change_through_staff` where the policy does not let them; the
/// detail names who makes the change (R5).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = UpdateSupplier,
    responses((status = 200, body = Supplier), Problems)
)]
#[patch("/suppliers/{id}")]
pub(super) async fn update_supplier(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<UpdateSupplier>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    command
        .run(&app, caller, move |tx, caller, patch| {
            let supplier = ops::update(tx, caller, id, seen, patch)?;
            Ok(Reply::ok(&supplier)?.etag(supplier.version))
        })
        .await
}

/// Lets a supplier get leads
///
/// From `onboarding` or `suspended`. The first activation sends the activation message, once (R3).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = ChangeStanding,
    responses((status = 200, body = Supplier), Problems)
)]
#[post("/suppliers/{id}/activate")]
pub(super) async fn activate_supplier(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<ChangeStanding>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, path.0, command, app, SupplierAction::Activate).await
}

/// Stops a supplier's leads until further notice
///
/// No sale is made to it after the answer. What was delivered stays billable and returnable.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = ChangeStanding,
    responses((status = 200, body = Supplier), Problems)
)]
#[post("/suppliers/{id}/suspend")]
pub(super) async fn suspend_supplier(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<ChangeStanding>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, path.0, command, app, SupplierAction::Suspend).await
}

/// Closes a supplier's account
///
/// For good, and at once: its orders, plan, packages and loyalty end, what was sold is invoiced, and charged where the
/// programme's policy does so (R13). Its people keep reading their invoices and deliveries. A supplier that leaves by
/// the rules of its programme does so by `POST /cancellations`.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = ChangeStanding,
    responses((status = 200, body = Supplier), Problems)
)]
#[post("/suppliers/{id}/close")]
pub(super) async fn close_supplier(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<ChangeStanding>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, path.0, command, app, SupplierAction::Close).await
}

async fn change(
    caller: Caller,
    id: SupplierId,
    command: Command<ChangeStanding>,
    app: Data<App>,
    action: SupplierAction,
) -> ApiResult<Reply> {
    let (seen, policies) = (command.if_match, app.policies.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let reason = body.reason.as_deref();
            let supplier = standing::change(tx, caller, &policies, id, Standing { action, reason, seen })?;
            Ok(Reply::ok(&supplier)?.etag(supplier.version))
        })
        .await
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct GetSupplierPolicy {
    /// With the terms of this product of the supplier's programme.
    product_id: Option<LeadProductId>,
}

/// Shows the policy in force for a supplier
///
/// As resolved today through all layers: agreement, account, product (where one is named), programme.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier"), GetSupplierPolicy),
    responses((status = 200, body = SupplierPolicy), Problems)
)]
#[get("/suppliers/{id}/policy")]
pub(super) async fn get_supplier_policy(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<GetSupplierPolicy>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, product) = (path.0, query.0.product_id);
    let now = app.clock.business_now();
    let policy = app
        .db
        .read(move |conn| {
            let account = store::account(conn, &caller.scope(), id)?;
            let foreign = || crate::lists::invalid_parameter("product_id", "no product of the programme has this id");
            if let Some(product) = product
                && !store::sells(conn, account.programme_id, product)?
            {
                return Err(foreign());
            }
            let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
            let today = zone.date_of(now);
            let (policy_version_id, resolved) = policy::of_supplier(conn, account.programme_id, id, product, today)?;
            Ok(SupplierPolicy {
                supplier_id: id,
                product_id: product,
                policy_version_id,
                policy: resolved.policy,
            })
        })
        .await?;
    Reply::ok(&policy)
}
