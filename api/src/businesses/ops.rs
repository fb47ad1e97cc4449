//! Adding and changing businesses.

use super::store::{self, Row};
use crate::audit;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::events::{self, Subject};
use crate::market;
use crate::suppliers::store as accounts;
use crate::suppliers::{care, fields, trail};
use serde_json::json;
use time::Duration;
use tradepost_contract::businesses::{Business, BusinessStatus, CreateBusiness, Licence, UpdateBusiness};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::{BusinessId, FieldError, ProblemCode, SupplierId};

const NAME: usize = 200;
const TRADE: usize = 100;
/// A call goes to one phone after another; a longer list would keep the caller waiting.
const MOST_FORWARDS: usize = 10;

/// Adds a business to a supplier.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    new: &CreateBusiness,
) -> ApiResult<Business> {
    let account = accounts::hold(tx, &caller.scope(), supplier)?;
    care::may_change(tx, caller, &account, SelfServiceField::Businesses)?;
    if new.association_id.is_some() {
        care::may_change(tx, caller, &account, SelfServiceField::BusinessAssociation)?;
    }
    if new.tracking_number.is_some() {
        care::staff_only(tx, caller, &account)?;
    }
    let country = &account.programme.country;
    let mut faults = fields::Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, NAME));
    let trade = faults.keep(fields::optional_line("/trade", new.trade.as_deref(), TRADE));
    let phone = faults.keep(fields::optional_phone("/phone", new.phone.as_deref(), country));
    let website = new.website.as_deref().map(|text| fields::website("/website", text));
    let website = faults.keep(website.transpose());
    let number = fields::optional_phone("/tracking_number", new.tracking_number.as_deref(), country);
    let tracking_number = faults.keep(number);
    let forward_to = forwards(&mut faults, &new.forward_to, country);
    let licence = new
        .licence
        .as_ref()
        .map(|given| licence(given, None, caller.is_staff()));
    let licence = faults.keep(licence.transpose());
    faults.finish()?;
    known_association(tx, new.association_id)?;
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        supplier_id: supplier,
        association_id: new.association_id,
        name,
        trade,
        phone,
        website,
        tracking_number,
        forward_to: serde_json::to_string(&forward_to)?,
        licence: licence.as_ref().map(serde_json::to_string).transpose()?,
        status: BusinessStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row).map_err(duplicate)?;
    not_quarantined(tx, &row)?;
    market::changed(tx)?;
    let business = store::shown(tx, vec![row])?.pop().ok_or_else(ApiError::not_found)?;
    trail::made(tx, caller, "business.created", business.id, supplier, &business)?;
    let subject = Subject::of(business.id)
        .programme(account.programme_id)
        .supplier(supplier);
    events::push(
        tx,
        EventKind::SupplierDetailsChanged,
        subject,
        &json!({ "change": "business.created" }),
    )?;
    Ok(business)
}

/// The first business of an account that a new buyer opens (R51); it has the company's name until it is changed.
pub(crate) fn add_first(tx: &mut Tx<'_>, actor: &Actor, supplier: SupplierId, name: &str) -> ApiResult<BusinessId> {
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        supplier_id: supplier,
        association_id: None,
        name: name.to_owned(),
        trade: None,
        phone: None,
        website: None,
        tracking_number: None,
        forward_to: "[]".to_owned(),
        licence: None,
        status: BusinessStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    let change = audit::Change {
        action: "business.created",
        object: row.id.to_string(),
        supplier: Some(supplier),
        after: Some(json!({ "status": row.status })),
        ..audit::Change::default()
    };
    audit::record(tx, actor, change)?;
    Ok(row.id)
}

/// Changes a business.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: BusinessId,
    seen: Option<i64>,
    patch: &UpdateBusiness,
) -> ApiResult<Business> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let own = patch.name.is_some()
        || patch.trade.is_some()
        || patch.phone.is_some()
        || patch.website.is_some()
        || patch.forward_to.is_some()
        || patch.licence.is_some();
    if own || caller.is_staff() {
        care::may_change(tx, caller, &account, SelfServiceField::Businesses)?;
    }
    if patch.association_id.is_some() {
        care::may_change(tx, caller, &account, SelfServiceField::BusinessAssociation)?;
    }
    if patch.tracking_number.is_some() || patch.status.is_some() {
        care::staff_only(tx, caller, &account)?;
    }
    store::hold(tx, &scope, id)?;
    let old = store::find(tx, &scope, id)?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = store::get(tx, &scope, id)?;
    let (row, reason) = patched(
        old.clone(),
        before.licence.as_ref(),
        patch,
        &account.programme.country,
        caller,
    )?;
    if row.association_id != old.association_id {
        known_association(tx, row.association_id)?;
    }
    if row.status == BusinessStatus::Closed && old.status == BusinessStatus::Active && store::has_live_orders(tx, id)? {
        return Err(ApiError::conflict("The business has live orders: cancel them first."));
    }
    if store::update(tx, &row).map_err(duplicate)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if row.tracking_number != old.tracking_number {
        if let Some(number) = &old.tracking_number {
            let days = care::policy(tx, &account)?.calls.number_quarantine_days.unwrap_or(0);
            let free_at = tx.business_now().plus(Duration::days(i64::from(days)));
            store::release_number(tx, number, id, free_at)?;
        }
        not_quarantined(tx, &row)?;
    }
    market::changed(tx)?;
    let after = store::get(tx, &scope, id)?;
    let changed = (&before, &after);
    if trail::changed(tx, caller, "business.updated", id, supplier, changed, reason.as_deref())? {
        let subject = Subject::of(id).programme(account.programme_id).supplier(supplier);
        let facts = json!({ "change": "business.updated", "version": after.version });
        events::push(tx, EventKind::SupplierDetailsChanged, subject, &facts)?;
    }
    Ok(after)
}

/// Refuses a number that another business had until lately (R104). Looked at after the row was written: whoever takes
/// the number away at the same moment is waited for by its uniqueness.
fn not_quarantined(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    let Some(number) = &row.tracking_number else {
        return Ok(());
    };
    match store::quarantined_until(tx, number, row.id)? {
        None => Ok(()),
        Some(free_at) => Err(ApiError::new(ProblemCode::StateConflict).field(
            "/tracking_number",
            "quarantined",
            format!("was another business's until lately; it can be assigned from {free_at} on"),
        )),
    }
}

fn patched(
    mut row: Row,
    old_licence: Option<&Licence>,
    patch: &UpdateBusiness,
    country: &str,
    caller: &Caller,
) -> ApiResult<(Row, Option<String>)> {
    let mut faults = fields::Faults::default();
    if let Some(text) = &patch.name {
        row.name = faults.keep(fields::line("/name", text, NAME));
    }
    if let Some(association) = patch.association_id {
        row.association_id = association;
    }
    if let Some(text) = &patch.trade {
        row.trade = faults.keep(fields::optional_line("/trade", text.as_deref(), TRADE));
    }
    if let Some(text) = &patch.phone {
        row.phone = faults.keep(fields::optional_phone("/phone", text.as_deref(), country));
    }
    if let Some(text) = &patch.website {
        let website = text.as_deref().map(|text| fields::website("/website", text));
        row.website = faults.keep(website.transpose());
    }
    if let Some(text) = &patch.tracking_number {
        let number = fields::optional_phone("/tracking_number", text.as_deref(), country);
        row.tracking_number = faults.keep(number);
    }
    if let Some(numbers) = &patch.forward_to {
        row.forward_to = serde_json::to_string(&forwards(&mut faults, numbers, country))?;
    }
    if let Some(given) = &patch.licence {
        let read = given
            .as_ref()
            .map(|given| licence(given, old_licence, caller.is_staff()));
        let read = faults.keep(read.transpose());
        row.licence = read.as_ref().map(serde_json::to_string).transpose()?;
    }
    if let Some(status) = patch.status {
        row.status = status;
    }
    let reason = faults.keep(fields::reason("/reason", patch.reason.as_deref()));
    faults.finish()?;
    Ok((row, reason))
}

/// Reads a licence. Only staff say that one is verified; others keep the mark while it stays the same.
fn licence(given: &Licence, old: Option<&Licence>, staff: bool) -> Result<Licence, FieldError> {
    let number = fields::line("/licence/number", &given.number, 60)?;
    let authority = fields::line("/licence/authority", &given.authority, NAME)?;
    let unchanged = old.is_some_and(|old| old.verified && old.number == number && old.authority == authority);
    Ok(Licence {
        number,
        authority,
        verified: if staff { given.verified } else { unchanged },
    })
}

fn forwards(faults: &mut fields::Faults, numbers: &[String], country: &str) -> Vec<String> {
    if numbers.len() > MOST_FORWARDS {
        faults.push(
            "/forward_to",
            "too_many",
            format!("has at most {MOST_FORWARDS} numbers"),
        );
    }
    numbers
        .iter()
        .take(MOST_FORWARDS)
        .enumerate()
        .map(|(at, text)| faults.keep(fields::phone(&format!("/forward_to/{at}"), text, country)))
        .collect()
}

fn known_association(tx: &mut Tx<'_>, id: Option<tradepost_contract::BusinessAssociationId>) -> ApiResult<()> {
    match id {
        Some(id) if !store::association_exists(tx, id)? => Err(ApiError::unknown_id("/association_id")),
        Some(_) | None => Ok(()),
    }
}

fn duplicate(cause: diesel::result::Error) -> ApiError {
    if is_unique_violation(&cause) {
        let message = "another business has this number";
        return ApiError::new(ProblemCode::Duplicate).field("/tracking_number", "duplicate", message);
    }
    cause.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R102: the seller's word that a licence was checked holds for that licence only.
    #[test]
    fn r102_a_changed_licence_is_no_longer_verified() {
        let checked = Licence {
            number: "TX-1".to_owned(),
            authority: "TDLR".to_owned(),
            verified: true,
        };
        let verified = |number: &str, claims: bool, staff: bool| {
            let given = Licence {
                number: number.to_owned(),
                verified: claims,
                ..checked.clone()
            };
            licence(&given, Some(&checked), staff).unwrap().verified
        };
        assert!(verified("TX-1", false, false), "the same licence stays verified");
        assert!(!verified("TX-2", true, false), "a supplier cannot verify another");
        assert!(verified("TX-2", true, true));
        assert!(!verified("TX-1", false, true), "staff take it back");
    }
}
