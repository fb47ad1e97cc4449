//! An account that a new buyer opens without staff (R51).

use super::store::{self, Row};
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::market;
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{ProgrammeId, SupplierId};

/// What a new buyer says of the company, checked.
#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    pub(crate) programme: ProgrammeId,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) address: String,
    pub(crate) time_zone: String,
}

/// Opens the account, which is active at once: what it orders is paid first.
pub(crate) fn open(tx: &mut Tx<'_>, actor: &Actor, new: &NewAccount) -> ApiResult<SupplierId> {
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        programme_id: new.programme,
        external_id: None,
        name: new.name.clone(),
        legal_name: new.name.clone(),
        country: new.country.clone(),
        address: new.address.clone(),
        tax_id: None,
        time_zone: new.time_zone.clone(),
        account_manager_id: None,
        status: SupplierStatus::Active,
        status_reason: None,
        policy_override: "{}".to_owned(),
        activated_at: Some(now),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    market::changed(tx)?;
    let facts = json!({ "status": row.status, "programme_id": new.programme, "country": new.country });
    let subject = Subject::of(row.id).programme(new.programme).supplier(row.id);
    events::push(tx, EventKind::SupplierCreated, subject.clone(), &facts)?;
    events::push(tx, EventKind::SupplierActivated, subject, &facts)?;
    let change = audit::Change {
        action: "supplier.signed_up",
        object: row.id.to_string(),
        supplier: Some(row.id),
        before: None,
        after: Some(facts),
        reason: None,
    };
    audit::record(tx, actor, change)?;
    Ok(row.id)
}
