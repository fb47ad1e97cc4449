//! Rows of replacements.

use super::Owed;
use crate::auth::Scope;
use crate::db::schema::{deliveries, orders, replacements};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::replacements::{Replacement, ReplacementStatus};
use tradepost_contract::{
    DeliveryId, Id, LeadProductId, OrderId, Page, ProblemCode, ProgrammeId, ReplacementId, ReturnRequestId, SupplierId,
    Timestamp,
};

/// Whose order a replacement fills.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Order {
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: OrderId,
    product_id: LeadProductId,
}

/// Inserts a replacement that is owed for a delivery, on the order of that delivery.
pub(super) fn insert(tx: &mut Tx<'_>, owed: Owed) -> ApiResult<(ReplacementId, Order)> {
    let order: Order = deliveries::table
        .filter(deliveries::id.eq(owed.delivery_id))
        .select((
            deliveries::programme_id,
            deliveries::supplier_id,
            deliveries::order_id,
            deliveries::product_id,
        ))
        .first(&mut **tx)?;
    let id: ReplacementId = tx.new_id();
    let row = (
        replacements::id.eq(id),
        replacements::return_request_id.eq(owed.return_request_id),
        replacements::original_delivery_id.eq(owed.delivery_id),
        replacements::programme_id.eq(order.programme_id),
        replacements::supplier_id.eq(order.supplier_id),
        replacements::order_id.eq(order.order_id),
        replacements::product_id.eq(order.product_id),
        replacements::status.eq(ReplacementStatus::Owed),
        replacements::owed_at.eq(tx.business_now()),
    );
    match diesel::insert_into(replacements::table).values(row).execute(&mut **tx) {
        Ok(_) => Ok((id, order)),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::new(ProblemCode::StateConflict)
            .detail("A replacement is owed for this lead already.")
            .caused_by(cause)),
        Err(cause) => Err(cause.into()),
    }
}

/// The filters of the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) status: Option<Vec<ReplacementStatus>>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<OrderId>,
}

#[derive(Debug, Queryable)]
struct Row {
    id: ReplacementId,
    return_request_id: ReturnRequestId,
    original_delivery_id: DeliveryId,
    programme_id: ProgrammeId,
    supplier_id: SupplierId,
    order_id: OrderId,
    product_id: LeadProductId,
    status: ReplacementStatus,
    filled_delivery_id: Option<DeliveryId>,
    owed_at: Timestamp,
    settled_at: Option<Timestamp>,
    version: i64,
}

/// A page of replacements, the latest owed first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    window: &Window,
    now: Timestamp,
) -> ApiResult<Page<Replacement>> {
    let mut query = replacements::table
        .inner_join(orders::table)
        .select(replacements::all_columns)
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(replacements::supplier_id.eq(supplier));
    }
    if let Some(businesses) = scope.businesses() {
        query = query.filter(orders::business_id.eq_any(businesses.to_vec()));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(replacements::programme_id.eq(programme));
    }
    if let Some(statuses) = filter.status {
        query = query.filter(replacements::status.eq_any(statuses));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(replacements::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(replacements::supplier_id.eq(supplier));
    }
    if let Some(order) = filter.order {
        query = query.filter(replacements::order_id.eq(order));
    }
    if let Some((at, id)) = window.after() {
        let earlier = replacements::owed_at
            .lt(at)
            .or(replacements::id.lt(ReplacementId::from_i64(id)));
        query = query.filter(replacements::owed_at.le(at)).filter(earlier);
    }
    let rows = query
        .order((replacements::owed_at.desc(), replacements::id.desc()))
        .limit(window.fetch())
        .load::<Row>(conn)?;
    let rows = rows.into_iter().map(|row| show(row, now)).collect();
    Ok(window.finish(rows, |row: &Replacement| (row.owed_at, row.id.as_i64())))
}

fn show(row: Row, now: Timestamp) -> Replacement {
    let Row {
        id,
        return_request_id,
        original_delivery_id,
        programme_id,
        supplier_id,
        order_id,
        product_id,
        status,
        filled_delivery_id,
        owed_at,
        settled_at,
        version,
    } = row;
    Replacement {
        id,
        return_request_id,
        original_delivery_id,
        programme_id,
        supplier_id,
        order_id,
        product_id,
        status,
        filled_delivery_id,
        owed_at,
        settled_at,
        age_days: settled_at.unwrap_or(now).since(owed_at).whole_days(),
        version,
    }
}
