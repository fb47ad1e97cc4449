//! Rows of loyalty subscriptions and of their orders.

use crate::auth::Scope;
use crate::db::schema::{
    businesses, checkouts, lead_products, loyalty_cycles, loyalty_subscriptions, orders, suppliers,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;
use tradepost_contract::checkouts::CheckoutStatus;
use tradepost_contract::loyalty_subscriptions::LoyaltyStatus;
use tradepost_contract::{
    BusinessId, CheckoutId, Currency, Id, LeadProductId, LocalDate, LoyaltySubscriptionId, OrderId, Page, ProgrammeId,
    SupplierId, Timestamp,
};

/// A row of `loyalty_subscriptions`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = loyalty_subscriptions)]
pub(super) struct Row {
    pub(super) id: LoyaltySubscriptionId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    /// The checkout at which it was joined: what is ordered again.
    pub(super) checkout_id: CheckoutId,
    pub(super) status: LoyaltyStatus,
    pub(super) interval: String,
    pub(super) interval_days: i64,
    /// What held when it was joined, as JSON.
    pub(super) terms: String,
    /// The number of the latest order; 0 is the first.
    pub(super) cycle: i64,
    pub(super) renews_on: Option<LocalDate>,
    /// The day on which the next renewal is told of; none once it was.
    pub(super) notice_on: Option<LocalDate>,
    pub(super) reverted: bool,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A row of `loyalty_cycles`, in the order of its columns.
#[derive(Debug, Clone, Copy, Queryable, Insertable)]
#[diesel(table_name = loyalty_cycles)]
pub(super) struct CycleRow {
    pub(super) subscription_id: LoyaltySubscriptionId,
    pub(super) cycle: i64,
    pub(super) due_on: LocalDate,
    /// It begins a new count of days (I9).
    pub(super) anchored: bool,
    pub(super) checkout_id: CheckoutId,
}

/// What is ordered again, and what it is called.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Wanted {
    pub(super) supplier_name: String,
    pub(super) business_id: BusinessId,
    pub(super) business_name: String,
    pub(super) product_id: LeadProductId,
    pub(super) product_name: String,
    pub(super) product_price_minor: i64,
    pub(super) quantity: i64,
    pub(super) unit_price_minor: i64,
    pub(super) currency: Currency,
}

type Found = (Row, Wanted);

macro_rules! with_wanted {
    () => {
        loyalty_subscriptions::table
            .inner_join(checkouts::table.on(checkouts::id.eq(loyalty_subscriptions::checkout_id)))
            .inner_join(suppliers::table.on(suppliers::id.eq(loyalty_subscriptions::supplier_id)))
            .inner_join(businesses::table.on(businesses::id.eq(checkouts::business_id)))
            .inner_join(lead_products::table.on(lead_products::id.eq(checkouts::product_id)))
            .select((
                loyalty_subscriptions::all_columns,
                (
                    suppliers::name,
                    checkouts::business_id,
                    businesses::name,
                    checkouts::product_id,
                    lead_products::name,
                    lead_products::price_minor,
                    checkouts::quantity,
                    checkouts::unit_price_minor,
                    checkouts::currency,
                ),
            ))
    };
}

/// Which subscriptions a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) statuses: Option<Vec<LoyaltyStatus>>,
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<Found>> {
    use loyalty_subscriptions as s;
    let mut query = with_wanted!().into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(s::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(s::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(checkouts::business_id.eq_any(own.to_vec()));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(s::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(s::created_at.le(at))
            .filter(s::created_at.lt(at).or(s::id.lt(id)));
    }
    let rows: Vec<Found> = query
        .order((s::created_at.desc(), s::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _)| (row.created_at, row.id.as_i64())))
}

/// The subscriptions of an account that are not over.
pub(crate) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<LoyaltySubscriptionId>> {
    Ok(loyalty_subscriptions::table
        .filter(loyalty_subscriptions::supplier_id.eq(supplier))
        .filter(loyalty_subscriptions::status.eq_any([LoyaltyStatus::Active, LoyaltyStatus::OnHold]))
        .order(loyalty_subscriptions::id)
        .select(loyalty_subscriptions::id)
        .load(conn)?)
}

/// One subscription, where the caller may see it.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: LoyaltySubscriptionId) -> ApiResult<Found> {
    let found = with_wanted!()
        .filter(loyalty_subscriptions::id.eq(id))
        .first::<Found>(conn)
        .optional()?;
    found
        .filter(|(row, wanted)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && scope.allows_business(wanted.business_id)
        })
        .ok_or_else(ApiError::not_found)
}

/// An order of a subscription.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) id: OrderId,
    pub(super) created_at: Timestamp,
}

/// The orders of these subscriptions, the first of each first.
pub(super) fn orders_of(
    conn: &mut Conn,
    ids: &[LoyaltySubscriptionId],
) -> ApiResult<HashMap<LoyaltySubscriptionId, Vec<Placed>>> {
    let rows: Vec<(Option<LoyaltySubscriptionId>, OrderId, Timestamp)> = orders::table
        .inner_join(checkouts::table)
        .filter(checkouts::loyalty_subscription_id.eq_any(ids.to_vec()))
        .order(orders::id)
        .select((checkouts::loyalty_subscription_id, orders::id, orders::created_at))
        .load(conn)?;
    let mut of: HashMap<LoyaltySubscriptionId, Vec<Placed>> = HashMap::new();
    for (subscription, id, created_at) in rows {
        if let Some(subscription) = subscription {
            of.entry(subscription).or_default().push(Placed { id, created_at });
        }
    }
    Ok(of)
}

/// The loyalty subscription that placed an order and still runs.
pub(super) fn running_of(conn: &mut Conn, order: OrderId) -> ApiResult<Option<LoyaltySubscriptionId>> {
    Ok(orders::table
        .inner_join(checkouts::table)
        .inner_join(
            loyalty_subscriptions::table
                .on(checkouts::loyalty_subscription_id.eq(loyalty_subscriptions::id.nullable())),
        )
        .filter(orders::id.eq(order))
        .filter(loyalty_subscriptions::status.eq_any([LoyaltyStatus::Active, LoyaltyStatus::OnHold]))
        .select(loyalty_subscriptions::id)
        .first(conn)
        .optional()?)
}

/// The renewals of these subscriptions that wait for their money.
pub(super) fn awaiting(
    conn: &mut Conn,
    ids: &[LoyaltySubscriptionId],
) -> ApiResult<HashMap<LoyaltySubscriptionId, CheckoutId>> {
    let rows: Vec<(Option<LoyaltySubscriptionId>, CheckoutId)> = checkouts::table
        .filter(checkouts::loyalty_subscription_id.eq_any(ids.to_vec()))
        .filter(checkouts::status.eq(CheckoutStatus::AwaitingPayment))
        .order(checkouts::id)
        .select((checkouts::loyalty_subscription_id, checkouts::id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(of, id)| Some((of?, id))).collect())
}

/// An order of the series with what came of it.
pub(super) type CycleFound = (CycleRow, i64, i64, Option<OrderId>);

/// The orders of a subscription, the latest first.
pub(super) fn cycles(conn: &mut Conn, id: LoyaltySubscriptionId, window: &Window) -> ApiResult<Page<CycleFound>> {
    let mut query = loyalty_cycles::table
        .inner_join(checkouts::table.on(checkouts::id.eq(loyalty_cycles::checkout_id)))
        .left_join(orders::table.on(orders::checkout_id.eq(checkouts::id.nullable())))
        .filter(loyalty_cycles::subscription_id.eq(id))
        .select((
            loyalty_cycles::all_columns,
            checkouts::quantity,
            checkouts::bonus,
            orders::id.nullable(),
        ))
        .into_boxed();
    if let Some((_, cycle)) = window.after_number() {
        query = query.filter(loyalty_cycles::cycle.lt(cycle));
    }
    let rows: Vec<CycleFound> = query
        .order(loyalty_cycles::cycle.desc())
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, ..)| (row.cycle, row.cycle)))
}

/// Writes a subscription whose first order was just paid; its checkout belongs to it from then on.
pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(loyalty_subscriptions::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    diesel::update(checkouts::table.find(row.checkout_id))
        .set(checkouts::loyalty_subscription_id.eq(row.id))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn insert_cycle(tx: &mut Tx<'_>, row: CycleRow) -> ApiResult<()> {
    diesel::insert_into(loyalty_cycles::table)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what can change, and counts the change. The caller holds the supplier.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    use loyalty_subscriptions::dsl;
    row.version += 1;
    row.updated_at = tx.business_now();
    diesel::update(dsl::loyalty_subscriptions.find(row.id))
        .set((
            dsl::status.eq(row.status),
            dsl::cycle.eq(row.cycle),
            dsl::renews_on.eq(row.renews_on),
            dsl::notice_on.eq(row.notice_on),
            dsl::reverted.eq(row.reverted),
            dsl::ended_at.eq(row.ended_at),
            dsl::version.eq(row.version),
            dsl::updated_at.eq(row.updated_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Active subscriptions of a programme whose day has come, or whose notice is due.
pub(super) fn due(
    conn: &mut Conn,
    programme: ProgrammeId,
    today: LocalDate,
    limit: i64,
) -> ApiResult<Vec<LoyaltySubscriptionId>> {
    use loyalty_subscriptions as s;
    // The condition is spelled as in the partial index, or SQLite would not use it.
    let active = || {
        s::table
            .filter(s::programme_id.eq(programme))
            .filter(sql::<Bool>("loyalty_subscriptions.status = 'active'"))
    };
    let mut ids: Vec<LoyaltySubscriptionId> = active()
        .filter(s::renews_on.le(today))
        .order((s::renews_on, s::id))
        .limit(limit)
        .select(s::id)
        .load(conn)?;
    let noticed: Vec<LoyaltySubscriptionId> = active()
        .filter(s::notice_on.le(today))
        .order((s::notice_on, s::id))
        .limit(limit)
        .select(s::id)
        .load(conn)?;
    ids.extend(noticed);
    ids.dedup();
    Ok(ids)
}
