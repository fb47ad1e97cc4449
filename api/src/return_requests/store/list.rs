//! Lists of requests: by when they came, or the reviewers' queue by due time.

use super::{Loaded, OPEN, scoped};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    businesses, deliveries, lead_people, lead_products, programmes, resolved_policies, return_requests, suppliers,
};
use crate::error::ApiResult;
use crate::lists::{Key, NEVER, Window, in_order, or_never};
use diesel::prelude::*;
use tradepost_contract::return_requests::{ReturnSort, ReturnStatus};
use tradepost_contract::{BusinessId, DeliveryId, Id, Page, ProgrammeId, SupplierId, Timestamp};

/// The filters of the list.
#[derive(Debug, Clone, Default)]
pub(in crate::return_requests) struct Filter {
    pub(in crate::return_requests) status: Option<Vec<ReturnStatus>>,
    pub(in crate::return_requests) programme: Option<ProgrammeId>,
    pub(in crate::return_requests) supplier: Option<SupplierId>,
    pub(in crate::return_requests) business: Option<BusinessId>,
    pub(in crate::return_requests) delivery: Option<DeliveryId>,
    pub(in crate::return_requests) reason: Option<String>,
    pub(in crate::return_requests) due_before: Option<Timestamp>,
    pub(in crate::return_requests) overdue_at: Option<Timestamp>,
    pub(in crate::return_requests) in_time_at: Option<Timestamp>,
    pub(in crate::return_requests) submitted_from: Option<Timestamp>,
    pub(in crate::return_requests) submitted_before: Option<Timestamp>,
}

/// What the list is sorted by, of one row.
fn key(row: &Loaded, sort: ReturnSort) -> Key {
    match sort {
        ReturnSort::Newest | ReturnSort::Oldest => row.request.submitted_at.into(),
        ReturnSort::Due => row.request.decision_due_at.unwrap_or(NEVER).into(),
    }
}

/// A page of requests.
pub(in crate::return_requests) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    sort: ReturnSort,
    window: &Window,
) -> ApiResult<Page<Loaded>> {
    let mut query = scoped!(scope);
    if let Some(statuses) = filter.status {
        query = query.filter(return_requests::status.eq_any(statuses));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(return_requests::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(return_requests::supplier_id.eq(supplier));
    }
    if let Some(business) = filter.business {
        query = query.filter(return_requests::business_id.eq(business));
    }
    if let Some(delivery) = filter.delivery {
        query = query.filter(return_requests::delivery_id.eq(delivery));
    }
    if let Some(reason) = filter.reason {
        query = query.filter(return_requests::reason.eq(reason));
    }
    if let Some(before) = filter.due_before {
        query = query.filter(return_requests::decision_due_at.lt(before));
    }
    if let Some(now) = filter.overdue_at {
        query = query
            .filter(return_requests::decision_due_at.le(now))
            .filter(return_requests::status.eq_any(OPEN));
    }
    if let Some(now) = filter.in_time_at {
        let in_time = return_requests::decision_due_at
            .is_null()
            .or(return_requests::decision_due_at.gt(now));
        query = query.filter(in_time).filter(return_requests::status.eq_any(OPEN));
    }
    if let Some(from) = filter.submitted_from {
        query = query.filter(return_requests::submitted_at.ge(from));
    }
    if let Some(before) = filter.submitted_before {
        query = query.filter(return_requests::submitted_at.lt(before));
    }
    let after = window.after_number();
    let due = || or_never("return_requests.decision_due_at");
    let query = match sort {
        ReturnSort::Newest => in_order!(query, after, falling return_requests::submitted_at, return_requests::id),
        ReturnSort::Oldest => in_order!(query, after, rising return_requests::submitted_at, return_requests::id),
        ReturnSort::Due => in_order!(query, after, rising due(), return_requests::id),
    };
    let rows = query.limit(window.fetch()).load::<Loaded>(conn)?;
    Ok(window.finish(rows, |row| (key(row, sort), row.request.id.as_i64())))
}
