//! Lists of requests: newest first, or the reviewers' queue by due time.

use super::{Loaded, OPEN, scoped};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    businesses, deliveries, lead_products, programmes, resolved_policies, return_requests, suppliers,
};
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
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

/// What has no due time is due last of all.
const DUE_OR_NEVER: &str = "coalesce(return_requests.decision_due_at, 253402300799999999)";
const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// A page of requests, newest first or by due time.
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
    let query = query.limit(window.fetch());
    match sort {
        ReturnSort::Newest => {
            let mut query = query.order((return_requests::submitted_at.desc(), return_requests::id.desc()));
            if let Some((at, id)) = window.after() {
                let later = return_requests::submitted_at.lt(at).or(return_requests::id.lt(id));
                query = query.filter(return_requests::submitted_at.le(at)).filter(later);
            }
            let rows = query.load::<Loaded>(conn)?;
            Ok(window.finish(rows, |row| (row.request.submitted_at, row.request.id.as_i64())))
        }
        ReturnSort::Due => {
            let due = || sql::<BigInt>(DUE_OR_NEVER);
            let mut query = query.order((due().asc(), return_requests::id.asc()));
            if let Some((at, id)) = window.after() {
                let later = due().gt(at).or(return_requests::id.gt(id));
                query = query.filter(due().ge(at)).filter(later);
            }
            let rows = query.load::<Loaded>(conn)?;
            let key = |row: &Loaded| (row.request.decision_due_at.unwrap_or(NEVER), row.request.id.as_i64());
            Ok(window.finish(rows, key))
        }
    }
}
