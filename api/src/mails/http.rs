//! Handlers of `/mails`.

use super::compose::{self, Links};
use super::store::{self, Filter, Named};
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mails::{Mail, MailAction, MailDetail, MailStatus};
use tradepost_contract::{MailId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListMails {
    /// Only these kinds, with commas between them.
    #[param(value_type = Option<String>)]
    kind: Option<Many<NotificationKind>>,
    /// Only those of which this became, such as `bounced,dead`.
    #[param(value_type = Option<String>)]
    status: Option<Many<MailStatus>>,
    /// Only in the name of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only about this supplier.
    supplier_id: Option<SupplierId>,
    /// Only to this address.
    recipient: Option<String>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List mails
///
/// Newest first, with what became of them.
#[utoipa::path(tag = "mails", params(ListMails), responses((status = 200, body = Page<Mail>), Problems))]
#[get("/mails")]
pub(super) async fn list_mails(_caller: Caller, query: Query<ListMails>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        kinds: query.kind.map(|many| many.0),
        statuses: query.status.map(|many| many.0),
        programme: query.programme_id,
        supplier: query.supplier_id,
        recipient: query.recipient,
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, filter, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(shown).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Show a mail
///
/// With its words, written anew from what the message recorded. A link that lets somebody in can be read here in a
/// sandbox only.
#[utoipa::path(tag = "mails", params(("id" = MailId, Path)), responses((status = 200, body = MailDetail), Problems))]
#[get("/mails/{id}")]
pub(super) async fn get_mail(_caller: Caller, id: Id<MailId>, app: Data<App>) -> ApiResult<Reply> {
    let shared = app.clone();
    let mail = app.db.read(move |conn| detail(conn, &shared, id.0)).await?;
    Reply::ok(&mail)
}

/// Send a mail again
///
/// One that was sent, that bounced, or that could not be sent for days. It goes out with a new id, so that the reader's
/// program shows it again.
#[utoipa::path(tag = "mails", params(("id" = MailId, Path)), request_body = NoBody, responses((status = 202, body = Mail), Problems))]
#[post("/mails/{id}/resend")]
pub(super) async fn resend_mail(
    caller: Caller,
    id: Id<MailId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            let (row, ..) = store::get(tx, id.0)?;
            let next = row
                .status
                .after(MailAction::Resend)
                .map_err(|refused| ApiError::conflict(refused.to_string()))?;
            if !store::resend(tx, &row, next)? {
                return Err(ApiError::conflict("Somebody else has just sent it again."));
            }
            let change = audit::Change {
                action: "mail.resent",
                object: row.id.to_string(),
                supplier: row.supplier_id,
                before: Some(serde_json::json!({ "status": row.status, "edition": row.edition })),
                after: Some(serde_json::json!({ "status": next, "edition": row.edition + 1 })),
                reason: None,
            };
            audit::record(tx, &caller.actor(), change)?;
            Reply::accepted(&shown(store::get(tx, id.0)?))
        })
        .await
}

fn shown((row, programme_name, supplier_name): Named) -> Mail {
    Mail {
        id: row.id,
        notification_id: row.notification_id,
        kind: row.kind,
        programme_id: row.programme_id,
        programme_name,
        supplier_id: row.supplier_id,
        supplier_name,
        recipient: row.recipient,
        status: row.status,
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        problem: row.problem,
        sent_at: row.sent_at,
        created_at: row.created_at,
        resendable: row.status.after(MailAction::Resend).is_ok(),
    }
}

fn detail(conn: &mut Conn, app: &App, id: MailId) -> ApiResult<MailDetail> {
    let named = store::get(conn, id)?;
    let links = if app.settings.sandbox {
        Links::Shown
    } else {
        Links::Hidden
    };
    let mail = compose::compose(conn, app, &named.0, links)?;
    Ok(MailDetail {
        mail: shown(named),
        subject: mail.subject,
        from: format!("{} <{}>", mail.from_name, mail.from_address),
        reply_to: mail.reply_to,
        message_id: mail.message_id,
        text: mail.text,
        html: mail.html,
    })
}
