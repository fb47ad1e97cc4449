//! Cancellations as they are shown, and what one would mean.

use super::ops;
use super::rules::{self, Case, Decision, End, PackageLeadsToCome};
use super::store::{self, Row};
use crate::agreements::{self, Terms, rules as renewals};
use crate::auth::{Caller, Principal};
use crate::billing_runs::{self, store as parties};
use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::payments::money;
use crate::plans::WhatEnds;
use crate::policy::{self, Policies};
use crate::suppliers::store::{self as suppliers, Account};
use crate::{audit, collection, loyalty_subscriptions, orders, packages, plans, wallets};
use tradepost_contract::cancellations::{
    CancelLoss, CancelLossKind, CancelRefusal, Cancellation, CancellationAction, CancellationPreview,
    CancellationStatus,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{AgreementTerm, CancelEffective, CancelNotice, LoyaltyPolicy, PolicySet, Undelivered};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{CancellationId, LocalDate, Money, SupplierId, Timestamp};

pub(super) fn shown(caller: &Caller, (row, supplier_name): (Row, String)) -> ApiResult<Cancellation> {
    Ok(Cancellation {
        allowed_actions: allowed(caller, &row),
        window: row.notice_window.as_deref().map(serde_json::from_str).transpose()?,
        id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        status: row.status,
        cancelled_by: row.cancelled_by,
        requested_by: row.requested_by,
        channel: row.channel,
        reason: row.reason,
        comment: row.comment,
        reason_skipped: row.reason_skipped,
        retention_note: row.retention_note.filter(|_| caller.is_staff()),
        agreement_id: row.agreement_id,
        term: row.term,
        received_on: row.received_on,
        effective: row.effective,
        rule: row.rule,
        last_day: row.last_day,
        effective_at: row.effective_at,
        document_name: row.document_name,
        requested_at: row.requested_at,
        ended_at: row.ended_at,
        version: row.version,
    })
}

fn allowed(caller: &Caller, row: &Row) -> Vec<CancellationAction> {
    let withdraws = caller.may(Permission::CancellationsWrite) && (caller.is_staff() || row.withdrawable);
    let may = row.status.after(CancellationAction::Withdraw).is_ok() && withdraws;
    may.then_some(CancellationAction::Withdraw).into_iter().collect()
}

/// One cancellation as it is shown.
pub(super) fn get(conn: &mut Conn, caller: &Caller, id: CancellationId) -> ApiResult<Cancellation> {
    let found = store::get(conn, &caller.scope(), id)?;
    shown(caller, found)
}

/// What is known of an account when it is to be cancelled.
pub(super) struct Facts {
    pub(super) policy: PolicySet,
    pub(super) zone: Zone,
    pub(super) today: LocalDate,
    pub(super) agreement: Option<Terms>,
    plan: Option<WhatEnds>,
    package_leads: i64,
    order_leads: i64,
    idle: bool,
}

impl Facts {
    pub(super) fn of(conn: &mut Conn, account: &Account, now: Timestamp) -> ApiResult<Self> {
        let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
        let today = zone.date_of(now);
        let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, today)?;
        Ok(Self {
            policy: resolved.policy,
            zone,
            today,
            agreement: agreements::terms_in_force(conn, account.id, today)?,
            plan: plans::what_ends(conn, account.id)?,
            package_leads: packages::leads_to_come(conn, account.id)?,
            order_leads: orders::paid_to_come(conn, account.id)?,
            idle: matches!(account.status, SupplierStatus::Onboarding | SupplierStatus::Deactivated),
        })
    }

    /// The term of the agreement in force; an account without one is rolling.
    pub(super) fn term(&self) -> AgreementTerm {
        self.agreement
            .as_ref()
            .map_or(AgreementTerm::Rolling, |agreement| agreement.term)
    }

    /// What a notice of that day comes to: the one decision, for the preview and for the cancellation itself.
    pub(super) fn decide(
        &self,
        received_on: LocalDate,
        effective: CancelEffective,
    ) -> Result<Decision, PackageLeadsToCome> {
        let case = Case {
            policy: &self.policy.cancel,
            agreement: self.agreement.as_ref(),
            received_on,
            today: self.today,
            idle: self.idle,
            period_ends_on: self.plan.and_then(|plan| plan.period_ends_on),
            package_leads: self.package_leads,
            order_leads: self.order_leads,
        };
        rules::decide(&case, effective)
    }
}

/// Why an account of this standing cannot be cancelled.
pub(super) fn refusal_of(status: SupplierStatus) -> Option<String> {
    match status {
        SupplierStatus::Onboarding
        | SupplierStatus::Active
        | SupplierStatus::Suspended
        | SupplierStatus::Deactivated => None,
        SupplierStatus::InNotice => Some("The account is cancelled already.".to_owned()),
        SupplierStatus::Closed | SupplierStatus::Terminated => Some(format!("The account is {status}.")),
    }
}

pub(super) fn leads_to_come(PackageLeadsToCome(left): PackageLeadsToCome) -> String {
    let leads = if left == 1 {
        "1 lead is"
    } else {
        &format!("{left} leads are")
    };
    format!("{leads} still to come. The account can be cancelled as soon as its packages are complete.")
}

/// Whether the caller may cancel accounts with such a policy: a notice that has to be written goes through staff (R21).
pub(super) fn may_cancel(caller: &Caller, policy: &PolicySet) -> bool {
    caller.may(Permission::CancellationsWrite)
        && match &caller.principal {
            Principal::Staff(_) => true,
            Principal::Supplier(_) | Principal::Key(_) => !policy.cancel.written,
        }
}

/// What somebody wants to see the meaning of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) effective: Option<CancelEffective>,
    pub(super) received_on: Option<LocalDate>,
}

/// What cancelling an account now would mean.
pub(super) fn preview(
    conn: &mut Conn,
    policies: &Policies,
    caller: &Caller,
    supplier: SupplierId,
    asked: Asked,
    now: Timestamp,
) -> ApiResult<CancellationPreview> {
    let scope = caller.scope();
    // Like the cancellation, it is the whole account's.
    if scope.businesses().is_some() {
        return Err(ApiError::not_found());
    }
    let account = suppliers::account(conn, &scope, supplier)?;
    let facts = Facts::of(conn, &account, now)?;
    let cancel = &facts.policy.cancel;
    let effective = ops::chosen(cancel, asked.effective)
        .map_err(|fault| crate::lists::invalid_parameter("effective", &fault.message))?;
    let received_on = asked.received_on.unwrap_or(facts.today);
    if let Some(fault) = ops::received_too_far(received_on, facts.today) {
        return Err(crate::lists::invalid_parameter("received_on", &fault.message));
    }
    let decision = facts.decide(received_on, effective);
    let refused = match (refusal_of(account.status), decision) {
        (Some(detail), _) => Some(CancelRefusal {
            detail,
            remaining: None,
        }),
        (None, Err(to_come)) => Some(CancelRefusal {
            detail: leads_to_come(to_come),
            remaining: Some(to_come.0),
        }),
        (None, Ok(_)) => None,
    };
    let settled = decision
        .ok()
        .filter(|_| refused.is_none())
        .map(|decision| Settled::of(&facts, decision));
    let money = due(conn, policies, &account, &facts, now)?;
    let agreement = facts.agreement.as_ref();
    let notice_days = match cancel.notice_by_term.get(&facts.term()) {
        Some(CancelNotice::Worked { days }) => Some(*days),
        Some(CancelNotice::RenewalWindow { .. }) | None => None,
    };
    Ok(CancellationPreview {
        supplier_id: supplier,
        programme_id: account.programme_id,
        may_cancel: may_cancel(caller, &facts.policy) && refused.is_none(),
        written: cancel.written,
        freezes: cancel.freeze,
        asks_reason: cancel.ask_reason,
        choices: rules::choices(cancel),
        effective,
        agreement_id: agreement.map(|terms| terms.id),
        agreement_title: agreement.map(|terms| terms.title.clone()),
        term: facts.term(),
        agreement_starts_on: agreement.map(|terms| terms.starts_on),
        renews_on: agreement
            .and_then(|terms| renewals::renewal_after(terms.term, terms.starts_on, terms.ends_on, facts.today)),
        received_on,
        notice_days,
        window: settled.as_ref().and_then(|settled| settled.window),
        outcome: settled.as_ref().map(|settled| settled.outcome()),
        rule: settled.as_ref().and_then(|settled| settled.rule),
        last_day: settled.as_ref().and_then(|settled| settled.last_day),
        effective_at: settled
            .as_ref()
            .and_then(|settled| if settled.now { Some(now) } else { settled.effective_at }),
        refused,
        accrued: money.accrued,
        open: money.open,
        credit: money.credit,
        due: money.due,
        charged_at_once: collection::charges_at_the_end(conn, supplier, &facts.policy)?,
        losses: losses(conn, &account, &facts, effective)?,
    })
}

/// A decision, as it is kept and shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) now: bool,
    pub(super) renews: bool,
    pub(super) rule: Option<tradepost_contract::cancellations::CancelRule>,
    pub(super) window: Option<tradepost_contract::cancellations::NoticeWindow>,
    pub(super) last_day: Option<LocalDate>,
    pub(super) effective_at: Option<Timestamp>,
    pub(super) with_last_lead: bool,
}

impl Settled {
    pub(super) fn of(facts: &Facts, decision: Decision) -> Self {
        let (end, rule, window) = match decision {
            Decision::Renews(window) => {
                return Self {
                    now: false,
                    renews: true,
                    rule: None,
                    window: Some(window),
                    last_day: None,
                    effective_at: None,
                    with_last_lead: false,
                };
            }
            Decision::Ends { end, rule, window } => (end, rule, window),
        };
        let day = match end {
            End::Now | End::WithLastLead(None) => None,
            End::On(day) | End::WithLastLead(Some(day)) => Some(day),
        };
        let with_last_lead = matches!(end, End::WithLastLead(_));
        Self {
            now: end == End::Now,
            renews: false,
            rule: Some(rule),
            window,
            last_day: day.filter(|_| !with_last_lead).map(|day| day.plus_days(-1)),
            effective_at: day.map(|day| facts.zone.start_of(day)),
            with_last_lead,
        }
    }

    const fn outcome(&self) -> CancellationStatus {
        match (self.renews, self.now) {
            (true, _) => CancellationStatus::Renewed,
            (false, true) => CancellationStatus::Effective,
            (false, false) => CancellationStatus::Scheduled,
        }
    }
}

/// What is owed when an account ends now.
struct Due {
    accrued: Money,
    open: Money,
    credit: Money,
    due: Money,
}

fn due(conn: &mut Conn, policies: &Policies, account: &Account, facts: &Facts, now: Timestamp) -> ApiResult<Due> {
    let seller = parties::seller(conn, account.programme_id)?.ok_or_else(ApiError::not_found)?;
    let mut accrued = billing_runs::accrued(conn, policies, &seller, account.id, now)?;
    if let Some(plan) = facts.plan.filter(|plan| plan.overage.minor > 0) {
        let tax = &facts.policy.tax;
        let (_, overage) = billing_runs::gross(conn, account.programme_id, account.id, tax, plan.overage)?;
        accrued = accrued.plus(overage)?;
    }
    let open = money::open_of(conn, account.id, seller.currency)?;
    let owed = accrued.plus(open)?;
    let credit = money::credit_of(conn, seller.legal_entity, account.id, seller.currency)?;
    let drawn = wallets::drawn_until(conn, account.id, Timestamp::from_micros(i64::MAX))?;
    let paid = Money::new((credit.minor + drawn).min(owed.minor), seller.currency);
    Ok(Due {
        accrued,
        open,
        credit: paid,
        due: owed.minus(paid)?,
    })
}

/// What ends with an account, and what becomes of it.
fn losses(conn: &mut Conn, account: &Account, facts: &Facts, effective: CancelEffective) -> ApiResult<Vec<CancelLoss>> {
    let undelivered = facts.policy.cancel.undelivered;
    let loss = |kind, count: Option<i64>, amount: Option<Money>, becomes| CancelLoss {
        kind,
        count,
        amount,
        becomes,
    };
    let mut losses = Vec::new();
    let loyal = i64::try_from(loyalty_subscriptions::live_of(conn, account.id)?.len()).unwrap_or(i64::MAX);
    if loyal > 0 && !matches!(facts.policy.loyalty, LoyaltyPolicy::NotOffered {}) {
        losses.push(loss(CancelLossKind::LoyaltyPerk, Some(loyal), None, Undelivered::None));
    }
    // What is unused of a period is lost only where it is cut short.
    let cut = effective != CancelEffective::PeriodEnd && undelivered != Undelivered::Finish;
    if let Some(plan) = facts.plan.filter(|plan| cut && plan.unused > 0) {
        let kind = CancelLossKind::PlanLeads;
        losses.push(loss(kind, Some(plan.unused), Some(plan.unused_price), undelivered));
    }
    let ahead = |kind, count: i64| {
        let becomes = match undelivered {
            Undelivered::Finish => Undelivered::Finish,
            Undelivered::None | Undelivered::Refund | Undelivered::Credit => Undelivered::None,
        };
        (count > 0).then(|| loss(kind, Some(count), None, becomes))
    };
    losses.extend(ahead(CancelLossKind::PackageLeads, facts.package_leads));
    losses.extend(ahead(CancelLossKind::OrderLeads, facts.order_leads));
    if let Some(balance) = wallets::balance(conn, account.id)?.filter(|balance| balance.minor > 0) {
        let becomes = wallets::leftover_becomes(&facts.policy);
        losses.push(loss(CancelLossKind::WalletBalance, None, Some(balance), becomes));
    }
    Ok(losses)
}

/// A cancellation as the trail and the event log keep it: ids, states and days.
pub(super) fn facts(row: &Row) -> serde_json::Value {
    serde_json::json!({
        "cancellation_id": row.id, "status": row.status, "cancelled_by": row.cancelled_by, "channel": row.channel,
        "reason": row.reason, "reason_skipped": row.reason_skipped, "term": row.term, "received_on": row.received_on,
        "rule": row.rule, "last_day": row.last_day, "effective_at": row.effective_at, "ended_at": row.ended_at,
    })
}

/// The audit record of what was done to a cancellation.
pub(super) fn change<'a>(
    action: &'a str,
    before: Option<serde_json::Value>,
    row: &Row,
    reason: Option<&'a str>,
) -> audit::Change<'a> {
    audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before,
        after: Some(facts(row)),
        reason,
    }
}
