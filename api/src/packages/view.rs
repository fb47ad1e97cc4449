//! Packages as they are shown.

use super::store::{self, Row};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use tradepost_contract::packages::Package;
use tradepost_contract::{BusinessId, PackageId};

/// Packages as they are shown: however many there are, in as many statements.
pub(super) fn shown(conn: &mut Conn, rows: Vec<Row>) -> ApiResult<Vec<Package>> {
    let ids: Vec<PackageId> = rows.iter().map(|row| row.id).collect();
    let whose: Vec<BusinessId> = rows.iter().map(|row| row.business_id).collect();
    let names = store::names_of(conn, &whose)?;
    let mut payments = store::payments_of(conn, &ids)?;
    let invoices = store::invoices_of(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let (business_name, supplier_name) = names
                .get(&row.business_id)
                .cloned()
                .ok_or_else(|| ApiError::internal("a package without a business"))?;
            let (price, each) = (row.money(row.price_minor), row.money(row.advance_each_minor));
            Ok(Package {
                remaining: row.remaining(),
                price,
                setup_fee: row.money(row.setup_minor),
                total: price.times(row.leads)?.plus(row.money(row.setup_minor))?,
                advance_pct: row.advance_pct.parse().map_err(ApiError::internal)?,
                advance: row.advance()?,
                advance_drawn: each.times(row.delivered)?,
                invoiced_each: price.minus(each)?,
                payment: payments.remove(&row.id),
                invoice_id: invoices.get(&row.id).copied(),
                supplier_name,
                business_name,
                id: row.id,
                programme_id: row.programme_id,
                supplier_id: row.supplier_id,
                business_id: row.business_id,
                kind: row.kind,
                status: row.status,
                leads: row.leads,
                delivered: row.delivered,
                started_at: row.started_at,
                completed_at: row.completed_at,
                cancelled_at: row.cancelled_at,
                created_at: row.created_at,
                version: row.version,
            })
        })
        .collect()
}

/// One package as it is shown.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PackageId) -> ApiResult<Package> {
    let row = store::get(conn, scope, id)?;
    shown(conn, vec![row])?.pop().ok_or_else(ApiError::not_found)
}
