//! Rows of standing orders.

use crate::auth::{Caller, Scope};
use crate::db::schema::{businesses, checkouts, lead_products, order_counters, orders, programmes, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Key, Window, in_order};
use crate::policy::Policies;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tradepost_contract::checkouts::OrderLoyalty;
use tradepost_contract::lead_products::ProductStatus;
use tradepost_contract::orders::{Order, OrderAction, OrderHold, OrderSort, OrderStatus, PausedBy};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{PauseActor, PolicySet, SelfServiceField, SelfServiceMode};
use tradepost_contract::{
    BusinessId, CheckoutId, Currency, LeadProductId, LocalDate, LoyaltySubscriptionId, Money, OrderId, ProgrammeId,
    ResolvedPolicyId, SupplierId, Timestamp,
};

/// An order's row, as this folder knows it. Selling keeps columns of its own beside these.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = orders)]
pub(super) struct Row {
    pub(super) id: OrderId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) product_id: LeadProductId,
    pub(super) status: OrderStatus,
    pub(super) hold: OrderHold,
    pub(super) price_minor: i64,
    pub(super) currency: Currency,
    pub(super) quantity: Option<i64>,
    pub(super) sold: i64,
    pub(super) cap_day: Option<i64>,
    pub(super) cap_week: Option<i64>,
    pub(super) cap_month: Option<i64>,
    pub(super) schedule: String,
    pub(super) priority: i32,
    pub(super) weight: i32,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) paused_by: Option<PausedBy>,
    pub(super) checkout_id: Option<CheckoutId>,
    /// Its leads are paid out of the supplier's wallet (`wallets/`).
    pub(super) prepaid: bool,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

macro_rules! columns {
    () => {
        (
            orders::id,
            orders::programme_id,
            orders::supplier_id,
            orders::business_id,
            orders::product_id,
            orders::status,
            orders::hold,
            orders::price_minor,
            orders::currency,
            orders::quantity,
            orders::sold,
            orders::cap_day,
            orders::cap_week,
            orders::cap_month,
            orders::schedule,
            orders::priority,
            orders::weight,
            orders::starts_at,
            orders::ends_at,
            orders::resolved_policy_id,
            orders::paused_by,
            orders::checkout_id,
            orders::prepaid,
            orders::version,
            orders::created_at,
            orders::updated_at,
        )
    };
}

/// The names of programme, supplier, business and product, when leads come, and the loyalty programme that
/// was joined: interval, days and extra leads.
type Names = (String, String, String, String, Option<String>, Option<Loyalty>);

/// Interval, days, extra leads and subscription of a checkout that joined.
type Loyalty = (Option<String>, Option<i64>, i64, Option<LoyaltySubscriptionId>);

/// Orders with what they name.
macro_rules! orders_with_names {
    () => {
        orders::table
            .inner_join(programmes::table)
            .inner_join(suppliers::table)
            .inner_join(lead_products::table)
            .inner_join(businesses::table.on(businesses::id.eq(orders::business_id)))
            .left_join(checkouts::table)
    };
}

macro_rules! names {
    () => {
        (
            programmes::name,
            suppliers::name,
            businesses::name,
            lead_products::name,
            lead_products::eta_text,
            (
                checkouts::loyalty_interval,
                checkouts::loyalty_days,
                checkouts::bonus,
                checkouts::loyalty_subscription_id,
            )
                .nullable(),
        )
    };
}

/// Which orders.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) statuses: Vec<OrderStatus>,
    pub(super) hold: Option<OrderHold>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) business: Option<BusinessId>,
    pub(super) product: Option<LeadProductId>,
}

/// What is left of an order; one without a quantity has no end.
const REMAINING: &str = "coalesce(orders.quantity - orders.sold, 9223372036854775807)";

/// What the list is sorted by, of one row.
pub(super) fn key(row: &Row, sort: OrderSort) -> Key {
    match sort {
        OrderSort::Newest | OrderSort::Oldest => row.created_at.into(),
        OrderSort::Price | OrderSort::PriceFalling => row.price_minor.into(),
        OrderSort::Remaining | OrderSort::RemainingFalling => {
            row.quantity.map_or(i64::MAX, |quantity| quantity - row.sold).into()
        }
    }
}

/// A page of orders.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    sort: OrderSort,
    window: &Window,
) -> ApiResult<Vec<(Row, Names)>> {
    let mut query = orders_with_names!()
        .limit(window.fetch())
        .select((columns!(), names!()))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(orders::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(orders::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(orders::business_id.eq_any(own.to_vec()));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(orders::status.eq_any(filter.statuses));
    }
    if let Some(hold) = filter.hold {
        query = query.filter(orders::hold.eq(hold));
    }
    if let Some(business) = filter.business {
        query = query.filter(orders::business_id.eq(business));
    }
    if let Some(product) = filter.product {
        query = query.filter(orders::product_id.eq(product));
    }
    let remaining = || sql::<BigInt>(REMAINING);
    let after = window.after_number();
    let query = match sort {
        OrderSort::Newest => in_order!(query, after, falling orders::created_at, orders::id),
        OrderSort::Oldest => in_order!(query, after, rising orders::created_at, orders::id),
        OrderSort::Price => in_order!(query, after, rising orders::price_minor, orders::id),
        OrderSort::PriceFalling => in_order!(query, after, falling orders::price_minor, orders::id),
        OrderSort::Remaining => in_order!(query, after, rising remaining(), orders::id),
        OrderSort::RemainingFalling => in_order!(query, after, falling remaining(), orders::id),
    };
    Ok(query.load(conn)?)
}

/// One order, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: OrderId) -> ApiResult<Row> {
    let row = orders::table
        .find(id)
        .select(columns!())
        .first::<Row>(conn)
        .optional()?;
    row.filter(|row| {
        scope.allows_supplier(row.supplier_id)
            && scope.allows_business(row.business_id)
            && scope.allows_programme(row.programme_id)
    })
    .ok_or_else(ApiError::not_found)
}

/// One order, kept as it is until this transaction ends: sales wait, so `sold` stays what it is.
pub(super) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: OrderId) -> ApiResult<Row> {
    diesel::update(orders::table.find(id))
        .set(orders::version.eq(orders::version))
        .execute(&mut **tx)?;
    find(tx, scope, id)
}

/// The orders of an account that take leads or could, by rising id, and whether they were paid at a checkout.
pub(super) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<(OrderId, bool)>> {
    Ok(orders::table
        .filter(orders::supplier_id.eq(supplier))
        .filter(orders::status.eq_any([OrderStatus::Open, OrderStatus::Paused]))
        .order(orders::id)
        .select((orders::id, orders::checkout_id.is_not_null()))
        .load(conn)?)
}

/// How many leads of an account's orders are paid and still to come.
pub(crate) fn paid_to_come(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    let counts: Vec<(Option<i64>, i64)> = orders::table
        .filter(orders::supplier_id.eq(supplier).and(orders::checkout_id.is_not_null()))
        .filter(orders::status.eq_any([OrderStatus::Open, OrderStatus::Paused]))
        .select((orders::quantity, orders::sold))
        .load(conn)?;
    let to_come = counts.iter().filter_map(|(quantity, sold)| Some((*quantity)? - sold));
    Ok(to_come.sum())
}

/// Rows as the caller sees them.
pub(super) fn shown(
    conn: &mut Conn,
    policies: &Policies,
    caller: &Caller,
    rows: Vec<(Row, Names)>,
) -> ApiResult<Vec<Order>> {
    rows.into_iter()
        .map(
            |(row, (programme_name, supplier_name, business_name, product_name, eta_text, joined))| {
                let policy = policies.get(conn, row.resolved_policy_id)?;
                let allowed_actions = allowed_actions(&row, &policy, caller);
                Ok(Order {
                    id: row.id,
                    programme_id: row.programme_id,
                    programme_name,
                    supplier_id: row.supplier_id,
                    supplier_name,
                    business_id: row.business_id,
                    business_name,
                    product_id: row.product_id,
                    product_name,
                    eta_text,
                    checkout_id: row.checkout_id,
                    loyalty: joined.and_then(loyalty),
                    status: row.status,
                    hold: row.hold,
                    paused_by: row.paused_by,
                    allowed_actions,
                    price: Money::new(row.price_minor, row.currency),
                    quantity: row.quantity,
                    sold: row.sold,
                    remaining: row.quantity.map(|quantity| (quantity - row.sold).max(0)),
                    cap_day: row.cap_day,
                    cap_week: row.cap_week,
                    cap_month: row.cap_month,
                    schedule: serde_json::from_str(&row.schedule)?,
                    priority: row.priority,
                    weight: row.weight,
                    starts_at: row.starts_at,
                    ends_at: row.ends_at,
                    resolved_policy_id: row.resolved_policy_id,
                    version: row.version,
                    created_at: row.created_at,
                    updated_at: row.updated_at,
                })
            },
        )
        .collect()
}

/// What the loyalty programme gives an order that has joined it.
fn loyalty((interval, days, bonus, subscription_id): Loyalty) -> Option<OrderLoyalty> {
    Some(OrderLoyalty {
        interval: interval?,
        interval_days: days?,
        bonus,
        subscription_id,
    })
}

/// One order as the caller sees it.
pub(crate) fn get(conn: &mut Conn, policies: &Policies, caller: &Caller, id: OrderId) -> ApiResult<Order> {
    let row = find(conn, &caller.scope(), id)?;
    let names = orders_with_names!()
        .filter(orders::id.eq(id))
        .select(names!())
        .first::<Names>(conn)?;
    shown(conn, policies, caller, vec![(row, names)])?
        .pop()
        .ok_or_else(ApiError::not_found)
}

/// What the caller may do with an order now: by its state, their role and, for a supplier's own
/// people, the policy.
fn allowed_actions(row: &Row, policy: &PolicySet, caller: &Caller) -> Vec<OrderAction> {
    let staff = caller.is_staff();
    let pauses = caller.may(Permission::OrdersPause) && (staff || policy.pause.actor == PauseActor::Supplier);
    let own_pause = staff || row.paused_by == Some(PausedBy::Supplier);
    let cancels = policy.self_service(SelfServiceField::Orders) == SelfServiceMode::Edit;
    [OrderAction::Pause, OrderAction::Resume, OrderAction::Cancel]
        .into_iter()
        .filter(|action| row.status.after(*action).is_ok())
        .filter(|action| match action {
            OrderAction::Pause => pauses,
            OrderAction::Resume => pauses && own_pause,
            OrderAction::Cancel => caller.may(Permission::OrdersWrite) && (staff || cancels),
            OrderAction::Fill | OrderAction::Extend => false,
        })
        .collect()
}

/// What an order takes from its product.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProductFacts {
    pub(super) programme_id: ProgrammeId,
    pub(super) status: ProductStatus,
    pub(super) price: Money,
}

/// The product of this id.
pub(super) fn product(conn: &mut Conn, id: LeadProductId) -> ApiResult<Option<ProductFacts>> {
    let row = lead_products::table
        .find(id)
        .select((
            lead_products::programme_id,
            lead_products::status,
            lead_products::price_minor,
            lead_products::currency,
        ))
        .first::<(ProgrammeId, ProductStatus, i64, Currency)>(conn)
        .optional()?;
    Ok(row.map(|(programme_id, status, minor, currency)| ProductFacts {
        programme_id,
        status,
        price: Money::new(minor, currency),
    }))
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(orders::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Writes everything that can be edited, and the state with it. The row is held.
pub(super) fn update(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    let now = tx.business_now();
    diesel::update(orders::table.find(row.id).filter(orders::version.eq(row.version)))
        .set((
            orders::status.eq(row.status),
            orders::paused_by.eq(row.paused_by),
            orders::price_minor.eq(row.price_minor),
            orders::quantity.eq(row.quantity),
            orders::cap_day.eq(row.cap_day),
            orders::cap_week.eq(row.cap_week),
            orders::cap_month.eq(row.cap_month),
            orders::schedule.eq(row.schedule.clone()),
            orders::priority.eq(row.priority),
            orders::weight.eq(row.weight),
            orders::starts_at.eq(row.starts_at),
            orders::ends_at.eq(row.ends_at),
            orders::version.eq(orders::version + 1),
            orders::updated_at.eq(now),
        ))
        .execute(&mut **tx)
}

/// Gives the running windows of a cap its new value: at least what was used already, which no later
/// cap undoes. Windows that are over stay as they were counted.
pub(super) fn set_running_caps(
    tx: &mut Tx<'_>,
    order: OrderId,
    period: &'static str,
    since: LocalDate,
    cap: i64,
) -> QueryResult<()> {
    let running = order_counters::table
        .filter(
            order_counters::order_id
                .eq(order)
                .and(order_counters::period.eq(period)),
        )
        .filter(order_counters::starts_on.ge(since));
    diesel::update(running.filter(order_counters::used.le(cap)))
        .set(order_counters::cap.eq(cap))
        .execute(&mut **tx)?;
    diesel::update(running.filter(order_counters::used.gt(cap)))
        .set(order_counters::cap.eq(order_counters::used))
        .execute(&mut **tx)?;
    Ok(())
}

/// Mirrors the standing of an account on its orders, in the transaction that changes it (F5).
pub(crate) fn hold_all(tx: &mut Tx<'_>, supplier: SupplierId, hold: OrderHold) -> ApiResult<()> {
    let now = tx.business_now();
    let held = orders::table.filter(orders::supplier_id.eq(supplier).and(orders::hold.ne(hold)));
    diesel::update(held)
        .set((
            orders::hold.eq(hold),
            orders::version.eq(orders::version + 1),
            orders::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
