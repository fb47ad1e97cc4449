//! The jobs: collect what is due, suspend who owes for too long; and what follows when debts change.

use super::rules::{Case, Outcome, decide};
use super::store;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::billing_runs::store::programme_policy;
use crate::calendar::Zone;
use crate::cancellations;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::invoices::store as invoices;
use crate::notifications;
use crate::payment_methods::store as methods;
use crate::payments::{charging, money, store as payments};
use crate::programmes;
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, standing};
use serde_json::json;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::suppliers::{SupplierAction, SupplierStatus};
use tradepost_contract::{InvoiceId, LocalDate, SupplierId};

const SLICE: i64 = 20;

/// The job: decides about the invoices whose collection day has come, in their programme's own calendar.
pub(super) fn collect(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let due = app
            .db
            .read_blocking(|conn| store::to_collect(conn, programme, today, SLICE))?;
        let mut decided = 0;
        for (invoice, supplier) in due {
            // One account in trouble does not hold up the others.
            match app.db.write_blocking(move |tx| collect_invoice(tx, invoice, supplier)) {
                Ok(()) => decided += 1,
                Err(error) => tracing::error!(%invoice, %error, "an invoice cannot be collected"),
            }
        }
        if decided > 0 {
            return Ok(decided);
        }
    }
    Ok(0)
}

fn collect_invoice(tx: &mut Tx<'_>, id: InvoiceId, supplier: SupplierId) -> ApiResult<()> {
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    let policy = care::policy(tx, &account)?;
    let choice = store::choice(tx, supplier)?;
    let open = money::use_credit(tx, id)?;
    let method = methods::default_of(tx, supplier)?.filter(|row| policy.payment_methods.contains_key(&row.kind));
    let case = Case {
        rule: &policy.billing.collection_rule,
        revocation: policy.billing.revocation,
        auto_bill: choice.auto_bill,
        revoked: choice.revoked_at.is_some(),
        open_minor: open.minor,
        under_way: payments::live_of(tx, id)?.is_some(),
        has_method: method.is_some(),
    };
    match (decide(case), method) {
        (Ok(origin), Some(method)) => {
            let invoice = invoices::get(tx, &Scope::system(), id)?;
            let actor = Actor::system("collection");
            // The decision is the guard: whoever makes it charges.
            if store::decided(tx, id, supplier, Outcome::Charged, None)? {
                let payment = charging::begin(tx, &invoice, &method, origin, &policy, &actor)?;
                store::charged(tx, id, supplier, Some(payment))?;
            }
        }
        (Ok(_), None) => {
            store::decided(tx, id, supplier, Outcome::NoMethod, None)?;
        }
        (Err(outcome), _) => {
            store::decided(tx, id, supplier, outcome, None)?;
        }
    }
    Ok(())
}

/// The last day that a debt may have been due on for the account to be suspended today.
fn suspended_from(policy: &PolicySet, today: LocalDate) -> Option<LocalDate> {
    policy
        .dunning
        .suspend_after_days
        .map(|days| today.plus_days(-i64::from(days)))
}

/// The job: suspends accounts whose oldest debt is older than the policy allows.
pub(super) fn suspend(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut suspended = 0;
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let debtors = app.db.read_blocking(|conn| {
            let policy = programme_policy(conn, programme)?;
            match policy.and_then(|policy| suspended_from(&policy, today)) {
                Some(day) => store::debtors(conn, programme, day, SLICE),
                None => Ok(Vec::new()),
            }
        })?;
        for supplier in debtors {
            suspended += usize::from(app.db.write_blocking(move |tx| suspend_debtor(tx, supplier, today))?);
        }
    }
    Ok(suspended)
}

/// Staff have activated a suspended account. What it owed for too long on that day does not suspend it again, or
/// the job would undo their decision at once; what it comes to owe for too long later does. The caller holds the
/// supplier.
pub(crate) fn excuse_debts(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let policy = care::policy(tx, account)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    match suspended_from(&policy, zone.date_of(tx.business_now())) {
        Some(day) => store::excuse(tx, account.id, day),
        None => Ok(()),
    }
}

fn suspend_debtor(tx: &mut Tx<'_>, supplier: SupplierId, today: LocalDate) -> ApiResult<bool> {
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    // The account's own terms may be more patient than the programme's.
    let policy = care::policy(tx, &account)?;
    let owes = match suspended_from(&policy, today) {
        Some(day) => store::owes_from_before(tx, supplier, day)?,
        None => false,
    };
    if !owes || account.status != SupplierStatus::Active {
        return Ok(false);
    }
    let actor = Actor::system("dunning");
    if !standing::change_by_rule(
        tx,
        &account,
        SupplierAction::Suspend,
        "An invoice is long overdue.",
        &actor,
    )? {
        return Ok(false);
    }
    store::insert_suspension(tx, supplier, "debt")?;
    let now = tx.business_now();
    let key = format!("{supplier}:{now}");
    let facts = json!({ "supplier_id": supplier, "suspended_at": now });
    let kind = NotificationKind::SuspendedForDebt;
    notifications::record(tx, kind, &key, account.programme_id, Some(supplier), &facts)?;
    Ok(true)
}

/// Something was paid: a suspension that a rule made is lifted when its cause is gone. The caller holds the
/// supplier.
pub(crate) fn debt_changed(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    if store::suspension(tx, supplier)?.is_none() {
        return Ok(());
    }
    let account = suppliers::account(tx, &Scope::system(), supplier)?;
    lift(tx, &account)
}

/// A method was added: the authorisation to collect is given anew. The caller holds the supplier.
pub(crate) fn method_came(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let choice = store::choice(tx, account.id)?;
    let over = matches!(account.status, SupplierStatus::Deactivated);
    if choice.revoked_at.is_some() && !over {
        let choice = store::Choice {
            revoked_at: None,
            ..choice
        };
        store::choose(tx, account.id, choice, "a new method")?;
    }
    if store::suspension(tx, account.id)?.is_some() {
        lift(tx, account)?;
    }
    Ok(())
}

fn lift(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let supplier = account.id;
    let in_notice = account.status == SupplierStatus::InNotice;
    if account.status != SupplierStatus::Suspended && !in_notice {
        // Staff have decided otherwise meanwhile.
        return store::end_suspension(tx, supplier);
    }
    let policy = care::policy(tx, account)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(tx.business_now());
    let owes = match suspended_from(&policy, today) {
        Some(day) => store::owes_from_before(tx, supplier, day)?,
        None => false,
    };
    if owes || store::choice(tx, supplier)?.revoked_at.is_some() {
        return Ok(());
    }
    store::end_suspension(tx, supplier)?;
    if in_notice {
        return cancellations::serve_again(tx, supplier);
    }
    let actor = Actor::system("dunning");
    let reason = "What the account was suspended for is settled.";
    if standing::change_by_rule(tx, account, SupplierAction::Activate, reason, &actor)? {
        let now = tx.business_now();
        let facts = json!({ "supplier_id": supplier, "lifted_at": now });
        let kind = NotificationKind::SuspensionLifted;
        notifications::record(
            tx,
            kind,
            &format!("{supplier}:{now}"),
            account.programme_id,
            Some(supplier),
            &facts,
        )?;
    }
    Ok(())
}
