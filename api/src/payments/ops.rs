//! Recording a payment.

use super::store;
use crate::audit;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::rules::{PaymentRefusal, after_payment};
use crate::invoices::store as invoices;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::{Payment, RecordPayment};
use tradepost_contract::{FieldError, InvoiceId, PaymentId, ProblemCode};

const LONGEST_REFERENCE: usize = 140;

/// Records money received against an invoice, all that is open unless an amount is given.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    caller: &Caller,
    invoice_id: InvoiceId,
    if_match: Option<i64>,
    asked: &RecordPayment,
) -> ApiResult<Payment> {
    let before = invoices::get(tx, &caller.scope(), invoice_id)?;
    if if_match.is_some_and(|version| version != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let zone = Zone::parse(&invoices::programme_zone(tx, before.programme_id)?).map_err(ApiError::internal)?;
    let today = zone.date_of(tx.business_now());
    let reference = asked.reference.trim();
    let mut faults = Vec::new();
    if reference.is_empty() || reference.chars().count() > LONGEST_REFERENCE {
        faults.push(FieldError::new("/reference", "length", "expected 1 to 140 characters"));
    }
    if asked.received_on > today {
        faults.push(FieldError::new(
            "/received_on",
            "in_the_future",
            "a payment is recorded once it was received",
        ));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }

    let invoice = invoices::lock(tx, invoice_id)?;
    let open = invoice.open()?;
    // Nothing is open on a settled invoice, so the refusal is about its state and not the amount.
    if !invoice.status.takes_payments() {
        return Err(ApiError::conflict(format!("The invoice is {}.", invoice.status)));
    }
    let amount = asked.amount.unwrap_or(open);
    let status = after_payment(invoice.status, open, amount).map_err(|refusal| match refusal {
        PaymentRefusal::NotWithinOpen => ApiError::invalid(vec![FieldError::new(
            "/amount/amount",
            "out_of_range",
            format!("expected 1 to {}, which is what is open", open.minor),
        )]),
        PaymentRefusal::State(state) => ApiError::conflict(state.to_string()),
        PaymentRefusal::Money(fault) => {
            ApiError::invalid(vec![FieldError::new("/amount", "currency_mismatch", fault.to_string())])
        }
    })?;
    let payment = Payment {
        id: tx.new_id::<PaymentId>(),
        invoice_id,
        supplier_id: invoice.supplier_id,
        amount,
        method: asked.method,
        reference: reference.to_owned(),
        received_on: asked.received_on,
        recorded_by: caller.actor().name,
        created_at: tx.business_now(),
    };
    store::insert(tx, &payment)?;
    invoices::add_paid(tx, invoice_id, amount.minor, status)?;
    let entity = invoice.legal_entity_id;
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Payment,
            reference: payment.id.to_string(),
            posted_at: payment.created_at,
            memo: format!("Payment of invoice {}", invoice.number.as_deref().unwrap_or_default()),
            legs: vec![
                (Account::cash(entity), amount),
                (Account::receivable(entity, invoice.supplier_id), amount.negated()?),
            ],
        },
    )?;
    let facts = json!({
        "payment_id": payment.id, "invoice_id": invoice_id, "number": invoice.number, "amount": amount,
        "open": open.minus(amount)?, "status": status,
    });
    let subject = Subject::of(invoice_id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::InvoicePaid, subject, &facts)?;
    let supplier = Some(invoice.supplier_id);
    let key = payment.id.to_string();
    notifications::record(
        tx,
        NotificationKind::PaymentReceived,
        &key,
        invoice.programme_id,
        supplier,
        &facts,
    )?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "payment.recorded",
            object: invoice_id.to_string(),
            supplier,
            before: Some(json!({ "status": invoice.status, "open": open })),
            after: Some(
                json!({ "status": status, "payment_id": payment.id, "amount": amount, "reference": payment.reference }),
            ),
            reason: None,
        },
    )?;
    Ok(payment)
}
