//! Rows of payments.

use crate::db::schema::payments;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::payments::{Payment, PaymentMethod};
use tradepost_contract::{
    Currency, Id, InvoiceId, LocalDate, Money, Page, PaymentId, ProblemCode, SupplierId, Timestamp,
};

pub(super) fn insert(tx: &mut Tx<'_>, payment: &Payment) -> ApiResult<()> {
    let row = (
        payments::id.eq(payment.id),
        payments::invoice_id.eq(payment.invoice_id),
        payments::supplier_id.eq(payment.supplier_id),
        payments::amount_minor.eq(payment.amount.minor),
        payments::currency.eq(payment.amount.currency),
        payments::method.eq(payment.method),
        payments::reference.eq(&payment.reference),
        payments::received_on.eq(payment.received_on),
        payments::recorded_by.eq(&payment.recorded_by),
        payments::created_at.eq(payment.created_at),
    );
    match diesel::insert_into(payments::table).values(row).execute(&mut **tx) {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => {
            let message = "A payment with this reference is recorded for the invoice.";
            Err(ApiError::new(ProblemCode::Duplicate)
                .detail(message)
                .field("/reference", "duplicate", message))
        }
        Err(cause) => Err(cause.into()),
    }
}

pub(super) fn of_invoice(conn: &mut Conn, invoice: InvoiceId, window: Window) -> ApiResult<Page<Payment>> {
    type Row = (
        PaymentId,
        InvoiceId,
        SupplierId,
        i64,
        Currency,
        PaymentMethod,
        String,
        LocalDate,
        String,
        Timestamp,
    );
    let mut query = payments::table.filter(payments::invoice_id.eq(invoice)).into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(payments::created_at.le(at))
            .filter(payments::created_at.lt(at).or(payments::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((payments::created_at.desc(), payments::id.desc()))
        .limit(window.fetch())
        .select(payments::all_columns)
        .load(conn)?;
    let found = rows
        .into_iter()
        .map(
            |(
                id,
                invoice_id,
                supplier_id,
                minor,
                currency,
                method,
                reference,
                received_on,
                recorded_by,
                created_at,
            )| {
                let amount = Money::new(minor, currency);
                Payment {
                    id,
                    invoice_id,
                    supplier_id,
                    amount,
                    method,
                    reference,
                    received_on,
                    recorded_by,
                    created_at,
                }
            },
        )
        .collect();
    Ok(window.finish(found, |payment: &Payment| (payment.created_at, payment.id.as_i64())))
}
