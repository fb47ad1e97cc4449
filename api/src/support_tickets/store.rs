//! Rows of tickets and of what was written in them.

use crate::auth::Caller;
use crate::db::schema::{
    deliveries, invoices, memberships, staff_roles, suppliers, support_messages, support_tickets, users,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::people::StaffRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::support_tickets::{TicketAuthor, TicketStatus, TicketTopic};
use tradepost_contract::{
    DeliveryId, Id, InvoiceId, Page, ProgrammeId, SupplierId, SupportMessageId, SupportTicketId, Timestamp, UserId,
};

/// A row of `support_tickets`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = support_tickets)]
pub(super) struct Row {
    pub(super) id: SupportTicketId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) topic: TicketTopic,
    pub(super) subject: String,
    pub(super) status: TicketStatus,
    pub(super) opened_by: UserId,
    pub(super) opened_by_name: String,
    pub(super) delivery_id: Option<DeliveryId>,
    pub(super) invoice_id: Option<InvoiceId>,
    pub(super) call_back_phone: Option<String>,
    pub(super) assigned_to: Option<UserId>,
    pub(super) reply_due_at: Option<Timestamp>,
    pub(super) late_told_at: Option<Timestamp>,
    pub(super) first_answered_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) opened_at: Timestamp,
    pub(super) last_written_at: Timestamp,
    pub(super) version: i64,
}

/// A row of `support_messages`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = support_messages)]
pub(super) struct MessageRow {
    pub(super) id: SupportMessageId,
    pub(super) ticket_id: SupportTicketId,
    pub(super) author: TicketAuthor,
    pub(super) author_id: UserId,
    pub(super) author_name: String,
    pub(super) text: String,
    pub(super) by_phone: bool,
    pub(super) internal: bool,
    pub(super) written_at: Timestamp,
}

/// A ticket with what its supplier and the person it is assigned to are called now.
pub(super) type Named = (Row, String, Option<String>);

/// The partial index is spelled so; SQLite uses it for nothing else.
const WAITS: &str = "support_tickets.status = 'open'";

/// Which tickets a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) assigned_to: Option<UserId>,
    pub(super) topics: Option<Vec<TicketTopic>>,
    pub(super) statuses: Option<Vec<TicketStatus>>,
    /// Those that wait since longer than promised at this instant.
    pub(super) late_at: Option<Timestamp>,
}

/// The caller, where it sees only what it opened itself: a ticket belongs to no business.
fn only_own(caller: &Caller) -> ApiResult<Option<UserId>> {
    match caller.scope().businesses() {
        Some(_) => Ok(Some(caller.user_id()?)),
        None => Ok(None),
    }
}

/// A page of tickets, the latest first.
pub(super) fn list(conn: &mut Conn, caller: &Caller, filter: Filter, window: &Window) -> ApiResult<Page<Named>> {
    use support_tickets as t;
    let scope = caller.scope();
    let mut query = t::table
        .inner_join(suppliers::table)
        .left_join(users::table.on(users::id.nullable().eq(t::assigned_to)))
        .select((t::all_columns, suppliers::name, users::name.nullable()))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(t::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(t::programme_id.eq(programme));
    }
    if let Some(own) = only_own(caller)? {
        query = query.filter(t::opened_by.eq(own));
    }
    if let Some(person) = filter.assigned_to {
        query = query.filter(t::assigned_to.eq(person));
    }
    if let Some(topics) = filter.topics {
        query = query.filter(t::topic.eq_any(topics));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(t::status.eq_any(statuses));
    }
    if let Some(now) = filter.late_at {
        query = query.filter(sql::<Bool>(WAITS)).filter(t::reply_due_at.le(now));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(t::opened_at.le(at))
            .filter(t::opened_at.lt(at).or(t::id.lt(id)));
    }
    let rows: Vec<Named> = query
        .order((t::opened_at.desc(), t::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _, _)| (row.opened_at, row.id.as_i64())))
}

/// One ticket, where the caller may see it.
pub(super) fn get(conn: &mut Conn, caller: &Caller, id: SupportTicketId) -> ApiResult<Named> {
    let own = only_own(caller)?;
    let scope = caller.scope();
    let found: Option<Named> = support_tickets::table
        .inner_join(suppliers::table)
        .left_join(users::table.on(users::id.nullable().eq(support_tickets::assigned_to)))
        .filter(support_tickets::id.eq(id))
        .select((support_tickets::all_columns, suppliers::name, users::name.nullable()))
        .first(conn)
        .optional()?;
    found
        .filter(|(row, _, _)| {
            scope.allows_supplier(row.supplier_id)
                && scope.allows_programme(row.programme_id)
                && own.is_none_or(|own| row.opened_by == own)
        })
        .ok_or_else(ApiError::not_found)
}

/// What was written in a ticket, the oldest first.
pub(super) fn messages(conn: &mut Conn, id: SupportTicketId, internal: bool) -> ApiResult<Vec<MessageRow>> {
    let mut query = support_messages::table
        .filter(support_messages::ticket_id.eq(id))
        .order((support_messages::written_at, support_messages::id))
        .into_boxed();
    if !internal {
        query = query.filter(support_messages::internal.eq(false));
    }
    Ok(query.load(conn)?)
}

/// How much was written in a ticket.
pub(super) fn count_messages(conn: &mut Conn, id: SupportTicketId) -> ApiResult<i64> {
    Ok(support_messages::table
        .filter(support_messages::ticket_id.eq(id))
        .count()
        .get_result(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(support_tickets::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn insert_message(tx: &mut Tx<'_>, row: MessageRow) -> ApiResult<()> {
    diesel::insert_into(support_messages::table)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what can change and counts the change; false where somebody else changed the ticket meanwhile.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<bool> {
    use support_tickets as t;
    let seen = row.version;
    row.version += 1;
    let written = diesel::update(t::table.find(row.id).filter(t::version.eq(seen)))
        .set((
            t::status.eq(row.status),
            t::assigned_to.eq(row.assigned_to),
            t::reply_due_at.eq(row.reply_due_at),
            t::late_told_at.eq(row.late_told_at),
            t::first_answered_at.eq(row.first_answered_at),
            t::closed_at.eq(row.closed_at),
            t::last_written_at.eq(row.last_written_at),
            t::version.eq(row.version),
        ))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// Tickets that wait for longer than was promised and of which nobody was told yet.
pub(super) fn late(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<SupportTicketId>> {
    Ok(support_tickets::table
        .filter(sql::<Bool>(WAITS))
        .filter(support_tickets::reply_due_at.le(now))
        .filter(support_tickets::late_told_at.is_null())
        .order(support_tickets::reply_due_at)
        .limit(limit)
        .select(support_tickets::id)
        .load(conn)?)
}

/// Notes that staff were told that this ticket waits for too long; false where they were already, or somebody wrote
/// in it meanwhile. Its version stays, because nothing changes that anybody could overwrite: whoever closes the ticket
/// at this moment does not have to look at it again.
pub(super) fn mark_told(tx: &mut Tx<'_>, row: &Row, now: Timestamp) -> ApiResult<bool> {
    use support_tickets as t;
    let waiting = t::table
        .find(row.id)
        .filter(t::version.eq(row.version).and(t::late_told_at.is_null()));
    let written = diesel::update(waiting)
        .set(t::late_told_at.eq(now))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// How many tickets of a supplier wait for an answer.
pub(super) fn count_waiting(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    Ok(support_tickets::table
        .filter(support_tickets::supplier_id.eq(supplier))
        .filter(sql::<Bool>(WAITS))
        .count()
        .get_result(conn)?)
}

/// A ticket for a job.
pub(super) fn row(conn: &mut Conn, id: SupportTicketId) -> ApiResult<Option<Row>> {
    Ok(support_tickets::table.find(id).first(conn).optional()?)
}

/// Whether somebody is staff and may answer tickets.
pub(super) fn answers(conn: &mut Conn, person: UserId) -> ApiResult<bool> {
    let roles: Vec<StaffRole> = users::table
        .inner_join(staff_roles::table.on(staff_roles::user_id.eq(users::id)))
        .filter(users::id.eq(person))
        .filter(users::audience.eq("staff").and(users::status.eq("active")))
        .select(staff_roles::role)
        .load(conn)?;
    Ok(roles
        .into_iter()
        .any(|role| Permission::SupportWrite.held_by_staff(role)))
}

/// The address of somebody who is still there.
pub(super) fn address_of(conn: &mut Conn, person: UserId) -> ApiResult<Option<String>> {
    Ok(users::table
        .filter(users::id.eq(person).and(users::status.eq("active")))
        .select(users::email_as_typed)
        .first(conn)
        .optional()?)
}

/// The same of somebody who belongs to this supplier.
pub(super) fn address_in(conn: &mut Conn, supplier: SupplierId, person: UserId) -> ApiResult<Option<String>> {
    Ok(memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(
            memberships::supplier_id
                .eq(supplier)
                .and(memberships::user_id.eq(person)),
        )
        .filter(users::status.eq("active"))
        .select(users::email_as_typed)
        .first(conn)
        .optional()?)
}

/// The business that a lead of this supplier went to.
pub(super) fn business_of_delivery(
    conn: &mut Conn,
    supplier: SupplierId,
    id: DeliveryId,
) -> ApiResult<Option<tradepost_contract::BusinessId>> {
    Ok(deliveries::table
        .filter(deliveries::id.eq(id).and(deliveries::supplier_id.eq(supplier)))
        .select(deliveries::business_id)
        .first(conn)
        .optional()?)
}

/// Whether an invoice is this supplier's and final.
pub(super) fn has_invoice(conn: &mut Conn, supplier: SupplierId, id: InvoiceId) -> ApiResult<bool> {
    let found = invoices::table
        .filter(invoices::id.eq(id).and(invoices::supplier_id.eq(supplier)))
        .filter(invoices::status.ne(tradepost_contract::invoices::InvoiceStatus::Draft));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}
