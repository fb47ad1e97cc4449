//! The handler that reads the log.

use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Many, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::events::{Event, EventKind, EventSort};
use tradepost_contract::{EventId, Page, ProblemCode, ProgrammeId, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListEvents {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// The id of the last event that was read; also what `next_cursor` of a page gives. Newest first, it
    /// leads to older events.
    #[param(value_type = Option<String>)]
    cursor: Option<EventId>,
    /// `oldest` first, to follow the log, or `newest` first, to look at it.
    #[param(inline)]
    sort: Option<EventSort>,
    /// Only these kinds, with commas between them.
    #[param(value_type = Option<String>)]
    kind: Option<Many<EventKind>>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only what happened to the thing with this id.
    subject: Option<String>,
}

/// Reads the event log, oldest first unless said otherwise
///
/// To follow the log, read on from the last `id` you have seen: the order of what was read never
/// changes, and nothing appears before it later. Keys bound to a programme or supplier see only theirs.
#[utoipa::path(tag = "events", params(ListEvents), responses((status = 200, body = Page<Event>), Problems))]
#[get("/events")]
pub(super) async fn list_events(caller: Caller, query: Query<ListEvents>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, None)?;
    let scope = caller.scope();
    let foreign = query.supplier_id.is_some_and(|id| !scope.allows_supplier(id))
        || query.programme_id.is_some_and(|id| !scope.allows_programme(id));
    if foreign {
        return Err(ApiError::new(ProblemCode::InvalidParameter).detail("This key does not see that."));
    }
    let filter = Filter {
        kinds: query.kind.map(|many| many.0).unwrap_or_default(),
        programme: query.programme_id.or(scope.programme()),
        supplier: query.supplier_id.or(scope.supplier()),
        subject: query.subject,
        sort: query.sort.unwrap_or(EventSort::Oldest),
        after: query.cursor,
        limit: window.fetch(),
    };
    let mut data = app.db.read(move |conn| store::list(conn, &filter)).await?;
    let has_more = data.len() as i64 == window.fetch();
    data.truncate(data.len().min((window.fetch() - 1) as usize));
    // The last event is always a cursor to read on from, also at the end of the log.
    let next_cursor = data.last().map(|event| event.id.to_string());
    Reply::ok(&Page {
        data,
        next_cursor,
        has_more,
    })
}
