//! Writing a person's request down, and carrying it out.

use super::store::{self, Named, Row};
use super::{erase, find_store, rules, view};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Caller, Scope};
use crate::calendar::Zone;
use crate::calls;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::leads::fingerprints::{Fingerprint, FingerprintKind};
use crate::leads::store as kept;
use crate::leads::{fingerprint_store, fingerprints};
use crate::market;
use crate::policy;
use crate::suppliers::{fields, store as accounts};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::LeadAction;
use tradepost_contract::policy::PrivacyPolicy;
use tradepost_contract::subject_requests::{
    ActOnSubject, CreateSubjectRequest, RefuseSubject, SubjectExport, SubjectFindings, SubjectRequest,
    SubjectRequestAction, SubjectRequestStatus,
};
use tradepost_contract::{FieldError, LeadId, ProblemCode, ProgrammeId, SubjectRequestId};

/// What the programme promises, and where its days begin.
fn promised(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<(PrivacyPolicy, Zone, String)>> {
    let Some(facts) = accounts::programme(conn, programme)? else {
        return Ok(None);
    };
    let zone = Zone::parse(&facts.time_zone).map_err(ApiError::internal)?;
    let policy = policy::of_product(conn, programme, &json!({}), "")?;
    Ok(Some((policy.privacy, zone, facts.country)))
}

/// Writes down what a person asked for.
pub(super) fn create(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    asked: &CreateSubjectRequest,
) -> ApiResult<SubjectRequest> {
    let now = tx.business_now();
    let found = promised(tx, asked.programme_id)?;
    let (privacy, zone, country) = found.ok_or_else(|| ApiError::unknown_id("/programme_id"))?;
    let mut faults = fields::Faults::default();
    let name = faults.keep(fields::optional_line("/name", asked.name.as_deref(), 200));
    let phone = faults.keep(fields::optional_phone("/phone", asked.phone.as_deref(), &country));
    let email = match asked.email.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => faults.keep(fields::email("/email", text).map(Some)),
        None => None,
    };
    let identity_note = faults.keep(fields::lines("/identity_note", &asked.identity_note, 1000));
    if phone.is_none() && email.is_none() && asked.phone.is_none() && asked.email.is_none() {
        faults.push(
            "/phone",
            "required",
            "give a phone number or an e-mail address to find the person by",
        );
    }
    faults.finish()?;
    let email = email.map(|address| address.to_lowercase());
    let prints = fingerprints::to_keep_out(phone.as_deref(), email.as_deref(), secrets);
    let hash_of = |kind| {
        let print = prints.iter().find(|print: &&Fingerprint| print.kind == kind);
        print.map(|print| print.hash.clone())
    };
    let row = Row {
        id: tx.new_id(),
        programme_id: asked.programme_id,
        kind: asked.kind,
        status: SubjectRequestStatus::Open,
        name,
        phone,
        email,
        phone_hash: hash_of(FingerprintKind::Phone),
        email_hash: hash_of(FingerprintKind::Email),
        identity_note: Some(identity_note),
        opened_by: caller.principal.id_text(),
        opened_by_name: caller.principal.name().to_owned(),
        opened_at: now,
        due_at: zone.end_of_day_after(now, privacy.answer_within_days),
        export_until: None,
        decided_at: None,
        decided_by_name: None,
        refusal: None,
        leads: 0,
        recipients: 0,
        recipients_waiting: 0,
        version: 1,
    };
    store::insert(tx, &row)?;
    tell(tx, &caller.actor(), "subject_request.opened", &row, None)?;
    view::get(tx, caller, row.id, now)
}

fn tell(tx: &mut Tx<'_>, actor: &Actor, action: &str, row: &Row, reason: Option<&str>) -> ApiResult<()> {
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        after: Some(view::facts(row)),
        reason,
        ..audit::Change::default()
    };
    audit::record(tx, actor, change)?;
    let subject = Subject::of(row.id).programme(row.programme_id);
    events::push(tx, EventKind::SubjectRequestChanged, subject, &view::facts(row))?;
    Ok(())
}

/// What is kept of the person who asks.
pub(super) fn find(conn: &mut Conn, id: SubjectRequestId) -> ApiResult<SubjectFindings> {
    let (row, _) = store::get(conn, id)?;
    let mut ids = find_store::leads_of(conn, row.phone.as_deref(), row.email.as_deref())?;
    let shown = usize::try_from(find_store::MOST).map_err(ApiError::internal)?;
    let more = ids.len() > shown;
    ids.truncate(shown);
    let leads = find_store::all_of(conn, &ids)?;
    Ok(SubjectFindings {
        counts: find_store::counts(conn, &leads)?,
        kept_out: fingerprint_store::is_kept_out(conn, &prints_of(&row))?,
        leads,
        more,
    })
}

/// The hashes of who asks; they outlive the name.
fn prints_of(row: &Row) -> Vec<Fingerprint> {
    let of = |kind, hash: &Option<String>| hash.clone().map(|hash| Fingerprint { kind, hash });
    [
        of(FingerprintKind::Phone, &row.phone_hash),
        of(FingerprintKind::Email, &row.email_hash),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A request as the caller saw it, if this can be done with it.
fn current(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    action: SubjectRequestAction,
) -> ApiResult<Named> {
    let (row, programme) = store::get(tx, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    row.status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if !view::allowed(caller, row.kind, row.status).contains(&action) {
        return Err(ApiError::conflict(format!(
            "A request for {} is not ended so.",
            row.kind
        )));
    }
    Ok((row, programme))
}

/// Ends a request: what it keeps of the person goes.
fn end(tx: &mut Tx<'_>, caller: &Caller, row: &mut Row, action: SubjectRequestAction) -> ApiResult<()> {
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    (row.name, row.phone, row.email, row.identity_note) = (None, None, None, None);
    row.export_until = None;
    row.decided_at = Some(tx.business_now());
    row.decided_by_name = Some(caller.principal.name().to_owned());
    save(tx, row)?;
    super::erase::forget_answers(tx, &[row.id.to_string()])
}

fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    match store::save(tx, row)? {
        true => Ok(()),
        false => Err(ApiError::conflict("The request changed at the same moment.")),
    }
}

/// Lets what is kept be fetched as a file, for so many days as the policy says.
pub(super) fn allow_export(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = store::get(tx, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if row.status != SubjectRequestStatus::Open {
        return Err(ApiError::conflict(
            "The request is over, and nothing is kept of who asked.",
        ));
    }
    let now = tx.business_now();
    let (privacy, ..) = promised(tx, row.programme_id)?.ok_or_else(ApiError::not_found)?;
    row.export_until = Some(now.plus(time::Duration::days(i64::from(privacy.export_days))));
    save(tx, &mut row)?;
    tell(tx, &caller.actor(), "subject_request.export_allowed", &row, None)?;
    view::get(tx, caller, id, now)
}

/// The file, put together now; that it was fetched is in the audit trail.
pub(super) fn export(tx: &mut Tx<'_>, caller: &Caller, id: SubjectRequestId) -> ApiResult<SubjectExport> {
    let (row, programme_name) = store::get(tx, id)?;
    let now = tx.business_now();
    if row.export_until.is_none_or(|until| until <= now) {
        return Err(ApiError::conflict(
            "Make the file first: it can be fetched for some days only.",
        ));
    }
    let findings = find(tx, id)?;
    let change = audit::Change {
        action: "subject_request.exported",
        object: id.to_string(),
        after: Some(json!({ "leads": findings.leads.len() })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(SubjectExport {
        subject_request_id: id,
        programme_name,
        made_at: now,
        leads: findings.leads,
    })
}

/// What is kept was handed to the person.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Answer)?;
    end(tx, caller, &mut row, SubjectRequestAction::Answer)?;
    tell(tx, &caller.actor(), "subject_request.answered", &row, None)?;
    let now = tx.business_now();
    view::get(tx, caller, id, now)
}

/// Refused, with what the person was told.
pub(super) fn refuse(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    body: &RefuseSubject,
) -> ApiResult<SubjectRequest> {
    let reason = fields::required_reason("/reason", &body.reason)?;
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Refuse)?;
    let mut marks = rules::Marks::default();
    marks.add(&tradepost_contract::leads::LeadPerson {
        name: row.name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        ..Default::default()
    });
    if marks.are_in(&reason) {
        let message = "The reason is kept: say it without the person's name, number or address.";
        return Err(ApiError::invalid(vec![FieldError::new(
            "/reason",
            "names_person",
            message,
        )]));
    }
    row.refusal = Some(reason.clone());
    end(tx, caller, &mut row, SubjectRequestAction::Refuse)?;
    tell(tx, &caller.actor(), "subject_request.refused", &row, Some(&reason))?;
    let now = tx.business_now();
    view::get(tx, caller, id, now)
}

/// The leads that staff looked at, by rising ids; each must be one of this person's.
fn chosen(tx: &mut Tx<'_>, row: &Row, body: &ActOnSubject) -> ApiResult<Vec<LeadId>> {
    let most = usize::try_from(find_store::MOST).map_err(ApiError::internal)?;
    if body.leads.is_empty() || body.leads.len() > most {
        let error = FieldError::new("/leads", "length", format!("Give 1 to {most} leads."));
        return Err(ApiError::invalid(vec![error]));
    }
    let found = find_store::leads_of(tx, row.phone.as_deref(), row.email.as_deref())?;
    for (place, lead) in body.leads.iter().enumerate() {
        if !found.contains(lead) {
            return Err(ApiError::unknown_id(&format!("/leads/{place}")));
        }
    }
    let mut leads = body.leads.clone();
    leads.sort_unstable();
    leads.dedup();
    Ok(leads)
}

/// Erases the person in these leads, tells their buyers, and keeps the person out from now on. Leads come first, the request
/// last (invariant 4).
pub(super) fn erase(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    body: &ActOnSubject,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Erase)?;
    let actor = caller.actor();
    for lead in chosen(tx, &row, body)? {
        if let Some(told) = erase::lead(tx, secrets, &actor, lead, &row)? {
            row.leads += 1;
            row.recipients += told;
        }
    }
    row.recipients_waiting = row.recipients;
    keep_out(tx, &row)?;
    let action = match row.recipients {
        0 => SubjectRequestAction::Erase,
        _ => SubjectRequestAction::EraseAndTell,
    };
    end(tx, caller, &mut row, action)?;
    tx.forgets();
    tell(tx, &actor, "subject_request.erased", &row, None)?;
    let now = tx.business_now();
    view::get(tx, caller, id, now)
}

/// Keeps who asks out from now on, and lets every server know that there is somebody to keep out.
fn keep_out(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    fingerprint_store::keep_out(tx, &prints_of(row), Some(row.id))?;
    market::changed(tx)
}

/// The person does not want to be passed on or called: what can still be sold or called is withdrawn, and whoever has their
/// leads keeps them.
pub(super) fn restrict(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    body: &ActOnSubject,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Restrict)?;
    let actor = caller.actor();
    for id in chosen(tx, &row, body)? {
        let lead = kept::get(tx, &Scope::system(), id)?;
        let Ok(to) = lead.status.after(LeadAction::Withdraw) else {
            continue;
        };
        if !kept::move_status(tx, id, lead.status, to, Some("objection"))? {
            return Err(ApiError::conflict("A lead changed at the same moment."));
        }
        row.leads += 1;
        let change = audit::Change {
            action: "lead.withdrawn",
            object: id.to_string(),
            supplier: lead.owner_supplier_id,
            before: Some(json!({ "status": lead.status })),
            after: Some(json!({ "status": to, "subject_request_id": row.id })),
            ..audit::Change::default()
        };
        audit::record(tx, &actor, change)?;
        let subject = Subject::of(id).programme(lead.programme_id);
        events::push(tx, EventKind::LeadWithdrawn, subject, &json!({ "sold": lead.sold }))?;
        calls::lead_withdrawn(tx, id)?;
    }
    keep_out(tx, &row)?;
    end(tx, caller, &mut row, SubjectRequestAction::Restrict)?;
    tell(tx, &actor, "subject_request.restricted", &row, None)?;
    let now = tx.business_now();
    view::get(tx, caller, id, now)
}

/// A supplier has erased the person, too; the last one ends the request.
pub(crate) fn recipient_has_erased(tx: &mut Tx<'_>, actor: &Actor, id: SubjectRequestId) -> ApiResult<()> {
    let done = SubjectRequestStatus::AwaitingRecipients
        .after(SubjectRequestAction::HearLast)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if store::one_less_waits(tx, id, done)? == done {
        let (row, _) = store::get(tx, id)?;
        tell(tx, actor, "subject_request.done", &row, None)?;
    }
    Ok(())
}
