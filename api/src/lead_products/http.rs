//! Handlers of lead products.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, name_sort_window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::lead_products::{CreateLeadProduct, LeadProduct, ProductStatus, UpdateLeadProduct};
use tradepost_contract::{LeadProductId, NameSort, Page, ProgrammeId};

/// How a product's policy differs is between the seller's own people.
fn shown_to(caller_is_staff: bool, product: LeadProduct) -> LeadProduct {
    LeadProduct {
        policy_override: product.policy_override.filter(|_| caller_is_staff),
        ..product
    }
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLeadProducts {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<NameSort>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this category (R33).
    category: Option<String>,
    /// Only the ones with this short name.
    code: Option<String>,
    /// Only in these states, with commas between them.
    #[param(value_type = Option<String>)]
    status: Option<Many<ProductStatus>>,
}

/// Lists lead products
#[utoipa::path(tag = "lead-products", params(ListLeadProducts), responses((status = 200, body = Page<LeadProduct>), Problems))]
#[get("/lead-products")]
pub(super) async fn list_lead_products(
    caller: Caller,
    query: Query<ListLeadProducts>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let (scope, staff) = (caller.scope(), caller.is_staff());
    let sort = query.sort.unwrap_or(NameSort::Newest);
    let window = name_sort_window(query.limit, query.cursor.as_deref(), sort)?;
    let filter = store::Filter {
        programme: query.programme_id,
        category: query.category,
        code: query.code,
        statuses: query.status.map(|many| many.0),
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, &filter, sort, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(|row| shown_to(staff, row)).collect()))
        })
        .await?;
    Reply::ok(&page)
}

/// Sets up a lead product
#[utoipa::path(
    tag = "lead-products",
    request_body = CreateLeadProduct,
    responses((status = 201, body = LeadProduct), Problems)
)]
#[post("/lead-products")]
pub(super) async fn create_lead_product(
    caller: Caller,
    command: Command<CreateLeadProduct>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let run = command.run(&app, caller, |tx, caller, body| {
        let product = ops::create(tx, caller, body)?;
        let location = format!("/api/v1/lead-products/{}", product.id);
        Ok(Reply::created(location, &product)?.etag(product.version))
    });
    run.await
}

/// Reads a lead product
#[utoipa::path(tag = "lead-products", params(("id" = LeadProductId, Path)), responses((status = 200, body = LeadProduct), Problems))]
#[get("/lead-products/{id}")]
pub(super) async fn get_lead_product(caller: Caller, id: Id<LeadProductId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, staff) = (caller.scope(), caller.is_staff());
    let product = app.db.read(move |conn| store::get(conn, &scope, id.0)).await?;
    let version = product.version;
    Ok(Reply::ok(&shown_to(staff, product))?.etag(version))
}

/// Changes a lead product
///
/// Orders keep their price, leads on sale their buyer limit, and deliveries the policy they were sold
/// by.
#[utoipa::path(
    tag = "lead-products",
    params(("id" = LeadProductId, Path)),
    request_body = UpdateLeadProduct,
    responses((status = 200, body = LeadProduct), Problems)
)]
#[patch("/lead-products/{id}")]
pub(super) async fn update_lead_product(
    caller: Caller,
    id: Id<LeadProductId>,
    command: Command<UpdateLeadProduct>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    let run = command.run(&app, caller, move |tx, caller, body| {
        let product = ops::update(tx, caller, id.0, if_match, body)?;
        Ok(Reply::ok(&product)?.etag(product.version))
    });
    run.await
}
