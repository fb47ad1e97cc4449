//! Making sources and changing them. Whoever changes one holds its row first.

use super::rules;
use super::store::{self, Row, Sealed, View, place};
use crate::audit;
use crate::auth::Caller;
use crate::auth::secrets::sha256_hex;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::suppliers::fields::{self, Faults};
use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_imports::ImportMapping;
use tradepost_contract::lead_sources::{
    CreateLeadSource, LeadSource, LeadSourceAction, LeadSourceKind, LeadSourceStatus, LeadSourceWithSecret,
    RotateLeadSourceSecret, UpdateLeadSource,
};
use tradepost_contract::webhooks::{LONGEST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS};
use tradepost_contract::{LeadSourceId, ProblemCode};

/// Meta's own have 32 characters.
const LONGEST_APP_SECRET: usize = 200;

/// Makes a source. Its secret is in the answer and nowhere else.
pub(super) fn create(
    tx: &mut Tx<'_>,
    view: &View,
    caller: &Caller,
    new: &CreateLeadSource,
) -> ApiResult<LeadSourceWithSecret> {
    let mut faults = Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, rules::LONGEST_NAME));
    let usual = rules::usual_source(new.kind);
    let source = rules::optional(&mut faults, "/source", new.source.as_deref().or(usual));
    let campaign = rules::optional(&mut faults, "/campaign", new.campaign.as_deref());
    let mapping = new.mapping.clone().unwrap_or_else(|| rules::usual_mapping(new.kind));
    check_mapping(&mut faults, &mapping);
    let requests_per_minute = rules::limit(&mut faults, new.requests_per_minute);
    check_protection(&mut faults, new.kind, new.requires_secret);
    check_app_secret(&mut faults, new.kind, new.app_secret.as_ref());
    faults.finish()?;
    if !store::programme_exists(tx, new.programme_id)? {
        return Err(ApiError::unknown_id("/programme_id"));
    }
    if !store::product_exists(tx, new.programme_id, new.product_id)? {
        return Err(ApiError::unknown_id("/product_id"));
    }
    let id: LeadSourceId = tx.new_id();
    let (token, secret, now) = (rules::random_text(), rules::random_text(), tx.wall_now());
    let seal = |what: Sealed, text: &str| {
        let sealed = view.secrets.seal(&place(id, what), text.as_bytes());
        sealed.map_err(ApiError::internal)
    };
    let app_secret = new
        .app_secret
        .as_ref()
        .map(|text| seal(Sealed::AppSecret, text.reveal().trim()));
    let row = Row {
        id,
        programme_id: new.programme_id,
        product_id: new.product_id,
        kind: new.kind,
        name,
        source,
        campaign,
        mapping: serde_json::to_string(&mapping)?,
        token_hash: sha256_hex(token.as_bytes()),
        token: seal(Sealed::Token, &token)?,
        secret: seal(Sealed::Secret, &secret)?,
        previous_secret: None,
        previous_secret_until: None,
        app_secret: app_secret.transpose()?,
        requires_secret: new.requires_secret,
        requests_per_minute,
        status: LeadSourceStatus::Active,
        last_received_at: None,
        last_denied_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    store::insert(tx, &row)?;
    tell(tx, caller, "lead_source.created", &row, None)?;
    Ok(LeadSourceWithSecret {
        lead_source: view.get(tx, id)?,
        secret: Some(SecretText::new(secret)),
    })
}

fn check_mapping(faults: &mut Faults, mapping: &ImportMapping) {
    for fault in rules::check_mapping(mapping) {
        faults.push(fault.pointer, &fault.code, fault.message);
    }
}

/// Google and Meta always show who they are.
fn check_protection(faults: &mut Faults, kind: LeadSourceKind, requires_secret: bool) {
    if !requires_secret && matches!(kind, LeadSourceKind::GoogleAds | LeadSourceKind::Meta) {
        faults.push(
            "/requires_secret",
            "required_here",
            "this sender always shows its secret",
        );
    }
}

fn check_app_secret(faults: &mut Faults, kind: LeadSourceKind, secret: Option<&SecretText>) {
    let Some(secret) = secret else { return };
    let length = secret.reveal().trim().len();
    if kind != LeadSourceKind::Meta {
        faults.push("/app_secret", "only_for_meta", "only Meta signs with an app's secret");
    } else if !(8..=LONGEST_APP_SECRET).contains(&length) {
        faults.push("/app_secret", "invalid", "has 8 to 200 characters");
    }
}

fn held(tx: &mut Tx<'_>, id: LeadSourceId, seen: Option<i64>) -> ApiResult<Row> {
    let row = store::hold(tx, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(row)
}

/// Changes a source.
pub(super) fn update(
    tx: &mut Tx<'_>,
    view: &View,
    caller: &Caller,
    id: LeadSourceId,
    seen: Option<i64>,
    patch: &UpdateLeadSource,
) -> ApiResult<LeadSource> {
    let mut row = held(tx, id, seen)?;
    let before = row.clone();
    let mut faults = Faults::default();
    if let Some(name) = &patch.name {
        row.name = faults.keep(fields::line("/name", name, rules::LONGEST_NAME));
    }
    if let Some(source) = &patch.source {
        row.source = rules::optional(&mut faults, "/source", Some(source));
    }
    if let Some(campaign) = &patch.campaign {
        row.campaign = rules::optional(&mut faults, "/campaign", Some(campaign));
    }
    if let Some(mapping) = &patch.mapping {
        check_mapping(&mut faults, mapping);
        row.mapping = serde_json::to_string(mapping)?;
    }
    if let Some(requires) = patch.requires_secret {
        check_protection(&mut faults, row.kind, requires);
        row.requires_secret = requires;
    }
    if let Some(limit) = patch.requests_per_minute {
        row.requests_per_minute = rules::limit(&mut faults, Some(limit));
    }
    check_app_secret(&mut faults, row.kind, patch.app_secret.as_ref());
    faults.finish()?;
    if let Some(secret) = &patch.app_secret {
        let sealed = view
            .secrets
            .seal(&place(id, Sealed::AppSecret), secret.reveal().trim().as_bytes());
        row.app_secret = Some(sealed.map_err(ApiError::internal)?);
    }
    if let Some(product) = patch.product_id {
        if !store::product_exists(tx, row.programme_id, product)? {
            return Err(ApiError::unknown_id("/product_id"));
        }
        row.product_id = product;
    }
    store::save(tx, &mut row)?;
    tell(tx, caller, "lead_source.updated", &row, Some(&before))?;
    view.get(tx, id)
}

/// Takes enquiries again, or none any more.
pub(super) fn turn(
    tx: &mut Tx<'_>,
    view: &View,
    caller: &Caller,
    id: LeadSourceId,
    seen: Option<i64>,
    action: LeadSourceAction,
) -> ApiResult<LeadSource> {
    let mut row = held(tx, id, seen)?;
    let before = row.clone();
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(format!("The source is {} already.", refused.from)))?;
    store::save(tx, &mut row)?;
    let said = match action {
        LeadSourceAction::Enable => "lead_source.enabled",
        LeadSourceAction::Disable => "lead_source.disabled",
    };
    tell(tx, caller, said, &row, Some(&before))?;
    view.get(tx, id)
}

/// Another secret; the old one counts for a while.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    view: &View,
    caller: &Caller,
    id: LeadSourceId,
    seen: Option<i64>,
    body: &RotateLeadSourceSecret,
) -> ApiResult<LeadSourceWithSecret> {
    let hours = body.overlap_hours.unwrap_or(USUAL_OVERLAP_HOURS);
    let mut faults = Faults::default();
    if !(0..=LONGEST_OVERLAP_HOURS).contains(&hours) {
        faults.push("/overlap_hours", "out_of_range", "is 0 to 168");
    }
    faults.finish()?;
    let mut row = held(tx, id, seen)?;
    let before = row.clone();
    let secret = rules::random_text();
    let sealed = view.secrets.seal(&place(id, Sealed::Secret), secret.as_bytes());
    let old = std::mem::replace(&mut row.secret, sealed.map_err(ApiError::internal)?);
    row.previous_secret = (hours > 0).then_some(old);
    row.previous_secret_until = (hours > 0).then(|| tx.wall_now().plus(Duration::hours(hours)));
    store::save(tx, &mut row)?;
    tell(tx, caller, "lead_source.secret_rotated", &row, Some(&before))?;
    Ok(LeadSourceWithSecret {
        lead_source: view.get(tx, id)?,
        secret: Some(SecretText::new(secret)),
    })
}

/// What the audit trail keeps: no secret, and of the mapping only that it is another one.
fn facts(row: &Row) -> Value {
    json!({
        "kind": row.kind, "name": row.name, "product_id": row.product_id, "source": row.source, "campaign": row.campaign,
        "mapping": sha256_hex(row.mapping.as_bytes())[..12], "requires_secret": row.requires_secret, "status": row.status,
        "requests_per_minute": row.requests_per_minute,
    })
}

fn tell(tx: &mut Tx<'_>, caller: &Caller, action: &str, row: &Row, before: Option<&Row>) -> ApiResult<()> {
    let subject = Subject::of(row.id).programme(row.programme_id);
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        before: before.map(facts),
        after: Some(facts(row)),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)
}
