//! The queries that make a snapshot: one a table, whatever the size of the market.
//!
//! This file has the version and what is sold; `buyers.rs` has who buys, `orders.rs` what they ordered
//! and where.

mod buyers;
mod orders;

use super::snapshot::{Product, Programme, Snapshot};
use crate::calendar::Zone;
use crate::db::schema::{lead_products, market_version, policy_versions, programmes, suppressions};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult};
use crate::policy::{Amendments, layers};
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{Currency, LeadProductId, ProgrammeId, Timestamp};

const ROW: i64 = 1;

pub(super) fn version(conn: &mut Conn) -> ApiResult<i64> {
    let version = market_version::table
        .find(ROW)
        .select(market_version::version)
        .kept(|| ());
    Ok(either!(conn, conn => version.get_result(conn))?)
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
    buyers::load_suppliers(conn, &mut market)?;
    buyers::load_businesses(conn, &mut market)?;
    orders::load_orders(conn, &mut market)?;
    orders::load_coverage(conn, &mut market, now)?;
    orders::load_policies(conn, &mut market, before)?;
    market.keeps_people_out =
        diesel::select(diesel::dsl::exists(suppressions::table.select(suppressions::kind))).get_result(conn)?;
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
    type Row = (
        ProgrammeId,
        String,
        String,
        String,
        String,
        Currency,
        String,
        i64,
        String,
    );
    let rows: Vec<Row> = programmes::table
        .inner_join(policy_versions::table.on(policy_versions::id.nullable().eq(programmes::policy_version_id)))
        .select((
            programmes::id,
            programmes::name,
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
    for (id, name, slug, status, time_zone, currency, country, policy_version, document) in rows {
        let known = before
            .and_then(|before| before.programmes.get(&id))
            .filter(|known| known.policy_version == policy_version);
        let policy = match known {
            Some(known) => Arc::clone(&known.policy),
            None => Arc::new(resolve(&document, None)?),
        };
        let programme = Programme {
            id,
            name,
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
