//! The queries that make a snapshot: one a table, whatever the size of the market.

use super::coverage::CoverageLine;
use super::snapshot::{Business, Product, Programme, Snapshot, StandingOrder, Supplier};
use crate::calendar::Zone;
use crate::db::schema::{
    businesses, contact_points, coverage, lead_products, market_version, orders, policy_versions, programmes,
    resolved_policies, suppliers,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::policy::{Amendments, layers};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{
    BusinessAssociationId, BusinessId, Currency, LeadProductId, OrderId, ProgrammeId, ResolvedPolicyId, SupplierId,
    Timestamp,
};

const ROW: i64 = 1;

pub(super) fn version(conn: &mut Conn) -> ApiResult<i64> {
    Ok(market_version::table
        .find(ROW)
        .select(market_version::version)
        .first(conn)?)
}

/// The new number is an id, and ids never come again.
pub(super) fn renew_version(tx: &mut Tx<'_>) -> ApiResult<()> {
    let version = crate::ids::next();
    diesel::update(market_version::table.find(ROW))
        .set(market_version::version.eq(version))
        .execute(&mut **tx)?;
    Ok(())
}

/// Loads the market. What cannot have changed since `before` (parsed policies) is taken from there.
pub(super) fn snapshot(
    conn: &mut Conn,
    version: i64,
    now: Timestamp,
    before: Option<&Snapshot>,
) -> ApiResult<Snapshot> {
    let mut market = Snapshot {
        version,
        ..Snapshot::default()
    };
    let documents = load_programmes(conn, &mut market, before)?;
    load_products(conn, &mut market, &documents, before)?;
    load_suppliers(conn, &mut market)?;
    load_businesses(conn, &mut market)?;
    load_orders(conn, &mut market)?;
    load_coverage(conn, &mut market, now)?;
    load_policies(conn, &mut market, before)?;
    Ok(market)
}

fn zone(name: &str) -> ApiResult<Zone> {
    Zone::parse(name).map_err(ApiError::internal)
}

/// A programme whose policy is not published yet takes no leads, so it is not part of the market.
/// Gives the policy documents, which products amend.
fn load_programmes(
    conn: &mut Conn,
    market: &mut Snapshot,
    before: Option<&Snapshot>,
) -> ApiResult<HashMap<ProgrammeId, (i64, String)>> {
    type Row = (ProgrammeId, String, String, String, Currency, String, i64, String);
    let rows: Vec<Row> = programmes::table
        .inner_join(policy_versions::table.on(policy_versions::id.nullable().eq(programmes::policy_version_id)))
        .select((
            programmes::id,
            programmes::slug,
            programmes::status,
            programmes::time_zone,
            programmes::currency,
            programmes::country,
            policy_versions::id,
            policy_versions::document,
        ))
        .load(conn)?;
    let mut documents = HashMap::new();
    for (id, slug, status, time_zone, currency, country, policy_version, document) in rows {
        let known = before
            .and_then(|before| before.programmes.get(&id))
            .filter(|known| known.policy_version == policy_version);
        let policy = match known {
            Some(known) => Arc::clone(&known.policy),
            None => Arc::new(resolve(&document, None)?),
        };
        let programme = Programme {
            id,
            active: status == "active",
            zone: zone(&time_zone)?,
            currency,
            country,
            policy,
            policy_version,
        };
        market.programme_by_slug.insert(slug, id);
        market.programmes.insert(id, Arc::new(programme));
        documents.insert(id, (policy_version, document));
    }
    Ok(documents)
}

fn resolve(document: &str, product: Option<&str>) -> ApiResult<PolicySet> {
    let document = serde_json::from_str(document)?;
    let product = product.map(serde_json::from_str).transpose()?;
    let amendments = Amendments {
        product: product.as_ref(),
        ..Amendments::default()
    };
    match layers::resolve(&document, amendments) {
        Ok(resolved) => Ok(resolved.policy),
        Err(faults) => Err(ApiError::internal(format!("a published policy has faults: {faults:?}"))),
    }
}

fn load_products(
    conn: &mut Conn,
    market: &mut Snapshot,
    documents: &HashMap<ProgrammeId, (i64, String)>,
    before: Option<&Snapshot>,
) -> ApiResult<()> {
    use lead_products as p;
    type Row = (
        LeadProductId,
        ProgrammeId,
        String,
        String,
        String,
        i32,
        String,
        String,
        String,
    );
    let rows: Vec<Row> = p::table
        .select((
            p::id,
            p::programme_id,
            p::code,
            p::name,
            p::category,
            p::max_buyers,
            p::timing,
            p::status,
            p::policy_override,
        ))
        .load(conn)?;
    for (id, programme_id, code, name, category, max_buyers, timing, status, amendment) in rows {
        let Some((policy_version, document)) = documents.get(&programme_id) else {
            continue;
        };
        let resolved_from = (*policy_version, amendment);
        let known = before
            .and_then(|before| before.products.get(&id))
            .filter(|known| known.resolved_from == resolved_from);
        let policy = match known {
            Some(known) => Arc::clone(&known.policy),
            None => Arc::new(resolve(document, Some(&resolved_from.1))?),
        };
        let product = Product {
            id,
            programme_id,
            name,
            category,
            active: status == "active",
            max_buyers,
            real_time: timing == "real_time",
            policy,
            resolved_from,
        };
        market.product_by_code.insert((programme_id, code), id);
        market.products.insert(id, Arc::new(product));
    }
    Ok(())
}

fn load_suppliers(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
    let rows: Vec<(SupplierId, ProgrammeId, String)> = suppliers::table
        .select((suppliers::id, suppliers::programme_id, suppliers::name))
        .load(conn)?;
    for (id, programme_id, name) in rows {
        let supplier = Supplier { id, programme_id, name };
        market.suppliers.insert(id, Arc::new(supplier));
    }
    Ok(())
}

/// Active addresses by supplier: of which business (none: of all), and for leads or only in general.
type Addresses = HashMap<SupplierId, Vec<(Option<BusinessId>, bool, String)>>;

fn addresses(conn: &mut Conn) -> ApiResult<Addresses> {
    use contact_points as c;
    let rows: Vec<(SupplierId, Option<BusinessId>, String, String)> = c::table
        .filter(c::active.eq(true).and(c::email.is_not_null()))
        .filter(c::purpose.eq("leads").or(c::purpose.eq("general")))
        .order(c::id)
        .select((c::supplier_id, c::business_id, c::purpose, c::email.assume_not_null()))
        .load(conn)?;
    let mut found = Addresses::new();
    for (supplier, business, purpose, email) in rows {
        found
            .entry(supplier)
            .or_default()
            .push((business, purpose == "leads", email));
    }
    Ok(found)
}

/// The addresses for leads of one business, or the general ones where there are none (R16).
fn lead_mail(addresses: &Addresses, supplier: SupplierId, business: BusinessId) -> Vec<String> {
    let all = addresses.get(&supplier).map(Vec::as_slice).unwrap_or_default();
    let for_leads = |wanted: bool| {
        all.iter()
            .filter(move |(of, leads, _)| *leads == wanted && of.is_none_or(|of| of == business))
            .map(|(_, _, email)| email.clone())
    };
    let mut found: Vec<String> = for_leads(true).collect();
    if found.is_empty() {
        found = for_leads(false).collect();
    }
    let mut seen = HashSet::new();
    found.retain(|email| seen.insert(email.clone()));
    found
}

fn load_businesses(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
    use businesses as b;
    type Row = (
        BusinessId,
        SupplierId,
        Option<BusinessAssociationId>,
        String,
        String,
        Option<String>,
        String,
    );
    let addresses = addresses(conn)?;
    let rows: Vec<Row> = b::table
        .select((
            b::id,
            b::supplier_id,
            b::association_id,
            b::name,
            b::status,
            b::tracking_number,
            b::forward_to,
        ))
        .load(conn)?;
    for (id, supplier_id, association_id, name, status, tracking_number, forward_to) in rows {
        if let Some(number) = tracking_number {
            market.business_by_number.insert(number, id);
        }
        let business = Business {
            id,
            supplier_id,
            association_id,
            name,
            active: status == "active",
            forward_to: serde_json::from_str(&forward_to)?,
            lead_mail: lead_mail(&addresses, supplier_id, id),
        };
        market.businesses.insert(id, Arc::new(business));
    }
    Ok(())
}

type OrderRow = (
    (OrderId, SupplierId, BusinessId, LeadProductId, OrderStatus, OrderHold),
    (i64, Option<i64>, i64, Option<i64>),
    (Option<i64>, Option<i64>, Option<i64>),
    (String, i32, i32, Timestamp, Option<Timestamp>, ResolvedPolicyId),
);

/// Cancelled orders are gone; paused, held and filled ones stay, so that the trace can say so.
fn load_orders(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
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
        };
        market.orders.entry(product).or_default().all.push(order);
    }
    Ok(())
}

/// An order's product, its place in that product's list, and until when its supplier's areas are its own.
type Reached = (LeadProductId, usize, Option<Timestamp>);

fn load_coverage(conn: &mut Conn, market: &mut Snapshot, now: Timestamp) -> ApiResult<()> {
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
fn load_policies(conn: &mut Conn, market: &mut Snapshot, before: Option<&Snapshot>) -> ApiResult<()> {
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
