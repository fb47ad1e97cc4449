//! Handlers of `/erasure-notices`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::erasure_notices::{AcknowledgeErasure, ErasureNotice, ErasureNoticeStatus};
use tradepost_contract::{ErasureNoticeId, Page, ProgrammeId, SubjectRequestId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListErasureNotices {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only to this supplier.
    supplier_id: Option<SupplierId>,
    /// Only for this person's request; staff only.
    subject_request_id: Option<SubjectRequestId>,
    /// Only those that stand so; `late` are those whose time is over.
    #[param(inline)]
    status: Option<ErasureNoticeStatus>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List erasure notices
///
/// Newest first: who was told to erase a person, and who has not said yet that it is done. A supplier's people see their
/// own account's, members those of their businesses.
#[utoipa::path(tag = "erasure-notices", params(ListErasureNotices), responses((status = 200, body = Page<ErasureNotice>), Problems))]
#[get("/erasure-notices")]
pub(super) async fn list_erasure_notices(
    caller: Caller,
    query: Query<ListErasureNotices>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let now = app.clock.business_now();
    let filter = Filter {
        supplier: query.supplier_id,
        programme: query.programme_id,
        request: query.subject_request_id.filter(|_| caller.is_staff()),
        status: query.status,
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, &filter, now, &window)?;
            let shown = |row| ops::shown(row, &caller, now);
            page.try_map_rows(|rows| Ok(rows.into_iter().map(shown).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Show an erasure notice
#[utoipa::path(tag = "erasure-notices", params(("id" = ErasureNoticeId, Path)), responses((status = 200, body = ErasureNotice), Problems))]
#[get("/erasure-notices/{id}")]
pub(super) async fn get_erasure_notice(caller: Caller, id: Id<ErasureNoticeId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let notice = app
        .db
        .read(move |conn| Ok(ops::shown(store::get(conn, &caller.scope(), id.0)?, &caller, now)))
        .await?;
    Reply::ok(&notice)
}

/// Say that a person was erased
///
/// That this supplier has erased the person, too; staff write it down where they are told so. A second time changes nothing.
#[utoipa::path(tag = "erasure-notices", params(("id" = ErasureNoticeId, Path)), request_body = AcknowledgeErasure, responses((status = 200, body = ErasureNotice), Problems))]
#[post("/erasure-notices/{id}/acknowledge")]
pub(super) async fn acknowledge_erasure(
    caller: Caller,
    id: Id<ErasureNoticeId>,
    command: Command<AcknowledgeErasure>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            Reply::ok(&ops::acknowledge(tx, caller, id.0)?)
        })
        .await
}
