//! Reading and printing credit notes, and paying out what they leave. They are issued by approved returns.

use super::store::{self, Filter};
use super::{credit_store, credits, paper};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::invoices::{line_store, store as invoices};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::credit_notes::{
    CreditAllocations, CreditNote, CreditRefund, CreditRefunds, RecordCreditRefund,
};
use tradepost_contract::{CreditNoteId, InvoiceId, Page, ProgrammeId, ReturnRequestId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CreditNoteFilter {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that correct this invoice.
    invoice_id: Option<InvoiceId>,
    /// Only the one that remedies this return.
    return_request_id: Option<ReturnRequestId>,
    /// Only the one with this number.
    number: Option<String>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List credit notes
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "invoices", params(CreditNoteFilter), responses((status = 200, body = Page<CreditNote>), Problems))]
#[get("/credit-notes")]
pub(crate) async fn list_credit_notes(
    caller: Caller,
    query: Query<CreditNoteFilter>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let filter = Filter {
        id: None,
        programme: asked.programme_id,
        supplier: asked.supplier_id,
        invoice: asked.invoice_id,
        request: asked.return_request_id,
        number: asked.number,
    };
    let scope = caller.scope();
    Reply::ok(
        &app.db
            .read(move |conn| store::list(conn, &scope, filter, window))
            .await?,
    )
}

/// Read a credit note
#[utoipa::path(tag = "invoices", params(("id" = CreditNoteId, Path)), responses((status = 200, body = CreditNote), Problems))]
#[get("/credit-notes/{id}")]
pub(crate) async fn get_credit_note(caller: Caller, id: Id<CreditNoteId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    Reply::ok(&app.db.read(move |conn| store::get(conn, &scope, id.0)).await?)
}

/// Print a credit note
///
/// As a PDF, like the invoice that it corrects.
#[utoipa::path(tag = "invoices", params(("id" = CreditNoteId, Path)), responses((status = 200, body = [u8], content_type = "application/pdf"), Problems))]
#[get("/credit-notes/{id}/pdf")]
pub(crate) async fn get_credit_note_pdf(caller: Caller, id: Id<CreditNoteId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let (number, paper) = app
        .db
        .read(move |conn| {
            let note = store::get(conn, &scope, id.0)?;
            let row = invoices::get(conn, &scope, note.invoice_id)?;
            let line = line_store::line(conn, &row, note.invoice_line_id)?;
            let invoice = invoices::show(conn, &scope, note.invoice_id)?;
            let zone = invoices::programme_zone(conn, note.programme_id)?;
            let zone = Zone::parse(&zone).map_err(ApiError::internal)?;
            let paper = paper::paper(&note, &invoice, &line, &zone)?;
            Ok((note.number, paper))
        })
        .await?;
    Reply::pdf(&format!("{number}.pdf"), paper).await
}

/// List the refunds of a credit note
///
/// What was paid out of the credit that it left, the oldest first.
#[utoipa::path(tag = "invoices", params(("id" = CreditNoteId, Path)), responses((status = 200, body = CreditRefunds), Problems))]
#[get("/credit-notes/{id}/refunds")]
pub(crate) async fn list_credit_refunds(caller: Caller, id: Id<CreditNoteId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let read = move |conn: &mut crate::db::Conn| {
        store::get(conn, &scope, id.0)?;
        credit_store::refunds(conn, id.0)
    };
    let data = app.db.read(read).await?;
    Reply::ok(&CreditRefunds { data })
}

/// Record a refund
///
/// Credit of the account that was paid out by bank transfer. Without an amount it is all that is left;
/// more than that is refused.
#[utoipa::path(tag = "invoices", params(("id" = CreditNoteId, Path)), request_body = RecordCreditRefund, responses((status = 201, body = CreditRefund), Problems))]
#[post("/credit-notes/{id}/refunds")]
pub(crate) async fn record_credit_refund(
    caller: Caller,
    id: Id<CreditNoteId>,
    command: Command<RecordCreditRefund>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let refund = credits::refund(tx, caller, id.0, body)?;
            Reply::created(
                format!("/api/v1/credit-notes/{}/refunds", refund.credit_note_id),
                &refund,
            )
        })
        .await
}

/// List the credits that an invoice used
///
/// Credit of the account that paid a part of it when it was issued, the oldest first.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), responses((status = 200, body = CreditAllocations), Problems))]
#[get("/invoices/{id}/credits")]
pub(crate) async fn list_invoice_credits(caller: Caller, id: Id<InvoiceId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let read = move |conn: &mut crate::db::Conn| {
        invoices::get(conn, &scope, id.0)?;
        credit_store::of_invoice(conn, id.0)
    };
    let data = app.db.read(read).await?;
    Reply::ok(&CreditAllocations { data })
}
