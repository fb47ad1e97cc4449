//! Rows of programmes and products, as far as everybody may see them.

use crate::db::Conn;
use crate::db::schema::{lead_products, programmes};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::lead_products::{Exclusivity, ProductStatus, ProductTiming};
use tradepost_contract::programmes::ProgrammeStatus;
use tradepost_contract::{Currency, LeadProductId, ProgrammeId};

/// A programme that sells.
#[derive(Debug, Queryable)]
pub(super) struct ProgrammeRow {
    pub(super) id: ProgrammeId,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) brand: String,
    pub(super) currency: Currency,
    pub(super) country: String,
}

/// What is read of a programme.
macro_rules! selling {
    () => {
        programmes::table
            .filter(programmes::status.eq(ProgrammeStatus::Active))
            .select((
                programmes::id,
                programmes::slug,
                programmes::name,
                programmes::brand,
                programmes::currency,
                programmes::country,
            ))
    };
}

/// The programme with this short name, while it sells.
pub(super) fn programme(conn: &mut Conn, slug: &str) -> ApiResult<Option<ProgrammeRow>> {
    Ok(selling!().filter(programmes::slug.eq(slug)).first(conn).optional()?)
}

/// The programme of this id, while it sells.
pub(super) fn programme_of(conn: &mut Conn, id: ProgrammeId) -> ApiResult<Option<ProgrammeRow>> {
    Ok(selling!().filter(programmes::id.eq(id)).first(conn).optional()?)
}

/// A product on sale.
#[derive(Debug, Queryable)]
pub(super) struct ProductRow {
    pub(super) id: LeadProductId,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) exclusivity: Exclusivity,
    pub(super) max_buyers: i32,
    pub(super) timing: ProductTiming,
    pub(super) price_minor: i64,
    pub(super) currency: Currency,
    pub(super) eta_text: Option<String>,
    pub(super) policy_override: String,
}

/// So many products are shown at most.
const MOST: i64 = 200;

/// The products of a programme that are sold, in the order of their names.
pub(super) fn products(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Vec<ProductRow>> {
    Ok(lead_products::table
        .filter(lead_products::programme_id.eq(programme))
        .filter(lead_products::status.eq(ProductStatus::Active))
        .order((lead_products::name, lead_products::id))
        .limit(MOST)
        .select((
            lead_products::id,
            lead_products::name,
            lead_products::category,
            lead_products::exclusivity,
            lead_products::max_buyers,
            lead_products::timing,
            lead_products::price_minor,
            lead_products::currency,
            lead_products::eta_text,
            lead_products::policy_override,
        ))
        .load(conn)?)
}
