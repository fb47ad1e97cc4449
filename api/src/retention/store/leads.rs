//! What is looked at of leads whose time may be over.

use super::Pass;
use crate::db::Conn;
use crate::db::schema::{call_queue, deliveries, invoices, lead_imports, lead_people, leads};
use crate::error::ApiResult;
use crate::lead_holds;
use crate::policy::Policies;
use crate::retention::rules::Facts;
use crate::return_requests;
use crate::subject_requests::Asked;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};
use tradepost_contract::calls::CallState;
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::lead_imports::LeadImportStatus;
use tradepost_contract::leads::{LeadPerson, LeadStatus};
use tradepost_contract::retention::RetentionBlock;
use tradepost_contract::{InvoiceId, LeadId, LeadImportId, LeadProductId, Timestamp};

/// A lead that is looked at.
#[derive(Debug, Clone, Queryable)]
pub(in crate::retention) struct Old {
    pub(in crate::retention) id: LeadId,
    pub(in crate::retention) product: LeadProductId,
    status: LeadStatus,
    pub(in crate::retention) created_at: Timestamp,
    import: Option<LeadImportId>,
    postcode: Option<String>,
}

/// The next leads of a programme that came in before an instant and are not erased, the oldest first.
pub(in crate::retention) fn old_leads(
    conn: &mut Conn,
    pass: &Pass,
    before: Timestamp,
    most: i64,
) -> ApiResult<Vec<Old>> {
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
pub(in crate::retention) fn old_lead(conn: &mut Conn, id: LeadId) -> ApiResult<Option<Old>> {
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
pub(in crate::retention) fn facts(
    conn: &mut Conn,
    policies: &Policies,
    of: &[Old],
    now: Timestamp,
) -> ApiResult<Vec<Facts>> {
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
    for id in return_requests::disputed(conn, policies, &ids, now)? {
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
