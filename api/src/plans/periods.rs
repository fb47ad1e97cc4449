//! The periods of a plan: begun by its first payment, renewed by time, closed with what was used.

use super::changing;
use super::ops::{held, moved, tell};
use super::rules::{self, Unused};
use super::store::{self, PeriodRow, Row};
use crate::auth::{Actor, Scope};
use crate::billing_runs;
use crate::calendar::Zone;
use crate::calls;
use crate::cancellations;
use crate::change_requests;
use crate::credit_notes::ops as credit_notes;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::invoices::order_invoice::{self, OrderInvoice, OrderLine};
use crate::invoices::store as invoices;
use crate::payments::{money, store as payments};
use crate::refunds;
use crate::suppliers::standing;
use crate::suppliers::store::Account;
use crate::tax::rules::Split;
use tradepost_contract::invoices::InvoiceLineKind;
use tradepost_contract::plans::{PlanAction, PlanStatus};
use tradepost_contract::policy::{FirstAccess, PlanGrace, PolicySet};
use tradepost_contract::suppliers::{SupplierAction, SupplierStatus};
use tradepost_contract::{InvoiceId, LocalDate, Money, PlanSubscriptionId, SupplierId};

/// The money of a plan's first period is here: the plan begins, and the invoice is what the money pays. None
/// where the plan does not wait for it any more. The caller holds the supplier.
pub(crate) fn payment_succeeded(tx: &mut Tx<'_>, id: PlanSubscriptionId) -> ApiResult<Option<InvoiceId>> {
    let (mut row, account, policy) = held(tx, &Scope::system(), id)?;
    if row.status != PlanStatus::PendingPayment || account.status.is_over() {
        return Ok(None);
    }
    let zone = zone_of(&account)?;
    let today = zone.date_of(tx.business_now());
    let actor = Actor::system("plans");
    row.status = moved(row.status, PlanAction::Begin)?;
    row.started_on = Some(today);
    row.renews_on = Some(rules::period_end(today, 1));
    row.period = 1;
    // The payment is of all that this costs, so credit of the account is left for later.
    let (invoice, _) = issue(tx, &row, &policy, vec![advance(&row)?])?;
    open_period(tx, &row, invoice)?;
    store::save(tx, &row)?;
    let before = Some(PlanStatus::PendingPayment);
    tell(tx, &actor, "plan.began", before, &row, None)?;
    if account.status == SupplierStatus::Onboarding {
        let why = "The first period of the plan is paid.";
        standing::change_by_rule(tx, &account, SupplierAction::Activate, why, &actor)?;
    }
    if policy.access.first_access == FirstAccess::AfterFirstPayment {
        standing::tell_of_first_payment(tx, &account)?;
    }
    Ok(Some(invoice))
}

/// The day of a plan has come: its period ends, and the next one begins, or nothing does. False where somebody
/// else was before.
pub(crate) fn renew(tx: &mut Tx<'_>, id: PlanSubscriptionId) -> ApiResult<bool> {
    let (mut row, account, policy) = held(tx, &Scope::system(), id)?;
    let zone = zone_of(&account)?;
    let today = zone.date_of(tx.business_now());
    let (Some(started_on), Some(_)) = (row.started_on, row.renews_on.filter(|day| *day <= today)) else {
        return Ok(false);
    };
    let before = row.status;
    let overage = close_period(tx, &row, None)?;
    let actor = Actor::system("plans");
    let leaves = cancellations::is_due(tx, account.id)?;
    if before != PlanStatus::Active || leaves || !rules::is_served(account.status) {
        row.status = moved(before, PlanAction::End)?;
        end(tx, &mut row, &policy, overage)?;
        store::save(tx, &row)?;
        tell(tx, &actor, "plan.ended", Some(before), &row, None)?;
        return Ok(true);
    }
    let begins_at = zone.start_of(rules::period_end(started_on, row.period));
    changing::take_terms(tx, &mut row, begins_at)?;
    row.period += 1;
    row.renews_on = Some(rules::period_end(started_on, row.period));
    let lines: Vec<_> = std::iter::once(advance(&row)?).chain(overage).collect();
    let (invoice, total) = issue(tx, &row, &policy, lines)?;
    money::use_credit_for_an_order(tx, invoice, total)?;
    open_period(tx, &row, invoice)?;
    store::save(tx, &row)?;
    tell(tx, &actor, "plan.renewed", Some(before), &row, None)?;
    Ok(true)
}

/// Ends a plan at this instant, whose status was moved already: the period is cut short, what was used above the
/// minimum is charged, and what is left of it goes as the policy says.
pub(super) fn end_now(
    tx: &mut Tx<'_>,
    row: &mut Row,
    account: &Account,
    policy: &PolicySet,
    actor: &Actor,
) -> ApiResult<()> {
    if row.period == 0 {
        return end(tx, row, policy, None);
    }
    let today = zone_of(account)?.date_of(tx.business_now());
    // A period whose last day is over was not cut short, whichever job comes first.
    let is_over = row.renews_on.is_some_and(|day| day <= today);
    let overage = close_period(tx, row, Some(today.plus_days(1)).filter(|_| !is_over))?;
    if !is_over {
        settle_unused(tx, row, account, policy, actor)?;
    }
    end(tx, row, policy, overage)
}

/// Credits what was paid for the period that was cut short and not used, where the policy says so, and pays that
/// credit back through the gateway as far as that took it. The rest stays credit of the account.
fn settle_unused(tx: &mut Tx<'_>, row: &Row, account: &Account, policy: &PolicySet, actor: &Actor) -> ApiResult<()> {
    let period =
        store::period(tx, row.id, row.period)?.ok_or_else(|| ApiError::internal("a plan that ran has a period"))?;
    let unused = rules::unused(
        policy.cancel.undelivered,
        row.min_units,
        period.used.unwrap_or_default(),
    );
    let (Unused::Credit(units) | Unused::Refund(units)) = unused else {
        return Ok(());
    };
    let invoice = invoices::lock(tx, period.invoice_id)?;
    let reason = format!(
        "The plan was cancelled: {units} of {} leads were not used.",
        row.min_units
    );
    let mut left = credit_notes::issue_for_units(tx, &invoice, (units, row.min_units), reason.clone())?;
    if matches!(unused, Unused::Credit(_)) {
        return Ok(());
    }
    for payment in payments::collected_for(tx, period.invoice_id)? {
        let of_payment = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
        let part = row.money(of_payment.min(left.minor));
        if part.minor > 0 {
            refunds::set_aside(tx, actor, account, &payment, part, &reason)?;
            left = left.minus(part)?;
        }
    }
    Ok(())
}

/// What ending the plan of an account now comes to: what was used above the minimum, before tax, and what was paid and
/// not used. None where no plan runs.
pub(crate) fn what_ends(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<WhatEnds>> {
    let Some(row) = store::live_of(conn, supplier)?.filter(|row| row.period > 0) else {
        return Ok(None);
    };
    let used = store::used(conn, row.id, row.period)?;
    let above = rules::overage(&serde_json::from_str::<PlanGrace>(&row.grace)?, row.min_units, used);
    let unused = (row.min_units - used).max(0);
    Ok(Some(WhatEnds {
        period_ends_on: row.renews_on,
        overage: row.unit_price().times(above)?,
        unused,
        unused_price: row.unit_price().times(unused)?,
    }))
}

/// What there is of a plan that runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WhatEnds {
    /// The day on which its paid period ends.
    pub(crate) period_ends_on: Option<LocalDate>,
    /// The price of what was used above the minimum.
    pub(crate) overage: Money,
    /// The leads that were paid for and not used.
    pub(crate) unused: i64,
    /// What they cost.
    pub(crate) unused_price: Money,
}

fn end(tx: &mut Tx<'_>, row: &mut Row, policy: &PolicySet, overage: Option<PlanLine>) -> ApiResult<()> {
    if let Some(line) = overage {
        let (invoice, total) = issue(tx, row, policy, vec![line])?;
        money::use_credit_for_an_order(tx, invoice, total)?;
    }
    row.ended_at = Some(tx.business_now());
    row.renews_on = None;
    change_requests::plan_is_over(tx, row.supplier_id, row.id)?;
    calls::plan_ended(tx, row.id, row.programme_id, row.supplier_id)
}

fn zone_of(account: &Account) -> ApiResult<Zone> {
    Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)
}

/// What an invoice charges, in words, and its price.
type PlanLine = (String, Money);

fn advance(row: &Row) -> ApiResult<PlanLine> {
    Ok((format!("{}, M{}", row.label, row.period), row.period_price()?))
}

fn open_period(tx: &mut Tx<'_>, row: &Row, invoice_id: InvoiceId) -> ApiResult<()> {
    let (starts_on, ends_before) = days_of(row)?;
    let period = PeriodRow {
        subscription_id: row.id,
        number: row.period,
        starts_on,
        ends_before,
        tier: row.tier.clone(),
        label: row.label.clone(),
        min_units: row.min_units,
        unit_price_minor: row.unit_price_minor,
        used: None,
        overage: None,
        invoice_id,
    };
    store::insert_period(tx, &period)
}

/// The days of the period that is running.
fn days_of(row: &Row) -> ApiResult<(LocalDate, LocalDate)> {
    let started_on = row
        .started_on
        .ok_or_else(|| ApiError::internal("a plan that runs has a beginning"))?;
    let ends_before = rules::period_end(started_on, row.period);
    Ok((rules::period_end(started_on, row.period - 1), ends_before))
}

/// Ends the period that is running, earlier than planned where it is cut, and gives the line of what was used
/// above the minimum.
fn close_period(tx: &mut Tx<'_>, row: &Row, cut: Option<LocalDate>) -> ApiResult<Option<PlanLine>> {
    let mut period =
        store::period(tx, row.id, row.period)?.ok_or_else(|| ApiError::internal("a plan that runs has a period"))?;
    period.ends_before = cut.map_or(period.ends_before, |day| day.min(period.ends_before));
    let used = store::used(tx, row.id, row.period)?;
    let above = rules::overage(&serde_json::from_str::<PlanGrace>(&row.grace)?, row.min_units, used);
    period.used = Some(used);
    period.overage = Some(above);
    store::close_period(tx, &period)?;
    if above == 0 {
        return Ok(None);
    }
    let leads = if above == 1 { "lead" } else { "leads" };
    let text = format!("{}, M{}: {above} {leads} above the minimum", row.label, row.period);
    Ok(Some((text, row.unit_price().times(above)?)))
}

/// Issues an invoice of these lines, and gives its total.
fn issue(tx: &mut Tx<'_>, row: &Row, policy: &PolicySet, lines: Vec<PlanLine>) -> ApiResult<(InvoiceId, Money)> {
    let tax = billing_runs::tax_of(tx, row.programme_id, row.supplier_id, &policy.tax)?;
    let prices: Vec<Money> = lines.iter().map(|(_, price)| *price).collect();
    let (mut net, mut taxed) = (row.money(0), row.money(0));
    let mut written = Vec::with_capacity(lines.len());
    for ((description, _), split) in lines.into_iter().zip(tax.on_lines(&prices)?) {
        net = net.plus(split.net)?;
        taxed = taxed.plus(split.tax)?;
        written.push(OrderLine {
            kind: InvoiceLineKind::Plan,
            description,
            net: split.net,
            tax: split.tax,
        });
    }
    let count = i64::try_from(written.len()).map_err(ApiError::internal)?;
    let sums = Split { net, tax: taxed };
    let new = OrderInvoice {
        checkout: None,
        plan: Some(row.id),
        package: None,
        programme: row.programme_id,
        supplier: row.supplier_id,
        lines: written,
        net,
        tax: taxed,
        taxes: serde_json::to_string(&[tax.on_invoice(count, sums)])?,
        days: Some(days_of(row)?),
        credit: row.money(0),
    };
    Ok((order_invoice::issue(tx, policy, &new)?, net.plus(taxed)?))
}
