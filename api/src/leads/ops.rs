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
use tradepost_contract::leads::{Lead, LeadReceipt, LeadSale, LeadStatus, TraceEntry, TraceVerdict};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{DuplicateAction, IntakeCheck};
use tradepost_contract::{LeadId, ProblemCode, SupplierId};

/// What became of an enquiry.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Its lead.
    pub(crate) id: LeadId,
    /// Where the lead stands now.
    pub(crate) status: LeadStatus,
    /// The lead was there before, and nothing changed.
    pub(crate) existing: bool,
    /// The lead, where all of it is known without reading it.
    pub(super) lead: Option<Lead>,
    pub(super) sold_to: Vec<LeadSale>,
    pub(super) not_sold_to: Vec<TraceEntry>,
    pub(super) forward_to: Vec<String>,
}

/// Takes a checked enquiry in: compares it with earlier ones, sells it where nothing speaks against it, and keeps it.
///
/// Its row is written once, as it stands in the end; whatever refers to it comes after.
pub(crate) fn take_in(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    submitter: &Submitter,
    checked: &Checked,
) -> ApiResult<Taken> {
    let (desk, new) = (&checked.desk, &checked.new);
    if let Some(key) = &new.external_id
        && let Some(existing) = store::find_external(tx, desk.programme.id, &checked.external_source, key)?
    {
        return existing_lead(tx, existing, desk.business.as_deref());
    }
    let id: LeadId = tx.new_id();
    let (standing, duplicate_of) = match kept_out(tx, market, secrets, checked)? {
        Some(kept_out) => (kept_out, None),
        None => compare_with_earlier(tx, secrets, id, checked)?,
    };
    record_arrival(tx, id, submitter, checked, standing)?;
    let arrived = Arrived {
        id,
        submitter,
        checked,
        standing,
        duplicate_of,
    };

    let mut taken = Taken {
        id,
        status: standing.status,
        existing: false,
        lead: None,
        sold_to: Vec::new(),
        not_sold_to: Vec::new(),
        forward_to: desk
            .business
            .as_ref()
            .map(|business| business.forward_to.clone())
            .unwrap_or_default(),
    };
    let mut sold = 0;
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
        };
        let sale = selling::offer_new(tx, market, &to_sell, |tx, status, taken| {
            sold = taken;
            insert(tx, arrived, status, taken)
        })?;
        taken.status = sale.status;
        taken.not_sold_to = refused(sale.attempt.candidates);
        taken.sold_to = sale.sold_to;
    } else {
        insert(tx, arrived, standing.status, 0)?;
    }
    if let (LeadStatus::InService, Some(customer)) = (standing.status, desk.own_of) {
        plans::count_lead(tx, secrets, customer, id, new.person.phone.as_deref())?;
    }
    if arrived.keeps_nobody() {
        // Of a person who is kept out, nothing is kept (R81).
        store::erase_particulars(tx, id)?;
    } else {
        taken.lead = as_kept(tx, market, arrived, taken.status, sold);
    }
    Ok(taken)
}

/// An enquiry of which everything is known but who buys it.
#[derive(Clone, Copy)]
struct Arrived<'a> {
    id: LeadId,
    submitter: &'a Submitter,
    checked: &'a Checked,
    standing: Standing,
    duplicate_of: Option<LeadId>,
}

impl Arrived<'_> {
    /// Whether its person was erased or objected, and the policy therefore rejects it.
    fn keeps_nobody(&self) -> bool {
        self.standing.status == LeadStatus::Rejected && self.standing.reason == Some(IntakeCheck::PersonErased.as_str())
    }

    /// Whose lead it is, where it is not for the market.
    fn owner(&self) -> Option<SupplierId> {
        let desk = &self.checked.desk;
        desk.own_of
            .or_else(|| desk.business.as_ref().map(|business| business.supplier_id))
    }
}

/// Writes the rows of an enquiry.
fn insert(tx: &mut Tx<'_>, arrived: Arrived<'_>, status: LeadStatus, sold: i32) -> ApiResult<()> {
    let Arrived {
        id,
        submitter,
        checked,
        standing,
        duplicate_of,
    } = arrived;
    let (desk, new) = (&checked.desk, &checked.new);
    let row = store::NewRow {
        id,
        programme_id: desk.programme.id,
        product_id: desk.product.id,
        status,
        status_reason: standing.reason,
        sold,
        max_buyers: buyers(desk),
        channel: new.channel,
        source: new.source.as_deref(),
        external_source: &checked.external_source,
        external_id: new.external_id.as_deref(),
        submitted_by: &submitter.id_text,
        import_id: submitter.import,
        owner_supplier_id: arrived.owner(),
        owner_business_id: desk.business.as_ref().map(|business| business.id),
        duplicate_of,
        place: &new.place,
        answers: &new.answers,
        enquired_at: new.enquired_at,
    };
    if !store::insert(tx, &row)? {
        // On PostgreSQL the same external id may come twice at one moment; the second one is to find the first.
        return Err(ApiError::lost_race("another lead with this external id was faster"));
    }
    store::insert_person(tx, id, &new.person)?;
    if let Some(consent) = &new.consent {
        store::insert_consent(tx, id, consent)?;
    }
    if let Some(verification) = &new.verification {
        store::insert_verification(tx, id, verification)?;
    }
    Ok(())
}

/// The lead as a reader will find it, for the answer; nothing where memory does not know all of it.
fn as_kept(tx: &Tx<'_>, market: &Snapshot, arrived: Arrived<'_>, status: LeadStatus, sold: i32) -> Option<Lead> {
    let (desk, new) = (&arrived.checked.desk, &arrived.checked.new);
    let owner = arrived.owner();
    let owner_supplier_name = match owner {
        Some(owner) => Some(market.supplier(owner)?.name.clone()),
        None => None,
    };
    Some(Lead {
        id: arrived.id,
        programme_id: desk.programme.id,
        programme_name: desk.programme.name.clone(),
        product_id: desk.product.id,
        product_name: desk.product.name.clone(),
        status,
        status_reason: arrived.standing.reason.map(str::to_owned),
        sold,
        max_buyers: buyers(desk),
        channel: new.channel,
        source: new.source.clone(),
        external_source: arrived.checked.external_source.clone(),
        external_id: new.external_id.clone(),
        submitted_by: arrived.submitter.id_text.clone(),
        import_id: arrived.submitter.import,
        owner_supplier_id: owner,
        owner_supplier_name,
        owner_business_id: desk.business.as_ref().map(|business| business.id),
        duplicate_of: arrived.duplicate_of,
        person: new.person.clone(),
        place: new.place.clone(),
        answers: new.answers.clone(),
        enquired_at: new.enquired_at,
        created_at: tx.business_now(),
        erased_at: None,
        version: store::FIRST_VERSION,
        allowed_actions: status.staff_actions(),
    })
}

/// A person who was erased, or objected, comes again: what the policy makes of the lead. Of one that is rejected for it,
/// nothing of the person is kept (R81).
fn kept_out(tx: &mut Tx<'_>, market: &Snapshot, secrets: &Secrets, checked: &Checked) -> ApiResult<Option<Standing>> {
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
    let last = selling::attempts(tx, id)?.pop();
    Ok(Taken {
        id,
        status: lead.status,
        existing: true,
        lead: Some(lead),
        sold_to: store::sales(tx, id)?,
        not_sold_to: last.map(|attempt| refused(attempt.candidates)).unwrap_or_default(),
        forward_to: business.map(|business| business.forward_to.clone()).unwrap_or_default(),
    })
}

/// Who did not get the lead when it came. A lead that was offered later was offered to nobody then.
pub(super) fn refused_on_arrival(tx: &mut Tx<'_>, lead: &Lead) -> ApiResult<Vec<TraceEntry>> {
    let attempts = selling::attempts(tx, lead.id)?;
    let first = attempts
        .into_iter()
        .find(|attempt| attempt.traced_at == lead.created_at);
    Ok(first.map(|attempt| refused(attempt.candidates)).unwrap_or_default())
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
    let lead = match taken.lead {
        Some(lead) => lead,
        None => store::get(tx, &Scope::system(), taken.id)?,
    };
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
