//! Tickets as they are shown.

use super::rules;
use super::store::{self, MessageRow, Named};
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::policy;
use crate::suppliers::store as accounts;
use tradepost_contract::permissions::Permission;
use tradepost_contract::support_tickets::{
    SupportMessage, SupportPromise, SupportThread, SupportTicket, TicketAction, TicketStatus,
};
use tradepost_contract::{SupplierId, SupportTicketId, Timestamp};

/// A ticket, as it stands at this instant.
pub(super) fn shown((row, supplier_name, assigned_to_name): Named, now: Timestamp) -> SupportTicket {
    SupportTicket {
        id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        topic: row.topic,
        subject: row.subject,
        status: row.status,
        opened_by_name: row.opened_by_name,
        delivery_id: row.delivery_id,
        invoice_id: row.invoice_id,
        call_back_phone: row.call_back_phone,
        assigned_to: row.assigned_to,
        assigned_to_name,
        is_late: rules::is_late(row.reply_due_at, now),
        reply_due_at: row.reply_due_at,
        first_answered_at: row.first_answered_at,
        closed_at: row.closed_at,
        opened_at: row.opened_at,
        last_written_at: row.last_written_at,
        version: row.version,
    }
}

fn message(row: MessageRow) -> SupportMessage {
    SupportMessage {
        id: row.id,
        author: row.author,
        author_name: row.author_name,
        text: row.text,
        by_phone: row.by_phone,
        internal: row.internal,
        written_at: row.written_at,
    }
}

/// What the caller may do with a ticket that stands so: the supplier asks, staff answer, and either closes.
fn allowed(caller: &Caller, status: TicketStatus) -> Vec<TicketAction> {
    let writes = if caller.is_staff() {
        TicketAction::Answer
    } else {
        TicketAction::Ask
    };
    [writes, TicketAction::Close]
        .into_iter()
        .filter(|action| caller.may(Permission::SupportWrite) && status.after(*action).is_ok())
        .collect()
}

/// One ticket with what was written.
pub(super) fn thread(
    conn: &mut Conn,
    caller: &Caller,
    id: SupportTicketId,
    now: Timestamp,
) -> ApiResult<SupportThread> {
    let named = store::get(conn, caller, id)?;
    let allowed_actions = allowed(caller, named.0.status);
    let messages = store::messages(conn, id, caller.is_staff())?;
    Ok(SupportThread {
        ticket: shown(named, now),
        messages: messages.into_iter().map(message).collect(),
        allowed_actions,
    })
}

/// What is promised to somebody who asks now (R34).
pub(super) fn promise(
    conn: &mut Conn,
    caller: &Caller,
    supplier: SupplierId,
    now: Timestamp,
) -> ApiResult<SupportPromise> {
    let account = accounts::account(conn, &caller.scope(), supplier)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let (_, resolved) = policy::of_supplier(conn, account.programme_id, supplier, None, zone.date_of(now))?;
    let policy = resolved.policy;
    Ok(SupportPromise {
        reply_within_business_hours: policy.support.reply_within_business_hours,
        reply_due_at: rules::promised(&policy, &zone, now),
        call_back: policy.support.call_back,
    })
}
