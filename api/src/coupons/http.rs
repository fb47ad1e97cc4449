//! Handlers of `/coupons`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::coupons::{Coupon, CreateAlternative, CreateCoupon, EndCoupon};
use tradepost_contract::{CouponId, Id as _, Page, ProgrammeId, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListCoupons {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only those that are this customer's own.
    supplier_id: Option<SupplierId>,
    /// Only with this code, whatever its case.
    code: Option<String>,
    /// Only those that still count, or only those that do not any more.
    live: Option<bool>,
}

/// Lists coupons
///
/// Newest first.
#[utoipa::path(tag = "coupons", params(ListCoupons), responses((status = 200, body = Page<Coupon>), Problems))]
#[get("/coupons")]
pub(super) async fn list_coupons(caller: Caller, query: Query<ListCoupons>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        id: None,
        programme: query.programme_id,
        supplier: query.supplier_id,
        code: query.code,
        live: query.live,
    };
    let now = app.clock.business_now();
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list(conn, &caller.scope(), filter, &window, now)?;
            Ok(window.finish(rows, |coupon| (coupon.created_at, coupon.id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Makes a coupon
///
/// What the buyer has to type is exact: capital letters, blanks and dashes count (R36).
#[utoipa::path(tag = "coupons", request_body = CreateCoupon, responses((status = 201, body = Coupon), Problems))]
#[post("/coupons")]
pub(super) async fn create_coupon(caller: Caller, command: Command<CreateCoupon>, app: Data<App>) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let coupon = ops::create(tx, caller, body)?;
            let location = format!("/api/v1/coupons/{}", coupon.id);
            Ok(Reply::created(location, &coupon)?.etag(coupon.version))
        })
        .await
}

/// Shows a coupon
#[utoipa::path(
    tag = "coupons",
    params(("id" = CouponId, Path, description = "The coupon")),
    responses((status = 200, body = Coupon), Problems)
)]
#[get("/coupons/{id}")]
pub(super) async fn get_coupon(caller: Caller, path: Id<CouponId>, app: Data<App>) -> ApiResult<Reply> {
    let coupon = app
        .db
        .read(move |conn| store::get(conn, &caller.scope(), path.0))
        .await?;
    Ok(Reply::ok(&coupon)?.etag(coupon.version))
}

/// Ends a coupon before its time
///
/// Nobody takes it up from now on. Checkouts that hold it keep it.
#[utoipa::path(
    tag = "coupons",
    params(("id" = CouponId, Path, description = "The coupon")),
    request_body = EndCoupon,
    responses((status = 200, body = Coupon), Problems)
)]
#[post("/coupons/{id}/end")]
pub(super) async fn end_coupon(
    caller: Caller,
    path: Id<CouponId>,
    command: Command<EndCoupon>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            let coupon = ops::end(tx, caller, id, seen, body)?;
            Ok(Reply::ok(&coupon)?.etag(coupon.version))
        })
        .await
}

/// Gives a customer another code
///
/// For a customer whose attempt has used the code up without an order (R38): a code of its own, good once.
/// Where the discount was used, is being used or can still be used, the answer is 409 `state_conflict`.
#[utoipa::path(
    tag = "coupons",
    params(("id" = CouponId, Path, description = "The coupon")),
    request_body = CreateAlternative,
    responses((status = 201, body = Coupon), Problems)
)]
#[post("/coupons/{id}/alternative")]
pub(super) async fn create_coupon_alternative(
    caller: Caller,
    path: Id<CouponId>,
    command: Command<CreateAlternative>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            let coupon = ops::replace(tx, caller, id, body)?;
            let location = format!("/api/v1/coupons/{}", coupon.id);
            Ok(Reply::created(location, &coupon)?.etag(coupon.version))
        })
        .await
}
