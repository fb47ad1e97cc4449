//! What people do with payments: record, make void, pay by hand, give an invoice up.

use super::store::{self, PaymentRow};
use super::{charging, money};
use crate::audit;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::allowance;
use crate::invoices::rules::{PaymentRefusal, after_payment};
use crate::invoices::store::{self as invoices, InvoiceRow};
use crate::payment_methods::store::{self as methods, MethodRow};
use crate::suppliers::store as suppliers;
use crate::suppliers::{care, fields};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::invoices::{Invoice, InvoiceAction};
use tradepost_contract::payment_methods::StoredMethodStatus;
use tradepost_contract::payments::{
    PayInvoice, Payment, PaymentAction, PaymentChannel, PaymentMethod, PaymentOrigin, PaymentOutcome, PaymentPurpose,
    PaymentStatus, RecordPayment, VoidPayment,
};
use tradepost_contract::{
    FieldError, InvoiceId, LegalEntityId, LocalDate, Money, PaymentId, PaymentMethodId, ProblemCode, ProgrammeId,
    SupplierId,
};

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
    suppliers::hold(tx, &caller.scope(), before.supplier_id)?;
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
    let receipt = Receipt {
        programme: invoice.programme_id,
        legal_entity: invoice.legal_entity_id,
        supplier: invoice.supplier_id,
        invoice: Some(invoice_id),
        amount,
        method: asked.method,
        reference: &asked.reference,
        received_on: asked.received_on,
    };
    let payment = receive(tx, caller, &receipt)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "payment.recorded",
            object: invoice_id.to_string(),
            supplier: Some(invoice.supplier_id),
            before: Some(json!({ "status": invoice.status, "open": open })),
            after: Some(
                json!({ "status": status, "payment_id": payment.id, "amount": amount, "reference": payment.reference }),
            ),
            reason: None,
        },
    )?;
    store::show(tx, &caller.scope(), payment.id)
}

/// Money that arrived outside the gateway, as finance writes it down: for an invoice, or for a wallet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receipt<'a> {
    pub(crate) programme: ProgrammeId,
    pub(crate) legal_entity: LegalEntityId,
    pub(crate) supplier: SupplierId,
    /// The invoice; without one it is for the supplier's wallet.
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) amount: Money,
    pub(crate) method: PaymentMethod,
    pub(crate) reference: &'a str,
    pub(crate) received_on: LocalDate,
}

fn check_receipt(tx: &mut Tx<'_>, programme: ProgrammeId, reference: &str, received_on: LocalDate) -> ApiResult<()> {
    let zone = Zone::parse(&invoices::programme_zone(tx, programme)?).map_err(ApiError::internal)?;
    let mut faults = Vec::new();
    let length = reference.trim().chars().count();
    if !(1..=LONGEST_REFERENCE).contains(&length) {
        faults.push(FieldError::new("/reference", "length", "expected 1 to 140 characters"));
    }
    if received_on > zone.date_of(tx.business_now()) {
        faults.push(FieldError::new(
            "/received_on",
            "in_the_future",
            "a payment is recorded once it was received",
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Takes in money that came outside the gateway. The caller holds the supplier and has said how much may come.
pub(crate) fn receive(tx: &mut Tx<'_>, caller: &Caller, receipt: &Receipt<'_>) -> ApiResult<PaymentRow> {
    check_receipt(tx, receipt.programme, receipt.reference, receipt.received_on)?;
    let now = tx.business_now();
    let mut payment = PaymentRow {
        id: tx.new_id::<PaymentId>(),
        programme_id: receipt.programme,
        legal_entity_id: receipt.legal_entity,
        supplier_id: receipt.supplier,
        purpose: match receipt.invoice {
            Some(_) => PaymentPurpose::Invoice,
            None => PaymentPurpose::WalletTopUp,
        },
        invoice_id: receipt.invoice,
        checkout_id: None,
        plan_subscription_id: None,
        package_id: None,
        channel: PaymentChannel::Recorded,
        origin: PaymentOrigin::Recorded,
        method: receipt.method,
        payment_method_id: None,
        reference: receipt.reference.trim().to_owned(),
        status: PaymentStatus::Succeeded,
        amount_minor: receipt.amount.minor,
        captured_minor: 0,
        applied_minor: 0,
        refunded_minor: 0,
        lost_minor: 0,
        currency: receipt.amount.currency,
        received_on: Some(receipt.received_on),
        recorded_by: caller.actor().name,
        attempts: 0,
        failure: None,
        next_attempt_at: None,
        late_at: None,
        alerted_at: None,
        void_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &payment)?;
    let key = payment.id.to_string();
    money::take_in(tx, &mut payment, receipt.amount, &key)?;
    store::save(tx, &payment)?;
    Ok(payment)
}

/// Makes a payment void that was recorded by mistake: its invoice is open again, or the wallet has it no more; its
/// entry is reversed.
pub(super) fn void(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PaymentId,
    if_match: Option<i64>,
    asked: &VoidPayment,
) -> ApiResult<Payment> {
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let scope = caller.scope();
    let supplier = store::show(tx, &scope, id)?.supplier_id;
    suppliers::hold(tx, &scope, supplier)?;
    let mut payment = store::find(tx, id)?;
    if if_match.is_some_and(|version| version != payment.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if payment.channel != PaymentChannel::Recorded {
        return Err(ApiError::conflict(
            "The gateway collected this payment: it is refunded, not made void.",
        ));
    }
    let before = payment.status;
    payment.status = before
        .after(PaymentAction::Void)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    let amount = payment.money(payment.captured_minor);
    let key = id.to_string();
    money::give_back(tx, &mut payment, amount, money::GivenBack::Reversal, &key)?;
    payment.captured_minor = 0;
    payment.void_reason = Some(reason.clone());
    store::save(tx, &payment)?;
    let facts = json!({ "payment_id": id, "invoice_id": payment.invoice_id, "amount": amount });
    let subject = Subject::of(id).programme(payment.programme_id).supplier(supplier);
    events::push(tx, EventKind::PaymentVoided, subject, &facts)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "payment.voided",
            object: key,
            supplier: Some(supplier),
            before: Some(json!({ "status": before, "captured": amount })),
            after: Some(json!({ "status": payment.status })),
            reason: Some(&reason),
        },
    )?;
    store::show(tx, &scope, id)
}

/// Pays what an invoice has open with a stored method, now: the gateway is asked after the commit.
///
/// The supplier's credit balance pays first. Where it pays everything there is nothing to charge, and no
/// stored method is needed either.
pub(super) fn pay(
    tx: &mut Tx<'_>,
    caller: &Caller,
    invoice_id: InvoiceId,
    asked: &PayInvoice,
) -> ApiResult<PaymentOutcome> {
    let scope = caller.scope();
    let supplier = invoices::get(tx, &scope, invoice_id)?.supplier_id;
    let account = suppliers::hold(tx, &scope, supplier)?;
    let policy = care::policy(tx, &account)?;
    let before = invoices::get(tx, &scope, invoice_id)?;
    if !before.status.takes_payments() {
        return Err(ApiError::conflict(format!("The invoice is {}.", before.status)));
    }
    let under_way = store::live_of(tx, invoice_id)?;
    if under_way
        .as_ref()
        .is_some_and(|payment| payment.status != PaymentStatus::ScheduledRetry)
    {
        return Err(ApiError::conflict("A payment of this invoice is under way."));
    }
    if money::use_credit(tx, invoice_id)?.minor == 0 {
        return settled_by_credit(tx, caller, &before, under_way);
    }
    let method = method_to_charge(tx, caller, supplier, asked.payment_method_id)?;
    let invoice = invoices::get(tx, &scope, invoice_id)?;
    let id = match under_way {
        Some(waiting) => {
            charging::try_again(tx, waiting.id, &method, &policy)?;
            waiting.id
        }
        None => charging::begin(tx, &invoice, &method, PaymentOrigin::ByHand, &policy, &caller.actor())?,
    };
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "invoice.paid_by_hand",
            object: invoice_id.to_string(),
            supplier: Some(supplier),
            before: None,
            after: Some(json!({ "payment_id": id, "amount": invoice.open()?, "payment_method_id": method.id })),
            reason: None,
        },
    )?;
    Ok(PaymentOutcome {
        payment: Some(store::show(tx, &scope, id)?),
        invoice: invoices::show(tx, &scope, invoice_id)?,
    })
}

/// The credit balance paid all of an invoice: a retry that was planned for it has nothing left to charge.
fn settled_by_credit(
    tx: &mut Tx<'_>,
    caller: &Caller,
    before: &InvoiceRow,
    planned: Option<PaymentRow>,
) -> ApiResult<PaymentOutcome> {
    if let Some(mut planned) = planned {
        planned.status = planned
            .status
            .after(PaymentAction::Void)
            .map_err(|refused| ApiError::conflict(refused.to_string()))?;
        planned.next_attempt_at = None;
        planned.void_reason = Some("The credit balance paid the invoice.".to_owned());
        store::save(tx, &planned)?;
    }
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "invoice.paid_by_credit",
            object: before.id.to_string(),
            supplier: Some(before.supplier_id),
            before: Some(json!({ "status": before.status, "open": before.open()? })),
            after: Some(json!({ "open": before.money(0) })),
            reason: None,
        },
    )?;
    Ok(PaymentOutcome {
        payment: None,
        invoice: invoices::show(tx, &caller.scope(), before.id)?,
    })
}

/// The stored method that was asked for, or the default one.
pub(crate) fn method_to_charge(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    asked: Option<PaymentMethodId>,
) -> ApiResult<MethodRow> {
    let Some(id) = asked else {
        return methods::default_of(tx, supplier)?.ok_or_else(|| {
            ApiError::conflict("There is no stored way to pay. Add one first, or send the money to the seller.")
        });
    };
    let found = match methods::get(tx, &caller.scope(), id) {
        Ok(method) => Some(method),
        Err(error) if error.code() == ProblemCode::NotFound => None,
        Err(error) => return Err(error),
    };
    // Staff see every supplier's methods, and charge an invoice to its own supplier's only.
    found
        .filter(|method| method.supplier_id == supplier && method.status == StoredMethodStatus::Active)
        .ok_or_else(|| ApiError::unknown_id("/payment_method_id"))
}

/// Gives an overdue invoice up. What is owed stays owed, and a late payment is still taken; the books no longer
/// expect it.
pub(super) fn write_off(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: InvoiceId,
    if_match: Option<i64>,
    reason: &str,
) -> ApiResult<Invoice> {
    let reason = fields::required_reason("/reason", reason)?;
    let scope = caller.scope();
    let before = invoices::get(tx, &scope, id)?;
    if if_match.is_some_and(|version| version != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    suppliers::hold(tx, &scope, before.supplier_id)?;
    let invoice = invoices::lock(tx, id)?;
    if store::live_of(tx, id)?.is_some() {
        return Err(ApiError::conflict("A payment of this invoice is under way."));
    }
    let status = invoice
        .status
        .after(InvoiceAction::WriteOff)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    invoices::set_status(tx, id, status)?;
    allowance::provide(tx, id)?;
    let facts = json!({ "invoice_id": id, "number": invoice.number, "open": invoice.open()? });
    let subject = Subject::of(id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::InvoiceUncollectible, subject, &facts)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "invoice.written_off",
            object: id.to_string(),
            supplier: Some(invoice.supplier_id),
            before: Some(json!({ "status": invoice.status })),
            after: Some(json!({ "status": status, "open": invoice.open()? })),
            reason: Some(&reason),
        },
    )?;
    invoices::show(tx, &scope, id)
}
