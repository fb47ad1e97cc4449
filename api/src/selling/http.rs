//! What a supplier may ask about leads it did not get.

use super::missed;
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::leads::MissedLead;
use tradepost_contract::{OrderId, Page};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MissedWindow {
    /// How many a page holds: 1 to 100, 50 by default. A page may hold fewer and still have a next one.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List leads that an order did not get
///
/// Newest first, with the reason: paused, at its cap, outside its hours, outranked. Only leads in the
/// order's reach are listed, and nothing is said about the person or about other suppliers. Staff read
/// everything in `GET /leads/{id}/trace`.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path), MissedWindow),
    responses((status = 200, body = Page<MissedLead>), Problems)
)]
#[get("/orders/{id}/missed-leads")]
pub(super) async fn list_missed_leads(
    caller: Caller,
    path: Id<OrderId>,
    query: Query<MissedWindow>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| missed::list(conn, &scope, path.0, &window))
        .await?;
    Reply::ok(&page)
}
