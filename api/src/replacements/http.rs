//! Handlers of `/replacements`.

use super::convert;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::replacements::{ConvertReplacement, Replacement, ReplacementStatus};
use tradepost_contract::{OrderId, Page, ProgrammeId, ReplacementId, ReturnRequestId, SupplierId};

/// Which replacements.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListReplacements {
    /// How many rows, 1 to 100; 50 by default.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Statuses, with commas between them; `owed` is what is still to be delivered.
    #[param(value_type = Option<String>, example = "owed")]
    status: Option<Many<ReplacementStatus>>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// One supplier.
    supplier_id: Option<SupplierId>,
    /// One order.
    order_id: Option<OrderId>,
    /// The one that a return request was granted.
    return_request_id: Option<ReturnRequestId>,
}

/// Lists replacements that are or were owed
///
/// The latest first, each with its age, its place in the queue, and when it becomes a credit (R44).
#[utoipa::path(
    tag = "replacements",
    params(ListReplacements),
    responses((status = 200, body = Page<Replacement>), Problems)
)]
#[get("/replacements")]
pub(super) async fn list_replacements(
    caller: Caller,
    query: Query<ListReplacements>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        id: None,
        request: query.return_request_id,
        status: query.status.map(|Many(statuses)| statuses),
        programme: query.programme_id,
        supplier: query.supplier_id,
        order: query.order_id,
    };
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let page = app
        .db
        .read(move |conn| store::list(conn, &scope, filter, &window, now))
        .await?;
    Reply::ok(&page)
}

/// Show a replacement
#[utoipa::path(
    tag = "replacements",
    params(("id" = ReplacementId, Path)),
    responses((status = 200, body = Replacement), Problems)
)]
#[get("/replacements/{id}")]
pub(super) async fn get_replacement(caller: Caller, id: Id<ReplacementId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let replacement = app.db.read(move |conn| store::get(conn, &scope, id.0, now)).await?;
    Ok(Reply::ok(&replacement)?.etag(replacement.version))
}

/// Credit a lead that is owed
///
/// In place of the lead, before the time that the policy sets or where it sets none (R44). What was charged for the
/// returned lead is given back like any credit: by never billing it, or by a credit note. Once: a lead that came
/// meanwhile, or an earlier credit, is a 409.
#[utoipa::path(
    tag = "replacements",
    params(("id" = ReplacementId, Path)),
    request_body = ConvertReplacement,
    responses((status = 200, body = Replacement), Problems)
)]
#[post("/replacements/{id}/convert")]
pub(super) async fn convert_replacement(
    caller: Caller,
    id: Id<ReplacementId>,
    command: Command<ConvertReplacement>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let replacement = convert::by_hand(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&replacement)?.etag(replacement.version))
        })
        .await
}
