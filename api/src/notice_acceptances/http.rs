//! Handlers of a supplier's notices.

use super::ops;
use crate::app::App;
use crate::auth::{Caller, address_of};
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::Id;
use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};
use tradepost_contract::SupplierId;
use tradepost_contract::notice_acceptances::{AcceptNotice, NoticeAcceptance, SupplierNotices};

/// Show a supplier's notices
///
/// Those of today's policy, which of them wait for being accepted, and all that was accepted so far, with who and when
/// (R82).
#[utoipa::path(tag = "notices", params(("id" = SupplierId, Path)), responses((status = 200, body = SupplierNotices), Problems))]
#[get("/suppliers/{id}/notices")]
pub(super) async fn get_supplier_notices(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let notices = app
        .db
        .read(move |conn| ops::of_supplier(conn, &caller, id.0, now))
        .await?;
    Reply::ok(&notices)
}

/// Accept a notice
///
/// By an owner of the account, or by anybody in it, as the policy says; nobody accepts for somebody else. A version is
/// accepted once: again, the answer is 200 with what was accepted (R82).
#[utoipa::path(tag = "notices", params(("id" = SupplierId, Path)), request_body = AcceptNotice, responses(
    (status = 201, body = NoticeAcceptance),
    (status = 200, description = "It was accepted before.", body = NoticeAcceptance),
    Problems
))]
#[post("/suppliers/{id}/notice-acceptances")]
pub(super) async fn accept_notice(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<AcceptNotice>,
    request: HttpRequest,
    app: Data<App>,
) -> ApiResult<Reply> {
    let address = address_of(&request, app.settings.proxy_hops).map(|address| address.to_string());
    command
        .run(&app, caller, move |tx, caller, body| {
            let (accepted, is_new) = ops::accept(tx, caller, id.0, address.as_deref(), body)?;
            if is_new {
                Reply::created(format!("/api/v1/suppliers/{}/notices#{}", id.0, accepted.id), &accepted)
            } else {
                Reply::ok(&accepted)
            }
        })
        .await
}
