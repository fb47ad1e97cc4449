//! Plans and their periods as they are shown.

use super::rules;
use super::store::{self, PeriodRow, Row};
use crate::auth::Scope;
use crate::change_requests;
use crate::contacts;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::suppliers::store as suppliers;
use tradepost_contract::plans::{PlanPeriod, PlanSubscription};
use tradepost_contract::{PlanSubscriptionId, SupplierId};

/// A period with what is used of it, now or in all.
pub(super) fn period(row: &Row, period: PeriodRow, running: i64) -> ApiResult<PlanPeriod> {
    let used = period.used.unwrap_or(running);
    let overage = match period.overage {
        Some(above) => above,
        None => rules::overage(&serde_json::from_str(&row.grace)?, row.min_units, used),
    };
    Ok(PlanPeriod {
        key: format!("M{}", period.number),
        starts_on: period.starts_on,
        ends_before: period.ends_before,
        label: period.label,
        min_units: period.min_units,
        unit_price: row.money(period.unit_price_minor),
        used,
        overage,
        overage_price: row.money(period.unit_price_minor).times(overage)?,
        closed: period.used.is_some(),
        invoice_id: period.invoice_id,
    })
}

/// Plans as they are shown: however many there are, in as many statements.
pub(super) fn shown(conn: &mut Conn, rows: Vec<Row>) -> ApiResult<Vec<PlanSubscription>> {
    let ids: Vec<PlanSubscriptionId> = rows.iter().map(|row| row.id).collect();
    let whose: Vec<SupplierId> = rows.iter().map(|row| row.supplier_id).collect();
    let mut periods = store::latest_periods(conn, &ids)?;
    let running = store::used_now(conn, &ids)?;
    let mut payments = store::payments_of(conn, &ids)?;
    let names = store::names_of(conn, &whose)?;
    let help = suppliers::contacts_of(conn, &whose)?;
    let persons = contacts::for_billing(conn, &whose)?;
    let mut next = change_requests::next_plans(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let used = running.get(&row.id).copied().unwrap_or_default();
            let of_now = periods.remove(&row.id);
            let (name, help) = names
                .get(&row.supplier_id)
                .zip(help.get(&row.supplier_id))
                .ok_or_else(|| ApiError::internal("a plan without a supplier"))?;
            Ok(PlanSubscription {
                period: of_now.map(|of_now| period(&row, of_now, used)).transpose()?,
                unit_price: row.unit_price(),
                payment: payments.remove(&row.id),
                next: next.remove(&row.id),
                supplier_name: name.clone(),
                help: help.clone(),
                contacts: persons
                    .iter()
                    .filter(|contact| contact.supplier_id == row.supplier_id)
                    .cloned()
                    .collect(),
                id: row.id,
                programme_id: row.programme_id,
                supplier_id: row.supplier_id,
                tier: row.tier,
                label: row.label,
                min_units: row.min_units,
                status: row.status,
                started_on: row.started_on,
                renews_on: row.renews_on,
                created_at: row.created_at,
                ended_at: row.ended_at,
                version: row.version,
            })
        })
        .collect()
}

/// One plan as it is shown.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PlanSubscriptionId) -> ApiResult<PlanSubscription> {
    let row = store::get(conn, scope, id)?;
    shown(conn, vec![row])?.pop().ok_or_else(ApiError::not_found)
}
