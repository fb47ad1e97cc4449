//! Writing a person's request down, and carrying it out.

use super::erase::Cause;
use super::find_store::FileRows;
use super::rules::Traces;
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
use crate::lead_sources;
use crate::leads::fingerprints::{Fingerprint, FingerprintKind};
use crate::leads::store as kept;
use crate::leads::{fingerprint_store, fingerprints};
use crate::market;
use crate::policy;
use crate::suppliers::{fields, store as accounts};
use serde_json::json;
use std::collections::BTreeSet;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::{LeadAction, LeadPerson};
use tradepost_contract::policy::PrivacyPolicy;
use tradepost_contract::subject_requests::{
    ActOnSubject, AllowSubjectExport, CreateSubjectRequest, RefuseSubject, SubjectExport, SubjectFindings, SubjectLead,
    SubjectMatch, SubjectRequest, SubjectRequestAction, SubjectRequestStatus,
};
use tradepost_contract::{FieldError, LeadId, LeadImportId, ProblemCode, ProgrammeId, SubjectRequestId};

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
    let postcode = faults.keep(fields::optional_line("/postcode", asked.postcode.as_deref(), 20));
    let lead_reference = faults.keep(fields::optional_line(
        "/lead_reference",
        asked.lead_reference.as_deref(),
        200,
    ));
    if postcode
        .as_deref()
        .is_some_and(|text| rules::plain_postcode(text).is_empty())
    {
        faults.push("/postcode", "invalid", "a postcode has letters or digits");
    }
    let is_found_by_name = name.is_some() && postcode.is_some();
    if phone.is_none()
        && email.is_none()
        && lead_reference.is_none()
        && !is_found_by_name
        && asked.phone.is_none()
        && asked.email.is_none()
    {
        faults.push(
            "/phone",
            "required",
            "give a phone number, an e-mail address, a reference, or a name with a postcode to find the person by",
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
        postcode,
        lead_reference,
        phone_hash: hash_of(FingerprintKind::Phone),
        email_hash: hash_of(FingerprintKind::Email),
        identity_note: Some(identity_note),
        opened_by: caller.principal.id_text(),
        opened_by_name: caller.principal.name().to_owned(),
        opened_at: now,
        due_at: zone.end_of_day_after(now, privacy.answer_within_days),
        export_until: None,
        export_leads: None,
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
pub(super) fn find(conn: &mut Conn, secrets: &Secrets, id: SubjectRequestId) -> ApiResult<SubjectFindings> {
    let (row, _) = store::get(conn, id)?;
    let (leads, more) = leads_found(conn, &row)?;
    // Rows that became no lead are looked for by what is sure: who only has the same name is somebody else's.
    let mut traces = own_traces(&row);
    for lead in leads.iter().filter(|lead| is_surely_theirs(&lead.found_by)) {
        add(&mut traces, &lead.person, lead.place.postcode.as_deref());
    }
    let files = find_store::files(conn)?;
    let rows = find_store::rows_about(conn, files, &traces)?;
    let posts = lead_sources::refused_about(conn, secrets, |cells| traces.are_in(cells.iter().copied()))?.len();
    Ok(SubjectFindings {
        counts: find_store::counts(conn, &leads, rows, posts)?,
        kept_out: fingerprint_store::is_kept_out(conn, &prints_of(&row))?,
        leads,
        more,
    })
}

/// The leads of who asks, and whether there are more than are shown.
fn leads_found(conn: &mut Conn, row: &Row) -> ApiResult<(Vec<SubjectLead>, bool)> {
    let mut found = find_store::leads_of(conn, row)?;
    let shown = usize::try_from(find_store::MOST).map_err(ApiError::internal)?;
    let more = found.len() > shown;
    found.truncate(shown);
    Ok((find_store::all_of(conn, &found)?, more))
}

fn is_surely_theirs(found_by: &[SubjectMatch]) -> bool {
    found_by.iter().any(|by| by.is_sure())
}

fn own_traces(row: &Row) -> Traces {
    let mut traces = Traces::default();
    traces.add(
        row.phone.as_deref(),
        row.email.as_deref(),
        row.name.as_deref(),
        row.postcode.as_deref(),
    );
    traces
}

fn add(traces: &mut Traces, person: &LeadPerson, postcode: Option<&str>) {
    let phone = person.phone.as_deref().or(person.phone_as_given.as_deref());
    traces.add(phone, person.email.as_deref(), person.name.as_deref(), postcode);
}

/// What tells who asks, by the request and by the leads that staff chose.
fn traces_of(conn: &mut Conn, row: &Row, leads: &[LeadId]) -> ApiResult<Traces> {
    let mut traces = own_traces(row);
    for id in leads {
        let lead = kept::get(conn, &Scope::system(), *id)?;
        add(&mut traces, &lead.person, lead.place.postcode.as_deref());
    }
    Ok(traces)
}

/// What files say of a person besides their leads. Files are long, so that they are read before the transaction.
#[derive(Debug, Clone, Default)]
pub(super) struct InFiles {
    read: BTreeSet<LeadImportId>,
    rows: FileRows,
}

/// Reads the files for who asks.
pub(super) fn look_in_files(conn: &mut Conn, id: SubjectRequestId, leads: &[LeadId]) -> ApiResult<InFiles> {
    let (row, _) = store::get(conn, id)?;
    if row.status != SubjectRequestStatus::Open {
        return Ok(InFiles::default());
    }
    let known: Vec<LeadId> = find_store::leads_of(conn, &row)?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let chosen: Vec<LeadId> = leads.iter().copied().filter(|id| known.contains(id)).collect();
    let traces = traces_of(conn, &row, &chosen)?;
    let read = find_store::files(conn)?;
    let rows = find_store::rows_about(conn, read.iter().copied(), &traces)?;
    Ok(InFiles { read, rows })
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
    (row.postcode, row.lead_reference) = (None, None);
    (row.export_until, row.export_leads) = (None, None);
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
    body: &AllowSubjectExport,
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
    let leads = body.leads.as_deref().map(|leads| chosen(tx, &row, leads)).transpose()?;
    row.export_leads = leads.map(|leads| serde_json::to_string(&leads)).transpose()?;
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
    let chosen: Option<Vec<LeadId>> = row.export_leads.as_deref().map(serde_json::from_str).transpose()?;
    let (mut leads, _) = leads_found(tx, &row)?;
    leads.retain(|lead| match &chosen {
        Some(chosen) => chosen.contains(&lead.lead_id),
        None => is_surely_theirs(&lead.found_by),
    });
    let change = audit::Change {
        action: "subject_request.exported",
        object: id.to_string(),
        after: Some(json!({ "leads": leads.len() })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(SubjectExport {
        subject_request_id: id,
        programme_name,
        made_at: now,
        leads,
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
    marks.add(&LeadPerson {
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

/// The leads that staff looked at, by rising ids; each must be one of those that are found.
fn chosen(tx: &mut Tx<'_>, row: &Row, leads: &[LeadId]) -> ApiResult<Vec<LeadId>> {
    let most = usize::try_from(find_store::MOST).map_err(ApiError::internal)?;
    if leads.len() > most {
        let error = FieldError::new("/leads", "length", format!("Give at most {most} leads."));
        return Err(ApiError::invalid(vec![error]));
    }
    let found = find_store::leads_of(tx, row)?;
    for (place, lead) in leads.iter().enumerate() {
        if !found.iter().any(|(id, _)| id == lead) {
            return Err(ApiError::unknown_id(&format!("/leads/{place}")));
        }
    }
    let mut leads = leads.to_vec();
    leads.sort_unstable();
    leads.dedup();
    Ok(leads)
}

/// Erases the person in these leads and wherever else they are, tells the leads' buyers, and keeps the person out from now
/// on. Leads come first, the request last (invariant 4).
pub(super) fn erase(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    body: &ActOnSubject,
    in_files: &InFiles,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Erase)?;
    let actor = caller.actor();
    let leads = chosen(tx, &row, &body.leads)?;
    let traces = traces_of(tx, &row, &leads)?;
    for lead in leads {
        if let Some(told) = erase::lead(tx, &actor, lead, Cause::Request(row.id, secrets))? {
            row.leads += 1;
            row.recipients += told;
        }
    }
    // What was uploaded since the files were read is read now.
    let newer: Vec<LeadImportId> = find_store::files(tx)?.difference(&in_files.read).copied().collect();
    let mut rows = in_files.rows.clone();
    rows.extend(find_store::rows_about(tx, newer, &traces)?);
    erase::rows(tx, rows)?;
    lead_sources::forget_refused_about(tx, secrets, |cells| traces.are_in(cells.iter().copied()))?;
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
    secrets: &Secrets,
    caller: &Caller,
    id: SubjectRequestId,
    seen: Option<i64>,
    body: &ActOnSubject,
) -> ApiResult<SubjectRequest> {
    let (mut row, _) = current(tx, caller, id, seen, SubjectRequestAction::Restrict)?;
    let actor = caller.actor();
    for id in chosen(tx, &row, &body.leads)? {
        let lead = kept::get(tx, &Scope::system(), id)?;
        erase::keep_out(tx, secrets, &lead.person, row.id)?;
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
