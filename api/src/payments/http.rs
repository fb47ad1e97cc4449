//! Handlers of `/payments`, and of what is paid on an invoice.

use super::store::{self, Filter};
use super::{ops, work};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::invoices::store as invoices;
use crate::lists::{Id, Many, Paging, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::invoices::{Invoice, WriteInvoiceOff};
use tradepost_contract::payments::{
    PayInvoice, Payment, PaymentChannel, PaymentDetail, PaymentOutcome, PaymentStatus, RecordPayment, VoidPayment,
};
use tradepost_contract::{InvoiceId, Page, PaymentId, ProgrammeId, SupplierId};
use utoipa::IntoParams;

/// List the payments of an invoice
///
/// Newest first, failed and void ones too.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path), Paging), responses((status = 200, body = Page<Payment>), Problems))]
#[get("/invoices/{id}/payments")]
pub(crate) async fn list_invoice_payments(
    caller: Caller,
    id: Id<InvoiceId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let invoice = invoices::get(conn, &scope, id.0)?;
            store::of_invoice(conn, &scope, invoice.id, window)
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
            Reply::created(format!("/api/v1/payments/{}", payment.id), &payment)
        })
        .await
}

/// Pay an invoice now
///
/// Charges what is open to a stored method. The answer says how the payment stands after the gateway was
/// asked: a card is paid or refused, a bank debit is on its way. While one payment of an invoice is under
/// way there is no second one. The supplier's credit balance pays first; where it pays everything, nothing
/// is charged and the answer has no payment.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), request_body = PayInvoice, responses((status = 201, body = PaymentOutcome), Problems))]
#[post("/invoices/{id}/pay")]
pub(crate) async fn pay_invoice(
    caller: Caller,
    id: Id<InvoiceId>,
    command: Command<PayInvoice>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let scope = caller.scope();
    let made = command
        .run(&app, caller, move |tx, caller, body| {
            let outcome = ops::pay(tx, caller, id.0, body)?;
            Reply::created(place(&outcome), &outcome)
        })
        .await?;
    let made: PaymentOutcome = serde_json::from_slice(&made.body)?;
    let Some(payment) = made.payment.as_ref().map(|payment| payment.id) else {
        return Reply::created(place(&made), &made);
    };
    work::settle(&app, payment).await?;
    let invoice = made.invoice.id;
    let outcome = app
        .db
        .read(move |conn| {
            Ok(PaymentOutcome {
                payment: Some(store::show(conn, &scope, payment)?),
                invoice: invoices::show(conn, &scope, invoice)?,
            })
        })
        .await?;
    Reply::created(place(&outcome), &outcome)
}

/// Waits for a payment that a command has just made, and answers how it stands then.
pub(crate) async fn settled(app: &Data<App>, scope: Scope, made: &Reply) -> ApiResult<Reply> {
    let payment: Payment = serde_json::from_slice(&made.body)?;
    let id = payment.id;
    work::settle(app, id).await?;
    let payment = app.db.read(move |conn| store::show(conn, &scope, id)).await?;
    Reply::created(format!("/api/v1/payments/{id}"), &payment)
}

/// Where what came of paying can be read again.
fn place(outcome: &PaymentOutcome) -> String {
    match &outcome.payment {
        Some(payment) => format!("/api/v1/payments/{}", payment.id),
        None => format!("/api/v1/invoices/{}", outcome.invoice.id),
    }
}

/// Give an invoice up
///
/// An overdue invoice becomes uncollectible, and the journal holds what is open against the allowance for
/// doubtful debts. What is owed stays owed, and a late payment is still taken.
#[utoipa::path(tag = "invoices", params(("id" = InvoiceId, Path)), request_body = WriteInvoiceOff, responses((status = 200, body = Invoice), Problems))]
#[post("/invoices/{id}/write-off")]
pub(crate) async fn write_invoice_off(
    caller: Caller,
    id: Id<InvoiceId>,
    command: Command<WriteInvoiceOff>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let invoice = ops::write_off(tx, caller, id.0, if_match, &body.reason)?;
            Ok(Reply::ok(&invoice)?.etag(invoice.version))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListPayments {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only for this invoice.
    invoice_id: Option<InvoiceId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "failed,exhausted")]
    status: Option<Many<PaymentStatus>>,
    /// Only recorded ones, or only those of the gateway.
    channel: Option<PaymentChannel>,
    /// With `true` only those whose invoice still has something open: with failed ones, the queue of who
    /// has to be asked for another way to pay.
    unsettled: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List payments
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "payments", params(ListPayments), responses((status = 200, body = Page<Payment>), Problems))]
#[get("/payments")]
pub(crate) async fn list_payments(caller: Caller, query: Query<ListPayments>, app: Data<App>) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let filter = Filter {
        programme: asked.programme_id,
        supplier: asked.supplier_id,
        invoice: asked.invoice_id,
        statuses: asked.status.map(|many| many.0),
        channel: asked.channel,
        unsettled: asked.unsettled,
    };
    let page = app
        .db
        .read(move |conn| store::list(conn, &caller.scope(), filter, window))
        .await?;
    Reply::ok(&page)
}

/// Show a payment
///
/// With its tries at the gateway.
#[utoipa::path(tag = "payments", params(("id" = PaymentId, Path)), responses((status = 200, body = PaymentDetail), Problems))]
#[get("/payments/{id}")]
pub(crate) async fn get_payment(caller: Caller, id: Id<PaymentId>, app: Data<App>) -> ApiResult<Reply> {
    let detail = app
        .db
        .read(move |conn| {
            let payment = store::show(conn, &caller.scope(), id.0)?;
            let tries = store::tries(conn, id.0)?;
            Ok(PaymentDetail { payment, tries })
        })
        .await?;
    Ok(Reply::ok(&detail)?.etag(detail.payment.version))
}

/// Make a payment void
///
/// For a payment that was recorded by mistake: its invoice is open again, its journal entry is reversed,
/// and the record stays.
#[utoipa::path(tag = "payments", params(("id" = PaymentId, Path)), request_body = VoidPayment, responses((status = 200, body = Payment), Problems))]
#[post("/payments/{id}/void")]
pub(crate) async fn void_payment(
    caller: Caller,
    id: Id<PaymentId>,
    command: Command<VoidPayment>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let payment = ops::void(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&payment)?.etag(payment.version))
        })
        .await
}
