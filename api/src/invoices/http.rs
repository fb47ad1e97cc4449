//! Reading invoices. They are made by billing runs and paid through `payments`.

use super::line_store;
use super::paper;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::command::Reply;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Paging, Query};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceSort, InvoiceStatus};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{BillingRunId, InvoiceId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvoiceFilter {
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<InvoiceSort>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that this run made.
    billing_run_id: Option<BillingRunId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "open,overdue")]
    status: Option<Many<InvoiceStatus>>,
    /// Only the one with this number.
    number: Option<String>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List invoices
///
/// Final invoices. A supplier's people see their own account's.
#[utoipa::path(tag = "invoices", params(InvoiceFilter), responses((status = 200, body = Page<Invoice>), Problems))]
#[get("/invoices")]
pub(crate) async fn list_invoices(caller: Caller, query: Query<InvoiceFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(asked) = query;
    let sort = asked.sort.unwrap_or(InvoiceSort::Newest);
    let window = store::window(asked.limit, asked.cursor.as_deref(), sort)?;
    let filter = Filter {
        programme: asked.programme_id,
        supplier: asked.supplier_id,
        run: asked.billing_run_id,
        statuses: asked.status.map(|Many(statuses)| statuses),
        number: asked.number,
    };
    let scope = caller.scope();
    Reply::ok(
        &app.db
            .read(move |conn| store::list(conn, &scope, filter, sort, &window))
            .await?,
    )
}

/// Read an invoice
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), responses((status = 200, body = Invoice), Problems))]
#[get("/invoices/{id}")]
pub(crate) async fn get_invoice(caller: Caller, id: Id<InvoiceId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let invoice = app.db.read(move |conn| store::show(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&invoice)?.etag(invoice.version))
}

/// List the lines of an invoice
///
/// In the order of their positions, which is the order of delivery.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path), Paging), responses((status = 200, body = Page<InvoiceLine>), Problems))]
#[get("/invoices/{id}/lines")]
pub(crate) async fn list_invoice_lines(
    caller: Caller,
    id: Id<InvoiceId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let (scope, named) = (caller.scope(), caller.may(Permission::DeliveriesRead));
    let page = app
        .db
        .read(move |conn| {
            let invoice = store::get(conn, &scope, id.0)?;
            line_store::lines(conn, &invoice, &window, named)
        })
        .await?;
    Reply::ok(&page)
}

/// Export the lines of an invoice
///
/// As a file for a spreadsheet: all lines, in the order of their positions.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), responses((status = 200, body = String, content_type = "text/csv"), Problems))]
#[get("/invoices/{id}/lines.csv")]
pub(crate) async fn export_invoice_lines(caller: Caller, id: Id<InvoiceId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let (number, file) = app
        .db
        .read(move |conn| {
            let (invoice, lines, _) = line_store::whole(conn, &scope, id.0)?;
            let file = paper::csv(&invoice, &lines)?;
            Ok((invoice.number, file))
        })
        .await?;
    Ok(Reply::csv(&format!("{number}-lines.csv"), file))
}

/// Print an invoice
///
/// As a PDF, on A4, or letter for a seller in North America. Its lines name leads and never people, so
/// that it can be kept and handed on. What is paid and open is as of now; the same invoice in the same
/// state is the same file.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), responses((status = 200, body = [u8], content_type = "application/pdf"), Problems))]
#[get("/invoices/{id}/pdf")]
pub(crate) async fn get_invoice_pdf(caller: Caller, id: Id<InvoiceId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let (number, paper) = app
        .db
        .read(move |conn| {
            let (invoice, lines, zone) = line_store::whole(conn, &scope, id.0)?;
            if lines.len() > paper::MOST_LINES {
                let message = "So long an invoice is not printed; its lines are in the CSV file.";
                return Err(ApiError::conflict(message));
            }
            let zone = Zone::parse(&zone).map_err(ApiError::internal)?;
            let paper = paper::paper(&invoice, &lines, &zone)?;
            Ok((invoice.number, paper))
        })
        .await?;
    Reply::pdf(&format!("{number}.pdf"), paper).await
}
