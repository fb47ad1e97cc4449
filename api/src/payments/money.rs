//! What money does when it comes and when it is given back: invoice, journal, events, messages. The caller
//! holds the supplier's row, so that nobody else uses its credit balance at the same time.

use super::rules::{after_reopening, taken_off_invoice};
use super::store::{self, PaymentRow};
use crate::collection;
use crate::credit_notes::credits;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::invoices::allowance;
use crate::invoices::rules::after_payment;
use crate::invoices::store as invoices;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use crate::wallets;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::PaymentPurpose;
use tradepost_contract::wallets::WalletEntryKind;
use tradepost_contract::{Currency, InvoiceId, LegalEntityId, Money, PaymentId, SupplierId};

/// Lets so much pay an invoice, as far as it is open; answers how much of it does. Without a payment it is the
/// supplier's credit balance that pays.
pub(crate) fn pay(
    tx: &mut Tx<'_>,
    invoice_id: InvoiceId,
    payment: Option<PaymentId>,
    amount: Money,
) -> ApiResult<Money> {
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

/// Takes in money that has come: it pays the invoice, and what is left is the supplier's credit balance; or it
/// goes into the wallet that it is for.
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
    let account = wallets::money::account_for(tx, payment)?;
    let memo = match payment.purpose {
        PaymentPurpose::Invoice | PaymentPurpose::Checkout => match (&number, payment.checkout_id) {
            (Some(number), _) => format!("Payment of invoice {number}"),
            (None, Some(checkout)) => format!("Payment that came too late for checkout {checkout}"),
            (None, None) => "Payment".to_owned(),
        },
        PaymentPurpose::Plan => match &number {
            Some(number) => format!("Payment of invoice {number}"),
            None => "Payment that came too late for a plan".to_owned(),
        },
        PaymentPurpose::Package => match &number {
            Some(number) => format!("Payment of invoice {number}"),
            None => "Payment that came too late for a package".to_owned(),
        },
        PaymentPurpose::WalletTopUp => "Payment into the wallet".to_owned(),
        PaymentPurpose::FirstPeriod => "Payment on account in the first period".to_owned(),
    };
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Payment,
            reference: reference.to_owned(),
            posted_at: tx.business_now(),
            memo,
            legs: vec![(Account::cash(entity), amount), (account, amount.negated()?)],
        },
    )?;
    if account == Account::wallet(entity, supplier) {
        wallets::money::topped_up(tx, payment, amount)?;
    }
    let facts = json!({
        "payment_id": payment.id, "purpose": payment.purpose, "invoice_id": payment.invoice_id,
        "checkout_id": payment.checkout_id, "plan_subscription_id": payment.plan_subscription_id,
        "package_id": payment.package_id, "number": number, "amount": amount, "channel": payment.channel,
        "method": payment.method,
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
            let open = invoices::lock(tx, invoice_id)?.open()?;
            use_account_credit(tx, invoice_id, open)?;
        }
    }
    // Out of the wallet comes what it has, and the rest is owed; of a refund, what is set aside is paid out.
    let undone = match (why, payment.purpose) {
        (GivenBack::Dispute, PaymentPurpose::WalletTopUp) => Some(WalletEntryKind::Dispute),
        (GivenBack::Reversal, PaymentPurpose::WalletTopUp) => Some(WalletEntryKind::Reversal),
        _ => None,
    };
    let of_wallet = match undone {
        Some(_) => wallets::money::can_give(tx, payment, amount)?,
        None => payment.money(0),
    };
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
                (Account::cash(entity), amount.negated()?),
                (Account::wallet(entity, supplier), of_wallet),
                (Account::receivable(entity, supplier), amount.minus(of_wallet)?),
            ],
        },
    )?;
    match undone {
        Some(kind) => wallets::money::undo_top_up(tx, payment, kind, of_wallet),
        None => Ok(()),
    }
}

/// Pays out what a wallet had set aside for a refund.
pub(crate) fn pay_out(tx: &mut Tx<'_>, set_aside: Account, amount: Money, reference: &str) -> ApiResult<()> {
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Refund,
            reference: reference.to_owned(),
            posted_at: tx.business_now(),
            memo: "Refund out of the wallet".to_owned(),
            legs: vec![
                (set_aside, amount),
                (Account::cash(set_aside.legal_entity), amount.negated()?),
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

/// Lets what credit notes have left over pay up to so much of an invoice. One that was opened again stays
/// paid so: money that is given back for returned leads is the credit itself.
fn use_account_credit(tx: &mut Tx<'_>, invoice_id: InvoiceId, most: Money) -> ApiResult<Money> {
    let invoice = invoices::lock(tx, invoice_id)?;
    let open = invoice.open()?;
    let (entity, supplier) = (invoice.legal_entity_id, invoice.supplier_id);
    let used = credits::use_up(tx, entity, supplier, invoice_id, most)?;
    if used.minor == 0 {
        return Ok(used);
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
    Ok(used)
}

/// Lets the supplier's credit balance pay an invoice before anything is collected for it; answers what is
/// still open.
pub(crate) fn use_credit(tx: &mut Tx<'_>, invoice_id: InvoiceId) -> ApiResult<Money> {
    let invoice = invoices::get(tx, &crate::auth::Scope::system(), invoice_id)?;
    let open = invoice.open()?;
    if open.minor <= 0 {
        return Ok(open);
    }
    let credit = usable_credit(tx, invoice.legal_entity_id, invoice.supplier_id, invoice.currency)?;
    let used = pay(tx, invoice_id, None, credit)?;
    if used.minor > 0 {
        collection::debt_changed(tx, invoice.supplier_id)?;
    }
    Ok(open.minus(used)?)
}

/// What of the credit balance an invoice may use up: not what is on its way back to the supplier.
fn usable_credit(conn: &mut Conn, entity: LegalEntityId, supplier: SupplierId, currency: Currency) -> ApiResult<Money> {
    let credit = store::credit_balance(conn, entity, supplier, currency)?;
    let leaving = store::on_its_way_back(conn, entity, supplier, currency)?;
    Ok(Money::new((credit.minor - leaving).max(0), currency))
}

/// All credit that a supplier's next order may use: what credit notes have left over, and its credit
/// balance. The caller holds the supplier.
pub(crate) fn credit_for_an_order(
    tx: &mut Tx<'_>,
    entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
) -> ApiResult<Money> {
    credit_of(tx, entity, supplier, currency)
}

/// All credit of a supplier: what credit notes have left over, and its credit balance.
pub(crate) fn credit_of(
    conn: &mut Conn,
    entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
) -> ApiResult<Money> {
    let of_notes: i64 = credits::left(conn, entity, supplier, currency)?;
    Ok(usable_credit(conn, entity, supplier, currency)?.plus(Money::new(of_notes, currency))?)
}

/// What is open of a supplier's invoices.
pub(crate) fn open_of(conn: &mut Conn, supplier: SupplierId, currency: Currency) -> ApiResult<Money> {
    let mut open = Money::zero(currency);
    for id in store::open_invoices(conn, supplier)? {
        open = open.plus(invoices::get(conn, &crate::auth::Scope::system(), id)?.open()?)?;
    }
    Ok(open)
}

/// Lets credit pay so much of an order's invoice, that of credit notes first; answers how much it paid.
pub(crate) fn use_credit_for_an_order(tx: &mut Tx<'_>, invoice_id: InvoiceId, most: Money) -> ApiResult<Money> {
    if most.minor <= 0 {
        return Ok(most);
    }
    let invoice = invoices::lock(tx, invoice_id)?;
    let (entity, supplier) = (invoice.legal_entity_id, invoice.supplier_id);
    let of_notes = use_account_credit(tx, invoice_id, most)?;
    let left = most.minus(of_notes)?;
    let balance = usable_credit(tx, entity, supplier, invoice.currency)?;
    let of_balance = pay(tx, invoice_id, None, invoice.money(left.minor.min(balance.minor)))?;
    Ok(of_notes.plus(of_balance)?)
}
