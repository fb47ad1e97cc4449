//! Payments as they are shown.

use super::{AttemptRow, PaymentRow, attempts_of};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{invoices, payments, suppliers};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::payments::{Payment, PaymentAttempt, PaymentChannel, PaymentStatus};
use tradepost_contract::{Id, InvoiceId, Page, PaymentId, ProgrammeId, SupplierId};

/// Which payments a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) programme: Option<ProgrammeId>,
    pub(crate) supplier: Option<SupplierId>,
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) statuses: Option<Vec<PaymentStatus>>,
    pub(crate) channel: Option<PaymentChannel>,
    /// Only those whose invoice still has something open, or only the others.
    pub(crate) unsettled: Option<bool>,
}

/// The payments that somebody may see. They pay for all businesses of an account, so a person who is kept
/// to some of them sees none.
macro_rules! visible {
    ($scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = payments::table
            .inner_join(suppliers::table)
            .left_join(invoices::table)
            .select((payments::all_columns, (suppliers::name, invoices::number.nullable())))
            .into_boxed();
        if let Some(supplier) = scope.supplier() {
            query = query.filter(payments::supplier_id.eq(supplier));
        }
        if let Some(programme) = scope.programme() {
            query = query.filter(payments::programme_id.eq(programme));
        }
        if scope.businesses().is_some() {
            query = query.filter(payments::id.lt(0));
        }
        query
    }};
}

/// Whether the gateway has it, or may have it.
const fn is_on_its_way(status: PaymentStatus) -> bool {
    matches!(
        status,
        PaymentStatus::Created | PaymentStatus::Pending | PaymentStatus::Unknown
    )
}

type Shown = (PaymentRow, (String, Option<String>));

fn shown((row, (supplier_name, invoice_number)): Shown) -> Payment {
    let money = |minor| row.money(minor);
    Payment {
        amount: money(row.amount_minor),
        captured: money(row.captured_minor),
        applied: money(row.applied_minor),
        refunded: money(row.refunded_minor),
        id: row.id,
        purpose: row.purpose,
        invoice_id: row.invoice_id,
        checkout_id: row.checkout_id,
        plan_subscription_id: row.plan_subscription_id,
        package_id: row.package_id,
        invoice_number,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        channel: row.channel,
        origin: row.origin,
        status: row.status,
        method: row.method,
        payment_method_id: row.payment_method_id,
        reference: row.reference,
        received_on: row.received_on,
        recorded_by: row.recorded_by,
        attempts: row.attempts,
        failure: row.failure,
        next_attempt_at: row.next_attempt_at,
        expected_by: row.late_at.filter(|_| is_on_its_way(row.status)),
        void_reason: row.void_reason,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    }
}

pub(crate) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: Window) -> ApiResult<Page<Payment>> {
    let mut query = visible!(scope);
    if let Some(programme) = filter.programme {
        query = query.filter(payments::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(payments::supplier_id.eq(supplier));
    }
    if let Some(invoice) = filter.invoice {
        query = query.filter(payments::invoice_id.eq(invoice));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(payments::status.eq_any(statuses));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(payments::channel.eq(channel));
    }
    if let Some(unsettled) = filter.unsettled {
        let open = invoices::status.eq_any([
            InvoiceStatus::Open,
            InvoiceStatus::PartlyPaid,
            InvoiceStatus::Overdue,
            InvoiceStatus::Uncollectible,
        ]);
        query = if unsettled {
            query.filter(open)
        } else {
            query.filter(diesel::dsl::not(open))
        };
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(payments::created_at.le(at))
            .filter(payments::created_at.lt(at).or(payments::id.lt(id)));
    }
    let rows: Vec<Shown> = query
        .order((payments::created_at.desc(), payments::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let found: Vec<Payment> = rows.into_iter().map(shown).collect();
    Ok(window.finish(found, |payment| (payment.created_at, payment.id.as_i64())))
}

/// The payments of an invoice that the caller may see.
pub(crate) fn of_invoice(
    conn: &mut Conn,
    scope: &Scope,
    invoice: InvoiceId,
    window: Window,
) -> ApiResult<Page<Payment>> {
    let filter = Filter {
        invoice: Some(invoice),
        ..Filter::default()
    };
    list(conn, scope, filter, window)
}

/// One payment as it is shown.
pub(crate) fn show(conn: &mut Conn, scope: &Scope, id: PaymentId) -> ApiResult<Payment> {
    let found: Option<Shown> = visible!(scope).filter(payments::id.eq(id)).first(conn).optional()?;
    found.map(shown).ok_or_else(ApiError::not_found)
}

/// Its tries at the gateway, the latest first.
pub(crate) fn tries(conn: &mut Conn, id: PaymentId) -> ApiResult<Vec<PaymentAttempt>> {
    let rows = attempts_of(conn, id)?;
    Ok(rows
        .into_iter()
        .map(|row: AttemptRow| PaymentAttempt {
            amount: row.amount(),
            id: row.id,
            number: row.number,
            status: row.status,
            reference: row.reference,
            failure: row.failure,
            dispute: row.dispute,
            payment_method_id: row.payment_method_id,
            created_at: row.created_at,
        })
        .collect())
}
