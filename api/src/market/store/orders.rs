//! Standing orders, the places that they cover, and the policies stamped on them.

use crate::db::Conn;
use crate::db::schema::{coverage, orders, resolved_policies};
use crate::error::ApiResult;
use crate::market::coverage::CoverageLine;
use crate::market::snapshot::{Snapshot, StandingOrder};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::{BusinessId, LeadProductId, OrderId, ResolvedPolicyId, SupplierId, Timestamp};

type OrderRow = (
    (OrderId, SupplierId, BusinessId, LeadProductId, OrderStatus, OrderHold),
    (i64, Option<i64>, i64, Option<i64>),
    (Option<i64>, Option<i64>, Option<i64>),
    (String, i32, i32, Timestamp, Option<Timestamp>, ResolvedPolicyId),
);

/// Cancelled orders are gone; paused, held and filled ones stay, so that the trace can say so.
pub(super) fn load_orders(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
    use orders as o;
    let rows: Vec<OrderRow> = o::table
        .filter(o::status.ne(OrderStatus::Cancelled))
        .order(o::id)
        .select((
            (o::id, o::supplier_id, o::business_id, o::product_id, o::status, o::hold),
            (o::price_minor, o::quantity, o::sold, o::last_delivery_id),
            (o::cap_day, o::cap_week, o::cap_month),
            (
                o::schedule,
                o::priority,
                o::weight,
                o::starts_at,
                o::ends_at,
                o::resolved_policy_id,
            ),
        ))
        .load(conn)?;
    for (identity, numbers, caps, terms) in rows {
        let (id, supplier, business, product, status, hold) = identity;
        let (price_minor, quantity, sold, last_delivery) = numbers;
        let (cap_day, cap_week, cap_month) = caps;
        let (schedule, priority, weight, starts_at, ends_at, resolved_policy_id) = terms;
        let (Some(supplier), Some(business)) = (market.suppliers.get(&supplier), market.businesses.get(&business))
        else {
            continue;
        };
        let order = StandingOrder {
            id,
            supplier: Arc::clone(supplier),
            business: Arc::clone(business),
            status,
            hold,
            price_minor,
            quantity,
            cap_day,
            cap_week,
            cap_month,
            schedule: serde_json::from_str(&schedule)?,
            priority,
            weight,
            starts_at,
            ends_at,
            resolved_policy_id,
            sold: AtomicI64::new(sold),
            last_delivery: AtomicI64::new(last_delivery.unwrap_or(0)),
            spent: Mutex::new(None),
            room: Mutex::new(None),
        };
        market.orders.entry(product).or_default().all.push(order);
    }
    Ok(())
}

/// An order's product, its place in that product's list, and until when its supplier's areas are its own.
type Reached = (LeadProductId, usize, Option<Timestamp>);

pub(super) fn load_coverage(conn: &mut Conn, market: &mut Snapshot, now: Timestamp) -> ApiResult<()> {
    use coverage as c;
    type Row = (
        SupplierId,
        Option<OrderId>,
        String,
        String,
        Timestamp,
        Option<Timestamp>,
    );
    let rows: Vec<Row> = c::table
        .select((
            c::supplier_id,
            c::order_id,
            c::kind,
            c::value,
            c::effective_from,
            c::effective_to,
        ))
        .load(conn)?;
    // From when its first area is in force, an order goes by its own areas alone, also when they have
    // ended; until then it goes by its supplier's (R69).
    let mut own_from: HashMap<OrderId, Timestamp> = HashMap::new();
    for (_, order, _, _, from, _) in &rows {
        if let Some(order) = order {
            let first = own_from.entry(*order).or_insert(*from);
            *first = (*first).min(*from);
        }
    }
    let mut of_order = HashMap::new();
    let mut of_supplier: HashMap<SupplierId, Vec<Reached>> = HashMap::new();
    for (product, listed) in &market.orders {
        for (place, order) in listed.all.iter().enumerate() {
            of_order.insert(order.id, (*product, place, None));
            let until = own_from.get(&order.id).copied();
            of_supplier
                .entry(order.supplier.id)
                .or_default()
                .push((*product, place, until));
        }
    }
    for (supplier, order, kind, word, from, to) in rows {
        let reached: &[Reached] = match order {
            Some(order) => of_order.get(&order).map(std::slice::from_ref).unwrap_or_default(),
            None => of_supplier.get(&supplier).map(Vec::as_slice).unwrap_or_default(),
        };
        for (product, place, until) in reached {
            let to = to.into_iter().chain(*until).min();
            let over = to.is_some_and(|to| to <= now.max(from));
            if let Some(listed) = market.orders.get_mut(product).filter(|_| !over) {
                let line = CoverageLine {
                    order: *place,
                    from,
                    to,
                };
                listed.coverage.add(&kind, &word, line);
            }
        }
    }
    Ok(())
}

/// Rows of `resolved_policies` never change, so only ids that are new are read.
pub(super) fn load_policies(conn: &mut Conn, market: &mut Snapshot, before: Option<&Snapshot>) -> ApiResult<()> {
    let wanted: HashSet<ResolvedPolicyId> = market
        .orders
        .values()
        .flat_map(|listed| &listed.all)
        .map(|order| order.resolved_policy_id)
        .collect();
    let mut missing = Vec::new();
    for id in wanted {
        match before.and_then(|before| before.policies.get(&id)) {
            Some(known) => drop(market.policies.insert(id, Arc::clone(known))),
            None => missing.push(id),
        }
    }
    for some in missing.chunks(500) {
        let rows: Vec<(ResolvedPolicyId, String)> = resolved_policies::table
            .filter(resolved_policies::id.eq_any(some.iter().copied()))
            .select((resolved_policies::id, resolved_policies::document))
            .load(conn)?;
        for (id, document) in rows {
            market.policies.insert(id, Arc::new(serde_json::from_str(&document)?));
        }
    }
    Ok(())
}
