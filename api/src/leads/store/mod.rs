//! Leads in the database. What writes a lead's own row is here; what the person said, agreed to and
//! proved is in `particulars`, what reads leads is in `list`, whom they were sold to is in `sales`.

mod list;
mod particulars;
mod person;
mod sales;

pub(crate) use list::{LeadFilter, get, list};
pub(crate) use particulars::{
    consent, consents, erase_particulars, insert_consent, insert_person, insert_verification, replace_proof,
    verification,
};
pub(crate) use person::{PersonRow, person_columns, person_of};
pub(crate) use sales::sales;

use crate::db::schema::leads;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use std::collections::BTreeMap;
use tradepost_contract::leads::{LeadChannel, LeadPlace, LeadStatus};
use tradepost_contract::{BusinessId, Id, LeadId, LeadImportId, LeadProductId, ProgrammeId, SupplierId, Timestamp};

/// The version of a row that was only inserted.
pub(crate) const FIRST_VERSION: i64 = 1;

/// A lead as it is inserted.
pub(crate) struct NewRow<'a> {
    pub(crate) id: LeadId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) product_id: LeadProductId,
    pub(crate) status: LeadStatus,
    pub(crate) status_reason: Option<&'a str>,
    pub(crate) sold: i32,
    pub(crate) max_buyers: i32,
    pub(crate) channel: LeadChannel,
    pub(crate) source: Option<&'a str>,
    pub(crate) external_source: &'a str,
    pub(crate) external_id: Option<&'a str>,
    pub(crate) submitted_by: &'a str,
    pub(crate) import_id: Option<LeadImportId>,
    pub(crate) owner_supplier_id: Option<SupplierId>,
    pub(crate) owner_business_id: Option<BusinessId>,
    pub(crate) duplicate_of: Option<LeadId>,
    pub(crate) place: &'a LeadPlace,
    pub(crate) answers: &'a BTreeMap<String, String>,
    pub(crate) enquired_at: Timestamp,
}

/// Inserts a lead; false where its external id is there already, also when the other one came at
/// the same moment.
pub(crate) fn insert(tx: &mut Tx<'_>, row: &NewRow<'_>) -> ApiResult<bool> {
    use leads::dsl;
    let values = (
        (
            dsl::id.eq(row.id.as_i64()),
            dsl::programme_id.eq(row.programme_id),
            dsl::product_id.eq(row.product_id),
            dsl::status.eq(row.status),
            dsl::status_reason.eq(row.status_reason),
            dsl::sold.eq(row.sold),
            dsl::max_buyers.eq(row.max_buyers),
            dsl::channel.eq(row.channel),
            dsl::source.eq(row.source),
            dsl::external_source.eq(row.external_source),
            dsl::external_id.eq(row.external_id),
        ),
        (
            dsl::submitted_by.eq(row.submitted_by),
            dsl::import_id.eq(row.import_id),
            dsl::owner_supplier_id.eq(row.owner_supplier_id),
            dsl::owner_business_id.eq(row.owner_business_id),
            dsl::duplicate_of.eq(row.duplicate_of),
            dsl::country.eq(row.place.country.as_deref()),
            dsl::region.eq(row.place.region.as_deref()),
            dsl::postcode.eq(row.place.postcode.as_deref()),
            dsl::city.eq(row.place.city.as_deref()),
            dsl::answers.eq(serde_json::to_string(row.answers)?),
            dsl::enquired_at.eq(row.enquired_at),
            dsl::created_at.eq(tx.business_now()),
        ),
    );
    let insert = diesel::insert_into(leads::table).values(values);
    let written = either!(&mut **tx, conn => insert.on_conflict_do_nothing().kept(|| ()).execute(conn))?;
    Ok(written == 1)
}

/// The lead with this external id.
pub(crate) fn find_external(
    conn: &mut Conn,
    programme: ProgrammeId,
    source: &str,
    id: &str,
) -> ApiResult<Option<LeadId>> {
    use leads::dsl;
    let row = leads::table
        .filter(dsl::programme_id.eq(programme))
        .filter(dsl::external_source.eq(source).and(dsl::external_id.eq(id)))
        .select(dsl::id)
        .kept(|| ());
    Ok(either!(conn, conn => row.get_result(conn)).optional()?)
}

/// Moves a lead from one status to another; false where it is not in the one any more.
pub(crate) fn move_status(
    tx: &mut Tx<'_>,
    id: LeadId,
    from: LeadStatus,
    to: LeadStatus,
    reason: Option<&str>,
) -> ApiResult<bool> {
    use leads::dsl;
    let moved = diesel::update(leads::table.find(id).filter(dsl::status.eq(from)))
        .set((
            dsl::status.eq(to),
            dsl::status_reason.eq(reason),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(moved == 1)
}

/// Keeps a lead as it is until the transaction ends; false where it is erased.
pub(crate) fn hold_unerased(tx: &mut Tx<'_>, id: LeadId) -> ApiResult<bool> {
    use leads::dsl;
    let held = diesel::update(leads::table.find(id).filter(dsl::status.ne(LeadStatus::Erased)))
        .set(dsl::version.eq(dsl::version))
        .execute(&mut **tx)?;
    Ok(held == 1)
}

/// Marks a lead as erased; false where it was before.
pub(crate) fn mark_erased(tx: &mut Tx<'_>, id: LeadId, reason: Option<&str>) -> ApiResult<bool> {
    use leads::dsl;
    let now = tx.business_now();
    let marked = diesel::update(leads::table.find(id).filter(dsl::status.ne(LeadStatus::Erased)))
        .set((
            dsl::status.eq(LeadStatus::Erased),
            dsl::status_reason.eq(reason),
            dsl::erased_at.eq(now),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(marked == 1)
}

/// Takes leads of a product off the market that were not sold out and came in before an instant.
pub(crate) fn expire(tx: &mut Tx<'_>, product: LeadProductId, before: Timestamp, most: i64) -> ApiResult<usize> {
    use leads::dsl;
    let live = [LeadStatus::Available, LeadStatus::PartlySold];
    let due = leads::table
        .filter(dsl::status.eq_any(live))
        .filter(dsl::created_at.lt(before).and(dsl::product_id.eq(product)))
        .order((dsl::created_at, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load::<LeadId>(&mut **tx)?;
    let target = leads::table
        .filter(dsl::id.eq_any(due))
        .filter(dsl::status.eq_any(live));
    let changed = diesel::update(target)
        .set((dsl::status.eq(LeadStatus::Expired), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed)
}
