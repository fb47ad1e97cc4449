//! What is kept of a person, wherever it lies.

use super::rules::Marks;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    call_attempts, deliveries, lead_import_rows, lead_people, lead_verifications, leads, mails, notifications,
    return_requests, suppliers, support_messages, support_tickets, webhook_deliveries,
};
use crate::error::ApiResult;
use crate::leads::store as kept;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use std::collections::{BTreeMap, BTreeSet};
use tradepost_contract::deliveries::LeadOutcome;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::subject_requests::{SubjectCall, SubjectCounts, SubjectDelivery, SubjectLead};
use tradepost_contract::{
    CallAttemptId, DeliveryId, LeadId, ReturnRequestId, SupplierId, SupportMessageId, SupportTicketId, Timestamp,
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

/// The leads under a phone number in E.164 or an e-mail address in lower case, the newest first; one more than are shown.
pub(super) fn leads_of(conn: &mut Conn, phone: Option<&str>, email: Option<&str>) -> ApiResult<Vec<LeadId>> {
    let mut query = lead_people::table
        .inner_join(leads::table)
        .select(leads::id)
        .order((leads::created_at.desc(), leads::id.desc()))
        .limit(MOST + 1)
        .into_boxed();
    let by_phone = lead_people::phone.eq(phone.unwrap_or_default().to_owned());
    let by_email = lower_or_null(lead_people::email).eq(email.unwrap_or_default().to_owned());
    query = match (phone, email) {
        (Some(_), Some(_)) => query.filter(by_phone.or(by_email)),
        (Some(_), None) => query.filter(by_phone),
        (None, Some(_)) => query.filter(by_email),
        (None, None) => return Ok(Vec::new()),
    };
    Ok(query.load(conn)?)
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
pub(super) fn all_of(conn: &mut Conn, ids: &[LeadId]) -> ApiResult<Vec<SubjectLead>> {
    let sold = sales(conn, ids)?;
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
    let made = calls(conn, ids)?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let lead = kept::get(conn, &Scope::system(), *id)?;
        let to = made.iter().filter(|(lead, ..)| lead == id);
        found.push(SubjectLead {
            lead_id: lead.id,
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

/// How much there is about these leads.
pub(super) fn counts(conn: &mut Conn, found: &[SubjectLead]) -> ApiResult<SubjectCounts> {
    let ids: Vec<LeadId> = found.iter().map(|lead| lead.lead_id).collect();
    let sold: Vec<&SubjectDelivery> = found.iter().flat_map(|lead| &lead.deliveries).collect();
    let of: Vec<DeliveryId> = sold.iter().map(|sale| sale.delivery_id).collect();
    let buyers: BTreeSet<SupplierId> = sold.iter().map(|sale| sale.supplier_id).collect();
    let mut marks = Marks::default();
    for lead in found {
        marks.add(&lead.person);
    }
    let subjects = subjects(conn, &ids, &of)?;
    let delivered: Vec<String> = of.iter().map(|id| format!("lead:{id}")).collect();
    let count = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
    Ok(SubjectCounts {
        leads: count(ids.len()),
        deliveries: count(of.len()),
        return_requests: count(sold.iter().filter(|sale| sale.return_request_id.is_some()).count()),
        import_rows: lead_import_rows::table
            .filter(lead_import_rows::lead_id.eq_any(ids.clone()))
            .count()
            .get_result(conn)?,
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
