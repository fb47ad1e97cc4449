//! A gateway payment's life: begun, tried, and told about.

use super::money::{self, GivenBack};
use super::rules::{AfterFailure, Known, after_failure, method_of};
use super::store::{self, AttemptRow, PaymentRow};
use crate::auth::{Actor, Scope};
use crate::calendar::Zone;
use crate::checkouts::complete::Settled;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::gateway::Charge;
use crate::invoices::store::{self as invoices, InvoiceRow};
use crate::notifications;
use crate::payment_methods::store::MethodRow;
use crate::policy::Policies;
use crate::suppliers::care;
use crate::suppliers::store::{self as suppliers, Account};
use crate::{checkouts, packages, plans, refunds, wallets};
use serde_json::json;
use time::Duration;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::{
    AttemptStatus, DisputeStatus, PaymentAction, PaymentChannel, PaymentFailure, PaymentOrigin, PaymentPurpose,
    PaymentStatus,
};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{
    CheckoutId, InvoiceId, LegalEntityId, Money, PackageId, PaymentAttemptId, PaymentId, PlanSubscriptionId,
    ProgrammeId, SupplierId, Timestamp,
};

/// The gateway is asked about a pending charge so often, whether its events come or not.
const ASKED_EVERY: Duration = Duration::hours(24);
/// Nothing is late before this, even a charge that should be over at once.
const SHORTEST_PATIENCE_HOURS: i64 = 1;

/// What is to be charged, and for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) programme: ProgrammeId,
    pub(crate) legal_entity: LegalEntityId,
    pub(crate) supplier: SupplierId,
    pub(crate) purpose: PaymentPurpose,
    /// The invoice that the money pays, where it pays one.
    pub(crate) invoice: Option<InvoiceId>,
    /// The checkout that it completes.
    pub(crate) checkout: Option<CheckoutId>,
    /// The plan that it begins.
    pub(crate) plan: Option<PlanSubscriptionId>,
    /// The package that it begins.
    pub(crate) package: Option<PackageId>,
    pub(crate) amount: Money,
}

/// Begins a payment of what an invoice has open, with its first attempt. The caller holds the supplier and
/// has used up its credit balance.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    invoice: &InvoiceRow,
    method: &MethodRow,
    origin: PaymentOrigin,
    policy: &PolicySet,
    actor: &Actor,
) -> ApiResult<PaymentId> {
    let asked = Asked {
        programme: invoice.programme_id,
        legal_entity: invoice.legal_entity_id,
        supplier: invoice.supplier_id,
        purpose: PaymentPurpose::Invoice,
        invoice: Some(invoice.id),
        checkout: None,
        plan: None,
        package: None,
        amount: invoice.open()?,
    };
    begin_for(tx, &asked, method, origin, policy, actor)
}

/// Begins a payment, with its first attempt. The caller holds the supplier.
pub(crate) fn begin_for(
    tx: &mut Tx<'_>,
    asked: &Asked,
    method: &MethodRow,
    origin: PaymentOrigin,
    policy: &PolicySet,
    actor: &Actor,
) -> ApiResult<PaymentId> {
    let id: PaymentId = tx.new_id();
    let now = tx.business_now();
    let payment = PaymentRow {
        id,
        programme_id: asked.programme,
        legal_entity_id: asked.legal_entity,
        supplier_id: asked.supplier,
        purpose: asked.purpose,
        invoice_id: asked.invoice,
        checkout_id: asked.checkout,
        plan_subscription_id: asked.plan,
        package_id: asked.package,
        channel: PaymentChannel::Gateway,
        origin,
        method: method_of(method.kind),
        payment_method_id: Some(method.id),
        reference: id.to_string(),
        status: PaymentStatus::Created,
        amount_minor: asked.amount.minor,
        captured_minor: 0,
        applied_minor: 0,
        refunded_minor: 0,
        lost_minor: 0,
        currency: asked.amount.currency,
        received_on: None,
        recorded_by: actor.name.clone(),
        attempts: 1,
        failure: None,
        next_attempt_at: None,
        late_at: Some(late_at(tx, policy, asked.purpose, method)),
        alerted_at: None,
        void_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &payment)?;
    add_attempt(tx, &payment, method)?;
    let facts = json!({
        "payment_id": id, "purpose": asked.purpose, "invoice_id": asked.invoice, "checkout_id": asked.checkout,
        "plan_subscription_id": asked.plan, "package_id": asked.package, "amount": asked.amount, "method": payment.method, "origin": origin,
    });
    events::push(tx, EventKind::PaymentStarted, subject(&payment), &facts)?;
    Ok(id)
}

/// When staff are told that a payment takes too long: the method's terms say so (R8).
fn late_at(tx: &Tx<'_>, policy: &PolicySet, purpose: PaymentPurpose, method: &MethodRow) -> Timestamp {
    let terms = match purpose {
        PaymentPurpose::WalletTopUp => wallets::rules::method_terms(policy, method.kind),
        PaymentPurpose::Invoice
        | PaymentPurpose::Checkout
        | PaymentPurpose::Plan
        | PaymentPurpose::Package
        | PaymentPurpose::FirstPeriod => policy.payment_methods.get(&method.kind),
    };
    let hours = terms.map_or(0, |terms| i64::from(terms.pending_hours));
    tx.business_now()
        .plus(Duration::hours(hours.max(SHORTEST_PATIENCE_HOURS)))
}

fn subject(payment: &PaymentRow) -> Subject {
    Subject::of(payment.id)
        .programme(payment.programme_id)
        .supplier(payment.supplier_id)
}

fn add_attempt(tx: &mut Tx<'_>, payment: &PaymentRow, method: &MethodRow) -> ApiResult<()> {
    let now = tx.business_now();
    let attempt = AttemptRow {
        id: tx.new_id(),
        payment_id: payment.id,
        number: payment.attempts,
        payment_method_id: method.id,
        amount_minor: payment.amount_minor,
        currency: payment.currency,
        status: AttemptStatus::Created,
        reference: None,
        failure: None,
        dispute: None,
        sent_at: None,
        ask_at: Some(now.plus(ASKED_EVERY)),
        created_at: now,
        updated_at: now,
    };
    store::insert_attempt(tx, &attempt)
}

/// Begins another try of a payment: its time has come, or a person pays by hand. Answers false where there
/// is nothing left to pay, and the payment is void then. The caller holds the supplier.
pub(crate) fn try_again(tx: &mut Tx<'_>, id: PaymentId, method: &MethodRow, policy: &PolicySet) -> ApiResult<bool> {
    let mut payment = store::find(tx, id)?;
    let open = open_of(tx, &payment)?;
    if open.minor <= 0 {
        payment.status = moved(payment.status, PaymentAction::Void)?;
        payment.void_reason = Some("Nothing was open any more.".to_owned());
        payment.next_attempt_at = None;
        store::save(tx, &payment)?;
        return Ok(false);
    }
    payment.status = moved(payment.status, PaymentAction::Retry)?;
    payment.attempts += 1;
    payment.amount_minor = open.minor;
    payment.payment_method_id = Some(method.id);
    payment.method = method_of(method.kind);
    payment.failure = None;
    payment.next_attempt_at = None;
    payment.late_at = Some(late_at(tx, policy, payment.purpose, method));
    payment.alerted_at = None;
    store::save(tx, &payment)?;
    add_attempt(tx, &payment, method)?;
    let facts = json!({
        "payment_id": id, "invoice_id": payment.invoice_id, "amount": open, "method": payment.method,
        "attempt": payment.attempts,
    });
    events::push(tx, EventKind::PaymentStarted, subject(&payment), &facts)?;
    Ok(true)
}

/// Gives a payment up whose next try has no method to charge.
pub(super) fn give_up(tx: &mut Tx<'_>, id: PaymentId) -> ApiResult<()> {
    let mut payment = store::find(tx, id)?;
    payment.status = moved(payment.status, PaymentAction::GiveUp)?;
    payment.next_attempt_at = None;
    payment.failure = Some(PaymentFailure::MethodGone);
    store::save(tx, &payment)
}

fn open_of(tx: &mut Tx<'_>, payment: &PaymentRow) -> ApiResult<Money> {
    let Some(invoice) = payment.invoice_id else {
        let wanted = match payment.purpose {
            PaymentPurpose::WalletTopUp => wallets::is_open(tx, payment.supplier_id)?,
            // The first period's own invoice charges it then.
            PaymentPurpose::FirstPeriod => !store::was_invoiced(tx, payment.supplier_id)?,
            PaymentPurpose::Invoice | PaymentPurpose::Checkout | PaymentPurpose::Plan | PaymentPurpose::Package => true,
        };
        return Ok(payment.money(if wanted { payment.amount_minor } else { 0 }));
    };
    let invoice = invoices::get(tx, &Scope::system(), invoice)?;
    if invoice.status.takes_payments() {
        invoice.open()
    } else {
        Ok(invoice.money(0))
    }
}

fn moved(status: PaymentStatus, action: PaymentAction) -> ApiResult<PaymentStatus> {
    status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))
}

/// Hears how a charge stands, from whomever; answers whether that was news.
pub(crate) fn hear_charge(tx: &mut Tx<'_>, attempt: PaymentAttemptId, charge: &Charge) -> ApiResult<bool> {
    let reference = Some(charge.reference.as_str()).filter(|text| !text.is_empty());
    hear(tx, attempt, Known::of(charge.status, charge.failure), reference)
}

/// Joins news of a try with what is known of it, and does what follows from the difference.
pub(crate) fn hear(tx: &mut Tx<'_>, id: PaymentAttemptId, news: Known, reference: Option<&str>) -> ApiResult<bool> {
    let Some(before) = store::attempt(tx, id)? else {
        return Ok(false);
    };
    let supplier = store::find(tx, before.payment_id)?.supplier_id;
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    // Read again: whoever held the supplier before may have heard the same.
    let Some(mut attempt) = store::attempt(tx, id)? else {
        return Ok(false);
    };
    let known = Known {
        status: attempt.status,
        failure: attempt.failure,
        dispute: attempt.dispute,
    };
    let joined = known.join(news);
    let named = attempt.reference.is_none() && reference.is_some();
    if joined == known && !named {
        return Ok(false);
    }
    attempt.status = joined.status;
    attempt.failure = joined.failure;
    attempt.dispute = joined.dispute;
    if named {
        attempt.reference = reference.map(str::to_owned);
    }
    store::save_attempt(tx, &attempt)?;

    let mut payment = store::find(tx, attempt.payment_id)?;
    let mut surplus = payment.money(0);
    if joined.status != known.status {
        let is_latest = attempt.number == payment.attempts;
        surplus = follow(tx, &account, &mut payment, &attempt, is_latest)?;
    }
    if joined.dispute != known.dispute {
        dispute(tx, &mut payment, &attempt, known.dispute)?;
    }
    store::save(tx, &payment)?;
    // What the payer's bank asks back already is not given back by us as well.
    if surplus.minor > 0 && joined.dispute.is_none() {
        refunds::give_surplus_back(tx, &payment, surplus)?;
    }
    Ok(joined != known)
}

/// What follows from a try's new status; answers how much came that nothing was waiting for any more, which
/// goes back to where it came from.
fn follow(
    tx: &mut Tx<'_>,
    account: &Account,
    payment: &mut PaymentRow,
    attempt: &AttemptRow,
    is_latest: bool,
) -> ApiResult<Money> {
    let nothing = payment.money(0);
    // A try that was given up long ago says nothing about the payment's status, unless money came of it.
    let action = match attempt.status {
        AttemptStatus::Created => return Ok(nothing),
        AttemptStatus::Unknown => PaymentAction::LoseTrack,
        AttemptStatus::Pending => PaymentAction::Acknowledge,
        AttemptStatus::Failed => PaymentAction::Fail,
        AttemptStatus::Succeeded => PaymentAction::Succeed,
    };
    if attempt.status == AttemptStatus::Succeeded {
        let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
        payment.received_on = Some(zone.date_of(tx.business_now()));
        payment.failure = None;
        payment.next_attempt_at = None;
        payment.status = payment.status.after(action).unwrap_or(payment.status);
        if let Some(checkout) = payment.checkout_id {
            payment.invoice_id = complete_checkout(tx, payment, checkout)?;
        }
        if let (Some(plan), None) = (payment.plan_subscription_id, payment.invoice_id) {
            payment.invoice_id = plans::payment_succeeded(tx, plan)?;
        }
        if let (Some(package), None) = (payment.package_id, payment.invoice_id) {
            payment.invoice_id = packages::payment_succeeded(tx, package)?;
        }
        let applied = payment.applied_minor;
        money::take_in(tx, payment, attempt.amount(), &attempt.id.to_string())?;
        return match payment.purpose {
            PaymentPurpose::Checkout | PaymentPurpose::Plan | PaymentPurpose::Package => {
                Ok(attempt.amount().minus(payment.money(payment.applied_minor - applied))?)
            }
            // What an invoice does not take is the supplier's credit balance.
            PaymentPurpose::Invoice | PaymentPurpose::WalletTopUp | PaymentPurpose::FirstPeriod => Ok(nothing),
        };
    }
    let Some(status) = payment.status.after(action).ok().filter(|_| is_latest) else {
        return Ok(nothing);
    };
    payment.status = status;
    if attempt.status == AttemptStatus::Failed {
        payment.failure = attempt.failure;
        failed(tx, account, payment, attempt)?;
    }
    Ok(nothing)
}

/// The money of a checkout is there: gives the invoice that it pays, or none where the checkout ended before.
fn complete_checkout(tx: &mut Tx<'_>, payment: &PaymentRow, checkout: CheckoutId) -> ApiResult<Option<InvoiceId>> {
    // An order is opened once in a while: one parsed policy needs no place among those that are kept.
    let (policies, actor) = (Policies::default(), Actor::system(&payment.recorded_by));
    Ok(
        match checkouts::complete::payment_succeeded(tx, &policies, &actor, checkout)? {
            Settled::Completed(invoice) => Some(invoice),
            Settled::TooLate(_) => None,
        },
    )
}

/// Plans the next try of a payment that began by itself, or gives it up, and says so.
fn failed(tx: &mut Tx<'_>, account: &Account, payment: &mut PaymentRow, attempt: &AttemptRow) -> ApiResult<()> {
    let tried_again = matches!(
        payment.origin,
        PaymentOrigin::Collection | PaymentOrigin::Cancellation | PaymentOrigin::Refill | PaymentOrigin::Renewal
    );
    if tried_again {
        let plan = care::policy(tx, account)?.dunning;
        let action = match after_failure(&plan, attempt.number, attempt.failure, tx.business_now()) {
            AfterFailure::RetryAt(at) => {
                payment.next_attempt_at = Some(at);
                PaymentAction::ScheduleRetry
            }
            AfterFailure::GiveUp => PaymentAction::GiveUp,
        };
        payment.status = moved(payment.status, action)?;
    }
    if let Some(checkout) = payment.checkout_id
        && payment.status != PaymentStatus::ScheduledRetry
    {
        let actor = Actor::system(&payment.recorded_by);
        checkouts::end::payment_refused(tx, &Policies::default(), &actor, checkout)?;
    }
    let facts = json!({
        "payment_id": payment.id, "invoice_id": payment.invoice_id, "checkout_id": payment.checkout_id,
        "plan_subscription_id": payment.plan_subscription_id, "package_id": payment.package_id,
        "amount": attempt.amount(), "failure": attempt.failure,
        "status": payment.status, "attempt": attempt.number, "next_attempt_at": payment.next_attempt_at,
    });
    events::push(tx, EventKind::PaymentFailed, subject(payment), &facts)?;
    notifications::record(
        tx,
        NotificationKind::PaymentFailed,
        &attempt.id.to_string(),
        payment.programme_id,
        Some(payment.supplier_id),
        &facts,
    )?;
    Ok(())
}

/// The payer's bank asks for the money of a try back, or has decided.
fn dispute(
    tx: &mut Tx<'_>,
    payment: &mut PaymentRow,
    attempt: &AttemptRow,
    before: Option<DisputeStatus>,
) -> ApiResult<()> {
    let Some(now) = attempt.dispute else {
        return Ok(());
    };
    let facts = json!({
        "payment_id": payment.id, "invoice_id": payment.invoice_id, "amount": attempt.amount(), "dispute": now,
    });
    if before.is_none() {
        payment.status = payment
            .status
            .after(PaymentAction::OpenDispute)
            .unwrap_or(payment.status);
        events::push(tx, EventKind::PaymentDisputed, subject(payment), &facts)?;
        let key = attempt.id.to_string();
        notifications::record(
            tx,
            NotificationKind::PaymentDisputed,
            &key,
            payment.programme_id,
            None,
            &facts,
        )?;
    }
    match now {
        DisputeStatus::Open => return Ok(()),
        DisputeStatus::Won => {
            let mut status = payment
                .status
                .after(PaymentAction::WinDispute)
                .unwrap_or(payment.status);
            if payment.refunded_minor > 0 {
                let refunded = if payment.refunded_minor < payment.captured_minor {
                    PaymentAction::RefundPart
                } else {
                    PaymentAction::RefundAll
                };
                status = status.after(refunded).unwrap_or(status);
            }
            payment.status = status;
        }
        DisputeStatus::Lost => {
            payment.status = payment
                .status
                .after(PaymentAction::LoseDispute)
                .unwrap_or(payment.status);
            // What was given back already is not taken a second time.
            let left = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
            let lost = payment.money(attempt.amount_minor.min(left));
            if lost.minor > 0 {
                payment.lost_minor += lost.minor;
                money::give_back(tx, payment, lost, GivenBack::Dispute, &attempt.id.to_string())?;
            }
        }
    }
    events::push(tx, EventKind::PaymentDisputeDecided, subject(payment), &facts)?;
    Ok(())
}
