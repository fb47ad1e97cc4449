//! Who buys: suppliers, their businesses, and the addresses that leads are mailed to.

use crate::db::Conn;
use crate::db::schema::{businesses, contact_points, suppliers};
use crate::error::ApiResult;
use crate::market::snapshot::{Business, Snapshot, Supplier};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tradepost_contract::{BusinessAssociationId, BusinessId, ProgrammeId, SupplierId};

pub(super) fn load_suppliers(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
    let rows: Vec<(SupplierId, ProgrammeId, String)> = suppliers::table
        .select((suppliers::id, suppliers::programme_id, suppliers::name))
        .load(conn)?;
    for (id, programme_id, name) in rows {
        let supplier = Supplier { id, programme_id, name };
        market.suppliers.insert(id, Arc::new(supplier));
    }
    Ok(())
}

/// Active addresses by supplier: of which business (none: of all), and for leads or only in general.
type Addresses = HashMap<SupplierId, Vec<(Option<BusinessId>, bool, String)>>;

fn addresses(conn: &mut Conn) -> ApiResult<Addresses> {
    use contact_points as c;
    let rows: Vec<(SupplierId, Option<BusinessId>, String, String)> = c::table
        .filter(c::active.eq(true).and(c::email.is_not_null()))
        .filter(c::purpose.eq("leads").or(c::purpose.eq("general")))
        .order(c::id)
        .select((c::supplier_id, c::business_id, c::purpose, c::email.assume_not_null()))
        .load(conn)?;
    let mut found = Addresses::new();
    for (supplier, business, purpose, email) in rows {
        found
            .entry(supplier)
            .or_default()
            .push((business, purpose == "leads", email));
    }
    Ok(found)
}

/// The addresses for leads of one business, or the general ones where there are none (R16).
fn lead_mail(addresses: &Addresses, supplier: SupplierId, business: BusinessId) -> Vec<String> {
    let all = addresses.get(&supplier).map(Vec::as_slice).unwrap_or_default();
    let for_leads = |wanted: bool| {
        all.iter()
            .filter(move |(of, leads, _)| *leads == wanted && of.is_none_or(|of| of == business))
            .map(|(_, _, email)| email.clone())
    };
    let mut found: Vec<String> = for_leads(true).collect();
    if found.is_empty() {
        found = for_leads(false).collect();
    }
    let mut seen = HashSet::new();
    found.retain(|email| seen.insert(email.clone()));
    found
}

pub(super) fn load_businesses(conn: &mut Conn, market: &mut Snapshot) -> ApiResult<()> {
    use businesses as b;
    type Row = (
        BusinessId,
        SupplierId,
        Option<BusinessAssociationId>,
        String,
        String,
        Option<String>,
        String,
    );
    let addresses = addresses(conn)?;
    let rows: Vec<Row> = b::table
        .select((
            b::id,
            b::supplier_id,
            b::association_id,
            b::name,
            b::status,
            b::tracking_number,
            b::forward_to,
        ))
        .load(conn)?;
    for (id, supplier_id, association_id, name, status, tracking_number, forward_to) in rows {
        if let Some(number) = tracking_number {
            market.business_by_number.insert(number, id);
        }
        let business = Business {
            id,
            supplier_id,
            association_id,
            name,
            active: status == "active",
            forward_to: serde_json::from_str(&forward_to)?,
            lead_mail: lead_mail(&addresses, supplier_id, id),
        };
        market.businesses.insert(id, Arc::new(business));
    }
    Ok(())
}
