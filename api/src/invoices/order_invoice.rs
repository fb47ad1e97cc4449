//! The invoice of what is charged as a whole: an order that is paid when it is placed (K12), a period of a plan (R95), the advance
//! of a package (R117, R118).

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
use tradepost_contract::invoices::{InvoiceAction, InvoiceLineKind, InvoiceStatus};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{
    CheckoutId, InvoiceId, LocalDate, Money, PackageId, PlanSubscriptionId, ProgrammeId, SupplierId,
};

/// One line, in words and with its sums.
#[derive(Debug, Clone)]
pub(crate) struct OrderLine {
    pub(crate) kind: InvoiceLineKind,
    pub(crate) description: String,
    pub(crate) net: Money,
    pub(crate) tax: Money,
}

/// What is charged for an order, a plan or a package.
#[derive(Debug, Clone)]
pub(crate) struct OrderInvoice {
    /// Where it was ordered, or else the plan or the package.
    pub(crate) checkout: Option<CheckoutId>,
    pub(crate) plan: Option<PlanSubscriptionId>,
    pub(crate) package: Option<PackageId>,
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    pub(crate) lines: Vec<OrderLine>,
    /// The sums of the lines.
    pub(crate) net: Money,
    pub(crate) tax: Money,
    /// The one tax of all lines, as a JSON list.
    pub(crate) taxes: String,
    /// The days that it is for, the second one excluded; without them, the day it is issued.
    pub(crate) days: Option<(LocalDate, LocalDate)>,
    /// How much credit of the account may pay of it.
    pub(crate) credit: Money,
}

/// Issues the invoice of an order, a plan or a package, posts it, and lets credit pay its part. It is final at once; one
/// that comes to nothing is paid at once.
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
    let (starts_on, ends_before) = order.days.unwrap_or((issued_on, issued_on.plus_days(1)));
    let due_on = calendar::due_on(&seller.zone, now, policy.billing.terms_days);
    let new = NewInvoice {
        id: tx.new_id(),
        number: &number,
        sequence,
        status,
        starts_on,
        ends_before,
        due_on,
        collect_on: calendar::collected_on(&policy.billing.collection_rule, &policy.calendar, issued_on, issued_on),
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
        "invoice_id": new.id, "number": number, "checkout_id": order.checkout, "plan_subscription_id": order.plan,
        "package_id": order.package,
        "lines": order.lines.len(), "total": total, "due_on": due_on,
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
