//! Asking, answering, handing on, and closing.

use super::rules::{self, MOST_MESSAGES, MOST_WAITING};
use super::store::{self, MessageRow, Row};
use super::view;
use crate::auth::{Actor, Caller};
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, fields};
use crate::{audit, notifications};
use serde_json::{Value, json};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::support_tickets::{
    AssignSupportTicket, CreateSupportTicket, SupportThread, TicketAction, TicketAuthor, TicketStatus,
    WriteSupportMessage,
};
use tradepost_contract::{ProblemCode, SupportMessageId, SupportTicketId, Timestamp};

const LONGEST_SUBJECT: usize = 150;
const LONGEST_TEXT: usize = 5_000;

/// A question, by the supplier's people or written down by staff.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, asked: &CreateSupportTicket) -> ApiResult<SupportThread> {
    let scope = caller.scope();
    let account = accounts::account(tx, &scope, asked.supplier_id).map_err(|error| match error.code() {
        ProblemCode::NotFound => ApiError::unknown_id("/supplier_id"),
        _ => error,
    })?;
    let policy = care::policy(tx, &account)?;
    let mut faults = fields::Faults::default();
    let subject = faults.keep(fields::line("/subject", &asked.subject, LONGEST_SUBJECT));
    let text = faults.keep(fields::lines("/text", &asked.text, LONGEST_TEXT));
    let country = account.programme.country.as_str();
    let phone = fields::optional_phone("/call_back_phone", asked.call_back_phone.as_deref(), country);
    let call_back_phone = faults.keep(phone);
    if call_back_phone.is_some() && !policy.support.call_back {
        let message = "nobody calls back here; the answer comes in writing";
        faults.push("/call_back_phone", "not_offered", message);
    }
    faults.finish()?;
    if let Some(delivery) = asked.delivery_id {
        let business = store::business_of_delivery(tx, account.id, delivery)?;
        if business.is_none_or(|business| !scope.allows_business(business)) {
            return Err(ApiError::unknown_id("/delivery_id"));
        }
    }
    if let Some(invoice) = asked.invoice_id
        && !(store::has_invoice(tx, account.id, invoice)? && sees_invoices(caller))
    {
        return Err(ApiError::unknown_id("/invoice_id"));
    }
    if store::count_waiting(tx, account.id)? >= MOST_WAITING {
        return Err(ApiError::conflict(
            "Too many questions wait for an answer; write in one of them.",
        ));
    }
    let now = tx.business_now();
    let zone = zone_of(&account)?;
    let row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: account.id,
        topic: asked.topic,
        subject,
        status: TicketStatus::Open,
        opened_by: caller.user_id()?,
        opened_by_name: caller.principal.name().to_owned(),
        delivery_id: asked.delivery_id,
        invoice_id: asked.invoice_id,
        call_back_phone,
        assigned_to: rules::assignee(&policy, accounts::manager_of(tx, &account)?),
        reply_due_at: rules::promised(&policy, &zone, now),
        late_told_at: None,
        first_answered_at: None,
        closed_at: None,
        opened_at: now,
        last_written_at: now,
        version: 1,
    };
    store::insert(tx, &row)?;
    let message = put_down(tx, caller, row.id, text, caller.is_staff(), false)?;
    tell(tx, &caller.actor(), "support_ticket.opened", None, &row)?;
    to_staff(tx, &account, &row, NotificationKind::TicketAsked, &message.to_string())?;
    view::thread(tx, caller, row.id, now)
}

fn sees_invoices(caller: &Caller) -> bool {
    caller.may(tradepost_contract::permissions::Permission::InvoicesRead)
}

fn zone_of(account: &Account) -> ApiResult<Zone> {
    Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)
}

/// A ticket, if the caller saw this version.
fn seen_as(tx: &mut Tx<'_>, caller: &Caller, id: SupportTicketId, seen: Option<i64>) -> ApiResult<Row> {
    let (row, _, _) = store::get(tx, caller, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(row)
}

/// Writes in a ticket: a supplier asks, staff answer or leave a note for each other.
pub(super) fn write(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SupportTicketId,
    seen: Option<i64>,
    asked: &WriteSupportMessage,
) -> ApiResult<SupportThread> {
    let mut row = seen_as(tx, caller, id, seen)?;
    let mut faults = fields::Faults::default();
    let text = faults.keep(fields::lines("/text", &asked.text, LONGEST_TEXT));
    if !caller.is_staff() {
        for (given, pointer) in [(asked.by_phone, "/by_phone"), (asked.internal, "/internal")] {
            if given {
                faults.push(pointer, "staff_only", "only staff write this down");
            }
        }
    }
    faults.finish()?;
    if store::count_messages(tx, id)? >= MOST_MESSAGES {
        return Err(ApiError::conflict("The ticket is full; open another one."));
    }
    let now = tx.business_now();
    let account = accounts::account(tx, &crate::auth::Scope::system(), row.supplier_id)?;
    let before = facts(&row);
    if !asked.internal {
        row.last_written_at = now;
        if caller.is_staff() {
            answer(&mut row, now)?;
        } else {
            let policy = care::policy(tx, &account)?;
            ask(&mut row, &policy, &zone_of(&account)?, now)?;
        }
        save(tx, &mut row)?;
    }
    let message = put_down(tx, caller, id, text, asked.by_phone, asked.internal)?;
    let actor = caller.actor();
    match (asked.internal, caller.is_staff()) {
        (true, _) => record(tx, &actor, "support_ticket.noted", Some(before), &row)?,
        (false, true) => {
            tell(tx, &actor, "support_ticket.answered", Some(before), &row)?;
            to_supplier(tx, &row, message)?;
        }
        (false, false) => {
            tell(tx, &actor, "support_ticket.asked", Some(before), &row)?;
            to_staff(tx, &account, &row, NotificationKind::TicketAsked, &message.to_string())?;
        }
    }
    view::thread(tx, caller, id, now)
}

fn answer(row: &mut Row, now: Timestamp) -> ApiResult<()> {
    row.status = moved(row.status, TicketAction::Answer)?;
    row.first_answered_at = row.first_answered_at.or(Some(now));
    row.reply_due_at = None;
    row.late_told_at = None;
    Ok(())
}

fn ask(row: &mut Row, policy: &PolicySet, zone: &Zone, now: Timestamp) -> ApiResult<()> {
    let due = rules::due(row.status, row.reply_due_at, rules::promised(policy, zone, now));
    row.status = moved(row.status, TicketAction::Ask)?;
    row.reply_due_at = due;
    row.closed_at = None;
    Ok(())
}

/// Hands a ticket on to somebody who answers tickets, or to nobody in particular.
pub(super) fn assign(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SupportTicketId,
    seen: Option<i64>,
    asked: &AssignSupportTicket,
) -> ApiResult<SupportThread> {
    let mut row = seen_as(tx, caller, id, seen)?;
    if let Some(person) = asked.assigned_to
        && !store::answers(tx, person)?
    {
        return Err(ApiError::unknown_id("/assigned_to"));
    }
    let before = facts(&row);
    row.assigned_to = asked.assigned_to;
    save(tx, &mut row)?;
    tell(tx, &caller.actor(), "support_ticket.assigned", Some(before), &row)?;
    let now = tx.business_now();
    view::thread(tx, caller, id, now)
}

/// Closes a ticket.
pub(super) fn close(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SupportTicketId,
    seen: Option<i64>,
) -> ApiResult<SupportThread> {
    let mut row = seen_as(tx, caller, id, seen)?;
    let before = facts(&row);
    let now = tx.business_now();
    row.status = moved(row.status, TicketAction::Close)?;
    row.closed_at = Some(now);
    row.reply_due_at = None;
    row.late_told_at = None;
    save(tx, &mut row)?;
    tell(tx, &caller.actor(), "support_ticket.closed", Some(before), &row)?;
    view::thread(tx, caller, id, now)
}

fn moved(status: TicketStatus, action: TicketAction) -> ApiResult<TicketStatus> {
    status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))
}

fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    if store::save(tx, row)? {
        Ok(())
    } else {
        Err(ApiError::conflict("The ticket changed at the same moment."))
    }
}

fn put_down(
    tx: &mut Tx<'_>,
    caller: &Caller,
    ticket: SupportTicketId,
    text: String,
    by_phone: bool,
    internal: bool,
) -> ApiResult<SupportMessageId> {
    let author = if caller.is_staff() {
        TicketAuthor::Staff
    } else {
        TicketAuthor::Supplier
    };
    let id: SupportMessageId = tx.new_id();
    let row = MessageRow {
        id,
        ticket_id: ticket,
        author,
        author_id: caller.user_id()?,
        author_name: caller.principal.name().to_owned(),
        text,
        by_phone,
        internal,
        written_at: tx.business_now(),
    };
    store::insert_message(tx, row)?;
    Ok(id)
}

/// A ticket as the trail and the event log keep it: without what was written.
fn facts(row: &Row) -> Value {
    json!({
        "support_ticket_id": row.id, "topic": row.topic, "status": row.status, "assigned_to": row.assigned_to,
        "reply_due_at": row.reply_due_at, "wants_a_call": row.call_back_phone.is_some(),
    })
}

/// The audit record and the event of a change.
fn tell(tx: &mut Tx<'_>, actor: &Actor, action: &str, before: Option<Value>, row: &Row) -> ApiResult<()> {
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::SupportTicketChanged, subject, &facts(row))?;
    record(tx, actor, action, before, row)
}

/// The audit record alone: what only staff read is no event, because suppliers are sent those.
fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, before: Option<Value>, row: &Row) -> ApiResult<()> {
    let after = facts(row);
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before,
        after: Some(after),
        reason: None,
    };
    audit::record(tx, actor, change)
}

/// A message to whoever has the ticket, else to whom the account turns for help; once an occasion.
pub(super) fn to_staff(
    tx: &mut Tx<'_>,
    account: &Account,
    row: &Row,
    kind: NotificationKind,
    occasion: &str,
) -> ApiResult<()> {
    let assigned = match row.assigned_to {
        Some(person) => store::address_of(tx, person)?,
        None => None,
    };
    let recipients: Vec<String> = match assigned {
        Some(address) => vec![address],
        None => accounts::contact_of(tx, account)?.email.into_iter().collect(),
    };
    let facts = json!({
        "support_ticket_id": row.id, "supplier_id": row.supplier_id, "topic": row.topic,
        "reply_due_at": row.reply_due_at, "wants_a_call": row.call_back_phone.is_some(),
    });
    notifications::record_to(tx, kind, occasion, row.programme_id, None, &recipients, &facts)?;
    Ok(())
}

/// A message to who opened the ticket, or to the account where staff did.
fn to_supplier(tx: &mut Tx<'_>, row: &Row, occasion: SupportMessageId) -> ApiResult<()> {
    let facts = json!({ "support_ticket_id": row.id, "topic": row.topic, "status": row.status });
    let (kind, occasion) = (NotificationKind::TicketAnswered, occasion.to_string());
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    match store::address_in(tx, row.supplier_id, row.opened_by)? {
        Some(address) => notifications::record_to(tx, kind, &occasion, programme, supplier, &[address], &facts)?,
        None => notifications::record(tx, kind, &occasion, programme, supplier, &facts)?,
    };
    Ok(())
}
