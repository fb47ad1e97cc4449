//! The handler that reads the audit trail.

use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Query, Window};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::events::AuditEntry;
use tradepost_contract::{Page, SupplierId, Timestamp};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAuditEntries {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only changes of the thing with this id.
    object: Option<String>,
    /// Only changes by the person or key with this id.
    actor: Option<String>,
    /// Only this action, such as `order.paused`.
    action: Option<String>,
    /// Only changes that concern this supplier.
    supplier_id: Option<SupplierId>,
    /// Only from this instant on.
    recorded_from: Option<Timestamp>,
    /// Only before this instant.
    recorded_to: Option<Timestamp>,
}

/// Lists who changed what, newest first
#[utoipa::path(tag = "audit", params(ListAuditEntries), responses((status = 200, body = Page<AuditEntry>), Problems))]
#[get("/audit-entries")]
pub(super) async fn list_audit_entries(
    _caller: Caller,
    query: Query<ListAuditEntries>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        object: query.object,
        actor: query.actor,
        action: query.action,
        supplier: query.supplier_id,
        from: query.recorded_from,
        to: query.recorded_to,
    };
    Reply::ok(&app.db.read(move |conn| store::list(conn, filter, window)).await?)
}
