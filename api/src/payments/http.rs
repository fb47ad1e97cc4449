//! Recording payments and reading them.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::invoices::store as invoices;
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::payments::{Payment, RecordPayment};
use tradepost_contract::{InvoiceId, Page};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaymentWindow {
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the payments of an invoice
///
/// Newest first.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path), PaymentWindow), responses((status = 200, body = Page<Payment>), Problems))]
#[get("/invoices/{id}/payments")]
pub(crate) async fn list_invoice_payments(
    caller: Caller,
    id: Id<InvoiceId>,
    query: Query<PaymentWindow>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let invoice = invoices::get(conn, &scope, id.0)?;
            store::of_invoice(conn, invoice.id, window)
        })
        .await?;
    Reply::ok(&page)
}

/// Record a payment
///
/// Money that arrived outside Tradepost, with its reference. Without an amount it pays all that is
/// open; more than that is refused.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), request_body = RecordPayment, responses((status = 201, body = Payment), Problems))]
#[post("/invoices/{id}/payments")]
pub(crate) async fn record_payment(
    caller: Caller,
    id: Id<InvoiceId>,
    command: Command<RecordPayment>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let payment = ops::record(tx, caller, id.0, if_match, body)?;
            Reply::created(format!("/api/v1/invoices/{}/payments", payment.invoice_id), &payment)
        })
        .await
}
