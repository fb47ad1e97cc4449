//! The statements of a sale: guarded updates that decide, single-row inserts that keep.

use crate::db::schema::{deliveries, leads, order_counters, orders, replacements, resolved_policies};
use crate::db::{Conn, Keep as _, Tx, Value, either, kept_text};
use crate::error::ApiResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::upsert::excluded;
use std::collections::HashMap;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::replacements::ReplacementStatus;
use tradepost_contract::{
    BusinessAssociationId, BusinessId, CheckoutId, Currency, DeliveryId, Id as _, LeadId, LeadProductId, LocalDate,
    OrderId, ProgrammeId, ReplacementId, ResolvedPolicyId, SupplierId, Timestamp,
};

const SELLABLE: [LeadStatus; 2] = [LeadStatus::Available, LeadStatus::PartlySold];

/// Locks the lead's row for this sale and gives its buyers so far and at most; nothing where it is not
/// for sale (any more).
pub(super) fn lock_lead(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<Option<(i32, i32)>> {
    let update = diesel::update(leads::table.find(lead))
        .filter(leads::status.eq_any(SELLABLE))
        .filter(leads::sold.lt(leads::max_buyers))
        .set(leads::version.eq(leads::version + 1))
        .returning((leads::sold, leads::max_buyers))
        .kept(|| ());
    Ok(either!(&mut **tx, conn => update.get_result(conn)).optional()?)
}

/// Counts the new buyers of a lead whose row is ours; false where it was not as we knew it.
pub(super) fn count_buyers(tx: &mut Tx<'_>, lead: LeadId, from: i32, to: i32, status: LeadStatus) -> ApiResult<bool> {
    let update = diesel::update(leads::table.find(lead))
        .filter(leads::status.eq_any(SELLABLE))
        .filter(leads::sold.eq(from).and(leads::max_buyers.ge(to)))
        .set((
            leads::sold.eq(to),
            leads::status.eq(status),
            leads::version.eq(leads::version + 1),
        ))
        .returning(leads::sold)
        .kept(|| ());
    let counted: Option<i32> = either!(&mut **tx, conn => update.get_result(conn)).optional()?;
    Ok(counted.is_some())
}

/// Who has the lead already.
pub(super) fn buyers(conn: &mut Conn, lead: LeadId) -> ApiResult<Vec<(SupplierId, Option<BusinessAssociationId>)>> {
    Ok(deliveries::table
        .filter(deliveries::lead_id.eq(lead))
        .select((deliveries::supplier_id, deliveries::association_id))
        .load(conn)?)
}

/// A replacement that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub(super) struct Owed {
    pub(super) id: ReplacementId,
    pub(super) order_id: OrderId,
    pub(super) original_delivery_id: DeliveryId,
}

/// So many debts are read at once; a product that owes more is asked about the orders in reach alone.
const MOST_OWED: i64 = 200;

/// The oldest debt of each of these orders.
pub(super) fn owed(
    conn: &mut Conn,
    product: LeadProductId,
    reached: impl Iterator<Item = OrderId>,
) -> ApiResult<HashMap<OrderId, Owed>> {
    let query = || {
        replacements::table
            // Spelled as in the partial index, or SQLite would not use it.
            .filter(sql::<Bool>("replacements.status = 'owed'"))
            .order((replacements::owed_at, replacements::id))
            .select((
                replacements::id,
                replacements::order_id,
                replacements::original_delivery_id,
            ))
    };
    let oldest = query()
        .filter(replacements::product_id.eq(product))
        .limit(MOST_OWED)
        .kept(|| ());
    let mut rows: Vec<Owed> = either!(&mut *conn, conn => oldest.load(conn))?;
    if rows.len() as i64 == MOST_OWED {
        let reached: Vec<OrderId> = reached.collect();
        rows = query().filter(replacements::order_id.eq_any(reached)).load(conn)?;
    }
    let mut oldest = HashMap::new();
    for row in rows {
        oldest.entry(row.order_id).or_insert(row);
    }
    Ok(oldest)
}

/// The first days of the cap periods that an instant lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Periods {
    pub(super) day: LocalDate,
    pub(super) week: LocalDate,
    pub(super) month: LocalDate,
}

/// How an order stands at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) status: OrderStatus,
    pub(super) hold: OrderHold,
    pub(super) sold: i64,
    pub(super) quantity: Option<i64>,
    pub(super) used_day: i64,
    pub(super) used_week: i64,
    pub(super) used_month: i64,
}

/// Looks at several orders and their counters in one statement.
pub(super) fn glance(conn: &mut Conn, some: &[OrderId], periods: Periods) -> ApiResult<HashMap<OrderId, Glance>> {
    use order_counters as c;
    type Row = (
        (OrderId, OrderStatus, OrderHold, i64, Option<i64>),
        Option<(String, LocalDate, i64)>,
    );
    let counters = c::order_id
        .eq(orders::id)
        .and(c::starts_on.eq_any([periods.day, periods.week, periods.month]));
    // Lists of few lengths, so that few texts of the statement are kept: the last order stands in for none.
    let mut ids = some.to_vec();
    if let Some(last) = some.last() {
        ids.resize(some.len().next_power_of_two().max(4), *last);
    }
    let glance = orders::table
        .left_join(c::table.on(counters))
        .filter(orders::id.eq_any(ids))
        .select((
            (orders::id, orders::status, orders::hold, orders::sold, orders::quantity),
            (c::period, c::starts_on, c::used).nullable(),
        ))
        .kept_by_text();
    let rows: Vec<Row> = either!(conn, conn => glance.load(conn))?;
    let mut seen = HashMap::new();
    for ((id, status, hold, sold, quantity), counter) in rows {
        let glance = seen.entry(id).or_insert(Glance {
            status,
            hold,
            sold,
            quantity,
            used_day: 0,
            used_week: 0,
            used_month: 0,
        });
        match counter {
            Some((period, on, used)) if period == "day" && on == periods.day => glance.used_day = used,
            Some((period, on, used)) if period == "week" && on == periods.week => glance.used_week = used,
            Some((period, on, used)) if period == "month" && on == periods.month => glance.used_month = used,
            _ => {}
        }
    }
    Ok(seen)
}

/// What an order's row said while it was being locked: these terms hold, whatever memory had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub(super) struct Terms {
    pub(super) sold: i64,
    pub(super) quantity: Option<i64>,
    pub(super) price_minor: i64,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) cap_day: Option<i64>,
    pub(super) cap_week: Option<i64>,
    pub(super) cap_month: Option<i64>,
    /// The checkout that paid for it.
    pub(super) checkout_id: Option<CheckoutId>,
    /// The supplier's wallet pays for it.
    pub(super) prepaid: bool,
}

const TERMS: (
    orders::sold,
    orders::quantity,
    orders::price_minor,
    orders::resolved_policy_id,
    orders::cap_day,
    orders::cap_week,
    orders::cap_month,
    orders::checkout_id,
    orders::prepaid,
) = (
    orders::sold,
    orders::quantity,
    orders::price_minor,
    orders::resolved_policy_id,
    orders::cap_day,
    orders::cap_week,
    orders::cap_month,
    orders::checkout_id,
    orders::prepaid,
);

/// Takes one of the order's leads, if it is open and not full. The guard reads the order's own row
/// alone, so that it holds after a wait for the lock, too (F5).
pub(super) fn take_order(tx: &mut Tx<'_>, order: OrderId, delivery: DeliveryId) -> ApiResult<Option<Terms>> {
    match &mut **tx {
        Conn::Sqlite(conn) => {
            let values = [Value::Number(delivery.as_i64()), Value::Number(order.as_i64())];
            let pieces = &[
                "UPDATE orders SET sold = sold + 1, last_delivery_id = ",
                " WHERE id = ",
                " AND status = 'open' AND hold = 'none' AND (quantity IS NULL OR quantity > sold)",
            ];
            if kept_text(pieces, &values, || ()).execute(conn)? == 0 {
                return Ok(None);
            }
            // There is one writer, so nobody changes the row between the two.
            let terms = orders::table.find(order).select(TERMS).kept(|| ());
            Ok(Some(terms.get_result(conn)?))
        }
        Conn::Postgres(conn) => {
            let update = diesel::update(orders::table.find(order))
                .filter(
                    orders::status
                        .eq(OrderStatus::Open)
                        .and(orders::hold.eq(OrderHold::None)),
                )
                .filter(
                    orders::quantity
                        .is_null()
                        .or(orders::quantity.assume_not_null().gt(orders::sold)),
                )
                .set((orders::sold.eq(orders::sold + 1), orders::last_delivery_id.eq(delivery)))
                .returning(TERMS)
                .kept(|| ());
            Ok(update.get_result(conn).optional()?)
        }
    }
}

/// The same for a replacement, which does not count against the quantity and goes to a filled order, too.
pub(super) fn take_order_for_replacement(
    tx: &mut Tx<'_>,
    order: OrderId,
    delivery: DeliveryId,
) -> ApiResult<Option<Terms>> {
    let update = diesel::update(orders::table.find(order))
        .filter(orders::status.eq_any([OrderStatus::Open, OrderStatus::Filled]))
        .filter(orders::hold.eq(OrderHold::None))
        .set(orders::last_delivery_id.eq(delivery))
        .returning(TERMS)
        .kept(|| ());
    Ok(either!(&mut **tx, conn => update.get_result(conn)).optional()?)
}

/// Says that the order has all it asked for; false where somebody changed it meanwhile.
pub(super) fn fill_order(tx: &mut Tx<'_>, order: OrderId) -> ApiResult<bool> {
    let now = tx.business_now();
    let changed = diesel::update(orders::table.find(order))
        .filter(orders::status.eq(OrderStatus::Open))
        .filter(orders::quantity.assume_not_null().eq(orders::sold))
        .set((
            orders::status.eq(OrderStatus::Filled),
            orders::version.eq(orders::version + 1),
            orders::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Counts one lead against a cap; false where the cap is reached (F2). A cap is at least 1.
pub(super) fn count_against_cap(
    tx: &mut Tx<'_>,
    order: OrderId,
    period: &str,
    starts_on: LocalDate,
    cap: i64,
) -> ApiResult<bool> {
    use diesel::query_dsl::methods::FilterDsl as _;
    use order_counters as c;
    // Nearly always the window's row is there; a plain update costs half of an upsert.
    let of_window = [
        Value::Number(cap),
        Value::Number(order.as_i64()),
        Value::Text(period),
        Value::Text(starts_on.as_str()),
        Value::Number(cap),
    ];
    let pieces = &[
        "UPDATE order_counters SET used = used + 1, cap = ",
        " WHERE order_id = ",
        " AND period = ",
        " AND starts_on = ",
        " AND used < ",
        "",
    ];
    let one_more = kept_text(pieces, &of_window, || ());
    if either!(&mut **tx, conn => one_more.execute(conn))? == 1 {
        return Ok(true);
    }
    let values = (
        c::order_id.eq(order),
        c::period.eq(period),
        c::starts_on.eq(starts_on),
        c::used.eq(1_i64),
        c::cap.eq(cap),
    );
    let counted = either!(&mut **tx, conn => diesel::insert_into(c::table)
        .values(values)
        .on_conflict((c::order_id, c::period, c::starts_on))
        .do_update()
        .set((c::used.eq(c::used + 1), c::cap.eq(excluded(c::cap))))
        .filter(c::used.lt(excluded(c::cap)))
        .execute(conn))?;
    Ok(counted == 1)
}

/// Locks a debt for this sale; false where it is no longer owed.
pub(super) fn claim_replacement(tx: &mut Tx<'_>, replacement: ReplacementId) -> ApiResult<bool> {
    let claimed = diesel::update(replacements::table.find(replacement))
        .filter(replacements::status.eq(ReplacementStatus::Owed))
        .set(replacements::version.eq(replacements::version + 1))
        .execute(&mut **tx)?;
    Ok(claimed == 1)
}

/// Settles a claimed debt with the delivery that fills it.
pub(super) fn settle_replacement(tx: &mut Tx<'_>, replacement: ReplacementId, delivery: DeliveryId) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(replacements::table.find(replacement))
        .set((
            replacements::status.eq(ReplacementStatus::Delivered),
            replacements::filled_delivery_id.eq(delivery),
            replacements::settled_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A delivery as it is inserted.
#[derive(Debug, Clone)]
pub(super) struct NewDelivery {
    pub(super) id: DeliveryId,
    pub(super) lead_id: LeadId,
    pub(super) slot: i32,
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) order_id: OrderId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) association_id: Option<BusinessAssociationId>,
    pub(super) price_minor: i64,
    pub(super) currency: Currency,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) return_deadline_at: Option<Timestamp>,
    pub(super) billing_state: BillingState,
    pub(super) replaces_delivery_id: Option<DeliveryId>,
}

pub(super) fn insert_delivery(tx: &mut Tx<'_>, new: &NewDelivery) -> ApiResult<()> {
    use deliveries as d;
    let now = tx.business_now();
    let row = diesel::insert_into(d::table)
        .values((
            (
                d::id.eq(new.id),
                d::lead_id.eq(new.lead_id),
                d::slot.eq(new.slot),
                d::programme_id.eq(new.programme_id),
                d::product_id.eq(new.product_id),
                d::order_id.eq(new.order_id),
                d::supplier_id.eq(new.supplier_id),
                d::business_id.eq(new.business_id),
                d::association_id.eq(new.association_id),
            ),
            (
                d::price_minor.eq(new.price_minor),
                d::currency.eq(new.currency),
                d::resolved_policy_id.eq(new.resolved_policy_id),
                d::delivered_at.eq(now),
                d::return_deadline_at.eq(new.return_deadline_at),
                d::billing_state.eq(new.billing_state),
                d::replaces_delivery_id.eq(new.replaces_delivery_id),
                d::updated_at.eq(now),
            ),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// A policy that the snapshot does not have, because the order was stamped anew a moment ago.
pub(super) fn policy(conn: &mut Conn, id: ResolvedPolicyId) -> ApiResult<PolicySet> {
    let document: String = resolved_policies::table
        .find(id)
        .select(resolved_policies::document)
        .first(conn)?;
    Ok(serde_json::from_str(&document)?)
}
