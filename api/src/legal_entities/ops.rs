//! Use cases of legal entities.

use super::store;
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::programmes::{country_fault, text_faults, zone_fault};
use serde_json::json;
use tradepost_contract::FieldError;
use tradepost_contract::programmes::{CreateLegalEntity, LegalEntity};

pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, body: &CreateLegalEntity) -> ApiResult<LegalEntity> {
    let faults = faults(body);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let entity = store::insert(tx, body)?;
    let change = audit::Change {
        action: "legal_entity.created",
        object: entity.id.to_string(),
        after: Some(json!({ "name": entity.name, "country": entity.country, "invoice_prefix": entity.invoice_prefix })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(entity)
}

fn faults(body: &CreateLegalEntity) -> Vec<FieldError> {
    let mut faults = text_faults("/name", &body.name, 200);
    faults.extend(country_fault("/country", &body.country));
    if let Some(tax_id) = &body.tax_id {
        faults.extend(text_faults("/tax_id", tax_id, 60));
    }
    faults.extend(text_faults("/address", &body.address, 500));
    if let Some(instructions) = &body.payment_instructions {
        faults.extend(text_faults("/payment_instructions", instructions, 500));
    }
    faults.extend(zone_fault("/billing_zone", &body.billing_zone));
    let prefix = &body.invoice_prefix;
    if !(1..=10).contains(&prefix.len())
        || !prefix
            .bytes()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
    {
        faults.push(FieldError::new(
            "/invoice_prefix",
            "format",
            "expected 1 to 10 capital letters and digits",
        ));
    }
    faults
}
