//! Rows of plans, of their periods, and of the leads that are used of them.

use crate::auth::Scope;
use crate::db::schema::{payments, plan_periods, plan_subscriptions, plan_usage, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::dsl::{count_star, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;
use tradepost_contract::payments::{PaymentFailure, PaymentStatus};
use tradepost_contract::plans::{PlanPayment, PlanStatus};
use tradepost_contract::{
    Currency, Id, InvoiceId, LeadId, LocalDate, Money, MoneyError, Page, PaymentId, PlanSubscriptionId, ProgrammeId,
    SupplierId, Timestamp,
};

/// A row of `plan_subscriptions`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = plan_subscriptions)]
pub(super) struct Row {
    pub(super) id: PlanSubscriptionId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) tier: String,
    pub(super) label: String,
    pub(super) min_units: i64,
    pub(super) unit_price_minor: i64,
    pub(super) currency: Currency,
    /// How overage counts, as JSON.
    pub(super) grace: String,
    pub(super) status: PlanStatus,
    pub(super) started_on: Option<LocalDate>,
    /// The day of the next renewal, or the day it ends.
    pub(super) renews_on: Option<LocalDate>,
    /// The number of the period that is running; 0 before the first.
    pub(super) period: i64,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    pub(super) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    pub(super) const fn unit_price(&self) -> Money {
        self.money(self.unit_price_minor)
    }

    /// What is paid in advance for a period, before tax.
    pub(super) fn period_price(&self) -> Result<Money, MoneyError> {
        self.unit_price().times(self.min_units)
    }
}

/// A row of `plan_periods`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = plan_periods)]
pub(super) struct PeriodRow {
    pub(super) subscription_id: PlanSubscriptionId,
    pub(super) number: i64,
    pub(super) starts_on: LocalDate,
    pub(super) ends_before: LocalDate,
    pub(super) tier: String,
    pub(super) label: String,
    pub(super) min_units: i64,
    pub(super) unit_price_minor: i64,
    /// What was used in all, once it is over.
    pub(super) used: Option<i64>,
    /// What of that was charged above the minimum.
    pub(super) overage: Option<i64>,
    pub(super) invoice_id: InvoiceId,
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    match diesel::insert_into(plan_subscriptions::table)
        .values(row.clone())
        .execute(&mut **tx)
    {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::conflict(
            "The account has a plan already. Cancel it before another one is chosen.",
        )),
        Err(cause) => Err(cause.into()),
    }
}

pub(super) fn save(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::update(plan_subscriptions::table.find(row.id))
        .set((
            plan_subscriptions::tier.eq(row.tier.clone()),
            plan_subscriptions::label.eq(row.label.clone()),
            plan_subscriptions::min_units.eq(row.min_units),
            plan_subscriptions::unit_price_minor.eq(row.unit_price_minor),
            plan_subscriptions::grace.eq(row.grace.clone()),
            plan_subscriptions::status.eq(row.status),
            plan_subscriptions::started_on.eq(row.started_on),
            plan_subscriptions::renews_on.eq(row.renews_on),
            plan_subscriptions::period.eq(row.period),
            plan_subscriptions::ended_at.eq(row.ended_at),
            plan_subscriptions::version.eq(plan_subscriptions::version + 1),
            plan_subscriptions::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn insert_period(tx: &mut Tx<'_>, period: &PeriodRow) -> ApiResult<()> {
    diesel::insert_into(plan_periods::table)
        .values(period.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what was used in a period that is over, and when it ended.
pub(super) fn close_period(tx: &mut Tx<'_>, period: &PeriodRow) -> ApiResult<()> {
    diesel::update(plan_periods::table.find((period.subscription_id, period.number)))
        .set((
            plan_periods::used.eq(period.used),
            plan_periods::overage.eq(period.overage),
            plan_periods::ends_before.eq(period.ends_before),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A plan that the caller may see. It is the whole account's.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PlanSubscriptionId) -> ApiResult<Row> {
    let row: Option<Row> = plan_subscriptions::table.find(id).first(conn).optional()?;
    row.filter(|row| {
        scope.allows_supplier(row.supplier_id)
            && scope.allows_programme(row.programme_id)
            && scope.businesses().is_none()
    })
    .ok_or_else(ApiError::not_found)
}

/// The plan of a supplier that is not over.
pub(super) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Row>> {
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::supplier_id.eq(supplier))
        .filter(sql::<Bool>("status <> 'ended'"))
        .first(conn)
        .optional()?)
}

/// Whether a supplier ever had a plan that began.
pub(super) fn ever_began(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let began = plan_subscriptions::table
        .filter(plan_subscriptions::supplier_id.eq(supplier))
        .filter(plan_subscriptions::started_on.is_not_null());
    Ok(diesel::select(exists(began)).get_result(conn)?)
}

/// Which plans a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) statuses: Option<Vec<PlanStatus>>,
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<Row>> {
    use plan_subscriptions as s;
    let mut query = s::table.into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(s::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(s::programme_id.eq(programme));
    }
    if scope.businesses().is_some() {
        query = query.filter(s::id.lt(0));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(s::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(s::created_at.le(at))
            .filter(s::created_at.lt(at).or(s::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((s::created_at.desc(), s::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
}

/// The periods of a plan, the latest first.
pub(super) fn periods(conn: &mut Conn, id: PlanSubscriptionId, window: &Window) -> ApiResult<Page<PeriodRow>> {
    let mut query = plan_periods::table
        .filter(plan_periods::subscription_id.eq(id))
        .into_boxed();
    if let Some((_, number)) = window.after_number() {
        query = query.filter(plan_periods::number.lt(number));
    }
    let rows: Vec<PeriodRow> = query
        .order(plan_periods::number.desc())
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |row| (row.number, row.number)))
}

pub(super) fn period(conn: &mut Conn, id: PlanSubscriptionId, number: i64) -> ApiResult<Option<PeriodRow>> {
    Ok(plan_periods::table.find((id, number)).first(conn).optional()?)
}

/// The latest period of each of these plans.
pub(super) fn latest_periods(
    conn: &mut Conn,
    ids: &[PlanSubscriptionId],
) -> ApiResult<HashMap<PlanSubscriptionId, PeriodRow>> {
    let rows: Vec<PeriodRow> = plan_periods::table
        .inner_join(plan_subscriptions::table)
        .filter(plan_periods::subscription_id.eq_any(ids.to_vec()))
        .filter(plan_periods::number.eq(plan_subscriptions::period))
        .select(plan_periods::all_columns)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.subscription_id, row)).collect())
}

/// Keys a lead to a period (R97).
pub(super) fn key_lead(tx: &mut Tx<'_>, lead: LeadId, plan: PlanSubscriptionId, number: i64) -> ApiResult<()> {
    let row = (
        plan_usage::lead_id.eq(lead),
        plan_usage::subscription_id.eq(plan),
        plan_usage::number.eq(number),
    );
    diesel::insert_into(plan_usage::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// How many leads are keyed to a period.
pub(super) fn used(conn: &mut Conn, plan: PlanSubscriptionId, number: i64) -> ApiResult<i64> {
    Ok(plan_usage::table
        .filter(plan_usage::subscription_id.eq(plan))
        .filter(plan_usage::number.eq(number))
        .count()
        .get_result(conn)?)
}

/// How many leads are keyed to the latest period of each of these plans; none is no entry.
pub(super) fn used_now(conn: &mut Conn, ids: &[PlanSubscriptionId]) -> ApiResult<HashMap<PlanSubscriptionId, i64>> {
    let rows: Vec<(PlanSubscriptionId, i64)> = plan_usage::table
        .inner_join(plan_subscriptions::table)
        .filter(plan_usage::subscription_id.eq_any(ids.to_vec()))
        .filter(plan_usage::number.eq(plan_subscriptions::period))
        .group_by(plan_usage::subscription_id)
        .select((plan_usage::subscription_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The latest payment of the first period of each of these plans.
pub(super) fn payments_of(
    conn: &mut Conn,
    ids: &[PlanSubscriptionId],
) -> ApiResult<HashMap<PlanSubscriptionId, PlanPayment>> {
    type Found = (
        Option<PlanSubscriptionId>,
        PaymentId,
        PaymentStatus,
        Option<PaymentFailure>,
    );
    let rows: Vec<Found> = payments::table
        .filter(payments::plan_subscription_id.eq_any(ids.to_vec()))
        .order(payments::id)
        .select((
            payments::plan_subscription_id,
            payments::id,
            payments::status,
            payments::failure,
        ))
        .load(conn)?;
    let latest = rows.into_iter().filter_map(|(plan, id, status, failure)| {
        let payment = PlanPayment { id, status, failure };
        Some((plan?, payment))
    });
    Ok(latest.collect())
}

/// What suppliers are called now.
pub(super) fn names_of(conn: &mut Conn, ids: &[SupplierId]) -> ApiResult<HashMap<SupplierId, String>> {
    let rows: Vec<(SupplierId, String)> = suppliers::table
        .filter(suppliers::id.eq_any(ids.to_vec()))
        .select((suppliers::id, suppliers::name))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The plans of a programme whose day has come.
pub(super) fn due(
    conn: &mut Conn,
    programme: ProgrammeId,
    today: LocalDate,
    limit: i64,
) -> ApiResult<Vec<PlanSubscriptionId>> {
    use plan_subscriptions as s;
    Ok(s::table
        .filter(s::programme_id.eq(programme))
        .filter(s::renews_on.le(today))
        .order((s::renews_on, s::id))
        .limit(limit)
        .select(s::id)
        .load(conn)?)
}
