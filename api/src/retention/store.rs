//! How far the passes came, what is looked at of leads, and what is counted.

use super::rules::Facts;
use crate::db::schema::{
    call_queue, deliveries, invoices, lead_import_files, lead_import_rows, lead_imports, lead_people,
    lead_verifications, leads, programmes, retention_passes as p, retention_removals as r, return_requests,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lead_holds;
use crate::subject_requests::{self, Asked};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tradepost_contract::calls::CallState;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::lead_imports::{LeadImportAction, LeadImportStatus};
use tradepost_contract::leads::{LeadPerson, LeadStatus};
use tradepost_contract::retention::{RetentionBlock, RetentionKind, RetentionRemoval};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{InvoiceId, LeadId, LeadImportId, LeadProductId, LocalDate, ProgrammeId, Timestamp};

/// How often each reason kept a lead.
pub(super) type Waiting = BTreeMap<RetentionBlock, i64>;

/// A programme, and how far the pass over its leads came.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) programme: ProgrammeId,
    pub(super) zone: String,
    /// The day that it is the pass of, and whether it is over; none before the first.
    pub(super) day: Option<(LocalDate, bool)>,
    /// The last lead that was looked at.
    pub(super) after: (Timestamp, i64),
    pub(super) waiting: Waiting,
}

type State = (LocalDate, Timestamp, i64, String, Option<Timestamp>);

/// All programmes with their passes.
pub(super) fn passes(conn: &mut Conn) -> ApiResult<Vec<Pass>> {
    let rows: Vec<(ProgrammeId, String, Option<State>)> = programmes::table
        .left_join(p::table)
        .order(programmes::id)
        .select((
            programmes::id,
            programmes::time_zone,
            (p::day, p::after_time, p::after_lead, p::waiting, p::finished_at).nullable(),
        ))
        .load(conn)?;
    let pass = |(programme, zone, state): (ProgrammeId, String, Option<State>)| {
        let (day, after, waiting) = match state {
            None => (None, START, Waiting::new()),
            Some((day, time, lead, waiting, finished)) => (
                Some((day, finished.is_some())),
                (time, lead),
                serde_json::from_str(&waiting)?,
            ),
        };
        Ok(Pass {
            programme,
            zone,
            day,
            after,
            waiting,
        })
    };
    rows.into_iter().map(pass).collect()
}

/// Before the first lead.
pub(super) const START: (Timestamp, i64) = (Timestamp::from_micros(0), 0);

/// Begins the pass of a day.
pub(super) fn begin(tx: &mut Tx<'_>, programme: ProgrammeId, day: LocalDate) -> ApiResult<()> {
    let fresh = (
        p::day.eq(day),
        p::after_time.eq(START.0),
        p::after_lead.eq(START.1),
        p::waiting.eq("{}"),
        p::finished_at.eq(None::<Timestamp>),
    );
    if diesel::update(p::table.find(programme)).set(fresh).execute(&mut **tx)? == 0 {
        let first = (
            p::programme_id.eq(programme),
            p::day.eq(day),
            p::after_time.eq(START.0),
            p::after_lead.eq(START.1),
        );
        let insert = diesel::insert_into(p::table).values(first);
        match &mut **tx {
            Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        };
    }
    Ok(())
}

/// Says how far a pass came.
pub(super) fn advance(tx: &mut Tx<'_>, pass: &Pass) -> ApiResult<()> {
    diesel::update(p::table.find(pass.programme))
        .set((
            p::after_time.eq(pass.after.0),
            p::after_lead.eq(pass.after.1),
            p::waiting.eq(serde_json::to_string(&pass.waiting)?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends a pass: what waited is what the report shows.
pub(super) fn finish(tx: &mut Tx<'_>, pass: &Pass) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(p::table.find(pass.programme))
        .set((
            p::finished_at.eq(now),
            p::looked_at.eq(now),
            p::waited.eq(serde_json::to_string(&pass.waiting)?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What a programme is called.
pub(super) fn programme_name(conn: &mut Conn, id: ProgrammeId) -> ApiResult<String> {
    Ok(programmes::table.find(id).select(programmes::name).first(conn)?)
}

/// What waited when a programme was last looked at, and when that was.
pub(super) fn waited(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<(Waiting, Option<Timestamp>)> {
    let row: Option<(String, Option<Timestamp>)> = p::table
        .find(programme)
        .select((p::waited, p::looked_at))
        .first(conn)
        .optional()?;
    match row {
        None => Ok((Waiting::new(), None)),
        Some((waited, at)) => Ok((serde_json::from_str(&waited)?, at)),
    }
}

/// A lead that is looked at.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Old {
    pub(super) id: LeadId,
    pub(super) product: LeadProductId,
    status: LeadStatus,
    pub(super) created_at: Timestamp,
    import: Option<LeadImportId>,
    postcode: Option<String>,
}

/// The next leads of a programme that came in before an instant and are not erased, the oldest first.
pub(super) fn old_leads(conn: &mut Conn, pass: &Pass, before: Timestamp, most: i64) -> ApiResult<Vec<Old>> {
    let (time, id) = pass.after;
    Ok(leads::table
        .filter(leads::programme_id.eq(pass.programme))
        .filter(leads::status.ne(LeadStatus::Erased))
        .filter(leads::created_at.ge(time).and(leads::created_at.lt(before)))
        .filter(
            leads::created_at
                .gt(time)
                .or(leads::id.gt(<LeadId as tradepost_contract::Id>::from_i64(id))),
        )
        .order((leads::created_at, leads::id))
        .limit(most)
        .select((
            leads::id,
            leads::product_id,
            leads::status,
            leads::created_at,
            leads::import_id,
            leads::postcode,
        ))
        .load(conn)?)
}

/// One lead, where it is not erased.
pub(super) fn old_lead(conn: &mut Conn, id: LeadId) -> ApiResult<Option<Old>> {
    Ok(leads::table
        .find(id)
        .filter(leads::status.ne(LeadStatus::Erased))
        .select((
            leads::id,
            leads::product_id,
            leads::status,
            leads::created_at,
            leads::import_id,
            leads::postcode,
        ))
        .first(conn)
        .optional()?)
}

/// What is looked at of these leads, in their order.
pub(super) fn facts(conn: &mut Conn, of: &[Old], now: Timestamp) -> ApiResult<Vec<Facts>> {
    let ids: Vec<LeadId> = of.iter().map(|lead| lead.id).collect();
    let mut facts: Vec<Facts> = of
        .iter()
        .map(|lead| Facts {
            status: lead.status,
            created_at: lead.created_at,
            last_sold_at: None,
            last_called_at: None,
            blocks: BTreeSet::new(),
        })
        .collect();
    let place: HashMap<LeadId, usize> = ids.iter().copied().zip(0..).collect();
    for id in lead_holds::held_among(conn, &ids)? {
        facts[place[&id]].blocks.insert(RetentionBlock::Held);
    }
    sales(conn, &ids, now, |id, at, blocks| {
        let lead = &mut facts[place[&id]];
        lead.last_sold_at = lead.last_sold_at.max(Some(at));
        lead.blocks.extend(blocks);
    })?;
    let undecided = [ReturnStatus::InReview, ReturnStatus::InfoNeeded, ReturnStatus::Appealed];
    let returned: Vec<LeadId> = return_requests::table
        .filter(return_requests::lead_id.eq_any(ids.clone()))
        .filter(return_requests::status.eq_any(undecided))
        .select(return_requests::lead_id)
        .load(conn)?;
    for id in returned {
        facts[place[&id]].blocks.insert(RetentionBlock::OpenReturn);
    }
    let called: Vec<(LeadId, CallState, Option<Timestamp>)> = call_queue::table
        .filter(call_queue::lead_id.eq_any(ids.clone()))
        .select((call_queue::lead_id, call_queue::state, call_queue::last_called_at))
        .load(conn)?;
    for (id, state, at) in called {
        let lead = &mut facts[place[&id]];
        lead.last_called_at = at;
        if matches!(state, CallState::Waiting | CallState::Claimed) {
            lead.blocks.insert(RetentionBlock::Called);
        }
    }
    for id in who_asks(conn, of, &ids)? {
        facts[place[&id]].blocks.insert(RetentionBlock::SubjectRequest);
    }
    let imports: Vec<LeadImportId> = of.iter().filter_map(|lead| lead.import).collect();
    if !imports.is_empty() {
        let reading = [LeadImportStatus::Running, LeadImportStatus::Checking];
        let read: Vec<LeadImportId> = lead_imports::table
            .filter(lead_imports::id.eq_any(imports))
            .filter(lead_imports::status.eq_any(reading))
            .select(lead_imports::id)
            .load(conn)?;
        for (lead, facts) in of.iter().zip(&mut facts) {
            if lead.import.is_some_and(|import| read.contains(&import)) {
                facts.blocks.insert(RetentionBlock::ImportRunning);
            }
        }
    }
    Ok(facts)
}

/// Each sale of these leads, with what of it is still open.
fn sales(
    conn: &mut Conn,
    of: &[LeadId],
    now: Timestamp,
    mut each: impl FnMut(LeadId, Timestamp, Vec<RetentionBlock>),
) -> ApiResult<()> {
    use deliveries as d;
    type Sale = (LeadId, Timestamp, Option<Timestamp>, BillingState, Option<InvoiceId>);
    let sold: Vec<Sale> = d::table
        .filter(d::lead_id.eq_any(of.to_vec()))
        .select((
            d::lead_id,
            d::delivered_at,
            d::return_deadline_at,
            d::billing_state,
            d::invoice_id,
        ))
        .load(conn)?;
    let billed: Vec<InvoiceId> = sold.iter().filter_map(|(.., invoice)| *invoice).collect();
    let open = [
        InvoiceStatus::Draft,
        InvoiceStatus::Open,
        InvoiceStatus::PartlyPaid,
        InvoiceStatus::Overdue,
    ];
    let open: Vec<InvoiceId> = match billed.is_empty() {
        true => Vec::new(),
        false => invoices::table
            .filter(invoices::id.eq_any(billed))
            .filter(invoices::status.eq_any(open))
            .select(invoices::id)
            .load(conn)?,
    };
    for (lead, at, deadline, billing, invoice) in sold {
        let mut blocks = Vec::new();
        if deadline.is_some_and(|deadline| deadline > now) {
            blocks.push(RetentionBlock::ReturnWindow);
        }
        if matches!(billing, BillingState::Unbilled | BillingState::ReturnPending) {
            blocks.push(RetentionBlock::Unbilled);
        }
        if invoice.is_some_and(|invoice| open.contains(&invoice)) {
            blocks.push(RetentionBlock::OpenInvoice);
        }
        each(lead, at, blocks);
    }
    Ok(())
}

type Person = (LeadId, Option<String>, Option<String>, Option<String>);

/// Whose person asked for something that is not done yet.
fn who_asks(conn: &mut Conn, of: &[Old], ids: &[LeadId]) -> ApiResult<Vec<LeadId>> {
    let asked = Asked::load(conn)?;
    if asked.is_nobody() {
        return Ok(Vec::new());
    }
    let people: Vec<Person> = lead_people::table
        .filter(lead_people::lead_id.eq_any(ids.to_vec()))
        .select((
            lead_people::lead_id,
            lead_people::name,
            lead_people::phone,
            lead_people::email,
        ))
        .load(conn)?;
    let postcodes: HashMap<LeadId, Option<&str>> = of.iter().map(|lead| (lead.id, lead.postcode.as_deref())).collect();
    let asks = |(id, name, phone, email): Person| {
        let person = LeadPerson {
            name,
            phone,
            email,
            ..LeadPerson::default()
        };
        let postcode = postcodes.get(&id).copied().flatten();
        asked.may_be(id, &person, postcode).then_some(id)
    };
    Ok(people.into_iter().filter_map(asks).collect())
}

/// Forgets where recordings of a programme's leads lie that were made before an instant; at most so many.
pub(super) fn forget_recordings(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    before: Timestamp,
    most: i64,
) -> ApiResult<usize> {
    use lead_verifications as v;
    let held = lead_holds::held(tx)?;
    let ids: Vec<LeadId> = v::table
        .inner_join(leads::table)
        .filter(leads::programme_id.eq(programme))
        .filter(v::recording_ref.is_not_null().and(v::verified_at.le(before)))
        .filter(v::lead_id.ne_all(held))
        .select(v::lead_id)
        .limit(most)
        .load(&mut **tx)?;
    Ok(diesel::update(v::table.filter(v::lead_id.eq_any(ids)))
        .set(v::recording_ref.eq(None::<String>))
        .execute(&mut **tx)?)
}

/// A file of a programme that was uploaded before an instant and is not being read.
pub(super) fn old_file(conn: &mut Conn, programme: ProgrammeId, before: Timestamp) -> ApiResult<Option<LeadImportId>> {
    let reading = [LeadImportStatus::Running, LeadImportStatus::Checking];
    Ok(lead_import_files::table
        .inner_join(lead_imports::table)
        .filter(lead_imports::programme_id.eq(programme))
        .filter(lead_imports::created_at.le(before))
        .filter(lead_imports::status.ne_all(reading))
        .order(lead_imports::id)
        .select(lead_imports::id)
        .first(conn)
        .optional()?)
}

/// The file that a lead came with, where it is still there.
pub(super) fn file_of(conn: &mut Conn, lead: LeadId) -> ApiResult<Option<LeadImportId>> {
    let import: Option<LeadImportId> = leads::table.find(lead).select(leads::import_id).first(conn)?;
    let Some(import) = import else { return Ok(None) };
    Ok(lead_import_files::table
        .find(import)
        .select(lead_import_files::import_id)
        .first(conn)
        .optional()?)
}

/// How many rows of a file are emptied at once.
const ROWS_AT_ONCE: i64 = 2_000;

/// Removes a file, and what is shown of its cells; false where rows are left to do first. An import that was not done is
/// over with it.
pub(super) fn remove_file(tx: &mut Tx<'_>, id: LeadImportId) -> ApiResult<bool> {
    use {lead_import_rows as rows, lead_imports as i};
    let told: Vec<i64> = rows::table
        .filter(rows::import_id.eq(id).and(rows::errors.ne("[]")))
        .select(rows::row_number)
        .limit(ROWS_AT_ONCE)
        .load(&mut **tx)?;
    if !told.is_empty() {
        diesel::update(rows::table.filter(rows::import_id.eq(id).and(rows::row_number.eq_any(told))))
            .set(rows::errors.eq("[]"))
            .execute(&mut **tx)?;
        return Ok(false);
    }
    subject_requests::show_no_cells(tx, id)?;
    subject_requests::forget_answers(tx, &[id.to_string()])?;
    let status: LeadImportStatus = i::table.find(id).select(i::status).first(&mut **tx)?;
    if let Ok(over) = status.after(LeadImportAction::Cancel) {
        let now = tx.business_now();
        let moved = diesel::update(i::table.find(id).filter(i::status.eq(status)))
            .set((
                i::status.eq(over),
                i::problem.eq("The file was removed, because its time was over."),
                i::finished_at.eq(now),
                i::version.eq(i::version + 1_i64),
            ))
            .execute(&mut **tx)?;
        if moved == 0 {
            return Err(ApiError::conflict("The import changed at the same moment."));
        }
    }
    diesel::delete(lead_import_files::table.find(id)).execute(&mut **tx)?;
    tx.forgets();
    Ok(true)
}

/// Counts what was taken away on a day.
pub(super) fn count(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    on: LocalDate,
    kind: RetentionKind,
    more: i64,
) -> ApiResult<()> {
    let row = r::table.find((programme, on, kind));
    if diesel::update(row)
        .set(r::removed.eq(r::removed + more))
        .execute(&mut **tx)?
        == 0
    {
        diesel::insert_into(r::table)
            .values((
                r::programme_id.eq(programme),
                r::removed_on.eq(on),
                r::kind.eq(kind),
                r::removed.eq(more),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// What was taken away since a day, the latest first.
pub(super) fn removals(conn: &mut Conn, programme: ProgrammeId, since: LocalDate) -> ApiResult<Vec<RetentionRemoval>> {
    let rows: Vec<(LocalDate, RetentionKind, i64)> = r::table
        .filter(r::programme_id.eq(programme).and(r::removed_on.ge(since)))
        .order((r::removed_on.desc(), r::kind))
        .select((r::removed_on, r::kind, r::removed))
        .load(conn)?;
    let shown = |(on, kind, removed)| RetentionRemoval { on, kind, removed };
    Ok(rows.into_iter().map(shown).collect())
}

/// Which leads of a programme are of a kind.
const fn statuses(kind: RetentionKind) -> (&'static [LeadStatus], Option<bool>) {
    use LeadStatus as S;
    match kind {
        RetentionKind::RefusedLeads => (&[S::Quarantined, S::Rejected, S::Duplicate], Some(false)),
        RetentionKind::UnsoldLeads => (
            &[S::Available, S::PartlySold, S::SoldOut, S::Withdrawn, S::Expired],
            Some(false),
        ),
        _ => (
            &[
                S::Available,
                S::PartlySold,
                S::SoldOut,
                S::Withdrawn,
                S::Expired,
                S::Quarantined,
                S::Rejected,
                S::Duplicate,
            ],
            Some(true),
        ),
    }
}

/// How many leads of a kind there are, and how many of them were last touched before an instant.
pub(super) fn count_leads(
    conn: &mut Conn,
    programme: ProgrammeId,
    kind: RetentionKind,
    before: Option<Timestamp>,
) -> ApiResult<i64> {
    let (statuses, sold) = statuses(kind);
    let mut query = leads::table
        .filter(leads::programme_id.eq(programme))
        .count()
        .into_boxed();
    let of_status = leads::status.eq_any(statuses.to_vec());
    query = match sold {
        Some(false) => query.filter(of_status).filter(leads::sold.eq(0)),
        _ => query.filter(
            of_status
                .and(leads::sold.gt(0))
                .or(leads::status.eq(LeadStatus::InService)),
        ),
    };
    if let Some(before) = before {
        let sold_later = deliveries::table
            .filter(deliveries::lead_id.eq(leads::id))
            .filter(deliveries::delivered_at.gt(before));
        let called_later = call_queue::table
            .filter(call_queue::lead_id.eq(leads::id))
            .filter(call_queue::last_called_at.gt(before));
        query = query
            .filter(leads::created_at.le(before))
            .filter(diesel::dsl::not(diesel::dsl::exists(sold_later)))
            .filter(diesel::dsl::not(diesel::dsl::exists(called_later)));
    }
    Ok(query.get_result(conn)?)
}

/// How many recordings of a programme's leads are known, made before an instant where one is given.
pub(super) fn count_recordings(conn: &mut Conn, programme: ProgrammeId, before: Option<Timestamp>) -> ApiResult<i64> {
    use lead_verifications as v;
    let mut query = v::table
        .inner_join(leads::table)
        .filter(leads::programme_id.eq(programme))
        .filter(v::recording_ref.is_not_null())
        .count()
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(v::verified_at.le(before));
    }
    Ok(query.get_result(conn)?)
}

/// How many files of a programme are there, uploaded before an instant where one is given.
pub(super) fn count_files(conn: &mut Conn, programme: ProgrammeId, before: Option<Timestamp>) -> ApiResult<i64> {
    let mut query = lead_import_files::table
        .inner_join(lead_imports::table)
        .filter(lead_imports::programme_id.eq(programme))
        .count()
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(lead_imports::created_at.le(before));
    }
    Ok(query.get_result(conn)?)
}
