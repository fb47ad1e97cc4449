//! Handlers of `/reconciliations`.

use super::store;
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::reconciliations::{Reconciliation, ReconciliationDifference};
use tradepost_contract::{Page, ReconciliationId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReconciliationWindow {
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the days that were compared with the gateway
///
/// The latest first, with how many differences there were.
#[utoipa::path(tag = "payments", params(ReconciliationWindow), responses((status = 200, body = Page<Reconciliation>), Problems))]
#[get("/reconciliations")]
pub(super) async fn list_reconciliations(
    _caller: Caller,
    query: Query<ReconciliationWindow>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let page = app.db.read(move |conn| store::list(conn, window)).await?;
    Reply::ok(&page)
}

/// List the differences of a day
///
/// What the gateway and the books did not agree on, and whether they do now.
#[utoipa::path(tag = "payments", params(("id" = ReconciliationId, Path), ReconciliationWindow), responses((status = 200, body = Page<ReconciliationDifference>), Problems))]
#[get("/reconciliations/{id}/differences")]
pub(super) async fn list_reconciliation_differences(
    _caller: Caller,
    id: Id<ReconciliationId>,
    query: Query<ReconciliationWindow>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let page = app.db.read(move |conn| store::differences(conn, id.0, window)).await?;
    Reply::ok(&page)
}
