//! The handler of `/replacements`.

use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Many, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::replacements::{Replacement, ReplacementStatus};
use tradepost_contract::{OrderId, Page, ProgrammeId, SupplierId};

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
}

/// Lists replacements that are or were owed
///
/// The latest first, each with its age.
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
