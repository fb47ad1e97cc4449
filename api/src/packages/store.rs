//! Rows of packages, and of the leads that are delivered of them.

use crate::auth::Scope;
use crate::db::schema::{businesses, invoices, package_leads, packages, payments, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::dsl::{case_when, exists};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::HashMap;
use tradepost_contract::packages::{PackageKind, PackagePayment, PackageStatus};
use tradepost_contract::payments::{PaymentFailure, PaymentStatus};
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, Id, InvoiceId, Money, MoneyError, PackageId, Page, PaymentId, ProgrammeId,
    SupplierId, Timestamp,
};

/// A row of `packages`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = packages)]
pub(super) struct Row {
    pub(super) id: PackageId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) kind: PackageKind,
    pub(super) status: PackageStatus,
    pub(super) leads: i64,
    /// Leads delivered and kept.
    pub(super) delivered: i64,
    pub(super) price_minor: i64,
    pub(super) setup_minor: i64,
    pub(super) advance_pct: String,
    /// What of each lead's price is paid in advance.
    pub(super) advance_each_minor: i64,
    pub(super) currency: Currency,
    pub(super) started_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) cancelled_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    pub(super) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    pub(super) const fn remaining(&self) -> i64 {
        self.leads - self.delivered
    }

    /// What is paid before it begins, before tax.
    pub(super) fn advance(&self) -> Result<Money, MoneyError> {
        super::rules::advance(
            self.money(self.advance_each_minor),
            self.leads,
            self.money(self.setup_minor),
        )
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    match diesel::insert_into(packages::table)
        .values(row.clone())
        .execute(&mut **tx)
    {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::conflict(
            "A package of this business waits for its payment already. Cancel it before another one is offered.",
        )),
        Err(cause) => Err(cause.into()),
    }
}

/// Writes where a package stands; its counter is the sale's.
pub(super) fn save(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::update(packages::table.find(row.id))
        .set((
            packages::status.eq(row.status),
            packages::started_at.eq(row.started_at),
            packages::completed_at.eq(row.completed_at),
            packages::cancelled_at.eq(row.cancelled_at),
            packages::version.eq(packages::version + 1),
            packages::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, id: PackageId) -> ApiResult<Row> {
    packages::table
        .find(id)
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)
}

/// A package that the caller may see.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: PackageId) -> ApiResult<Row> {
    let row = find(conn, id)?;
    let seen = scope.allows_supplier(row.supplier_id)
        && scope.allows_programme(row.programme_id)
        && scope.allows_business(row.business_id);
    if seen { Ok(row) } else { Err(ApiError::not_found()) }
}

/// The package, kept as it is until this transaction ends: a sale of its leads waits.
pub(super) fn hold(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<Row> {
    diesel::update(packages::table.find(id))
        .set(packages::version.eq(packages::version))
        .execute(&mut **tx)?;
    find(tx, id)
}

/// The introductory package of a business that counts: one that was not cancelled before its end.
pub(super) fn introduction(conn: &mut Conn, business: BusinessId) -> ApiResult<Option<Row>> {
    use packages as p;
    let counts = p::status.ne(PackageStatus::Cancelled).or(p::completed_at.is_not_null());
    Ok(p::table
        .filter(p::business_id.eq(business))
        .filter(p::kind.eq(PackageKind::Introductory))
        .filter(counts)
        .first(conn)
        .optional()?)
}

/// The packages of a business that have leads to come, the oldest first.
pub(super) fn running_of(conn: &mut Conn, business: BusinessId) -> ApiResult<Vec<PackageId>> {
    use packages as p;
    Ok(p::table
        .filter(p::business_id.eq(business).and(p::status.eq(PackageStatus::Running)))
        .order(p::id)
        .select(p::id)
        .load(conn)?)
}

/// The packages of an account that are not cancelled, the oldest first.
pub(super) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<PackageId>> {
    use packages as p;
    Ok(p::table
        .filter(p::supplier_id.eq(supplier).and(p::status.ne(PackageStatus::Cancelled)))
        .order(p::id)
        .select(p::id)
        .load(conn)?)
}

/// How many leads of an account's packages are still to come.
pub(crate) fn leads_to_come(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    use packages as p;
    let counts: Vec<(i64, i64)> = p::table
        .filter(p::supplier_id.eq(supplier).and(p::status.eq(PackageStatus::Running)))
        .select((p::leads, p::delivered))
        .load(conn)?;
    Ok(counts.iter().map(|(leads, delivered)| leads - delivered).sum())
}

/// Whether a business has a package that is complete.
pub(super) fn has_complete(conn: &mut Conn, business: BusinessId) -> ApiResult<bool> {
    use packages as p;
    let complete = p::table.filter(p::business_id.eq(business).and(p::status.eq(PackageStatus::Complete)));
    Ok(diesel::select(exists(complete)).get_result(conn)?)
}

/// Counts one more lead of a package, and completes it with the last one; nothing where it has none to come. The
/// guard reads the package's own row alone, so that it holds after a wait for the lock, too (F5).
pub(super) fn count_lead(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<Option<Row>> {
    use packages as p;
    let now = tx.business_now();
    let is_last = || p::delivered.eq(p::leads - 1);
    let counted = diesel::update(p::table.find(id))
        .filter(p::status.eq(PackageStatus::Running).and(p::delivered.lt(p::leads)))
        .set((
            p::delivered.eq(p::delivered + 1),
            p::status.eq(case_when(is_last(), PackageStatus::Complete.into_sql::<Text>())
                .otherwise(PackageStatus::Running.into_sql::<Text>())),
            p::completed_at.eq(case_when(
                is_last(),
                now.into_sql::<diesel::sql_types::Nullable<diesel::sql_types::BigInt>>(),
            )),
            p::version.eq(case_when(is_last(), p::version + 1).otherwise(p::version)),
            p::updated_at.eq(now),
        ))
        .returning(p::all_columns)
        .get_result(&mut **tx)
        .optional()?;
    Ok(counted)
}

/// Counts a lead of a package that was cancelled.
pub(super) fn count_lead_of_cancelled(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<bool> {
    use packages as p;
    let counted = diesel::update(p::table.find(id))
        .filter(p::status.eq(PackageStatus::Cancelled).and(p::delivered.lt(p::leads)))
        .set(p::delivered.eq(p::delivered + 1))
        .execute(&mut **tx)?;
    Ok(counted == 1)
}

/// Counts one lead less. The caller holds the package.
pub(super) fn count_lead_back(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<()> {
    diesel::update(packages::table.find(id))
        .set(packages::delivered.eq(packages::delivered - 1))
        .execute(&mut **tx)?;
    Ok(())
}

/// One lead less of a complete package, which runs again. The caller holds it.
pub(super) fn reopen(tx: &mut Tx<'_>, id: PackageId, status: PackageStatus) -> ApiResult<()> {
    use packages as p;
    diesel::update(p::table.find(id))
        .set((
            p::delivered.eq(p::delivered - 1),
            p::status.eq(status),
            p::completed_at.eq(None::<Timestamp>),
            p::version.eq(p::version + 1),
            p::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn insert_lead(tx: &mut Tx<'_>, package: PackageId, delivery: DeliveryId) -> ApiResult<()> {
    diesel::insert_into(package_leads::table)
        .values((
            package_leads::delivery_id.eq(delivery),
            package_leads::package_id.eq(package),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The package that a delivery is a lead of.
pub(super) fn package_of(conn: &mut Conn, delivery: DeliveryId) -> ApiResult<Option<PackageId>> {
    Ok(package_leads::table
        .find(delivery)
        .select(package_leads::package_id)
        .first(conn)
        .optional()?)
}

/// Which packages a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) business: Option<BusinessId>,
    pub(super) statuses: Option<Vec<PackageStatus>>,
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<Row>> {
    use packages as p;
    let mut query = p::table.into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(p::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(p::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(p::business_id.eq_any(own.to_vec()));
    }
    if let Some(business) = filter.business {
        query = query.filter(p::business_id.eq(business));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(p::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(p::created_at.le(at))
            .filter(p::created_at.lt(at).or(p::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((p::created_at.desc(), p::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
}

/// The latest payment of the advance of each of these packages.
pub(super) fn payments_of(conn: &mut Conn, ids: &[PackageId]) -> ApiResult<HashMap<PackageId, PackagePayment>> {
    type Found = (Option<PackageId>, PaymentId, PaymentStatus, Option<PaymentFailure>);
    let rows: Vec<Found> = payments::table
        .filter(payments::package_id.eq_any(ids.to_vec()))
        .order(payments::id)
        .select((payments::package_id, payments::id, payments::status, payments::failure))
        .load(conn)?;
    let latest = rows.into_iter().filter_map(|(package, id, status, failure)| {
        let payment = PackagePayment { id, status, failure };
        Some((package?, payment))
    });
    Ok(latest.collect())
}

/// The invoice of the advance of each of these packages.
pub(super) fn invoices_of(conn: &mut Conn, ids: &[PackageId]) -> ApiResult<HashMap<PackageId, InvoiceId>> {
    let rows: Vec<(Option<PackageId>, InvoiceId)> = invoices::table
        .filter(invoices::package_id.eq_any(ids.to_vec()))
        .select((invoices::package_id, invoices::id))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(package, id)| Some((package?, id)))
        .collect())
}

/// What businesses and their suppliers are called now.
pub(super) fn names_of(conn: &mut Conn, ids: &[BusinessId]) -> ApiResult<HashMap<BusinessId, (String, String)>> {
    let rows: Vec<(BusinessId, String, String)> = businesses::table
        .inner_join(suppliers::table.on(suppliers::id.eq(businesses::supplier_id)))
        .filter(businesses::id.eq_any(ids.to_vec()))
        .select((businesses::id, businesses::name, suppliers::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, business, supplier)| (id, (business, supplier)))
        .collect())
}
