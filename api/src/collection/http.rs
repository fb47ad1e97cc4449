//! Handlers of `/suppliers/{id}/authorisation`.

use super::authorisation;
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use crate::policy;
use crate::suppliers::store as suppliers;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::SupplierId;
use tradepost_contract::payment_methods::{Authorisation, RevokeAuthorisation, UpdateAuthorisation};

/// Show how a supplier is collected from
///
/// Whether invoices are charged by themselves, to which method, and whether the caller may change methods.
#[utoipa::path(tag = "payment-methods", params(("id" = SupplierId, Path)), responses((status = 200, body = Authorisation), Problems))]
#[get("/suppliers/{id}/authorisation")]
pub(super) async fn get_authorisation(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let shown = app
        .db
        .read(move |conn| {
            let account = suppliers::account(conn, &caller.scope(), id.0)?;
            let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
            let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, zone.date_of(now))?;
            authorisation::show(conn, &caller, id.0, &resolved.policy)
        })
        .await?;
    Reply::ok(&shown)
}

/// Choose how a supplier is collected from
///
/// With `auto_bill`, invoices are charged as soon as they are final, where the policy leaves that to the
/// supplier; without it they are paid by hand (R115).
#[utoipa::path(tag = "payment-methods", params(("id" = SupplierId, Path)), request_body = UpdateAuthorisation, responses((status = 200, body = Authorisation), Problems))]
#[patch("/suppliers/{id}/authorisation")]
pub(super) async fn update_authorisation(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<UpdateAuthorisation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&authorisation::update(tx, caller, id.0, body)?)
        })
        .await
}

/// Take the authorisation to collect back
///
/// By the policy, everything unbilled is invoiced and charged at once and the account is deactivated, or
/// the account is suspended until another method is there (R13). Once.
#[utoipa::path(tag = "payment-methods", params(("id" = SupplierId, Path)), request_body = RevokeAuthorisation, responses((status = 200, body = Authorisation), Problems))]
#[post("/suppliers/{id}/authorisation/revoke")]
pub(super) async fn revoke_authorisation(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<RevokeAuthorisation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&authorisation::revoke(tx, caller, &policies, id.0, body)?)
        })
        .await
}
