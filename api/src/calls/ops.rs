//! What happens to leads of the queue: they enter, are taken, called, and leave.

use super::rules::{self, Refusal};
use super::store::{self, AttemptRow, Claim, Filter, Leaving, Row};
use super::view::{self, Viewer};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields};
use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::calls::{
    CallAction, CallAttempt, CallLead, CallState, ClaimNextCall, CreateCallAttempt, NextCall, RemovedBecause,
};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::Disposition;
use tradepost_contract::{LeadId, PlanSubscriptionId, ProblemCode, ProgrammeId, SupplierId, Timestamp};

/// So long a caller keeps a lead without saying anything, on the wall. It is about how people work at a desk, and no
/// rule of a seller's.
const CLAIM: Duration = Duration::minutes(15);

/// A call lasts four hours at most.
const LONGEST_CALL: i64 = 4 * 3_600;

/// So many leads are tried before a caller is told to ask again.
const TRIED: i64 = 20;

/// A lead that is to be called for its customer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewCall<'a> {
    /// The lead.
    pub(crate) lead: LeadId,
    /// The plan that it counts against.
    pub(crate) plan: PlanSubscriptionId,
    /// The person's number in E.164, if it is a valid one.
    pub(crate) phone: Option<&'a str>,
}

/// Puts a lead into the queue, unless there is a reason that says that nobody is called. The caller holds the account,
/// so that the plan does not end meanwhile.
pub(crate) fn enqueue(tx: &mut Tx<'_>, secrets: &Secrets, account: &Account, new: NewCall<'_>) -> ApiResult<()> {
    let phone_hash = new.phone.map(|phone| secrets.fingerprint("phone", phone));
    let forbidden = match &phone_hash {
        Some(hash) => store::is_not_to_be_called(tx, account.id, hash)?,
        None => false,
    };
    let removed_because = match (account.status.is_over(), forbidden) {
        (true, _) => Some(RemovedBecause::AccountOver),
        (false, true) => Some(RemovedBecause::DoNotCall),
        (false, false) => None,
    };
    let now = tx.business_now();
    let row = Row {
        lead_id: new.lead,
        programme_id: account.programme_id,
        supplier_id: account.id,
        subscription_id: new.plan,
        state: match removed_because {
            Some(_) => CallState::Removed,
            None => CallState::Waiting,
        },
        removed_because,
        phone_hash,
        queued_at: now,
        due_at: now,
        is_callback: false,
        turn: rules::turn(now, false),
        claimed_by: None,
        claimed_by_name: None,
        claimed_until: None,
        attempts: 0,
        disposition: None,
        last_called_at: None,
        touched_at: now,
        version: 1,
    };
    store::insert(tx, &row)?;
    let kind = match removed_because {
        Some(_) => EventKind::CallRemoved,
        None => EventKind::CallQueued,
    };
    tell(tx, kind, &row, json!({ "state": row.state, "reason": removed_because }))
}

fn tell(tx: &mut Tx<'_>, kind: EventKind, row: &Row, facts: Value) -> ApiResult<()> {
    let subject = Subject::of(row.lead_id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, kind, subject, &facts)?;
    Ok(())
}

/// A plan has ended: nobody is called for it any more, in the same transaction (R93). The caller holds the supplier.
pub(crate) fn plan_ended(
    tx: &mut Tx<'_>,
    plan: PlanSubscriptionId,
    programme: ProgrammeId,
    supplier: SupplierId,
) -> ApiResult<()> {
    let removed = store::remove(tx, Leaving::Plan(plan), RemovedBecause::PlanEnded)?;
    let subject = Subject::of(plan).programme(programme).supplier(supplier);
    tell_of_many(tx, subject, removed, RemovedBecause::PlanEnded)
}

/// An account is over: nobody is called for it any more. The caller holds it.
pub(crate) fn account_over(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let removed = store::remove(tx, Leaving::Supplier(account.id), RemovedBecause::AccountOver)?;
    let subject = Subject::of(account.id)
        .programme(account.programme_id)
        .supplier(account.id);
    tell_of_many(tx, subject, removed, RemovedBecause::AccountOver)
}

fn tell_of_many(tx: &mut Tx<'_>, subject: Subject, removed: usize, because: RemovedBecause) -> ApiResult<()> {
    if removed > 0 {
        let facts = json!({ "leads": removed, "reason": because });
        events::push(tx, EventKind::CallRemoved, subject, &facts)?;
    }
    Ok(())
}

/// A person took the consent back: they are not called.
pub(crate) fn lead_withdrawn(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    let because = RemovedBecause::LeadWithdrawn;
    if store::remove(tx, Leaving::Lead(lead), because)? == 0 {
        return Ok(());
    }
    let row = store::get(tx, &Scope::system(), lead)?;
    tell(
        tx,
        EventKind::CallRemoved,
        &row,
        json!({ "state": row.state, "reason": because }),
    )
}

/// Takes the next lead that is to be called: the one that the caller has already, or else the first that is due.
pub(super) fn claim_next(tx: &mut Tx<'_>, caller: &Caller, asked: &ClaimNextCall) -> ApiResult<NextCall> {
    let (scope, now, wall_now) = (caller.scope(), tx.business_now(), tx.wall_now());
    if let Some(id) = asked.programme_id
        && (!scope.allows_programme(id) || suppliers::programme(tx, id)?.is_none())
    {
        return Err(ApiError::unknown_id("/programme_id"));
    }
    if let Some(id) = asked.supplier_id {
        match suppliers::account(tx, &scope, id) {
            Err(error) if error.code() == ProblemCode::NotFound => return Err(ApiError::unknown_id("/supplier_id")),
            other => other.map(drop)?,
        }
    }
    let filter = Filter {
        programme: asked.programme_id.or(scope.programme()),
        supplier: asked.supplier_id.or(scope.supplier()),
        ..Filter::default()
    };
    let own = store::claimed_by(tx, &scope, &caller.principal.id_text(), wall_now)?;
    let (due, _, _) = store::due_of(tx, &filter, now, wall_now, TRIED)?;
    let mut taken = None;
    for lead in own.into_iter().chain(due) {
        if take(tx, caller, lead)? {
            taken = Some(lead);
            break;
        }
    }
    let (_, due, next_due_at) = store::due_of(tx, &filter, now, wall_now, 0)?;
    let viewer = Viewer::of(caller);
    let lead = taken.map(|lead| viewer.get(tx, &scope, lead)).transpose()?;
    Ok(NextCall { lead, due, next_due_at })
}

/// Takes a lead, or takes it for longer; false where somebody else has it, or it is not called any more.
fn take(tx: &mut Tx<'_>, caller: &Caller, lead: LeadId) -> ApiResult<bool> {
    let by = caller.principal.id_text();
    let claim = Claim {
        by: &by,
        name: caller.principal.name(),
        now: tx.wall_now(),
        until: tx.wall_now().plus(CLAIM),
    };
    if !store::claim(tx, lead, claim)? {
        return Ok(false);
    }
    let row = store::get(tx, &Scope::system(), lead)?;
    tell(tx, EventKind::CallClaimed, &row, json!({ "state": row.state }))?;
    record(tx, caller, "call.claimed", &row, json!({ "state": row.state }))?;
    Ok(true)
}

fn record(tx: &mut Tx<'_>, caller: &Caller, action: &str, row: &Row, after: Value) -> ApiResult<()> {
    let change = audit::Change {
        action,
        object: row.lead_id.to_string(),
        supplier: Some(row.supplier_id),
        after: Some(after),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)
}

/// Takes this lead, or takes it for longer.
pub(super) fn claim(tx: &mut Tx<'_>, caller: &Caller, lead: LeadId) -> ApiResult<CallLead> {
    let scope = caller.scope();
    let row = store::get(tx, &scope, lead)?;
    row.state
        .after(CallAction::Claim)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if !take(tx, caller, lead)? {
        return Err(is_elsewhere(&store::get(tx, &scope, lead)?));
    }
    Viewer::of(caller).get(tx, &scope, lead)
}

/// Why a lead is not this caller's to call.
fn is_elsewhere(row: &Row) -> ApiError {
    match row.state {
        CallState::Claimed => {
            let name = row.claimed_by_name.as_deref().unwrap_or("Somebody else");
            ApiError::conflict(format!("{name} has this lead."))
        }
        CallState::Removed => {
            let because = match row.removed_because {
                Some(RemovedBecause::PlanEnded) => "its plan has ended",
                Some(RemovedBecause::AccountOver) => "the account is over",
                Some(RemovedBecause::LeadWithdrawn) => "the person took the consent back",
                Some(RemovedBecause::DoNotCall) | None => "the person is not to be called",
            };
            ApiError::conflict(format!("This lead has left the queue: {because}."))
        }
        CallState::Closed => {
            ApiError::conflict("The calls to this lead are over. Correct the last one, if it was wrong.")
        }
        CallState::Waiting => ApiError::conflict("The lead changed at the same moment."),
    }
}

/// Gives a lead back that the caller has.
pub(super) fn release(tx: &mut Tx<'_>, caller: &Caller, lead: LeadId) -> ApiResult<CallLead> {
    let scope = caller.scope();
    let row = store::get(tx, &scope, lead)?;
    row.state
        .after(CallAction::Release)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if !store::release(tx, lead, &caller.principal.id_text())? {
        return Err(is_elsewhere(&store::get(tx, &scope, lead)?));
    }
    let row = store::get(tx, &scope, lead)?;
    tell(tx, EventKind::CallReleased, &row, json!({ "state": row.state }))?;
    record(tx, caller, "call.released", &row, json!({ "state": row.state }))?;
    Viewer::of(caller).get(tx, &scope, lead)
}

/// A call as it was asked to be recorded, read.
struct Noted {
    started_at: Timestamp,
    note: Option<String>,
}

fn read(asked: &CreateCallAttempt, now: Timestamp) -> ApiResult<Noted> {
    let mut faults = fields::Faults::default();
    if !(0..=LONGEST_CALL).contains(&asked.duration_seconds) {
        faults.push("/duration_seconds", "out_of_range", "a call lasts 0 to 14,400 seconds");
    }
    let duration = Duration::seconds(asked.duration_seconds.clamp(0, LONGEST_CALL));
    let started_at = asked.started_at.unwrap_or_else(|| now.plus(-duration));
    if started_at > now {
        faults.push("/started_at", "in_future", "a call is recorded when it was made");
    } else if started_at < now.plus(-Duration::days(30)) {
        faults.push("/started_at", "too_early", "a call is recorded within 30 days");
    }
    let note = asked.note.as_deref().filter(|note| !note.trim().is_empty());
    let note = faults.keep(note.map(|note| fields::lines("/note", note, 2_000)).transpose());
    faults.finish()?;
    Ok(Noted { started_at, note })
}

fn refused(refusal: Refusal) -> ApiError {
    let (pointer, code, message) = match refusal {
        Refusal::UnknownDisposition => ("/disposition", "unknown", "the policy has no such disposition"),
        Refusal::CallbackMissing => (
            "/callback_at",
            "required",
            "say when the person wants to be called back",
        ),
        Refusal::CallbackNotAsked => ("/callback_at", "not_asked", "no callback belongs to this disposition"),
        Refusal::CallbackPast => ("/callback_at", "too_early", "a callback is still to come"),
        Refusal::CallbackTooLate => ("/callback_at", "too_late", "a callback is within a year"),
    };
    ApiError::new(ProblemCode::Invalid).field(pointer, code, message)
}

/// Records a call, and does with the lead what the disposition says (R98).
pub(super) fn attempt(tx: &mut Tx<'_>, caller: &Caller, asked: &CreateCallAttempt) -> ApiResult<CallAttempt> {
    let now = tx.business_now();
    let noted = read(asked, now)?;
    let scope = caller.scope();
    let found = match store::get(tx, &scope, asked.lead_id) {
        Err(error) if error.code() == ProblemCode::NotFound => return Err(ApiError::unknown_id("/lead_id")),
        other => other?,
    };
    let account = suppliers::hold(tx, &Scope::system(), found.supplier_id)?;
    let policy = care::policy(tx, &account)?;
    let outcome = rules::outcome(&policy.calls, &asked.disposition, asked.callback_at, now).map_err(refused)?;
    // Read again: whoever ends the plan holds the supplier too.
    let before = store::get(tx, &scope, asked.lead_id)?;
    let corrected = corrected(tx, asked, &before)?;
    may_call(tx, caller, &before, corrected.is_some(), outcome.action)?;

    // What is erased does not come back as a note.
    let lead = crate::leads::store::get(tx, &Scope::system(), before.lead_id)?;
    let id = tx.new_id();
    let attempt = AttemptRow {
        id,
        lead_id: before.lead_id,
        programme_id: before.programme_id,
        supplier_id: before.supplier_id,
        called_by: caller.principal.id_text(),
        called_by_name: caller.principal.name().to_owned(),
        started_at: noted.started_at,
        duration_seconds: asked.duration_seconds,
        disposition: asked.disposition.clone(),
        disposition_label: outcome.disposition.label.clone(),
        closes: outcome.disposition.closes,
        do_not_call: outcome.disposition.do_not_call,
        callback_at: asked.callback_at,
        note: noted.note.filter(|_| lead.erased_at.is_none()),
        corrects_id: asked.corrects,
        created_at: now,
    };
    store::insert_attempt(tx, &attempt)?;
    let state = before
        .state
        .after(outcome.action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    let still_removed = state == CallState::Removed;
    let after = Row {
        state,
        due_at: outcome.due_at,
        is_callback: outcome.is_callback,
        turn: rules::turn(outcome.due_at, outcome.is_callback),
        claimed_by: before.claimed_by.clone().filter(|_| still_removed),
        claimed_by_name: before.claimed_by_name.clone().filter(|_| still_removed),
        claimed_until: before.claimed_until.filter(|_| still_removed),
        attempts: before.attempts + 1,
        disposition: Some(attempt.disposition.clone()),
        last_called_at: Some(now),
        touched_at: now,
        ..before.clone()
    };
    if !store::save(tx, &after)? {
        return Err(ApiError::conflict("The lead changed at the same moment."));
    }
    let wrong = corrected.as_ref().filter(|wrong| wrong.do_not_call);
    heed(tx, &after, &attempt, &outcome.disposition, wrong)?;
    let facts = json!({
        "attempt_id": id, "disposition": attempt.disposition, "state": state, "attempts": after.attempts,
        "callback_at": attempt.callback_at, "corrects": attempt.corrects_id,
    });
    tell(tx, EventKind::CallAttempted, &after, facts.clone())?;
    record(tx, caller, "call.attempted", &after, facts)?;
    Ok(view::attempt(attempt))
}

/// The call that this one corrects: the last one of the same lead.
fn corrected(tx: &mut Tx<'_>, asked: &CreateCallAttempt, row: &Row) -> ApiResult<Option<AttemptRow>> {
    let Some(id) = asked.corrects else { return Ok(None) };
    let last = store::last_attempt(tx, row.lead_id)?;
    match last {
        Some(last) if last.id == id => Ok(Some(last)),
        Some(_) if store::attempt(tx, &Scope::system(), id).is_ok_and(|other| other.lead_id == row.lead_id) => {
            let message = "only the last call of a lead is corrected";
            Err(ApiError::new(ProblemCode::Invalid).field("/corrects", "not_the_last", message))
        }
        _ => Err(ApiError::unknown_id("/corrects")),
    }
}

/// Refuses a call about a lead that is somebody else's, or is not called any more.
fn may_call(tx: &mut Tx<'_>, caller: &Caller, row: &Row, corrects: bool, action: CallAction) -> ApiResult<()> {
    let own = row.claimed_by.as_deref() == Some(&caller.principal.id_text());
    let lasts = row.claimed_until.is_some_and(|until| until > tx.wall_now());
    match row.state {
        CallState::Waiting => Ok(()),
        CallState::Claimed if own || !lasts => Ok(()),
        CallState::Closed if !corrects => Err(is_elsewhere(row)),
        // A correction that brings the lead back needs the plan that it counts against.
        CallState::Closed if action == CallAction::Close || store::plan_runs(tx, row.subscription_id)? => Ok(()),
        CallState::Closed => Err(ApiError::conflict("The plan of this lead has ended.")),
        // The call was under way when the lead was removed: what came of it is kept.
        CallState::Removed if own && lasts => Ok(()),
        CallState::Claimed | CallState::Removed => Err(is_elsewhere(row)),
    }
}

/// Who asked not to be called is not called for this customer, about another lead either. A correction takes that back.
fn heed(
    tx: &mut Tx<'_>,
    row: &Row,
    attempt: &AttemptRow,
    disposition: &Disposition,
    wrong: Option<&AttemptRow>,
) -> ApiResult<()> {
    if let Some(wrong) = wrong {
        store::allow_again(tx, wrong.id)?;
    }
    let (true, Some(hash)) = (disposition.do_not_call, &row.phone_hash) else {
        return Ok(());
    };
    store::forbid(tx, row.supplier_id, hash, attempt.id)?;
    let others = Leaving::Phone(row.supplier_id, hash, row.lead_id);
    let removed = store::remove(tx, others, RemovedBecause::DoNotCall)?;
    let subject = Subject::of(row.supplier_id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    tell_of_many(tx, subject, removed, RemovedBecause::DoNotCall)
}
