//! The rows behind the list of missed leads.

use super::missed::Area;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{coverage, deliveries, lead_traces, leads, orders};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use tradepost_contract::leads::LeadPlace;
use tradepost_contract::{Id, LeadId, LeadProductId, OrderId, ProgrammeId, SupplierId, Timestamp};

/// Whose order it is and what it buys.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct OfOrder {
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) supplier_id: SupplierId,
}

/// A lead that was on offer and did not go to the order.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) id: LeadId,
    pub(super) created_at: Timestamp,
    pub(super) place: LeadPlace,
    /// One attempt to sell it.
    pub(super) trace: String,
}

/// The order, if the caller may see it, and its areas: its own, and its supplier's for as long as it had none.
pub(super) fn reach_of(conn: &mut Conn, scope: &Scope, order: OrderId) -> ApiResult<(OfOrder, Vec<Area>)> {
    let mut query = orders::table
        .filter(orders::id.eq(order))
        .select((orders::programme_id, orders::product_id, orders::supplier_id))
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(orders::supplier_id.eq(supplier));
    }
    if let Some(businesses) = scope.businesses() {
        query = query.filter(orders::business_id.eq_any(businesses.to_vec()));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(orders::programme_id.eq(programme));
    }
    let of: OfOrder = query.first(conn).optional()?.ok_or_else(ApiError::not_found)?;
    let areas: Vec<(Option<OrderId>, Area)> = coverage::table
        .filter(coverage::supplier_id.eq(of.supplier_id))
        .filter(coverage::order_id.is_null().or(coverage::order_id.eq(order)))
        .select((
            coverage::order_id,
            (
                coverage::kind,
                coverage::value,
                coverage::effective_from,
                coverage::effective_to,
            ),
        ))
        .load(conn)?;
    // Until its own first area is in force, an order goes by its supplier's (R69).
    let own = areas.iter().filter(|(order, _)| order.is_some());
    let own_from = own.map(|(_, (_, _, from, _))| *from).min();
    let reaching = areas.into_iter().map(|(order, (kind, word, from, to))| match order {
        Some(_) => (kind, word, from, to),
        None => (kind, word, from, to.into_iter().chain(own_from).min()),
    });
    Ok((of, reaching.collect()))
}

/// Leads of the order's product with every attempt to sell them, newest first, without those it got.
pub(super) fn passed(
    conn: &mut Conn,
    order: OrderId,
    of: &OfOrder,
    after: Option<(Timestamp, i64)>,
    limit: i64,
) -> ApiResult<Vec<Passed>> {
    let got = deliveries::table
        .filter(deliveries::lead_id.eq(leads::id).and(deliveries::order_id.eq(order)))
        .select(deliveries::id);
    let mut query = leads::table
        .inner_join(lead_traces::table)
        .filter(leads::programme_id.eq(of.programme_id))
        .filter(leads::product_id.eq(of.product_id))
        .filter(diesel::dsl::not(diesel::dsl::exists(got)))
        .select((
            leads::id,
            leads::created_at,
            (leads::country, leads::region, leads::postcode, leads::city),
            lead_traces::trace,
        ))
        .into_boxed();
    if let Some((at, id)) = after {
        query = query
            .filter(leads::created_at.le(at))
            .filter(leads::created_at.lt(at).or(leads::id.lt(LeadId::from_i64(id))));
    }
    type Place = (Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<(LeadId, Timestamp, Place, String)> = query
        .order((leads::created_at.desc(), leads::id.desc(), lead_traces::attempt.desc()))
        .limit(limit)
        .load(conn)?;
    let passed = |(id, created_at, (country, region, postcode, city), trace)| Passed {
        id,
        created_at,
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        trace,
    };
    Ok(rows.into_iter().map(passed).collect())
}
