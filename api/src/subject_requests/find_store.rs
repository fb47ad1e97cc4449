//! What is kept of a person, wherever it lies.

use super::rules::{self, Marks, Traces};
use super::store::Row;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    call_attempts, deliveries, lead_import_files, lead_import_rows, lead_imports, lead_people, lead_verifications,
    leads, mails, notifications, return_requests, suppliers, support_messages, support_tickets, webhook_deliveries,
};
use crate::error::ApiResult;
use crate::lead_holds;
use crate::leads::store as kept;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tradepost_contract::deliveries::LeadOutcome;
use tradepost_contract::lead_imports::FileDelimiter;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::subject_requests::{SubjectCall, SubjectCounts, SubjectDelivery, SubjectLead, SubjectMatch};
use tradepost_contract::{
    CallAttemptId, DeliveryId, LeadId, LeadImportId, ReturnRequestId, SupplierId, SupportMessageId, SupportTicketId,
    Timestamp,
};

diesel::define_sql_function! {
    /// Letters made small, where there is a text.
    #[sql_name = "lower"]
    fn lower_or_null(text: Nullable<Text>) -> Nullable<Text>;
}

diesel::define_sql_function! {
    /// Letters made small.
    #[sql_name = "lower"]
    fn lower_text(text: Text) -> Text;
}

/// More leads than this one person has not.
pub(super) const MOST: i64 = 200;

/// So many leads of one postcode are compared by name; in no postcode more people ask than that.
const NEIGHBOURS: i64 = 5_000;

/// A lead with what it was found by.
pub(super) type FoundLead = (LeadId, Vec<SubjectMatch>);

/// The leads of who asks, and those that may be, the newest first; one more than are shown.
pub(super) fn leads_of(conn: &mut Conn, row: &Row) -> ApiResult<Vec<FoundLead>> {
    let mut found: BTreeMap<Reverse<LeadId>, Vec<SubjectMatch>> = BTreeMap::new();
    let mut note = |ids: Vec<LeadId>, by| {
        for id in ids {
            found.entry(Reverse(id)).or_default().push(by);
        }
    };
    if let Some(phone) = &row.phone {
        let ids = lead_people::table
            .filter(lead_people::phone.eq(phone.clone()))
            .order(lead_people::lead_id.desc())
            .limit(MOST + 1)
            .select(lead_people::lead_id)
            .load(conn)?;
        note(ids, SubjectMatch::Phone);
    }
    if let Some(email) = &row.email {
        let ids = lead_people::table
            .filter(lower_or_null(lead_people::email).eq(email.clone()))
            .order(lead_people::lead_id.desc())
            .limit(MOST + 1)
            .select(lead_people::lead_id)
            .load(conn)?;
        note(ids, SubjectMatch::Email);
    }
    if let Some(reference) = &row.lead_reference {
        note(under_reference(conn, reference)?, SubjectMatch::Reference);
    }
    if let (Some(name), Some(postcode)) = (&row.name, &row.postcode) {
        note(of_name_at(conn, name, postcode)?, SubjectMatch::NameAndPostcode);
    }
    let all = found.into_iter().map(|(Reverse(id), by)| (id, by));
    Ok(all.take(usize::try_from(MOST + 1).unwrap_or(usize::MAX)).collect())
}

/// A lead by its own number, its sale's, or the sender's.
fn under_reference(conn: &mut Conn, reference: &str) -> ApiResult<Vec<LeadId>> {
    if let Ok(id) = reference.parse::<LeadId>() {
        return Ok(leads::table.find(id).select(leads::id).load(conn)?);
    }
    if let Ok(id) = reference.parse::<DeliveryId>() {
        return Ok(deliveries::table.find(id).select(deliveries::lead_id).load(conn)?);
    }
    Ok(leads::table
        .filter(leads::external_id.eq(reference.to_owned()))
        .order(leads::id.desc())
        .limit(MOST)
        .select(leads::id)
        .load(conn)?)
}

/// Leads of a postcode whose person may be called so.
fn of_name_at(conn: &mut Conn, name: &str, postcode: &str) -> ApiResult<Vec<LeadId>> {
    let plain = rules::plain_postcode(postcode);
    let spelled = sql::<Bool>("upper(replace(replace(leads.postcode, ' ', ''), '-', '')) LIKE ")
        .bind::<Text, _>(format!("{plain}%"));
    let neighbours: Vec<(LeadId, Option<String>)> = lead_people::table
        .inner_join(leads::table)
        .filter(spelled)
        .order(leads::id.desc())
        .limit(NEIGHBOURS)
        .select((leads::id, lead_people::name))
        .load(conn)?;
    let called = |other: &Option<String>| {
        other
            .as_deref()
            .is_some_and(|other| rules::may_be_the_same(name, other))
    };
    Ok(neighbours
        .into_iter()
        .filter(|(_, other)| called(other))
        .map(|(id, _)| id)
        .collect())
}

/// A sale of a person's lead.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Sold {
    pub(super) lead_id: LeadId,
    pub(super) delivery_id: DeliveryId,
    pub(super) supplier_id: SupplierId,
    supplier_name: String,
    delivered_at: Timestamp,
    outcome: Option<LeadOutcome>,
    note: Option<String>,
}

/// The sales of some leads, the oldest first.
pub(super) fn sales(conn: &mut Conn, of: &[LeadId]) -> ApiResult<Vec<Sold>> {
    use deliveries as d;
    Ok(d::table
        .inner_join(suppliers::table.on(suppliers::id.eq(d::supplier_id)))
        .filter(d::lead_id.eq_any(of.to_vec()))
        .order((d::delivered_at, d::id))
        .select((
            d::lead_id,
            d::id,
            d::supplier_id,
            suppliers::name,
            d::delivered_at,
            d::outcome,
            d::note,
        ))
        .load(conn)?)
}

type Returned = (DeliveryId, ReturnRequestId, Option<String>);

fn returns(conn: &mut Conn, of: &[DeliveryId]) -> ApiResult<Vec<Returned>> {
    use return_requests as r;
    Ok(r::table
        .filter(r::delivery_id.eq_any(of.to_vec()))
        .filter(r::status.ne(ReturnStatus::Withdrawn))
        .select((r::delivery_id, r::id, r::note))
        .load(conn)?)
}

fn tickets(conn: &mut Conn, of: &[DeliveryId]) -> ApiResult<Vec<(Option<DeliveryId>, SupportTicketId)>> {
    use support_tickets as t;
    Ok(t::table
        .filter(t::delivery_id.eq_any(of.to_vec()))
        .order(t::id)
        .select((t::delivery_id, t::id))
        .load(conn)?)
}

type Call = (LeadId, CallAttemptId, Timestamp, String, Option<String>);

fn calls(conn: &mut Conn, of: &[LeadId]) -> ApiResult<Vec<Call>> {
    use call_attempts as c;
    Ok(c::table
        .filter(c::lead_id.eq_any(of.to_vec()))
        .order(c::id)
        .select((c::lead_id, c::id, c::started_at, c::disposition_label, c::note))
        .load(conn)?)
}

/// The leads with all that is kept about them, in the order asked for.
pub(super) fn all_of(conn: &mut Conn, leads: &[FoundLead]) -> ApiResult<Vec<SubjectLead>> {
    let ids: Vec<LeadId> = leads.iter().map(|(id, _)| *id).collect();
    let held = lead_holds::held_among(conn, &ids)?;
    let sold = sales(conn, &ids)?;
    let of: Vec<DeliveryId> = sold.iter().map(|sale| sale.delivery_id).collect();
    let mut returned: BTreeMap<DeliveryId, (ReturnRequestId, Option<String>)> = returns(conn, &of)?
        .into_iter()
        .map(|(delivery, id, note)| (delivery, (id, note)))
        .collect();
    let asked = tickets(conn, &of)?;
    let mut by_lead: BTreeMap<LeadId, Vec<SubjectDelivery>> = BTreeMap::new();
    for sale in sold {
        let (return_request_id, return_note) = returned.remove(&sale.delivery_id).unzip();
        by_lead.entry(sale.lead_id).or_default().push(SubjectDelivery {
            delivery_id: sale.delivery_id,
            supplier_id: sale.supplier_id,
            supplier_name: sale.supplier_name,
            delivered_at: sale.delivered_at,
            outcome: sale.outcome,
            note: sale.note,
            return_request_id,
            return_note: return_note.flatten(),
            support_tickets: asked
                .iter()
                .filter(|(delivery, _)| *delivery == Some(sale.delivery_id))
                .map(|(_, ticket)| *ticket)
                .collect(),
        });
    }
    let made = calls(conn, &ids)?;
    let mut found = Vec::with_capacity(ids.len());
    for (id, found_by) in leads {
        let lead = kept::get(conn, &Scope::system(), *id)?;
        let to = made.iter().filter(|(lead, ..)| lead == id);
        found.push(SubjectLead {
            lead_id: lead.id,
            found_by: found_by.clone(),
            is_held: held.contains(id),
            programme_id: lead.programme_id,
            programme_name: lead.programme_name,
            product_name: lead.product_name,
            status: lead.status,
            source: lead.source,
            external_id: lead.external_id,
            import_id: lead.import_id,
            enquired_at: lead.enquired_at,
            person: lead.person,
            place: lead.place,
            answers: lead.answers,
            consent: kept::consent(conn, *id)?,
            verification: kept::verification(conn, *id)?,
            deliveries: by_lead.remove(id).unwrap_or_default(),
            calls: to
                .map(|(_, id, at, disposition, note)| SubjectCall {
                    call_attempt_id: *id,
                    started_at: *at,
                    disposition: disposition.clone(),
                    note: note.clone(),
                })
                .collect(),
        });
    }
    Ok(found)
}

/// What events about these leads are about: the leads, their sales, and the returns of these.
pub(super) fn subjects(conn: &mut Conn, leads: &[LeadId], sold: &[DeliveryId]) -> ApiResult<Vec<String>> {
    let mut subjects: Vec<String> = leads.iter().map(ToString::to_string).collect();
    subjects.extend(sold.iter().map(ToString::to_string));
    subjects.extend(returns(conn, sold)?.into_iter().map(|(_, id, _)| id.to_string()));
    subjects.extend(calls(conn, leads)?.into_iter().map(|(_, id, ..)| id.to_string()));
    Ok(subjects)
}

/// What may be said of a person in a ticket: everything about one of these sales, and what a buyer wrote elsewhere that
/// has a name, address or e-mail in it.
pub(super) fn messages(
    conn: &mut Conn,
    sold: &[DeliveryId],
    buyers: &BTreeSet<SupplierId>,
    marks: &Marks,
) -> ApiResult<Vec<(SupportMessageId, SupportTicketId, String)>> {
    use {support_messages as m, support_tickets as t};
    let columns = (m::id, m::ticket_id, m::text);
    let mut found: Vec<(SupportMessageId, SupportTicketId, String)> = m::table
        .inner_join(t::table.on(t::id.eq(m::ticket_id)))
        .filter(t::delivery_id.eq_any(sold.to_vec()))
        .select(columns)
        .load(conn)?;
    for word in marks.words() {
        let pattern = format!(
            "%{}%",
            word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
        );
        let more: Vec<(SupportMessageId, SupportTicketId, String)> = m::table
            .inner_join(t::table.on(t::id.eq(m::ticket_id)))
            .filter(t::supplier_id.eq_any(buyers.iter().copied().collect::<Vec<_>>()))
            .filter(lower_text(m::text).like(pattern).escape('\\'))
            .select(columns)
            .load(conn)?;
        found.extend(more);
    }
    found.retain(|(_, _, text)| marks.are_in(text));
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Rows of files by their imports.
pub(super) type FileRows = BTreeMap<LeadImportId, BTreeSet<i64>>;

/// The imports whose file is there.
pub(super) fn files(conn: &mut Conn) -> ApiResult<BTreeSet<LeadImportId>> {
    let ids: Vec<LeadImportId> = lead_import_files::table
        .select(lead_import_files::import_id)
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// The rows of these files that are about a person, also of those that became no lead. Each file is read whole, one after
/// the other.
pub(super) fn rows_about(
    conn: &mut Conn,
    files: impl IntoIterator<Item = LeadImportId>,
    traces: &Traces,
) -> ApiResult<FileRows> {
    let mut found = FileRows::new();
    for id in files {
        let file: Option<(FileDelimiter, Vec<u8>)> = lead_import_files::table
            .inner_join(lead_imports::table)
            .filter(lead_import_files::import_id.eq(id))
            .select((lead_imports::delimiter, lead_import_files::content))
            .first(conn)
            .optional()?;
        let rows = file.map(|(delimiter, text)| rules::rows_about(&text, delimiter, traces));
        found.extend(rows.filter(|rows| !rows.is_empty()).map(|rows| (id, rows)));
    }
    Ok(found)
}

/// The rows of files that became these leads.
fn rows_of(conn: &mut Conn, leads: &[LeadId]) -> ApiResult<Vec<(LeadImportId, i64)>> {
    use lead_import_rows as r;
    Ok(r::table
        .filter(r::lead_id.eq_any(leads.to_vec()))
        .select((r::import_id, r::row_number))
        .load(conn)?)
}

/// How much there is about these leads, and in which rows of files besides.
pub(super) fn counts(
    conn: &mut Conn,
    found: &[SubjectLead],
    mut rows: FileRows,
    posts: usize,
) -> ApiResult<SubjectCounts> {
    let ids: Vec<LeadId> = found.iter().map(|lead| lead.lead_id).collect();
    let sold: Vec<&SubjectDelivery> = found.iter().flat_map(|lead| &lead.deliveries).collect();
    let of: Vec<DeliveryId> = sold.iter().map(|sale| sale.delivery_id).collect();
    let buyers: BTreeSet<SupplierId> = sold.iter().map(|sale| sale.supplier_id).collect();
    let mut marks = Marks::default();
    for lead in found {
        marks.add(&lead.person);
    }
    let subjects = subjects(conn, &ids, &of)?;
    for (import, row) in rows_of(conn, &ids)? {
        rows.entry(import).or_default().insert(row);
    }
    let delivered: Vec<String> = of.iter().map(|id| format!("lead:{id}")).collect();
    let count = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
    Ok(SubjectCounts {
        leads: count(ids.len()),
        deliveries: count(of.len()),
        return_requests: count(sold.iter().filter(|sale| sale.return_request_id.is_some()).count()),
        import_rows: count(rows.values().map(BTreeSet::len).sum()),
        lead_source_posts: count(posts),
        call_notes: count(
            found
                .iter()
                .flat_map(|lead| &lead.calls)
                .filter(|call| call.note.is_some())
                .count(),
        ),
        support_messages: count(messages(conn, &of, &buyers, &marks)?.len()),
        webhook_deliveries: webhook_deliveries::table
            .filter(webhook_deliveries::subject.eq_any(subjects))
            .count()
            .get_result(conn)?,
        mails: mails::table
            .inner_join(notifications::table.on(notifications::id.eq(mails::notification_id)))
            .filter(notifications::dedupe_key.eq_any(delivered))
            .count()
            .get_result(conn)?,
        recordings: lead_verifications::table
            .filter(lead_verifications::lead_id.eq_any(ids))
            .filter(lead_verifications::recording_ref.is_not_null())
            .count()
            .get_result(conn)?,
    })
}
