//! Who issues an invoice and who owes it, as they say it.

use crate::calendar::Zone;
use crate::db::schema::{legal_entities, programmes, suppliers};
use crate::db::{Conn, Keep as _, either};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::invoices::InvoiceParty;
use tradepost_contract::{Currency, LegalEntityId, ProgrammeId, SupplierId, Timestamp};

/// What a run needs to know of its programme.
#[derive(Debug, Clone)]
pub(crate) struct Seller {
    pub(crate) programme: ProgrammeId,
    pub(crate) legal_entity: LegalEntityId,
    pub(crate) currency: Currency,
    pub(crate) zone: Zone,
    pub(crate) created_at: Timestamp,
    /// Who issues the invoices, as they say it.
    pub(crate) party: InvoiceParty,
}

pub(crate) fn seller(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<Seller>> {
    type Row = (
        (LegalEntityId, Currency, String, String, String, Timestamp),
        (String, String, String, Option<String>, Option<String>),
    );
    let found: Option<Row> = programmes::table
        .inner_join(legal_entities::table.on(programmes::legal_entity_id.eq(legal_entities::id)))
        .filter(programmes::id.eq(programme))
        .select((
            (
                programmes::legal_entity_id,
                programmes::currency,
                programmes::time_zone,
                programmes::name,
                programmes::brand,
                programmes::created_at,
            ),
            (
                legal_entities::name,
                legal_entities::address,
                legal_entities::country,
                legal_entities::tax_id,
                legal_entities::payment_instructions,
            ),
        ))
        .first(conn)
        .optional()?;
    let Some((programme_columns, (name, address, country, tax_id, payment_instructions))) = found else {
        return Ok(None);
    };
    let (legal_entity, currency, zone, name_of_brand, brand, created_at) = programme_columns;
    let party = InvoiceParty {
        trading_as: (name_of_brand != name).then_some(name_of_brand),
        name,
        address,
        country,
        tax_id,
        statement_descriptor: descriptor(&brand),
        payment_instructions,
    };
    let zone = Zone::parse(&zone).map_err(ApiError::internal)?;
    Ok(Some(Seller {
        programme,
        legal_entity,
        currency,
        zone,
        created_at,
        party,
    }))
}

/// Who owes an invoice, as it says it.
pub(crate) fn buyer(conn: &mut Conn, supplier: SupplierId) -> ApiResult<InvoiceParty> {
    type Row = (String, String, String, String, Option<String>);
    let row = suppliers::table
        .find(supplier)
        .select((
            suppliers::name,
            suppliers::legal_name,
            suppliers::address,
            suppliers::country,
            suppliers::tax_id,
        ))
        .kept(|| ());
    let (name, legal_name, address, country, tax_id): Row = either!(conn, conn => row.get_result(conn))?;
    Ok(InvoiceParty {
        trading_as: (name != legal_name).then_some(name),
        name: legal_name,
        address,
        country,
        tax_id,
        statement_descriptor: None,
        payment_instructions: None,
    })
}

/// The merchant's name on card statements (R40), if the brand has one.
fn descriptor(brand: &str) -> Option<String> {
    let brand: serde_json::Value = serde_json::from_str(brand).ok()?;
    let descriptor = brand.get("descriptor")?.as_str()?.trim();
    (!descriptor.is_empty()).then(|| descriptor.to_owned())
}

/// What tax rules ask of suppliers: the country, and whether a tax number was given.
pub(crate) fn tax_facts(conn: &mut Conn, ids: &[SupplierId]) -> ApiResult<HashMap<SupplierId, (String, bool)>> {
    let mut facts = HashMap::new();
    for some in ids.chunks(500) {
        let rows: Vec<(SupplierId, String, Option<String>)> = suppliers::table
            .filter(suppliers::id.eq_any(some.to_vec()))
            .select((suppliers::id, suppliers::country, suppliers::tax_id))
            .load(conn)?;
        facts.extend(
            rows.into_iter()
                .map(|(id, country, tax_id)| (id, (country, tax_id.is_some()))),
        );
    }
    Ok(facts)
}

/// The names of suppliers, for problems and previews.
pub(crate) fn supplier_names(conn: &mut Conn, ids: &[SupplierId]) -> ApiResult<Vec<(SupplierId, String)>> {
    let mut names = Vec::new();
    // A programme may have more suppliers than a statement takes parameters.
    for some in ids.chunks(500) {
        names.extend(
            suppliers::table
                .filter(suppliers::id.eq_any(some.to_vec()))
                .select((suppliers::id, suppliers::name))
                .load::<(SupplierId, String)>(conn)?,
        );
    }
    Ok(names)
}
