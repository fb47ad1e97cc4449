//! Handlers of `/month-closes`.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::month_closes::{CloseMonth, MonthClose, ReopenMonth};
use tradepost_contract::{LegalEntityId, MonthCloseId, Page};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CloseFilter {
    /// Only of this legal entity.
    legal_entity_id: Option<LegalEntityId>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List month closes
///
/// Those in force and those that were opened again, the latest closing first.
#[utoipa::path(tag = "books", params(CloseFilter), responses((status = 200, body = Page<MonthClose>), Problems))]
#[get("/month-closes")]
pub(super) async fn list_month_closes(_caller: Caller, query: Query<CloseFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let read = move |conn: &mut crate::db::Conn| store::list(conn, asked.legal_entity_id, window);
    Reply::ok(&app.db.read(read).await?)
}

/// Close a month
///
/// From then on nothing is posted in it or before it. Months are closed in order, once they are over.
#[utoipa::path(tag = "books", request_body = CloseMonth, responses((status = 201, body = MonthClose), Problems))]
#[post("/month-closes")]
pub(super) async fn close_month(caller: Caller, command: Command<CloseMonth>, app: Data<App>) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let close = ops::close(tx, caller, body)?;
            Reply::created(format!("/api/v1/month-closes/{}", close.id), &close)
        })
        .await
}

/// Open a month again
///
/// And those after it. The reason stays with the month and in the audit trail.
#[utoipa::path(tag = "books", params(("id" = MonthCloseId, Path)), request_body = ReopenMonth, responses((status = 200, body = MonthClose), Problems))]
#[post("/month-closes/{id}/reopen")]
pub(super) async fn reopen_month(
    caller: Caller,
    id: Id<MonthCloseId>,
    command: Command<ReopenMonth>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&ops::reopen(tx, caller, id.0, body)?)
        })
        .await
}
