//! Making and changing suppliers.

use super::store::{self, Row};
use super::{care, fields, trail};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::events::{self, Subject};
use crate::market;
use crate::policy::{self, Layer, Orders};
use serde_json::{Value, json};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::programmes::ProgrammeStatus;
use tradepost_contract::suppliers::{CreateSupplier, Supplier, SupplierStatus, UpdateSupplier};
use tradepost_contract::{ProblemCode, SupplierId};

const NAME: usize = 200;
const ADDRESS: usize = 500;
const TAX_ID: usize = 60;
const EXTERNAL_ID: usize = 100;

/// Sets up a supplier; it starts in `onboarding`.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, new: &CreateSupplier) -> ApiResult<Supplier> {
    let programme = store::programme(tx, new.programme_id)?
        .filter(|_| caller.scope().allows_programme(new.programme_id))
        .ok_or_else(|| ApiError::unknown_id("/programme_id"))?;
    if programme.status == ProgrammeStatus::Closed {
        return Err(ApiError::conflict("The programme takes no new suppliers."));
    }
    let mut faults = fields::Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, NAME));
    let legal_name = faults.keep(fields::optional_line("/legal_name", new.legal_name.as_deref(), NAME));
    let country = new.country.as_deref().unwrap_or(&programme.country);
    let country = faults.keep(fields::country("/country", country));
    let address = faults.keep(fields::lines("/address", &new.address, ADDRESS));
    let tax_id = faults.keep(fields::optional_line("/tax_id", new.tax_id.as_deref(), TAX_ID));
    let zone = new.time_zone.as_deref().unwrap_or(&programme.time_zone);
    let time_zone = faults.keep(fields::time_zone("/time_zone", zone));
    let external = fields::optional_line("/external_id", new.external_id.as_deref(), EXTERNAL_ID);
    let external_id = faults.keep(external);
    faults.finish()?;
    if let Some(manager) = new.account_manager_id
        && !store::is_staff(tx, manager)?
    {
        return Err(ApiError::unknown_id("/account_manager_id"));
    }
    let amendment = fields::amendment(new.policy_override.as_ref());
    policy::check_amendment(tx, new.programme_id, Layer::Account, &amendment, "/policy_override")?;
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        programme_id: new.programme_id,
        external_id,
        legal_name: legal_name.unwrap_or_else(|| name.clone()),
        name,
        country,
        address,
        tax_id,
        time_zone,
        account_manager_id: new.account_manager_id,
        status: SupplierStatus::Onboarding,
        status_reason: None,
        policy_override: amendment.to_string(),
        activated_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row).map_err(duplicate)?;
    market::changed(tx)?;
    let supplier = store::get(tx, caller, row.id)?;
    trail::made(tx, caller, "supplier.created", row.id, row.id, &supplier)?;
    let subject = Subject::of(row.id).programme(row.programme_id).supplier(row.id);
    events::push(
        tx,
        EventKind::SupplierCreated,
        subject,
        &json!({ "status": row.status }),
    )?;
    Ok(supplier)
}

/// Changes a supplier. Open orders are stamped again where its terms changed.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SupplierId,
    seen: Option<i64>,
    patch: &UpdateSupplier,
) -> ApiResult<Supplier> {
    let account = store::hold(tx, &caller.scope(), id)?;
    let profile = patch.name.is_some()
        || patch.legal_name.is_some()
        || patch.country.is_some()
        || patch.address.is_some()
        || patch.tax_id.is_some()
        || patch.time_zone.is_some();
    if profile || caller.is_staff() {
        care::may_change(tx, caller, &account, SelfServiceField::Profile)?;
    }
    if patch.external_id.is_some() || patch.account_manager_id.is_some() || patch.policy_override.is_some() {
        care::staff_only(tx, caller, &account)?;
    }
    if seen.is_some_and(|seen| seen != account.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = store::get(tx, caller, id)?;
    let old = store::find(tx, &caller.scope(), id)?;
    let (row, reason) = patched(old.clone(), patch)?;
    if row.account_manager_id != old.account_manager_id
        && let Some(manager) = row.account_manager_id
        && !store::is_staff(tx, manager)?
    {
        return Err(ApiError::unknown_id("/account_manager_id"));
    }
    let terms_changed = row.policy_override != old.policy_override;
    if terms_changed {
        let amendment: Value = serde_json::from_str(&row.policy_override)?;
        policy::check_amendment(tx, row.programme_id, Layer::Account, &amendment, "/policy_override")?;
    }
    if store::update(tx, &row).map_err(duplicate)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if terms_changed {
        care::terms_fit_today(tx, &account, "/policy_override")?;
        policy::restamp(tx, row.programme_id, Orders::OfSupplier(id), "/policy_override")?;
    }
    market::changed(tx)?;
    let after = store::get(tx, caller, id)?;
    let changed = (&before, &after);
    if trail::changed(tx, caller, "supplier.updated", id, id, changed, reason.as_deref())? {
        let subject = Subject::of(id).programme(row.programme_id).supplier(id);
        let facts = json!({ "version": after.version, "terms_changed": terms_changed });
        events::push(tx, EventKind::SupplierUpdated, subject, &facts)?;
    }
    Ok(after)
}

fn patched(mut row: Row, patch: &UpdateSupplier) -> ApiResult<(Row, Option<String>)> {
    let mut faults = fields::Faults::default();
    if let Some(text) = &patch.name {
        row.name = faults.keep(fields::line("/name", text, NAME));
    }
    if let Some(text) = &patch.legal_name {
        row.legal_name = faults.keep(fields::line("/legal_name", text, NAME));
    }
    if let Some(text) = &patch.country {
        row.country = faults.keep(fields::country("/country", text));
    }
    if let Some(text) = &patch.address {
        row.address = faults.keep(fields::lines("/address", text, ADDRESS));
    }
    if let Some(text) = &patch.tax_id {
        row.tax_id = faults.keep(fields::optional_line("/tax_id", text.as_deref(), TAX_ID));
    }
    if let Some(text) = &patch.time_zone {
        row.time_zone = faults.keep(fields::time_zone("/time_zone", text));
    }
    if let Some(text) = &patch.external_id {
        let external = fields::optional_line("/external_id", text.as_deref(), EXTERNAL_ID);
        row.external_id = faults.keep(external);
    }
    if let Some(manager) = patch.account_manager_id {
        row.account_manager_id = manager;
    }
    if let Some(amendment) = &patch.policy_override {
        row.policy_override = amendment.to_string();
    }
    let reason = faults.keep(fields::reason("/reason", patch.reason.as_deref()));
    faults.finish()?;
    Ok((row, reason))
}

fn duplicate(cause: diesel::result::Error) -> ApiError {
    if is_unique_violation(&cause) {
        let message = "another supplier of the programme has this external id";
        return ApiError::new(ProblemCode::Duplicate).field("/external_id", "duplicate", message);
    }
    cause.into()
}
