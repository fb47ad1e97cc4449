//! What a supplier may ask about leads it did not get.

use super::missed;
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Paging, Query};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::leads::MissedLead;
use tradepost_contract::{OrderId, Page};

/// List leads that an order did not get
///
/// Newest first, with the reason: paused, at its cap, outside its hours, outranked. Only leads in the
/// order's reach are listed, and nothing is said about the person or about other suppliers. Staff read
/// everything in `GET /leads/{id}/trace`. A page may hold fewer than `limit` and still have a next one.
#[utoipa::path(
    tag = "orders",
    params(("id" = OrderId, Path), Paging),
    responses((status = 200, body = Page<MissedLead>), Problems)
)]
#[get("/orders/{id}/missed-leads")]
pub(super) async fn list_missed_leads(
    caller: Caller,
    path: Id<OrderId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = asked.window()?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| missed::list(conn, &scope, path.0, &window))
        .await?;
    Reply::ok(&page)
}
