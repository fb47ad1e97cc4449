//! What people do with packages: offer, pay, cancel; and how one begins.

use super::rules::{self, Introduction};
use super::store::{self, Row};
use super::view;
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::billing_runs;
use crate::businesses::store as businesses;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::order_invoice::{self, OrderInvoice, OrderLine};
use crate::market;
use crate::notifications;
use crate::payments::charging::{self, Asked};
use crate::payments::{ops as paying, store as payments};
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields, standing};
use crate::tax::rules::Split;
use serde_json::json;
use tradepost_contract::businesses::BusinessStatus;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::InvoiceLineKind;
use tradepost_contract::packages::{CancelPackage, CreatePackage, Package, PackageAction, PackageKind, PackageStatus};
use tradepost_contract::payments::{PaymentOrigin, PaymentPurpose};
use tradepost_contract::policy::{FirstAccess, PackagePolicy, PolicySet};
use tradepost_contract::suppliers::{SupplierAction, SupplierStatus};
use tradepost_contract::{BusinessId, InvoiceId, Money, PackageId, ProblemCode};

/// The package, its account and policy, held until the transaction ends.
fn held(tx: &mut Tx<'_>, scope: &Scope, id: PackageId) -> ApiResult<(Row, Account, PolicySet)> {
    let supplier = store::get(tx, scope, id)?.supplier_id;
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    let policy = care::policy(tx, &account)?;
    Ok((store::hold(tx, id)?, account, policy))
}

/// Offers a package to a business (R105, R117, R118).
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, asked: &CreatePackage) -> ApiResult<Package> {
    let scope = caller.scope();
    let unknown = || ApiError::unknown_id("/business_id");
    let supplier = businesses::standing(tx, &scope, asked.business_id)?
        .ok_or_else(unknown)?
        .supplier_id;
    let account = suppliers::hold(tx, &scope, supplier)?;
    care::may_be_changed(tx, &account)?;
    let policy = care::policy(tx, &account)?;
    let PackagePolicy::PerBusiness { intro_required, .. } = policy.package else {
        let detail = "The policy of this account offers no packages.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    };
    let business = businesses::hold(tx, &scope, asked.business_id)?.ok_or_else(unknown)?;
    let currency = account.programme.currency;
    let setup = asked.setup_fee.unwrap_or(Money::zero(currency));
    let mut faults = fields::Faults::default();
    if business.status == BusinessStatus::Closed {
        faults.push("/business_id", "closed", "the business is closed");
    }
    if !(1..=rules::MOST_LEADS).contains(&asked.leads) {
        faults.push("/leads", "out_of_range", format!("expected 1 to {}", rules::MOST_LEADS));
    }
    for (pointer, money, least) in [("/price", asked.price, 1), ("/setup_fee", setup, 0)] {
        if !(least..=rules::HIGHEST_PRICE_MINOR).contains(&money.minor) {
            let message = format!("expected {least} to {}", rules::HIGHEST_PRICE_MINOR);
            faults.push(format!("{pointer}/amount"), "out_of_range", message);
        }
        if money.currency != currency {
            let message = format!("the programme is paid in {currency}");
            faults.push(format!("{pointer}/currency"), "wrong_currency", message);
        }
    }
    if asked.kind == PackageKind::Running && setup.minor > 0 {
        let message = "set-up is part of the introductory package";
        faults.push("/setup_fee", "not_offered", message);
    }
    faults.finish()?;
    may_have(tx, asked.business_id, asked.kind, intro_required)?;
    let pct = rules::advance_pct(asked.kind, policy.billing.advance_pct);
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: supplier,
        business_id: asked.business_id,
        kind: asked.kind,
        status: PackageStatus::PendingPayment,
        leads: asked.leads,
        delivered: 0,
        price_minor: asked.price.minor,
        setup_minor: setup.minor,
        advance_pct: pct.to_string(),
        advance_each_minor: rules::advance_each(asked.price, pct)?.minor,
        currency,
        started_at: None,
        completed_at: None,
        cancelled_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    tell(tx, &caller.actor(), "package.offered", None, &row, None)?;
    let facts = json!({
        "package_id": row.id, "business_id": row.business_id, "kind": row.kind, "leads": row.leads,
        "advance": row.advance()?, "path": "/packages",
    });
    let (occasion, whom) = (row.id.to_string(), Some(supplier));
    let programme = row.programme_id;
    notifications::record(tx, NotificationKind::PackageOffered, &occasion, programme, whom, &facts)?;
    view::get(tx, &scope, row.id)
}

/// Refuses a package that is not the business's turn (R117). The caller holds the account.
fn may_have(tx: &mut Tx<'_>, business: BusinessId, kind: PackageKind, intro_required: bool) -> ApiResult<()> {
    let had = match store::introduction(tx, business)? {
        None => Introduction::None,
        Some(row) if row.completed_at.is_some() => Introduction::Complete,
        Some(row) => Introduction::UnderWay(row.remaining()),
    };
    rules::may_have(kind, intro_required, had).map_err(|refusal| ApiError::conflict(refusal.to_string()))
}

/// Begins the payment of what a package costs in advance; the gateway is asked after the commit. One that costs
/// nothing in advance begins at once.
pub(super) fn pay(tx: &mut Tx<'_>, caller: &Caller, id: PackageId) -> ApiResult<Package> {
    let (mut row, account, policy) = held(tx, &caller.scope(), id)?;
    care::may_be_changed(tx, &account)?;
    if row.status != PackageStatus::PendingPayment {
        return Err(ApiError::conflict(format!("The package is {}.", row.status)));
    }
    if let PackagePolicy::PerBusiness {
        intro_required: true, ..
    } = policy.package
        && row.kind == PackageKind::Running
    {
        may_have(tx, row.business_id, row.kind, true)?;
    }
    let advance = row.advance()?;
    if advance.minor == 0 {
        begin(tx, &mut row, &account, &policy, &caller.actor())?;
        return view::get(tx, &caller.scope(), id);
    }
    let method = paying::method_to_charge(tx, caller, row.supplier_id, None)?;
    if !policy.payment_methods.contains_key(&method.kind) {
        let detail = "The programme does not take this way to pay.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    let (programme, supplier) = (row.programme_id, row.supplier_id);
    let (legal_entity, amount) = billing_runs::gross(tx, programme, supplier, &policy.tax, advance)?;
    let asked = Asked {
        programme,
        legal_entity,
        supplier,
        purpose: PaymentPurpose::Package,
        invoice: None,
        checkout: None,
        plan: None,
        package: Some(id),
        amount,
    };
    let actor = caller.actor();
    let payment = charging::begin_for(tx, &asked, &method, PaymentOrigin::ByHand, &policy, &actor)?;
    let change = audit::Change {
        action: "package.paid_by_hand",
        object: id.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(json!({ "payment_id": payment, "amount": amount, "payment_method_id": method.id })),
        reason: None,
    };
    audit::record(tx, &actor, change)?;
    view::get(tx, &caller.scope(), id)
}

/// The money of a package's advance is here: it begins, and the invoice is what the money pays. None where the
/// package does not wait for it any more. The caller holds the supplier.
pub(crate) fn payment_succeeded(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<Option<InvoiceId>> {
    let (mut row, account, policy) = held(tx, &Scope::system(), id)?;
    if row.status != PackageStatus::PendingPayment || account.status.is_over() {
        return Ok(None);
    }
    let invoice = issue(tx, &row, &policy)?;
    begin(tx, &mut row, &account, &policy, &Actor::system("packages"))?;
    Ok(Some(invoice))
}

/// The caller holds the account and the package.
fn begin(tx: &mut Tx<'_>, row: &mut Row, account: &Account, policy: &PolicySet, actor: &Actor) -> ApiResult<()> {
    let before = row.status;
    row.status = moved(before, PackageAction::Begin)?;
    row.started_at = Some(tx.business_now());
    store::save(tx, row)?;
    tell(tx, actor, "package.began", Some(before), row, None)?;
    if account.status == SupplierStatus::Onboarding {
        let why = "The first package is paid.";
        standing::change_by_rule(tx, account, SupplierAction::Activate, why, actor)?;
    }
    if policy.access.first_access == FirstAccess::AfterFirstPayment {
        standing::tell_of_first_payment(tx, account)?;
    } else if account.activated_at.is_none() {
        standing::tell_of_activation(tx, account, tx.business_now())?;
    }
    // The market remembers who was refused for want of a package.
    market::changed(tx)
}

/// Issues the invoice of the advance: one line, the package (R119).
fn issue(tx: &mut Tx<'_>, row: &Row, policy: &PolicySet) -> ApiResult<InvoiceId> {
    let tax = billing_runs::tax_of(tx, row.programme_id, row.supplier_id, &policy.tax)?;
    let names = store::names_of(tx, &[row.business_id])?;
    let (business, _) = names.get(&row.business_id).ok_or_else(ApiError::not_found)?;
    let count = if row.leads == 1 {
        "1 lead".to_owned()
    } else {
        format!("{} leads", row.leads)
    };
    let description = match row.kind {
        PackageKind::Introductory if row.setup_minor > 0 => {
            format!("Introductory package of {business}: set-up and {count}")
        }
        PackageKind::Introductory => format!("Introductory package of {business}: {count}"),
        PackageKind::Running => format!("Package of {business}: advance on {count}"),
    };
    let split = tax
        .on_lines(&[row.advance()?])?
        .pop()
        .ok_or_else(|| ApiError::internal("a line has its tax"))?;
    let sums = Split {
        net: split.net,
        tax: split.tax,
    };
    let new = OrderInvoice {
        checkout: None,
        plan: None,
        package: Some(row.id),
        programme: row.programme_id,
        supplier: row.supplier_id,
        lines: vec![OrderLine {
            kind: InvoiceLineKind::Package,
            description,
            net: split.net,
            tax: split.tax,
        }],
        net: split.net,
        tax: split.tax,
        taxes: serde_json::to_string(&[tax.on_invoice(1, sums)])?,
        days: None,
        // The payment is of all that this costs, so credit of the account is left for later.
        credit: row.money(0),
    };
    order_invoice::issue(tx, policy, &new)
}

/// Cancels a package (R120).
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PackageId,
    if_match: Option<i64>,
    asked: &CancelPackage,
) -> ApiResult<Package> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let (mut row, account, policy) = held(tx, &caller.scope(), id)?;
    care::no_frozen_notice(&account, &policy)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = row.status;
    row.status = moved(before, PackageAction::Cancel)?;
    if payments::live_of_package(tx, id)?.is_some() {
        return Err(ApiError::conflict("A payment of this package is under way."));
    }
    if !rules::may_cancel(&policy.cancel, before) {
        let to_come = rules::leads(row.remaining());
        let detail = format!("{to_come} still to come. The package can be cancelled as soon as it is complete.");
        return Err(ApiError::conflict(detail));
    }
    row.cancelled_at = Some(tx.business_now());
    store::save(tx, &row)?;
    let actor = caller.actor();
    tell(tx, &actor, "package.cancelled", Some(before), &row, reason.as_deref())?;
    view::get(tx, &caller.scope(), id)
}

/// Cancels what there is of packages of an account that ends (K11): what was paid of leads to come lapses, and money
/// that is still on its way goes back. The caller holds the account.
pub(crate) fn end_with_account(tx: &mut Tx<'_>, account: &Account, actor: &Actor, reason: &str) -> ApiResult<()> {
    for id in store::live_of(tx, account.id)? {
        let mut row = store::hold(tx, id)?;
        let before = row.status;
        row.status = moved(before, PackageAction::Cancel)?;
        row.cancelled_at = Some(tx.business_now());
        store::save(tx, &row)?;
        tell(tx, actor, "package.cancelled", Some(before), &row, Some(reason))?;
    }
    Ok(())
}

/// The status that an action leads to, or the conflict.
pub(super) fn moved(status: PackageStatus, action: PackageAction) -> ApiResult<PackageStatus> {
    status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))
}

/// The event and the audit record of a change.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: Option<PackageStatus>,
    row: &Row,
    reason: Option<&str>,
) -> ApiResult<()> {
    let facts = json!({
        "package_id": row.id, "business_id": row.business_id, "kind": row.kind, "status": row.status,
        "leads": row.leads, "delivered": row.delivered, "price": row.money(row.price_minor),
        "advance": row.advance()?,
    });
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::PackageChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: before.map(|status| json!({ "status": status })),
        after: Some(facts),
        reason,
    };
    audit::record(tx, actor, change)
}
