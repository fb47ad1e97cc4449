//! The invoice of an order that is paid when it is placed (K12): one line for the whole order.

use super::order_store::{self, NewInvoice};
use super::rules::invoice_number;
use crate::billing_runs::store as parties;
use crate::billing_runs::store::lines::take_number;
use crate::calendar;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use crate::payments::money;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::{InvoiceAction, InvoiceStatus};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{CheckoutId, InvoiceId, Money, ProgrammeId, SupplierId};

/// What is charged for an order.
#[derive(Debug, Clone)]
pub(crate) struct OrderInvoice {
    /// Where it was ordered.
    pub(crate) checkout: CheckoutId,
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    /// The order in words.
    pub(crate) description: String,
    pub(crate) net: Money,
    pub(crate) tax: Money,
    /// How much of it credit of the account pays.
    pub(crate) credit: Money,
    /// The one tax of the order, as a JSON list.
    pub(crate) taxes: String,
}

/// Issues the invoice of an order, posts it, and lets credit pay the part that was held for it. It is final at
/// once; one that comes to nothing is paid at once.
pub(crate) fn issue(tx: &mut Tx<'_>, policy: &PolicySet, order: &OrderInvoice) -> ApiResult<InvoiceId> {
    let seller = parties::seller(tx, order.programme)?.ok_or_else(ApiError::not_found)?;
    let buyer = parties::buyer(tx, order.supplier)?;
    let total = order.net.plus(order.tax)?;
    let now = tx.business_now();
    let issued_on = seller.zone.date_of(now);
    let opened = InvoiceStatus::Draft
        .after(InvoiceAction::Finalise)
        .map_err(ApiError::internal)?;
    let status = if total.minor == 0 {
        opened.after(InvoiceAction::Settle).map_err(ApiError::internal)?
    } else {
        opened
    };
    let (sequence, prefix) = take_number(tx, &seller)?;
    let number = invoice_number(&prefix, sequence);
    let due_on = calendar::due_on(&seller.zone, now, policy.billing.terms_days);
    let new = NewInvoice {
        id: tx.new_id(),
        number: &number,
        sequence,
        status,
        starts_on: issued_on,
        ends_before: issued_on.plus_days(1),
        due_on,
        collect_on: calendar::collected_on(&policy.billing.collection_rule, &policy.calendar, issued_on),
        legal_entity: seller.legal_entity,
        seller: &seller.party,
        buyer: &buyer,
        total,
    };
    order_store::insert(tx, order, &new)?;
    let entity = seller.legal_entity;
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Invoice,
            reference: number.clone(),
            posted_at: now,
            memo: format!("Invoice {number}"),
            legs: vec![
                (Account::receivable(entity, order.supplier), total),
                (Account::revenue(entity, order.programme), order.net.negated()?),
                (Account::tax_payable(entity), order.tax.negated()?),
            ],
        },
    )?;
    let facts = json!({
        "invoice_id": new.id, "number": number, "checkout_id": order.checkout, "lines": 1, "total": total, "due_on": due_on,
    });
    let subject = Subject::of(new.id).programme(order.programme).supplier(order.supplier);
    events::push(tx, EventKind::InvoiceIssued, subject, &facts)?;
    let (occasion, supplier) = (new.id.to_string(), Some(order.supplier));
    notifications::record(
        tx,
        NotificationKind::Invoice,
        &occasion,
        order.programme,
        supplier,
        &facts,
    )?;
    money::use_credit_for_an_order(tx, new.id, order.credit)?;
    Ok(new.id)
}
