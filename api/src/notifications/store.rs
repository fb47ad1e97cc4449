//! Reading the messages that were recorded.

use crate::db::Conn;
use crate::db::schema::notifications::dsl;
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::events::{Notification, NotificationKind};
use tradepost_contract::{Id, NotificationId, Page, ProgrammeId, SupplierId, Timestamp};

/// Which messages to read.
pub(super) struct Filter {
    pub(super) kinds: Vec<NotificationKind>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
}

type Row = (
    NotificationId,
    NotificationKind,
    ProgrammeId,
    Option<SupplierId>,
    String,
    String,
    Timestamp,
);

/// Messages, newest first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, window: Window) -> ApiResult<Page<Notification>> {
    let mut query = dsl::notifications
        .select((
            dsl::id,
            dsl::kind,
            dsl::programme_id,
            dsl::supplier_id,
            dsl::recipients,
            dsl::facts,
            dsl::created_at,
        ))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(dsl::kind.eq_any(filter.kinds.clone()));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    let rows = query
        .load::<Row>(conn)?
        .into_iter()
        .map(notification)
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(rows, |row| (row.due_at, row.id.as_i64())))
}

fn notification((id, kind, programme_id, supplier_id, recipients, facts, due_at): Row) -> ApiResult<Notification> {
    let (recipients, facts) = (serde_json::from_str(&recipients)?, serde_json::from_str(&facts)?);
    Ok(Notification {
        id,
        kind,
        programme_id,
        supplier_id,
        recipients,
        facts,
        due_at,
    })
}
