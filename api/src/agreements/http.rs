//! Handlers of `/suppliers/{id}/agreements` and `/agreements`.

use super::{ops, store};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::calendar::Zone;
use crate::command::{Command, Reply};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::suppliers::store as accounts;
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::agreements::{Agreement, CreateAgreement};
use tradepost_contract::{AgreementId, Id as _, LocalDate, Page, SupplierId, Timestamp};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAgreements {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

fn today(conn: &mut Conn, scope: &Scope, supplier: SupplierId, now: Timestamp) -> ApiResult<LocalDate> {
    let account = accounts::account(conn, scope, supplier)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    Ok(zone.date_of(now))
}

/// Lists the agreements of a supplier
///
/// Those stored last come first; without their texts.
#[utoipa::path(
    tag = "agreements",
    params(("id" = SupplierId, Path, description = "The supplier"), ListAgreements),
    responses((status = 200, body = Page<Agreement>), Problems)
)]
#[get("/suppliers/{id}/agreements")]
pub(super) async fn list_agreements(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<ListAgreements>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let now = app.clock.business_now();
    let page = app
        .db
        .read(move |conn| {
            let today = today(conn, &caller.scope(), path.0, now)?;
            let in_force = store::in_force(conn, path.0, today)?;
            let rows = store::list(conn, path.0, &window)?;
            let page = window.finish(rows, |row| (row.created_at, row.id.as_i64()));
            page.try_map_rows(|rows| rows.into_iter().map(|row| row.shown(in_force, today, false)).collect())
        })
        .await?;
    Reply::ok(&page)
}

/// Stores an agreement
///
/// Its terms beat account, product and programme from its first day on (R18). An override that does not
/// leave a whole policy is refused, with pointers under `/policy_override`.
#[utoipa::path(
    tag = "agreements",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateAgreement,
    responses((status = 201, body = Agreement), Problems)
)]
#[post("/suppliers/{id}/agreements")]
pub(super) async fn create_agreement(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateAgreement>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let supplier = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            let agreement = ops::create(tx, caller, supplier, body)?;
            let location = format!("/api/v1/agreements/{}", agreement.id);
            Ok(Reply::created(location, &agreement)?.etag(agreement.version))
        })
        .await
}

/// Shows an agreement with its text
#[utoipa::path(
    tag = "agreements",
    params(("id" = AgreementId, Path, description = "The agreement")),
    responses((status = 200, body = Agreement), Problems)
)]
#[get("/agreements/{id}")]
pub(super) async fn get_agreement(caller: Caller, path: Id<AgreementId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let agreement = app
        .db
        .read(move |conn| {
            let scope = caller.scope();
            let row = store::find(conn, &scope, path.0)?;
            let today = today(conn, &scope, row.supplier_id, now)?;
            let in_force = store::in_force(conn, row.supplier_id, today)?;
            row.shown(in_force, today, true)
        })
        .await?;
    Ok(Reply::ok(&agreement)?.etag(agreement.version))
}

/// Downloads the text of an agreement
///
/// As it was signed (R18).
#[utoipa::path(
    tag = "agreements",
    params(("id" = AgreementId, Path, description = "The agreement")),
    responses((status = 200, body = String, content_type = "text/plain"), Problems)
)]
#[get("/agreements/{id}/document")]
pub(super) async fn get_agreement_document(caller: Caller, path: Id<AgreementId>, app: Data<App>) -> ApiResult<Reply> {
    let row = app
        .db
        .read(move |conn| store::find(conn, &caller.scope(), path.0))
        .await?;
    Ok(Reply::text(&format!("{}.txt", row.id), row.document.into_bytes()))
}
