//! Reading credit notes. They are issued by approved returns.

use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::credit_notes::CreditNote;
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
