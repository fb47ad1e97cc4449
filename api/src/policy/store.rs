//! Rows of policy versions, resolved policies, and the amendments of the layers above a programme.

pub(super) mod versions;

use super::stamps::Orders;
use crate::calendar::Zone;
use crate::db::schema::{agreements, lead_products, orders, policy_versions, programmes, resolved_policies, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use tradepost_contract::{
    Id, LeadProductId, LocalDate, OrderId, PolicyVersionId, ProgrammeId, ResolvedPolicyId, SupplierId, Timestamp,
};

/// How many ids one statement names: both databases take far more.
const SLICE: usize = 500;

/// What the layers above a programme say, as their rows have it: texts of JSON merge patches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Terms {
    pub(super) product: String,
    pub(super) account: String,
    pub(super) agreement: String,
}

impl Terms {
    /// A product's own, without any supplier's.
    pub(super) fn of_product(amendment: String) -> Self {
        Self {
            product: amendment,
            account: NOTHING.to_owned(),
            agreement: NOTHING.to_owned(),
        }
    }
}

const NOTHING: &str = "{}";

/// Keeps the programme's policy as it is until this transaction ends, without keeping others from
/// doing the same. On SQLite there is one writer anyway.
pub(super) fn hold_programme(tx: &mut Tx<'_>, programme: ProgrammeId) -> ApiResult<()> {
    if let Conn::Postgres(conn) = &mut **tx {
        let row = programmes::table.find(programme.as_i64()).select(programmes::id);
        row.for_share().first::<i64>(conn)?;
    }
    Ok(())
}

/// The version in force and its document.
pub(super) fn version_in_force(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<(PolicyVersionId, Value)> {
    let version: Option<PolicyVersionId> = programmes::table
        .find(programme.as_i64())
        .select(programmes::policy_version_id)
        .first(conn)?;
    let version = version.ok_or_else(|| ApiError::internal("a programme without a policy"))?;
    Ok((version, version_document(conn, version)?))
}

/// The document of a version.
pub(super) fn version_document(conn: &mut Conn, version: PolicyVersionId) -> ApiResult<Value> {
    let text: String = policy_versions::table
        .find(version.as_i64())
        .select(policy_versions::document)
        .first(conn)?;
    Ok(serde_json::from_str(&text)?)
}

/// The document of a resolved policy.
pub(super) fn stamped_document(conn: &mut Conn, id: ResolvedPolicyId) -> ApiResult<String> {
    let row = resolved_policies::table
        .find(id.as_i64())
        .select(resolved_policies::document);
    Ok(row.first(conn)?)
}

/// The id of a resolved policy: the first 63 bits of SHA-256 over its version and its document.
fn address(version: PolicyVersionId, document: &str) -> ResolvedPolicyId {
    let mut hasher = Sha256::new();
    hasher.update(version.as_i64().to_be_bytes());
    hasher.update(document);
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize()[..8]);
    ResolvedPolicyId::from_i64((u64::from_be_bytes(first) >> 1) as i64)
}

/// The row of a resolved policy, made if it is missing.
pub(super) fn ensure(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    version: PolicyVersionId,
    document: &str,
) -> ApiResult<ResolvedPolicyId> {
    let id = address(version, document);
    let row = (
        resolved_policies::id.eq(id.as_i64()),
        resolved_policies::programme_id.eq(programme),
        resolved_policies::policy_version_id.eq(version),
        resolved_policies::document.eq(document),
        resolved_policies::created_at.eq(tx.wall_now()),
    );
    let insert = diesel::insert_into(resolved_policies::table).values(row);
    match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(id)
}

/// The terms of a product and a supplier today.
pub(super) fn terms_of(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    product: LeadProductId,
    supplier: SupplierId,
) -> ApiResult<Terms> {
    let now = tx.business_now();
    let today = today(tx, programme, now)?;
    terms_of_supplier(tx, supplier, Some(product), today)
}

/// The terms of a supplier on a date, and of a product where one is named.
pub(super) fn terms_of_supplier(
    conn: &mut Conn,
    supplier: SupplierId,
    product: Option<LeadProductId>,
    on: LocalDate,
) -> ApiResult<Terms> {
    let product: Option<String> = product
        .map(|product| {
            lead_products::table
                .find(product.as_i64())
                .select(lead_products::policy_override)
                .first(conn)
        })
        .transpose()?;
    let account: String = suppliers::table
        .find(supplier.as_i64())
        .select(suppliers::policy_override)
        .first(conn)?;
    let agreement = agreements_in_force(conn, &[supplier], on)?.remove(&supplier);
    Ok(Terms {
        product: product.unwrap_or_else(|| NOTHING.to_owned()),
        account,
        agreement: agreement.unwrap_or_else(|| NOTHING.to_owned()),
    })
}

/// The amendments of the agreements in force on a date: the one that started last, of each supplier.
fn agreements_in_force(conn: &mut Conn, of: &[SupplierId], on: LocalDate) -> ApiResult<HashMap<SupplierId, String>> {
    let rows: Vec<(SupplierId, String)> = agreements::table
        .filter(agreements::supplier_id.eq_any(of.iter().map(|id| id.as_i64())))
        .filter(agreements::starts_on.le(on))
        .filter(agreements::ends_on.is_null().or(agreements::ends_on.ge(on)))
        .order((agreements::starts_on.asc(), agreements::id.asc()))
        .select((agreements::supplier_id, agreements::policy_override))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The local date of a programme.
pub(super) fn today(conn: &mut Conn, programme: ProgrammeId, now: Timestamp) -> ApiResult<LocalDate> {
    let zone: String = programmes::table
        .find(programme.as_i64())
        .select(programmes::time_zone)
        .first(conn)?;
    let zone = Zone::parse(&zone).map_err(ApiError::internal)?;
    Ok(zone.date_of(now))
}

/// Every order that is not cancelled, with its stamp and the terms it is to be stamped by.
pub(super) fn orders_with_terms(
    conn: &mut Conn,
    programme: ProgrammeId,
    which: Orders,
    on: LocalDate,
) -> ApiResult<Vec<(OrderId, ResolvedPolicyId, Terms)>> {
    let mut query = orders::table
        .filter(orders::programme_id.eq(programme))
        .filter(orders::status.ne("cancelled"))
        .order(orders::id.asc())
        .select((
            orders::id,
            orders::resolved_policy_id,
            orders::product_id,
            orders::supplier_id,
        ))
        .into_boxed();
    match which {
        Orders::OfProgramme => {}
        Orders::OfProduct(product) => query = query.filter(orders::product_id.eq(product)),
        Orders::OfSupplier(supplier) => query = query.filter(orders::supplier_id.eq(supplier)),
    }
    let found: Vec<(OrderId, ResolvedPolicyId, LeadProductId, SupplierId)> = query.load(conn)?;

    let products: HashMap<LeadProductId, String> = lead_products::table
        .filter(lead_products::programme_id.eq(programme))
        .select((lead_products::id, lead_products::policy_override))
        .load::<(LeadProductId, String)>(conn)?
        .into_iter()
        .collect();
    let mut ids: Vec<SupplierId> = found.iter().map(|(_, _, _, supplier)| *supplier).collect();
    ids.sort_unstable();
    ids.dedup();
    let (mut accounts, mut agreed) = (HashMap::new(), HashMap::new());
    for slice in ids.chunks(SLICE) {
        let rows: Vec<(SupplierId, String)> = suppliers::table
            .filter(suppliers::id.eq_any(slice.iter().map(|id| id.as_i64())))
            .select((suppliers::id, suppliers::policy_override))
            .load(conn)?;
        accounts.extend(rows);
        agreed.extend(agreements_in_force(conn, slice, on)?);
    }
    let or_nothing = |text: Option<&String>| text.cloned().unwrap_or_else(|| NOTHING.to_owned());
    Ok(found
        .into_iter()
        .map(|(order, stamp, product, supplier)| {
            let terms = Terms {
                product: or_nothing(products.get(&product)),
                account: or_nothing(accounts.get(&supplier)),
                agreement: or_nothing(agreed.get(&supplier)),
            };
            (order, stamp, terms)
        })
        .collect())
}

/// Stamps these orders.
pub(super) fn stamp_orders(tx: &mut Tx<'_>, ids: &[OrderId], stamp: ResolvedPolicyId) -> ApiResult<()> {
    let now = tx.business_now();
    for slice in ids.chunks(SLICE) {
        diesel::update(orders::table.filter(orders::id.eq_any(slice.iter().map(|id| id.as_i64()))))
            .set((orders::resolved_policy_id.eq(stamp), orders::updated_at.eq(now)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The amendments of a programme's products, each with its product.
pub(super) fn product_amendments(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Vec<(LeadProductId, String)>> {
    Ok(lead_products::table
        .filter(lead_products::programme_id.eq(programme))
        .filter(lead_products::policy_override.ne(NOTHING))
        .order(lead_products::id.asc())
        .select((lead_products::id, lead_products::policy_override))
        .load(conn)?)
}

/// The terms of every supplier of a programme whose account or agreement amends something on a date.
pub(super) fn supplier_amendments(
    conn: &mut Conn,
    programme: ProgrammeId,
    on: LocalDate,
) -> ApiResult<Vec<(SupplierId, Terms)>> {
    let accounts: Vec<(SupplierId, String)> = suppliers::table
        .filter(suppliers::programme_id.eq(programme))
        .order(suppliers::id.asc())
        .select((suppliers::id, suppliers::policy_override))
        .load(conn)?;
    let mut amended = Vec::new();
    for slice in accounts.chunks(SLICE) {
        let ids: Vec<SupplierId> = slice.iter().map(|(id, _)| *id).collect();
        let mut agreed = agreements_in_force(conn, &ids, on)?;
        for (id, account) in slice {
            let terms = Terms {
                product: NOTHING.to_owned(),
                account: account.clone(),
                agreement: agreed.remove(id).unwrap_or_else(|| NOTHING.to_owned()),
            };
            if terms.account != NOTHING || terms.agreement != NOTHING {
                amended.push((*id, terms));
            }
        }
    }
    Ok(amended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_addressed_by_its_content() {
        let version = PolicyVersionId::from_i64(7);
        assert_eq!(address(version, "{}"), address(version, "{}"));
        assert_ne!(address(version, "{}"), address(version, "{ }"));
        assert_ne!(address(version, "{}"), address(PolicyVersionId::from_i64(8), "{}"));
        assert!((0..1000).all(|n| address(PolicyVersionId::from_i64(n), "{}").as_i64() >= 0));
    }
}
