//! Adding and changing contact points.

use super::store::{self, Row};
use crate::auth::Caller;
use crate::businesses::store as businesses;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market;
use crate::suppliers::store as accounts;
use crate::suppliers::{care, fields, trail};
use serde_json::json;
use tradepost_contract::contacts::{ContactPoint, ContactPurpose, CreateContact, UpdateContact};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::{ContactPointId, ProblemCode, ProgrammeId, SupplierId};

const NAME: usize = 200;

const fn field(purpose: ContactPurpose) -> SelfServiceField {
    match purpose {
        ContactPurpose::Leads => SelfServiceField::LeadContacts,
        ContactPurpose::Billing => SelfServiceField::BillingContact,
        ContactPurpose::General => SelfServiceField::Profile,
    }
}

/// Adds a contact point to a supplier.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    new: &CreateContact,
) -> ApiResult<ContactPoint> {
    let scope = caller.scope();
    let account = accounts::hold(tx, &scope, supplier)?;
    care::may_change(tx, caller, &account, field(new.purpose))?;
    let mut faults = fields::Faults::default();
    let name = faults.keep(fields::optional_line("/name", new.name.as_deref(), NAME));
    let email = new.email.as_deref().map(|text| fields::email("/email", text));
    let email = faults.keep(email.transpose());
    let country = &account.programme.country;
    let phone = faults.keep(fields::optional_phone("/phone", new.phone.as_deref(), country));
    if new.email.is_none() && new.phone.is_none() {
        faults.push("/email", "required", "an e-mail or a phone is needed");
    }
    faults.finish()?;
    if let Some(business) = new.business_id {
        let found = businesses::standing(tx, &scope, business)?;
        if found.is_none_or(|found| found.supplier_id != supplier) {
            return Err(ApiError::unknown_id("/business_id"));
        }
    }
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        supplier_id: supplier,
        business_id: new.business_id,
        purpose: new.purpose,
        name,
        email,
        phone,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    market::changed(tx)?;
    let contact = row.shown();
    trail::made(tx, caller, "contact.created", contact.id, supplier, &contact)?;
    tell(tx, &contact, account.programme_id, "contact.created")?;
    Ok(contact)
}

/// The address that an account's mails go to, of the person who opened it (R51).
pub(crate) fn add_first(
    tx: &mut Tx<'_>,
    supplier: SupplierId,
    name: &str,
    email: &str,
    phone: Option<String>,
) -> ApiResult<()> {
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        supplier_id: supplier,
        business_id: None,
        purpose: ContactPurpose::General,
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        phone,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    market::changed(tx)
}

/// Changes a contact point. The trail keeps the old value (R14).
pub(crate) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ContactPointId,
    seen: Option<i64>,
    patch: &UpdateContact,
) -> ApiResult<ContactPoint> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let old = store::find(tx, &scope, id)?;
    care::may_change(tx, caller, &account, field(old.purpose))?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let mut row = old.clone();
    let mut faults = fields::Faults::default();
    if let Some(text) = &patch.name {
        row.name = faults.keep(fields::optional_line("/name", text.as_deref(), NAME));
    }
    if let Some(text) = &patch.email {
        let email = text.as_deref().map(|text| fields::email("/email", text));
        row.email = faults.keep(email.transpose());
    }
    if let Some(text) = &patch.phone {
        let country = &account.programme.country;
        row.phone = faults.keep(fields::optional_phone("/phone", text.as_deref(), country));
    }
    if let Some(active) = patch.active {
        row.active = active;
    }
    let reason = faults.keep(fields::reason("/reason", patch.reason.as_deref()));
    faults.finish()?;
    if row.email.is_none() && row.phone.is_none() {
        let message = "an e-mail or a phone is needed";
        return Err(ApiError::new(ProblemCode::Invalid).field("/email", "required", message));
    }
    if store::update(tx, &row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    market::changed(tx)?;
    let (before, after) = (old.shown(), store::find(tx, &scope, id)?.shown());
    let changed = (&before, &after);
    if trail::changed(tx, caller, "contact.updated", id, supplier, changed, reason.as_deref())? {
        tell(tx, &after, account.programme_id, "contact.updated")?;
    }
    Ok(after)
}

fn tell(tx: &mut Tx<'_>, contact: &ContactPoint, programme: ProgrammeId, change: &str) -> ApiResult<()> {
    let subject = Subject::of(contact.id)
        .programme(programme)
        .supplier(contact.supplier_id);
    let facts = json!({ "change": change, "purpose": contact.purpose, "active": contact.active });
    events::push(tx, EventKind::SupplierDetailsChanged, subject, &facts)?;
    Ok(())
}
