//! What money does when it comes and when it is given back: invoice, journal, events, messages. The caller
//! holds the supplier's row, so that nobody else uses its credit balance at the same time.

use super::rules::{after_reopening, taken_off_invoice};
use super::store::{self, PaymentRow};
use crate::collection;
use crate::credit_notes::credits;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::invoices::allowance;
use crate::invoices::rules::after_payment;
use crate::invoices::store as invoices;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::{InvoiceId, Money, PaymentId};

/// Lets so much pay an invoice, as far as it is open; answers how much of it does.
fn pay(tx: &mut Tx<'_>, invoice_id: InvoiceId, payment: Option<PaymentId>, amount: Money) -> ApiResult<Money> {
    let invoice = invoices::lock(tx, invoice_id)?;
    let open = invoice.open()?;
    let pays = invoice.money(open.minor.min(amount.minor).max(0));
    if pays.minor == 0 || !invoice.status.takes_payments() {
        return Ok(invoice.money(0));
    }
    let status = after_payment(invoice.status, open, pays).map_err(crate::error::ApiError::internal)?;
    store::allocate(tx, invoice_id, payment, pays)?;
    invoices::add_paid(tx, invoice_id, pays.minor, status)?;
    allowance::provide(tx, invoice_id)?;
    let facts = json!({
        "payment_id": payment, "invoice_id": invoice_id, "number": invoice.number, "amount": pays,
        "open": open.minus(pays)?, "status": status,
    });
    let subject = Subject::of(invoice_id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::InvoicePaid, subject, &facts)?;
    Ok(pays)
}

/// Takes in money that has come: it pays the invoice, and what is left is the supplier's credit balance.
/// `reference` names the journal entry: the payment's number, or the try's.
pub(super) fn take_in(tx: &mut Tx<'_>, payment: &mut PaymentRow, amount: Money, reference: &str) -> ApiResult<()> {
    payment.captured_minor = payment.money(payment.captured_minor).plus(amount)?.minor;
    let mut number = None;
    if let Some(invoice_id) = payment.invoice_id {
        let pays = pay(tx, invoice_id, Some(payment.id), amount)?;
        payment.applied_minor += pays.minor;
        number = invoices::get(tx, &crate::auth::Scope::system(), invoice_id)?.number;
    }
    let (entity, supplier) = (payment.legal_entity_id, payment.supplier_id);
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Payment,
            reference: reference.to_owned(),
            posted_at: tx.business_now(),
            memo: format!("Payment of invoice {}", number.as_deref().unwrap_or_default()),
            legs: vec![
                (Account::cash(entity), amount),
                (Account::receivable(entity, supplier), amount.negated()?),
            ],
        },
    )?;
    let facts = json!({
        "payment_id": payment.id, "invoice_id": payment.invoice_id, "number": number, "amount": amount,
        "channel": payment.channel, "method": payment.method,
    });
    let subject = Subject::of(payment.id)
        .programme(payment.programme_id)
        .supplier(supplier);
    events::push(tx, EventKind::PaymentSucceeded, subject, &facts)?;
    notifications::record(
        tx,
        NotificationKind::PaymentReceived,
        reference,
        payment.programme_id,
        Some(supplier),
        &facts,
    )?;
    collection::debt_changed(tx, supplier)
}

/// Why money is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenBack {
    /// Finance gave it back.
    Refund,
    /// The payer's bank took it back.
    Dispute,
    /// It had never come: the record was a mistake.
    Reversal,
}

/// Gives money of a payment back: the credit balance is used up first, and for the rest the invoice is
/// open again.
pub(crate) fn give_back(
    tx: &mut Tx<'_>,
    payment: &mut PaymentRow,
    amount: Money,
    why: GivenBack,
    reference: &str,
) -> ApiResult<()> {
    let (entity, supplier) = (payment.legal_entity_id, payment.supplier_id);
    let credit = store::credit_balance(tx, entity, supplier, payment.currency)?;
    // What never came cannot have been somebody's credit: all that the record paid is open again.
    let credit = if why == GivenBack::Reversal { 0 } else { credit.minor };
    let off = taken_off_invoice(amount.minor, credit, payment.applied_minor);
    if let (Some(invoice_id), true) = (payment.invoice_id, off > 0) {
        reopen(tx, invoice_id, payment.id, payment.money(off))?;
        payment.applied_minor -= off;
        if why != GivenBack::Reversal {
            use_account_credit(tx, invoice_id)?;
        }
    }
    let (kind, memo) = match why {
        GivenBack::Refund => (EntryKind::Refund, "Refund"),
        GivenBack::Dispute => (EntryKind::Dispute, "Taken back by the payer's bank"),
        GivenBack::Reversal => (EntryKind::PaymentReversal, "Payment recorded by mistake"),
    };
    ledger::post(
        tx,
        &Entry {
            kind,
            reference: reference.to_owned(),
            posted_at: tx.business_now(),
            memo: memo.to_owned(),
            legs: vec![
                (Account::receivable(entity, supplier), amount),
                (Account::cash(entity), amount.negated()?),
            ],
        },
    )?;
    Ok(())
}

fn reopen(tx: &mut Tx<'_>, invoice_id: InvoiceId, payment: PaymentId, off: Money) -> ApiResult<()> {
    let invoice = invoices::lock(tx, invoice_id)?;
    let status = after_reopening(invoice.status, invoice.paid_minor - off.minor)
        .map_err(|refused| crate::error::ApiError::conflict(refused.to_string()))?;
    let less = off.negated()?;
    store::allocate(tx, invoice_id, Some(payment), less)?;
    invoices::add_paid(tx, invoice_id, less.minor, status)?;
    allowance::provide(tx, invoice_id)?;
    let facts = json!({
        "payment_id": payment, "invoice_id": invoice_id, "number": invoice.number, "amount": off,
        "open": invoice.open()?.plus(off)?, "status": status,
    });
    let subject = Subject::of(invoice_id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::InvoiceReopened, subject, &facts)?;
    Ok(())
}

/// Lets what credit notes have left over pay an invoice that was opened again: money that is given back for
/// returned leads is the credit itself, and leaves the invoice paid.
fn use_account_credit(tx: &mut Tx<'_>, invoice_id: InvoiceId) -> ApiResult<()> {
    let invoice = invoices::lock(tx, invoice_id)?;
    let open = invoice.open()?;
    let (entity, supplier) = (invoice.legal_entity_id, invoice.supplier_id);
    let used = credits::use_up(tx, entity, supplier, invoice_id, open)?;
    if used.minor == 0 {
        return Ok(());
    }
    let status = after_payment(invoice.status, open, used).map_err(crate::error::ApiError::internal)?;
    invoices::add_credit_applied(tx, invoice_id, used.minor, status)?;
    allowance::provide(tx, invoice_id)?;
    let facts = json!({
        "invoice_id": invoice_id, "number": invoice.number, "amount": used, "open": open.minus(used)?, "status": status,
    });
    let subject = Subject::of(invoice_id)
        .programme(invoice.programme_id)
        .supplier(supplier);
    events::push(tx, EventKind::InvoiceCreditApplied, subject, &facts)?;
    Ok(())
}

/// Lets the supplier's credit balance pay an invoice before anything is collected for it; answers what is
/// still open.
pub(crate) fn use_credit(tx: &mut Tx<'_>, invoice_id: InvoiceId) -> ApiResult<Money> {
    let invoice = invoices::get(tx, &crate::auth::Scope::system(), invoice_id)?;
    let open = invoice.open()?;
    if open.minor <= 0 {
        return Ok(open);
    }
    let credit = store::credit_balance(tx, invoice.legal_entity_id, invoice.supplier_id, invoice.currency)?;
    let used = pay(tx, invoice_id, None, credit)?;
    if used.minor > 0 {
        collection::debt_changed(tx, invoice.supplier_id)?;
    }
    Ok(open.minus(used)?)
}
