//! Use cases that make keys and take them back.

use serde_json::json;
use time::Duration;
use tradepost_contract::api_keys::{
    ApiKey, ApiKeyStatus, CreateApiKey, CreatedApiKey, MOST_REQUESTS_PER_MINUTE, RotateApiKey,
    USUAL_REQUESTS_PER_MINUTE, UpdateApiKey,
};
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::people::KeyScope;
use tradepost_contract::problem::{FieldError, ProblemCode};
use tradepost_contract::webhooks::{LONGEST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS};
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
    pub(super) requests_per_minute: i64,
}

fn named(faults: &mut Vec<FieldError>, name: &str) -> String {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        faults.push(FieldError::new("/name", "invalid", "a name has 1 to 100 characters"));
    }
    name.to_owned()
}

fn days(faults: &mut Vec<FieldError>, given: Option<i64>) -> Duration {
    let days = given.unwrap_or(LONGEST_DAYS);
    if !(1..=LONGEST_DAYS).contains(&days) {
        let message = "a key is good for 1 to 365 days";
        faults.push(FieldError::new("/expires_in_days", "out_of_range", message));
        return Duration::ZERO;
    }
    Duration::days(days)
}

fn limit(faults: &mut Vec<FieldError>, given: i64) -> i64 {
    if !(1..=MOST_REQUESTS_PER_MINUTE).contains(&given) {
        let message = "a key sends 1 to 1000000 requests a minute";
        faults.push(FieldError::new("/requests_per_minute", "out_of_range", message));
    }
    given
}

impl NewKey {
    /// Reads what was sent; all faults at once.
    pub fn parse(body: &CreateApiKey) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let name = named(&mut faults, &body.name);
        let mut scopes = body.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            faults.push(FieldError::new("/scopes", "required", "at least one scope is needed"));
        }
        let good_for = days(&mut faults, body.expires_in_days);
        let given = body.requests_per_minute.unwrap_or(USUAL_REQUESTS_PER_MINUTE);
        let requests_per_minute = limit(&mut faults, given);
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
            name,
            scopes,
            programme_id: body.programme_id,
            supplier_id: body.supplier_id,
            good_for,
            requests_per_minute,
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
        "days": new.good_for.whole_days(), "requests_per_minute": new.requests_per_minute,
    });
    let to = Bound {
        programme: new.programme_id,
        supplier: new.supplier_id,
    };
    record(tx, actor, id, "api_key.created", to, Some(after))?;
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
    record(tx, actor, id, "api_key.revoked", Bound::of(&key), None)?;
    store::get(tx, id, now)?.ok_or_else(ApiError::not_found)
}

/// The key, kept from others until the transaction ends, as the caller last saw it.
fn held(tx: &mut Tx<'_>, id: ApiKeyId, seen: Option<i64>) -> ApiResult<ApiKey> {
    store::hold(tx, id)?;
    let now = tx.wall_now();
    let key = store::get(tx, id, now)?.ok_or_else(ApiError::not_found)?;
    if seen.is_some_and(|seen| seen != key.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if key.status == ApiKeyStatus::Revoked {
        return Err(ApiError::conflict("The key was taken back."));
    }
    Ok(key)
}

/// Changes what a key is called and how much it may send.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    seen: Option<i64>,
    patch: &UpdateApiKey,
) -> ApiResult<ApiKey> {
    let key = held(tx, id, seen)?;
    let mut faults = Vec::new();
    let name = match &patch.name {
        Some(name) => named(&mut faults, name),
        None => key.name.clone(),
    };
    let requests = limit(
        &mut faults,
        patch.requests_per_minute.unwrap_or(key.requests_per_minute),
    );
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    if (&name, requests) == (&key.name, key.requests_per_minute) {
        return Ok(key);
    }
    store::change(tx, id, &name, requests)?;
    let after = json!({ "name": name, "requests_per_minute": requests });
    record(tx, actor, id, "api_key.updated", Bound::of(&key), Some(after))?;
    let now = tx.wall_now();
    store::get(tx, id, now)?.ok_or_else(ApiError::not_found)
}

/// Gives a key another secret and another end; the old secret opens for a while too. The public part stays.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mode: Mode,
    id: ApiKeyId,
    seen: Option<i64>,
    body: &RotateApiKey,
) -> ApiResult<CreatedApiKey> {
    let mut faults = Vec::new();
    let hours = body.overlap_hours.unwrap_or(USUAL_OVERLAP_HOURS);
    if !(0..=LONGEST_OVERLAP_HOURS).contains(&hours) {
        let message = "the old secret opens for 0 to 168 hours";
        faults.push(FieldError::new("/overlap_hours", "out_of_range", message));
    }
    let good_for = days(&mut faults, body.expires_in_days);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let key = held(tx, id, seen)?;
    let token = KeyToken::generate_for(mode, &key.public_id);
    let now = tx.wall_now();
    // A key that has ended opens nothing any more, its old secret neither.
    let until =
        (hours > 0 && key.status == ApiKeyStatus::Active).then(|| now.plus(Duration::hours(hours)).min(key.expires_at));
    store::rotate(tx, id, &token.at_rest(), until, now.plus(good_for))?;
    let after = json!({ "overlap_hours": hours, "days": good_for.whole_days() });
    record(tx, actor, id, "api_key.rotated", Bound::of(&key), Some(after))?;
    Ok(CreatedApiKey {
        api_key: store::get(tx, id, now)?.ok_or_else(ApiError::not_found)?,
        secret: Some(SecretText::new(token.reveal())),
    })
}

/// What a key is bound to.
#[derive(Clone, Copy)]
struct Bound {
    programme: Option<ProgrammeId>,
    supplier: Option<SupplierId>,
}

impl Bound {
    const fn of(key: &ApiKey) -> Self {
        Self {
            programme: key.programme_id,
            supplier: key.supplier_id,
        }
    }
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    action: &str,
    to: Bound,
    after: Option<serde_json::Value>,
) -> ApiResult<()> {
    let mut subject = Subject::of(id);
    if let Some(programme) = to.programme {
        subject = subject.programme(programme);
    }
    if let Some(supplier) = to.supplier {
        subject = subject.supplier(supplier);
    }
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier: to.supplier,
        before: None,
        after,
        reason: None,
    };
    audit::record(tx, actor, change)
}
