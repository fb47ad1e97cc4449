//! The handler that lists recorded messages.

use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Many, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::events::{Notification, NotificationKind};
use tradepost_contract::{Page, ProgrammeId, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListNotifications {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only these kinds, with commas between them.
    #[param(value_type = Option<String>)]
    kind: Option<Many<NotificationKind>>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only to this supplier.
    supplier_id: Option<SupplierId>,
}

/// Lists the messages that rules demanded, newest first
#[utoipa::path(
    tag = "notifications",
    params(ListNotifications),
    responses((status = 200, body = Page<Notification>), Problems)
)]
#[get("/notifications")]
pub(super) async fn list_notifications(
    _caller: Caller,
    query: Query<ListNotifications>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        kinds: query.kind.map(|many| many.0).unwrap_or_default(),
        programme: query.programme_id,
        supplier: query.supplier_id,
    };
    Reply::ok(&app.db.read(move |conn| store::list(conn, &filter, window)).await?)
}
