//! Use cases that make keys and take them back.

use serde_json::json;
use time::Duration;
use tradepost_contract::api_keys::{ApiKey, CreateApiKey, CreatedApiKey};
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::people::KeyScope;
use tradepost_contract::problem::FieldError;
use tradepost_contract::{ApiKeyId, ProgrammeId, SupplierId, UserId};

use super::store;
use super::token::{KeyToken, Mode};
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};

/// The longest that a key is good for, in days.
const LONGEST_DAYS: i64 = 365;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub(super) name: String,
    pub(super) scopes: Vec<KeyScope>,
    pub(super) programme_id: Option<ProgrammeId>,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) good_for: Duration,
}

impl NewKey {
    /// Reads what was sent; all faults at once.
    pub fn parse(body: &CreateApiKey) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let name = body.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            faults.push(FieldError::new("/name", "invalid", "a name has 1 to 100 characters"));
        }
        let mut scopes = body.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            faults.push(FieldError::new("/scopes", "required", "at least one scope is needed"));
        }
        let days = body.expires_in_days.unwrap_or(LONGEST_DAYS);
        if !(1..=LONGEST_DAYS).contains(&days) {
            faults.push(FieldError::new(
                "/expires_in_days",
                "out_of_range",
                "a key is good for 1 to 365 days",
            ));
        }
        // Leads are one market's whole stock: a supplier's key must not read or decide them. And a customer does not
        // write its own call report.
        if body.supplier_id.is_some()
            && scopes
                .iter()
                .any(|scope| matches!(scope, KeyScope::LeadsRead | KeyScope::EventsRead | KeyScope::CallsWrite))
        {
            faults.push(FieldError::new(
                "/scopes",
                "not_for_supplier",
                "a supplier's key cannot have this scope",
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            name: name.to_owned(),
            scopes,
            programme_id: body.programme_id,
            supplier_id: body.supplier_id,
            good_for: Duration::days(days),
        })
    }
}

/// Makes a key. Its secret is in the answer and nowhere else.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    created_by: Option<UserId>,
    mode: Mode,
    new: &NewKey,
) -> ApiResult<CreatedApiKey> {
    let new = bound(tx, new)?;
    let token = KeyToken::generate(mode);
    let id = store::insert(tx, &new, &token.public_id, &token.at_rest(), created_by)?;
    let after = json!({
        "scopes": new.scopes, "programme_id": new.programme_id, "supplier_id": new.supplier_id,
        "days": new.good_for.whole_days(),
    });
    record(tx, actor, id, "api_key.created", &new, Some(after))?;
    let now = tx.wall_now();
    let api_key = store::get(tx, id, now)?.ok_or_else(ApiError::not_found)?;
    Ok(CreatedApiKey {
        api_key,
        secret: Some(SecretText::new(token.reveal())),
    })
}

/// A supplier's key is bound to the supplier's programme too, and the ids have to exist.
fn bound(tx: &mut Tx<'_>, new: &NewKey) -> ApiResult<NewKey> {
    let mut new = new.clone();
    if let Some(supplier) = new.supplier_id {
        let programme = store::programme_of(tx, supplier)?.ok_or_else(|| ApiError::unknown_id("/supplier_id"))?;
        if new.programme_id.is_some_and(|named| named != programme) {
            return Err(ApiError::unknown_id("/programme_id"));
        }
        new.programme_id = Some(programme);
    } else if let Some(programme) = new.programme_id
        && !store::programme_exists(tx, programme)?
    {
        return Err(ApiError::unknown_id("/programme_id"));
    }
    Ok(new)
}

/// Takes a key back; doing it again changes nothing.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, id: ApiKeyId) -> ApiResult<ApiKey> {
    let now = tx.wall_now();
    let key = store::get(tx, id, now)?.ok_or_else(ApiError::not_found)?;
    if !store::revoke(tx, id)? {
        return Ok(key);
    }
    let new = NewKey {
        name: key.name,
        scopes: key.scopes,
        programme_id: key.programme_id,
        supplier_id: key.supplier_id,
        good_for: Duration::ZERO,
    };
    record(tx, actor, id, "api_key.revoked", &new, None)?;
    store::get(tx, id, now)?.ok_or_else(ApiError::not_found)
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    action: &str,
    key: &NewKey,
    after: Option<serde_json::Value>,
) -> ApiResult<()> {
    let mut subject = Subject::of(id);
    if let Some(programme) = key.programme_id {
        subject = subject.programme(programme);
    }
    if let Some(supplier) = key.supplier_id {
        subject = subject.supplier(supplier);
    }
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier: key.supplier_id,
        before: None,
        after,
        reason: None,
    };
    audit::record(tx, actor, change)
}
