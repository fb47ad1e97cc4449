//! What is done with leads: take one in, release, reject, withdraw. Each in one transaction.

use super::fingerprints::{self, Fingerprint};
use super::intake::{self, IntakeContext, NewLead};
use super::rules::{self, Standing};
use super::{fingerprint_store, store};
use crate::app::App;
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Caller, Principal, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::geography;
use crate::market::{Business, Product, Programme, Snapshot};
use crate::selling::{self, LeadToSell};
use serde_json::json;
use std::sync::Arc;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::{
    CreateLead, Lead, LeadAction, LeadChannel, LeadReceipt, LeadSale, LeadStatus, ReleaseLead, TraceEntry, TraceVerdict,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{DuplicateAction, IntakeCheck, IntakePolicy, SellingMode};
use tradepost_contract::{FieldError, LeadId, LeadImportId, ProblemCode, ProgrammeId, SupplierId, Timestamp};

/// Who submits a lead, and what that lets them submit.
#[derive(Debug, Clone)]
pub(crate) struct Submitter {
    /// Their id, as the lead keeps it.
    pub(crate) id_text: String,
    /// The supplier they belong to: they submit its own leads only (R99).
    pub(crate) supplier: Option<SupplierId>,
    /// The programme their key is bound to.
    pub(crate) programme: Option<ProgrammeId>,
    /// How a lead came where the sender does not say.
    pub(crate) channel: LeadChannel,
    /// The import that submits for them.
    pub(crate) import: Option<LeadImportId>,
}

impl Submitter {
    /// Somebody who calls the API.
    pub(crate) fn of(caller: &Caller) -> Self {
        let scope = caller.scope();
        let channel = match caller.principal {
            Principal::Key(_) => LeadChannel::Api,
            Principal::Staff(_) | Principal::Supplier(_) => LeadChannel::Console,
        };
        Self {
            id_text: caller.principal.id_text(),
            supplier: scope.supplier(),
            programme: scope.programme(),
            channel,
            import: None,
        }
    }
}

/// What became of an enquiry.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Its lead.
    pub(crate) id: LeadId,
    /// Where the lead stands now.
    pub(crate) status: LeadStatus,
    /// The lead was there before, and nothing changed.
    pub(crate) existing: bool,
    sold_to: Vec<LeadSale>,
    not_sold_to: Vec<TraceEntry>,
    forward_to: Vec<String>,
}

/// Where an enquiry belongs: found in the market, with the business that was contacted.
struct Desk {
    programme: Arc<Programme>,
    product: Arc<Product>,
    business: Option<Arc<Business>>,
    /// The customer whose own lead it is (R99).
    own_of: Option<SupplierId>,
}

/// An enquiry that was checked and not kept yet. Everything that refuses an enquiry has refused by now.
pub(crate) struct Checked {
    desk: Desk,
    /// The enquiry.
    pub(crate) new: NewLead,
    /// Who its external id belongs to.
    pub(crate) external_source: String,
    /// Where the checks alone put it.
    pub(crate) standing: Standing,
}

impl Checked {
    /// The rules that it was checked by.
    pub(crate) fn policy(&self) -> &IntakePolicy {
        &self.desk.product.policy.intake
    }

    /// Within what a second enquiry of the same person is a duplicate: the customer's own leads, the
    /// contacted business's leads, or the category.
    pub(crate) fn fingerprint_scope(&self) -> String {
        match (self.desk.own_of, &self.desk.business) {
            (Some(supplier), _) => supplier.to_string(),
            (None, Some(business)) => business.id.to_string(),
            (None, None) => self.desk.product.category.clone(),
        }
    }
}

/// Checks an enquiry without keeping it: where it belongs, whether it can be read, where the checks put it.
pub(crate) fn check(market: &Snapshot, submitter: &Submitter, dto: CreateLead, now: Timestamp) -> ApiResult<Checked> {
    let (programme, product) = find_product(market, submitter, &dto)?;
    let intake = &product.policy.intake;
    let context = IntakeContext {
        policy: intake,
        country: &programme.country,
        now,
        channel: submitter.channel,
    };
    let new = NewLead::parse(dto, context).map_err(ApiError::invalid)?;
    let (business, own_of) = find_desk(market, submitter, programme, product, new.assigned_number.as_deref())?;
    let mut standing = rules::after_checks(intake, &new.findings);
    if own_of.is_some() {
        standing = rules::in_service(standing);
    }
    let external_source = new.external_source.clone().unwrap_or_else(|| submitter.id_text.clone());
    // A customer's ids are its own: they never meet another customer's, nor the seller's (R127).
    let external_source = match submitter.supplier {
        Some(supplier) => format!("{supplier}/{external_source}"),
        None => external_source,
    };
    let (programme, product) = (Arc::clone(programme), Arc::clone(product));
    let desk = Desk {
        programme,
        product,
        business: business.map(Arc::clone),
        own_of,
    };
    Ok(Checked {
        desk,
        new,
        external_source,
        standing,
    })
}

/// Takes an enquiry in: checks, keeps, compares with earlier ones, and sells it where nothing speaks against it.
pub(crate) fn take_in(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    submitter: &Submitter,
    dto: CreateLead,
) -> ApiResult<Taken> {
    let checked = check(market, submitter, dto, tx.business_now())?;
    let (desk, new) = (&checked.desk, &checked.new);
    let id: LeadId = tx.new_id();
    if !insert(tx, id, submitter, &checked)? {
        let key = new.external_id.as_deref().unwrap_or_default();
        let existing = store::find_external(tx, desk.programme.id, &checked.external_source, key)?;
        let id = existing.ok_or_else(|| ApiError::internal("a lead collided with one that is not there"))?;
        return existing_lead(tx, id, desk.business.as_deref());
    }
    let (standing, duplicate_of) = compare_with_earlier(tx, secrets, id, &checked)?;
    record_arrival(tx, id, submitter, &checked, standing)?;

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
            just_inserted: true,
        };
        let sale = selling::offer(tx, market, &to_sell)?;
        taken.status = sale.status;
        taken.not_sold_to = refused(sale.attempt.candidates);
        taken.sold_to = sale.sold_to;
    }
    Ok(taken)
}

fn find_product<'m>(
    market: &'m Snapshot,
    submitter: &Submitter,
    dto: &CreateLead,
) -> ApiResult<(&'m Arc<Programme>, &'m Arc<Product>)> {
    let unknown =
        |pointer: &str, message: &str| ApiError::invalid(vec![FieldError::new(pointer, "unknown_id", message)]);
    let own_programme = submitter
        .supplier
        .and_then(|id| market.supplier(id))
        .map(|supplier| supplier.programme_id);
    let visible = |programme: &&Arc<Programme>| {
        let of_key = submitter.programme.is_none_or(|own| own == programme.id);
        let of_supplier = submitter.supplier.is_none() || own_programme == Some(programme.id);
        programme.active && of_key && of_supplier
    };
    let programme = market.find_programme(&dto.programme).filter(visible);
    let programme = programme.ok_or_else(|| unknown("/programme", "There is no such programme."))?;
    let product = market
        .find_product(programme.id, &dto.product)
        .filter(|product| product.active);
    let product = product.ok_or_else(|| unknown("/product", "The programme has no such product."))?;
    Ok((programme, product))
}

/// The contacted business, and the customer whose own lead it is.
type Belonging<'m> = (Option<&'m Arc<Business>>, Option<SupplierId>);

fn find_desk<'m>(
    market: &'m Snapshot,
    submitter: &Submitter,
    programme: &Programme,
    product: &Product,
    number: Option<&str>,
) -> ApiResult<Belonging<'m>> {
    let unknown_number = || {
        let message = "The number is assigned to no business.";
        ApiError::invalid(vec![FieldError::new("/assigned_number", "unknown_number", message)])
    };
    let reachable = |business: &&Arc<Business>| {
        let supplier = market.supplier(business.supplier_id);
        let own = submitter.supplier.is_none_or(|own| own == business.supplier_id);
        business.active && own && supplier.is_some_and(|supplier| supplier.programme_id == programme.id)
    };
    let business = match number {
        None => None,
        Some(number) => Some(
            market
                .business_with_number(number)
                .filter(reachable)
                .ok_or_else(unknown_number)?,
        ),
    };
    let refuse = |code: &str, message: &str| {
        ApiError::new(ProblemCode::PolicyRefuses)
            .detail(message)
            .field("/programme", code, message)
    };
    match (product.policy.distribution.mode, submitter.supplier, business) {
        (SellingMode::OwnLeads, None, None) => Err(refuse("own_leads_only", "Here customers submit leads, their own.")),
        (SellingMode::OwnLeads, supplier, business) => Ok((
            business,
            supplier.or_else(|| business.map(|business| business.supplier_id)),
        )),
        (SellingMode::Market | SellingMode::AssignedNumber, Some(_), _) => {
            Err(refuse("not_a_seller", "Here the seller submits leads, not a supplier."))
        }
        (SellingMode::AssignedNumber, None, None) => {
            let message = "Here a lead reaches one business: give the assigned number that was contacted.";
            Err(ApiError::invalid(vec![FieldError::new(
                "/assigned_number",
                "required",
                message,
            )]))
        }
        (SellingMode::Market | SellingMode::AssignedNumber, None, business) => Ok((business, None)),
    }
}

fn buyers(desk: &Desk) -> i32 {
    let policy = desk.product.policy.distribution.max_buyers;
    rules::max_buyers(
        desk.product.max_buyers,
        policy,
        desk.business.is_some(),
        desk.own_of.is_some(),
    )
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

fn refused(candidates: Vec<TraceEntry>) -> Vec<TraceEntry> {
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
    let after = json!({ "status": taken.status });
    change(
        tx,
        &caller.actor(),
        "lead.submitted",
        taken.id,
        caller.scope().supplier(),
        None,
        Some(after),
        None,
    )
}

/// Staff let a quarantined lead go: to the market, or into its customer's service. Where the policy sells
/// nothing without consent or verification, not even staff can: they bring them along (R81).
pub(crate) fn release(
    tx: &mut Tx<'_>,
    market: &Snapshot,
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
        sold_to: vec![],
        not_sold_to: vec![],
        forward_to: vec![],
    };
    if to == LeadStatus::Available {
        let policy = market
            .product(lead.product_id)
            .map(|product| product.policy.intake.duplicate);
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
            just_inserted: false,
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
    store::get(tx, &caller.scope(), id)
}

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

/// How many leads of a product expire in one transaction.
const EXPIRE_SLICE: i64 = 200;

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
    let (before, after) = (json!({ "status": lead.status }), json!({ "status": to }));
    change(
        tx,
        &caller.actor(),
        what,
        lead.id,
        lead.owner_supplier_id,
        Some(before),
        Some(after),
        Some(reason),
    )?;
    Ok(to)
}

#[expect(clippy::too_many_arguments, reason = "the columns of one audit record")]
fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    lead: LeadId,
    supplier: Option<SupplierId>,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    reason: Option<&str>,
) -> ApiResult<()> {
    audit::record(
        tx,
        actor,
        audit::Change {
            action,
            object: lead.to_string(),
            supplier,
            before,
            after,
            reason,
        },
    )
}
