//! A checked enquiry is taken in, in one transaction: kept, compared with earlier ones, and offered.

use super::desk::{Checked, Submitter, buyers};
use super::rules::{self, Standing};
use super::{fingerprint_store, fingerprints, store};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::geography;
use crate::market::{Business, Snapshot};
use crate::plans;
use crate::selling::{self, LeadToSell};
use serde_json::json;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::{LeadReceipt, LeadSale, LeadStatus, TraceEntry, TraceVerdict};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{DuplicateAction, IntakeCheck};
use tradepost_contract::{LeadId, ProblemCode};

/// What became of an enquiry.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Its lead.
    pub(crate) id: LeadId,
    /// Where the lead stands now.
    pub(crate) status: LeadStatus,
    /// The lead was there before, and nothing changed.
    pub(crate) existing: bool,
    pub(super) sold_to: Vec<LeadSale>,
    pub(super) not_sold_to: Vec<TraceEntry>,
    pub(super) forward_to: Vec<String>,
}

/// Takes a checked enquiry in: keeps, compares with earlier ones, and sells it where nothing speaks against it.
pub(crate) fn take_in(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    submitter: &Submitter,
    checked: &Checked,
) -> ApiResult<Taken> {
    let (desk, new) = (&checked.desk, &checked.new);
    let id: LeadId = tx.new_id();
    if !insert(tx, id, submitter, checked)? {
        let key = new.external_id.as_deref().unwrap_or_default();
        let existing = store::find_external(tx, desk.programme.id, &checked.external_source, key)?;
        let id = existing.ok_or_else(|| ApiError::internal("a lead collided with one that is not there"))?;
        return existing_lead(tx, id, desk.business.as_deref());
    }
    let (standing, duplicate_of) = match keep_out(tx, market, secrets, id, checked)? {
        Some(kept_out) => (kept_out, None),
        None => compare_with_earlier(tx, secrets, id, checked)?,
    };
    record_arrival(tx, id, submitter, checked, standing)?;

    let mut taken = Taken {
        id,
        status: standing.status,
        existing: false,
        sold_to: Vec::new(),
        not_sold_to: Vec::new(),
        forward_to: desk
            .business
            .as_ref()
            .map(|business| business.forward_to.clone())
            .unwrap_or_default(),
    };
    if standing.status == LeadStatus::Available {
        let to_sell = LeadToSell {
            id,
            programme_id: desk.programme.id,
            product_id: desk.product.id,
            status: standing.status,
            sold: 0,
            max_buyers: buyers(desk),
            place: geography::coverage_keys(&new.place),
            contacted_business: desk.business.as_ref().map(|business| business.id),
            duplicate_of,
            named: selling::named(&checked.policy().consent, new.consent.as_ref()),
            just_inserted: true,
        };
        let sale = selling::offer(tx, market, &to_sell)?;
        taken.status = sale.status;
        taken.not_sold_to = refused(sale.attempt.candidates);
        taken.sold_to = sale.sold_to;
    }
    if let (LeadStatus::InService, Some(customer)) = (standing.status, desk.own_of) {
        plans::count_lead(tx, secrets, customer, id, new.person.phone.as_deref())?;
    }
    Ok(taken)
}

fn insert(tx: &mut Tx<'_>, id: LeadId, submitter: &Submitter, checked: &Checked) -> ApiResult<bool> {
    let (desk, new) = (&checked.desk, &checked.new);
    let row = store::NewRow {
        id,
        programme_id: desk.programme.id,
        product_id: desk.product.id,
        status: checked.standing.status,
        status_reason: checked.standing.reason,
        max_buyers: buyers(desk),
        channel: new.channel,
        source: new.source.as_deref(),
        external_source: &checked.external_source,
        external_id: new.external_id.as_deref(),
        submitted_by: &submitter.id_text,
        import_id: submitter.import,
        owner_supplier_id: desk
            .own_of
            .or_else(|| desk.business.as_ref().map(|business| business.supplier_id)),
        owner_business_id: desk.business.as_ref().map(|business| business.id),
        place: &new.place,
        answers: &new.answers,
        enquired_at: new.enquired_at,
    };
    if !store::insert(tx, &row)? {
        return Ok(false);
    }
    store::insert_person(tx, id, &new.person)?;
    if let Some(consent) = &new.consent {
        store::insert_consent(tx, id, consent)?;
    }
    if let Some(verification) = &new.verification {
        store::insert_verification(tx, id, verification)?;
    }
    Ok(true)
}

/// A person who was erased, or objected, comes again: what the policy makes of the lead. Of one that is rejected for it,
/// nothing of the person is kept (R81).
fn keep_out(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    id: LeadId,
    checked: &Checked,
) -> ApiResult<Option<Standing>> {
    if !market.keeps_people_out {
        return Ok(None);
    }
    let person = &checked.new.person;
    let prints = fingerprints::to_keep_out(person.phone.as_deref(), person.email.as_deref(), secrets);
    if !fingerprint_store::is_kept_out(tx, &prints)? {
        return Ok(None);
    }
    let mut findings = checked.new.findings.clone();
    // The one that says most stands first.
    findings.insert(0, IntakeCheck::PersonErased);
    let mut standing = rules::after_checks(checked.policy(), &findings);
    if checked.desk.own_of.is_some() {
        standing = rules::in_service(standing);
    }
    if standing.reason != Some(IntakeCheck::PersonErased.as_str()) {
        return Ok(None);
    }
    store::move_status(tx, id, checked.standing.status, standing.status, standing.reason)?;
    if standing.status == LeadStatus::Rejected {
        store::erase_particulars(tx, id)?;
    }
    Ok(Some(standing))
}

/// Takes the lead's fingerprints; where somebody was before it, the policy says what that makes of it.
fn compare_with_earlier(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    id: LeadId,
    checked: &Checked,
) -> ApiResult<(Standing, Option<LeadId>)> {
    let (policy, standing) = (checked.policy(), checked.standing);
    // A lead that was refused does not keep the same person's better one out.
    let compares = policy.duplicate != DuplicateAction::NewLead && policy.duplicate_window_days > 0;
    if !compares || standing.status == LeadStatus::Rejected {
        return Ok((standing, None));
    }
    let prints = fingerprints::of(&checked.new.person, policy, secrets);
    let until = tx
        .business_now()
        .plus(Duration::days(i64::from(policy.duplicate_window_days)));
    let programme = checked.desk.programme.id;
    let earlier = fingerprint_store::take(tx, programme, &checked.fingerprint_scope(), &prints, id, until)?;
    let Some(earlier) = earlier else {
        return Ok((standing, None));
    };
    let after = rules::after_duplicate(policy, standing);
    store::note_duplicate(tx, id, earlier, after.status, after.reason)?;
    Ok((after, Some(earlier)))
}

fn record_arrival(
    tx: &mut Tx<'_>,
    id: LeadId,
    submitter: &Submitter,
    checked: &Checked,
    standing: Standing,
) -> ApiResult<()> {
    let subject = || Subject::of(id).programme(checked.desk.programme.id);
    let facts = json!({
        "product_id": checked.desk.product.id, "status": standing.status, "reason": standing.reason,
        "submitted_by": submitter.id_text, "import_id": submitter.import,
    });
    events::push(tx, EventKind::LeadReceived, subject(), &facts)?;
    let kind = match standing.status {
        LeadStatus::Quarantined => EventKind::LeadQuarantined,
        LeadStatus::Duplicate => EventKind::LeadDuplicate,
        LeadStatus::Rejected => EventKind::LeadRejected,
        LeadStatus::Available
        | LeadStatus::PartlySold
        | LeadStatus::SoldOut
        | LeadStatus::Withdrawn
        | LeadStatus::Expired
        | LeadStatus::InService
        | LeadStatus::Erased => return Ok(()),
    };
    events::push(tx, kind, subject(), &json!({ "reason": standing.reason }))?;
    Ok(())
}

fn existing_lead(tx: &mut Tx<'_>, id: LeadId, business: Option<&Business>) -> ApiResult<Taken> {
    let lead = store::get(tx, &Scope::system(), id)?;
    let last = store::trace(tx, id)?.pop();
    Ok(Taken {
        id,
        status: lead.status,
        existing: true,
        sold_to: store::sales(tx, id)?,
        not_sold_to: last.map(|attempt| refused(attempt.candidates)).unwrap_or_default(),
        forward_to: business.map(|business| business.forward_to.clone()).unwrap_or_default(),
    })
}

/// The candidates that did not get the lead.
pub(super) fn refused(candidates: Vec<TraceEntry>) -> Vec<TraceEntry> {
    candidates
        .into_iter()
        .filter(|entry| entry.verdict == TraceVerdict::Refused)
        .collect()
}

/// The answer to whoever posted the enquiry.
pub(crate) fn receipt(tx: &mut Tx<'_>, taken: Taken) -> ApiResult<LeadReceipt> {
    let lead = store::get(tx, &Scope::system(), taken.id)?;
    Ok(LeadReceipt {
        lead,
        existing: taken.existing,
        sold_to: taken.sold_to,
        not_sold_to: taken.not_sold_to,
        forward_to: taken.forward_to,
    })
}

/// Somebody who may only submit leads reads back none that somebody else submitted (R127).
pub(crate) fn refuse_to_show(caller: &Caller, receipt: &LeadReceipt) -> ApiResult<()> {
    let own = receipt.lead.submitted_by == caller.principal.id_text() || caller.scope().supplier().is_some();
    if !receipt.existing || own || caller.may(Permission::LeadsRead) {
        return Ok(());
    }
    let message = "Somebody else submitted a lead with this id.";
    Err(ApiError::new(ProblemCode::Duplicate)
        .detail(message)
        .field("/external_id", "duplicate", message))
}

/// Records that a person, not a program, submitted a lead (R124).
pub(crate) fn audit_submission(tx: &mut Tx<'_>, caller: &Caller, taken: &Taken) -> ApiResult<()> {
    if taken.existing || caller.key().is_some() {
        return Ok(());
    }
    let change = audit::Change {
        action: "lead.submitted",
        object: taken.id.to_string(),
        supplier: caller.scope().supplier(),
        after: Some(json!({ "status": taken.status })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)
}
