//! Handlers of `/support-tickets`.

use super::store::{self, Filter};
use super::{ops, view};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use tradepost_contract::support_tickets::{
    AssignSupportTicket, CloseSupportTicket, CreateSupportTicket, SupportPromise, SupportThread, SupportTicket,
    TicketStatus, TicketTopic, WriteSupportMessage,
};
use tradepost_contract::{Page, ProgrammeId, SupplierId, SupportTicketId, UserId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListSupportTickets {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those of this member of staff.
    assigned_to: Option<UserId>,
    /// Only about these, such as `billing,returns`.
    #[param(value_type = Option<String>)]
    topic: Option<Many<TicketTopic>>,
    /// Only those that stand so, such as `open,answered`.
    #[param(value_type = Option<String>)]
    status: Option<Many<TicketStatus>>,
    /// Only those that wait for longer than was promised (R34), where it is `true`.
    late: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List support tickets
///
/// Newest first. A supplier's people see their own account's; those who have only some of its businesses see what they
/// opened themselves.
#[utoipa::path(tag = "support-tickets", params(ListSupportTickets), responses((status = 200, body = Page<SupportTicket>), Problems))]
#[get("/support-tickets")]
pub(super) async fn list_support_tickets(
    caller: Caller,
    query: Query<ListSupportTickets>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let now = app.clock.business_now();
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        assigned_to: query.assigned_to,
        topics: query.topic.map(|many| many.0),
        statuses: query.status.map(|many| many.0),
        late_at: query.late.unwrap_or_default().then_some(now),
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &caller, filter, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(|row| view::shown(row, now)).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Ask the seller something
///
/// By the supplier's people, or by staff who write down what they were asked. It goes to the account manager where the
/// policy says so and there is one (R83), and is to be answered within the business hours that the policy promises (R34).
/// `call_back_phone` is refused where the programme does not call back.
#[utoipa::path(tag = "support-tickets", request_body = CreateSupportTicket, responses((status = 201, body = SupportThread), Problems))]
#[post("/support-tickets")]
pub(super) async fn create_support_ticket(
    caller: Caller,
    command: Command<CreateSupportTicket>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let thread = ops::create(tx, caller, body)?;
            let location = format!("/api/v1/support-tickets/{}", thread.ticket.id);
            Ok(Reply::created(location, &thread)?.etag(thread.ticket.version))
        })
        .await
}

/// Show a support ticket with what was written
#[utoipa::path(tag = "support-tickets", params(("id" = SupportTicketId, Path)), responses((status = 200, body = SupportThread), Problems))]
#[get("/support-tickets/{id}")]
pub(super) async fn get_support_ticket(caller: Caller, id: Id<SupportTicketId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let thread = app.db.read(move |conn| view::thread(conn, &caller, id.0, now)).await?;
    Ok(Reply::ok(&thread)?.etag(thread.ticket.version))
}

/// Hand a support ticket on
///
/// To somebody of staff who answers tickets, or to nobody in particular.
#[utoipa::path(tag = "support-tickets", params(("id" = SupportTicketId, Path)), request_body = AssignSupportTicket, responses((status = 200, body = SupportThread), Problems))]
#[patch("/support-tickets/{id}")]
pub(super) async fn assign_support_ticket(
    caller: Caller,
    id: Id<SupportTicketId>,
    command: Command<AssignSupportTicket>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let thread = ops::assign(tx, caller, id.0, seen, body)?;
            Ok(Reply::ok(&thread)?.etag(thread.ticket.version))
        })
        .await
}

/// Write in a support ticket
///
/// What the supplier writes makes the ticket wait for staff, also one that was closed; what staff write answers it, unless
/// it is a note for themselves (`internal`). Staff say `by_phone` where they write down what was said in a call (R34).
#[utoipa::path(tag = "support-tickets", params(("id" = SupportTicketId, Path)), request_body = WriteSupportMessage, responses((status = 201, body = SupportThread), Problems))]
#[post("/support-tickets/{id}/messages")]
pub(super) async fn write_support_message(
    caller: Caller,
    id: Id<SupportTicketId>,
    command: Command<WriteSupportMessage>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let thread = ops::write(tx, caller, id.0, seen, body)?;
            let location = format!("/api/v1/support-tickets/{}", thread.ticket.id);
            Ok(Reply::created(location, &thread)?.etag(thread.ticket.version))
        })
        .await
}

/// Close a support ticket
#[utoipa::path(tag = "support-tickets", params(("id" = SupportTicketId, Path)), request_body = CloseSupportTicket, responses((status = 200, body = SupportThread), Problems))]
#[post("/support-tickets/{id}/close")]
pub(super) async fn close_support_ticket(
    caller: Caller,
    id: Id<SupportTicketId>,
    command: Command<CloseSupportTicket>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    command
        .run(&app, caller, move |tx, caller, _| {
            let thread = ops::close(tx, caller, id.0, seen)?;
            Ok(Reply::ok(&thread)?.etag(thread.ticket.version))
        })
        .await
}

/// Show how soon a supplier's questions are answered
///
/// And whether it may ask to be called (R34).
#[utoipa::path(tag = "support-tickets", params(("id" = SupplierId, Path)), responses((status = 200, body = SupportPromise), Problems))]
#[get("/suppliers/{id}/support-promise")]
pub(super) async fn get_support_promise(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let promise = app.db.read(move |conn| view::promise(conn, &caller, id.0, now)).await?;
    Reply::ok(&promise)
}
