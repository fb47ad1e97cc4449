//! Rows of coverage.

use crate::auth::Scope;
use crate::db::schema::{coverage, orders, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use std::collections::HashSet;
use tradepost_contract::coverage::{Coverage, CoverageKind};
use tradepost_contract::orders::OrderStatus;
use tradepost_contract::{BusinessId, CoverageId, Id, OrderId, ProgrammeId, SupplierId, Timestamp};

/// A coverage's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = coverage)]
pub(super) struct Row {
    pub(super) id: CoverageId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: Option<OrderId>,
    pub(super) kind: CoverageKind,
    pub(super) value: String,
    pub(super) effective_from: Timestamp,
    pub(super) effective_to: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

impl Row {
    pub(super) fn shown(self) -> Coverage {
        let Self {
            id,
            supplier_id,
            order_id,
            kind,
            value,
            effective_from,
            effective_to,
            created_at,
        } = self;
        Coverage {
            id,
            supplier_id,
            order_id,
            kind,
            value,
            effective_from,
            effective_to,
            created_at,
        }
    }
}

/// Which coverage of a supplier.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) order: Option<OrderId>,
    pub(super) kind: Option<CoverageKind>,
    pub(super) value: Option<String>,
    pub(super) in_force_at: Option<Timestamp>,
}

/// A page of a supplier's coverage, what was entered last first.
pub(super) fn list(conn: &mut Conn, supplier: SupplierId, filter: Filter, window: &Window) -> ApiResult<Vec<Coverage>> {
    let mut query = coverage::table
        .filter(coverage::supplier_id.eq(supplier))
        .order((coverage::created_at.desc(), coverage::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some(order) = filter.order {
        query = query.filter(coverage::order_id.eq(order));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(coverage::kind.eq(kind));
    }
    if let Some(value) = filter.value {
        query = query.filter(coverage::value.eq(value));
    }
    if let Some(at) = filter.in_force_at {
        query = query
            .filter(coverage::effective_from.le(at))
            .filter(coverage::effective_to.is_null().or(coverage::effective_to.gt(at)));
    }
    if let Some((at, id)) = window.after() {
        let id = CoverageId::from_i64(id);
        query = query
            .filter(coverage::created_at.le(at))
            .filter(coverage::created_at.lt(at).or(coverage::id.lt(id)));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(Row::shown).collect())
}

/// One coverage, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: CoverageId) -> ApiResult<Row> {
    let (row, programme) = coverage::table
        .inner_join(suppliers::table.on(suppliers::id.eq(coverage::supplier_id)))
        .filter(coverage::id.eq(id))
        .select((coverage::all_columns, suppliers::programme_id))
        .first::<(Row, ProgrammeId)>(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)?;
    if scope.allows_supplier(row.supplier_id) && scope.allows_programme(programme) {
        Ok(row)
    } else {
        Err(ApiError::not_found())
    }
}

/// Whether this is an order of the supplier that is not over, for a business the caller works for.
pub(super) fn is_own_order(conn: &mut Conn, scope: &Scope, supplier: SupplierId, order: OrderId) -> ApiResult<bool> {
    let found = orders::table
        .find(order)
        .filter(
            orders::supplier_id
                .eq(supplier)
                .and(orders::status.ne(OrderStatus::Cancelled)),
        )
        .select(orders::business_id)
        .first::<BusinessId>(conn)
        .optional()?;
    Ok(found.is_some_and(|business| scope.allows_business(business)))
}

/// Values of this kind that the supplier covers already at some time of the range.
pub(super) fn covered(
    conn: &mut Conn,
    supplier: SupplierId,
    order: Option<OrderId>,
    kind: CoverageKind,
    (from, to): (Timestamp, Option<Timestamp>),
) -> ApiResult<HashSet<String>> {
    let mut query = coverage::table
        .filter(coverage::supplier_id.eq(supplier).and(coverage::kind.eq(kind)))
        .filter(coverage::effective_to.is_null().or(coverage::effective_to.gt(from)))
        .select(coverage::value)
        .into_boxed();
    query = match order {
        Some(order) => query.filter(coverage::order_id.eq(order)),
        None => query.filter(coverage::order_id.is_null()),
    };
    if let Some(to) = to {
        query = query.filter(coverage::effective_from.lt(to));
    }
    Ok(query.load::<String>(conn)?.into_iter().collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(coverage::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Ends a coverage; the supplier's row is held, so nobody else ends it meanwhile.
pub(super) fn end(tx: &mut Tx<'_>, id: CoverageId, at: Timestamp) -> QueryResult<usize> {
    diesel::update(coverage::table.find(id))
        .set(coverage::effective_to.eq(at))
        .execute(&mut **tx)
}

/// Gives a coverage back the end that it had.
pub(super) fn set_end(tx: &mut Tx<'_>, id: CoverageId, until: Option<Timestamp>) -> QueryResult<usize> {
    diesel::update(coverage::table.find(id))
        .set(coverage::effective_to.eq(until))
        .execute(&mut **tx)
}

/// Withdraws a coverage that never was in force.
pub(super) fn withdraw(tx: &mut Tx<'_>, id: CoverageId) -> QueryResult<usize> {
    diesel::delete(coverage::table.find(id)).execute(&mut **tx)
}
