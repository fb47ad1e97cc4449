//! What becomes of leads that are kept: staff release, reject and withdraw them, time ends them. Each
//! in one transaction.

use super::fingerprints::{self, Fingerprint};
use super::ops::{Taken, receipt, refused};
use super::{fingerprint_store, intake, store};
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::auth::secrets::Secrets;
use crate::calls;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::geography;
use crate::market::Snapshot;
use crate::plans;
use crate::selling::{self, LeadToSell};
use crate::subject_requests;
use serde_json::json;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::{Lead, LeadAction, LeadReceipt, LeadStatus, ReleaseLead};
use tradepost_contract::policy::{DuplicateAction, IntakeCheck};
use tradepost_contract::{FieldError, LeadId, ProblemCode};

/// Staff let a quarantined lead go: to the market, or into its customer's service. Where the policy sells
/// nothing without consent or verification, not even staff can: they bring them along (R81).
pub(crate) fn release(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    caller: &Caller,
    id: LeadId,
    if_match: Option<i64>,
    body: &ReleaseLead,
) -> ApiResult<LeadReceipt> {
    let lead = current(tx, caller, id, if_match)?;
    let action = if lead.max_buyers == 0 {
        LeadAction::ReleaseToService
    } else {
        LeadAction::Release
    };
    let to = decide(tx, caller, &lead, action, None, "lead.released", &body.reason)?;
    let now = tx.business_now();
    let brought = intake::parse_proof(body.consent.clone(), body.verification.clone(), now);
    let (consent, verification) = brought.map_err(ApiError::invalid)?;
    store::replace_proof(tx, id, consent.as_ref(), verification.as_ref())?;
    if let Some(product) = market.product(lead.product_id) {
        let (consent, verification) = (store::consent(tx, id)?, store::verification(tx, id)?);
        let policy = &product.policy.intake;
        refuse_without_proof(&intake::missing_proof(
            policy,
            consent.as_ref(),
            verification.as_ref(),
            now,
        ))?;
    }
    events::push(
        tx,
        EventKind::LeadReleased,
        Subject::of(id).programme(lead.programme_id),
        &json!({ "status": to }),
    )?;
    let mut taken = Taken {
        id,
        status: to,
        existing: false,
        lead: None,
        sold_to: vec![],
        not_sold_to: vec![],
        forward_to: vec![],
    };
    if let (LeadStatus::InService, Some(customer)) = (to, lead.owner_supplier_id) {
        plans::count_lead(tx, secrets, customer, id, lead.person.phone.as_deref())?;
    }
    if to == LeadStatus::Available {
        let intake = market.product(lead.product_id).map(|product| &product.policy.intake);
        let policy = intake.map(|intake| intake.duplicate);
        let agreed = store::consent(tx, id)?;
        let named = intake.map(|intake| selling::named(&intake.consent, agreed.as_ref()));
        let named = named.unwrap_or_default();
        let to_sell = LeadToSell {
            id,
            programme_id: lead.programme_id,
            product_id: lead.product_id,
            status: to,
            sold: lead.sold,
            max_buyers: lead.max_buyers,
            place: geography::coverage_keys(&lead.place),
            contacted_business: lead.owner_business_id,
            // Staff let a repeated enquiry through: those who bought the first are not sold it again.
            duplicate_of: lead.duplicate_of.filter(|_| policy != Some(DuplicateAction::NewLead)),
            named,
        };
        let sale = selling::offer(tx, market, &to_sell)?;
        taken.not_sold_to = refused(sale.attempt.candidates);
        taken.sold_to = sale.sold_to;
    }
    receipt(tx, taken)
}

fn refuse_without_proof(missing: &[IntakeCheck]) -> ApiResult<()> {
    let Some(first) = missing.first() else { return Ok(()) };
    let refusal = ApiError::new(ProblemCode::PolicyRefuses)
        .detail("This programme sells no lead without consent and verification: send them along.");
    let pointer = if *first == IntakeCheck::ConsentMissing {
        "/consent"
    } else {
        "/verification"
    };
    Err(refusal.field(
        pointer,
        first.as_str(),
        "It is missing, too old, or of a kind that does not count.",
    ))
}

/// Staff refuse a lead that was not sold; the same person may ask again.
pub(crate) fn reject(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    caller: &Caller,
    id: LeadId,
    if_match: Option<i64>,
    reason: &str,
) -> ApiResult<Lead> {
    let lead = current(tx, caller, id, if_match)?;
    decide(
        tx,
        caller,
        &lead,
        LeadAction::Reject,
        Some(reason),
        "lead.rejected",
        reason,
    )?;
    events::push(
        tx,
        EventKind::LeadRejected,
        Subject::of(id).programme(lead.programme_id),
        &json!({ "by": "staff" }),
    )?;
    if let Some(product) = market.product(lead.product_id) {
        let policy = &product.policy.intake;
        let prints: Vec<Fingerprint> = fingerprints::of(&lead.person, policy, secrets);
        let scope = fingerprint_scope_of(&lead, &product.category);
        fingerprint_store::release(tx, lead.programme_id, &scope, &prints, id)?;
    }
    store::get(tx, &caller.scope(), id)
}

fn fingerprint_scope_of(lead: &Lead, category: &str) -> String {
    match (lead.max_buyers, lead.owner_supplier_id, lead.owner_business_id) {
        (0, Some(supplier), _) => supplier.to_string(),
        (_, _, Some(business)) => business.to_string(),
        (_, _, None) => category.to_owned(),
    }
}

/// The person took the consent back: nobody else gets the lead. Those who bought it before keep it.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: LeadId,
    if_match: Option<i64>,
    reason: &str,
) -> ApiResult<Lead> {
    let lead = current(tx, caller, id, if_match)?;
    decide(
        tx,
        caller,
        &lead,
        LeadAction::Withdraw,
        Some(reason),
        "lead.withdrawn",
        reason,
    )?;
    let facts = json!({ "sold": lead.sold });
    events::push(
        tx,
        EventKind::LeadWithdrawn,
        Subject::of(id).programme(lead.programme_id),
        &facts,
    )?;
    calls::lead_withdrawn(tx, id)?;
    store::get(tx, &caller.scope(), id)
}

/// How many leads of a product expire in one transaction.
const EXPIRE_SLICE: i64 = 200;

/// Takes unsold leads off the market whose time is over; answers how many.
pub(crate) fn expire_due(app: &App) -> ApiResult<usize> {
    let market = app.market.clone();
    app.db.write_blocking(move |tx| {
        let market = market.fresh(tx)?;
        let mut expired = 0;
        for product in market.products() {
            let Some(days) = product.policy.distribution.expires_after_days else {
                continue;
            };
            let before = tx.business_now().plus(Duration::days(-i64::from(days)));
            expired += store::expire(tx, product.id, before, EXPIRE_SLICE)?;
        }
        Ok(expired)
    })
}

/// The lead as the caller saw it, or 412.
fn current(tx: &mut Tx<'_>, caller: &Caller, id: LeadId, if_match: Option<i64>) -> ApiResult<Lead> {
    let lead = store::get(tx, &caller.scope(), id)?;
    if if_match.is_some_and(|version| version != lead.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(lead)
}

/// Moves a lead by a decision of staff: the state machine says whereto, the guarded update whether it still holds.
fn decide(
    tx: &mut Tx<'_>,
    caller: &Caller,
    lead: &Lead,
    action: LeadAction,
    status_reason: Option<&str>,
    what: &str,
    reason: &str,
) -> ApiResult<LeadStatus> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 1000 || reason.chars().any(|c| c.is_control() && c != '\n') {
        let error = FieldError::new("/reason", "required", "Give a reason of 1 to 1,000 characters.");
        return Err(ApiError::invalid(vec![error]));
    }
    let to = lead
        .status
        .after(action)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    if !store::move_status(tx, lead.id, lead.status, to, status_reason)? {
        return Err(ApiError::conflict("The lead changed at the same moment."));
    }
    // The trail is kept for good, so that it does not name the person.
    let kept = subject_requests::without_person(&lead.person, reason);
    let change = audit::Change {
        action: what,
        object: lead.id.to_string(),
        supplier: lead.owner_supplier_id,
        before: Some(json!({ "status": lead.status })),
        after: Some(json!({ "status": to })),
        reason: Some(&kept),
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(to)
}
