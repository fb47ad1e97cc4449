//! What people do with wallets: open, change the terms, have them filled, close.

use super::money;
use super::rules::{amended, due, policy_terms};
use super::store::{self, Row};
use super::view::show;
use super::work::next_first;
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::billing_runs::store as parties;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market;
use crate::payments::store as payments;
use crate::refunds;
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::{BillingMode, PolicySet, Undelivered};
use tradepost_contract::wallets::{CloseWallet, SetAutoRecharge, Wallet, WalletRefill, WalletStatus, WalletTerms};
use tradepost_contract::{FieldError, Money, PaymentId, ProblemCode, SupplierId};

fn not_offered() -> ApiError {
    ApiError::new(ProblemCode::PolicyRefuses).detail("The policy of this account offers no payment in advance.")
}

/// The account, its policy and its open wallet, held until the transaction ends.
pub(super) fn held(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId) -> ApiResult<(Account, PolicySet, Row)> {
    let account = suppliers::hold(tx, &caller.scope(), supplier)?;
    let policy = care::policy(tx, &account)?;
    let row = store::get(tx, &caller.scope(), supplier)?;
    if row.status != WalletStatus::Open {
        return Err(ApiError::conflict("The wallet is closed."));
    }
    Ok((account, policy, row))
}

/// Opens a wallet with the terms of the account's prepay form (R11). With monthly filling the first charge is due
/// at once (R9).
pub(super) fn open(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId, asked: &WalletTerms) -> ApiResult<Wallet> {
    let account = suppliers::hold(tx, &caller.scope(), supplier)?;
    care::may_be_changed(tx, &account)?;
    let policy = care::policy(tx, &account)?;
    let before = policy_terms(&policy.prepaid).ok_or_else(not_offered)?;
    let seller = parties::seller(tx, account.programme_id)?.ok_or_else(ApiError::not_found)?;
    let reason = match &asked.reason {
        Some(reason) => Some(fields::required_reason("/reason", reason)?),
        None => None,
    };
    let terms = amended(before, asked, seller.currency, policy.prepaid.smallest_top_up()).map_err(ApiError::invalid)?;
    let now = tx.business_now();
    let mut row = Row {
        supplier_id: supplier,
        programme_id: account.programme_id,
        legal_entity_id: seller.legal_entity,
        currency: seller.currency,
        status: WalletStatus::Open,
        balance_minor: 0,
        limit_minor: terms.limit_minor,
        refill: terms.refill,
        refill_minor: terms.refill_minor,
        refill_below_minor: terms.refill_below_minor,
        refill_on: None,
        refill_due_at: None,
        refill_payment_id: None,
        notice_below_minor: terms.notice_below_minor,
        funded_at: None,
        closed_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    make_due(tx, &account, &mut row)?;
    match store::find(tx, supplier)? {
        Some(old) if old.status == WalletStatus::Open => {
            return Err(ApiError::conflict("The account has a wallet already."));
        }
        Some(_) => drop(store::reopen(tx, &row)?),
        None => store::insert(tx, &row)?,
    }
    store::mark_orders(tx, supplier, true)?;
    market::changed(tx)?;
    let wallet = show(tx, &caller.scope(), supplier, &policy)?;
    tell(tx, &caller.actor(), "wallet.opened", None, &wallet, reason.as_deref())?;
    Ok(wallet)
}

/// What new terms make due: monthly filling at once and from the next first on, a low balance where it is low.
fn make_due(tx: &mut Tx<'_>, account: &Account, row: &mut Row) -> ApiResult<()> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let now = tx.business_now();
    row.refill_on = (row.refill == WalletRefill::MonthlyOn1st).then(|| next_first(zone.date_of(now)));
    row.refill_due_at = due(
        row.terms(),
        row.balance_minor,
        row.funded_at.is_some(),
        row.refill_due_at,
        now,
    );
    Ok(())
}

/// Changes the terms of a wallet; staff do.
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: &WalletTerms,
) -> ApiResult<Wallet> {
    let reason = fields::required_reason("/reason", asked.reason.as_deref().unwrap_or_default())?;
    change(tx, caller, supplier, if_match, asked, Some(&reason))
}

/// Has a wallet filled when it is low, or no longer by itself.
pub(super) fn auto_recharge(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: &SetAutoRecharge,
) -> ApiResult<Wallet> {
    let terms = if asked.enabled {
        let mut faults = Vec::new();
        for (pointer, amount) in [("/below", asked.below), ("/amount", asked.amount)] {
            if amount.is_none() {
                faults.push(FieldError::new(pointer, "required", "it is needed to fill the wallet"));
            }
        }
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
        WalletTerms {
            refill: Some(WalletRefill::LowBalance),
            refill_amount: asked.amount,
            refill_below: asked.below,
            ..WalletTerms::default()
        }
    } else {
        WalletTerms {
            refill: Some(WalletRefill::Manual),
            ..WalletTerms::default()
        }
    };
    change(tx, caller, supplier, if_match, &terms, None)
}

fn change(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: &WalletTerms,
    reason: Option<&str>,
) -> ApiResult<Wallet> {
    let (account, policy, mut row) = held(tx, caller, supplier)?;
    care::may_be_changed(tx, &account)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = show(tx, &caller.scope(), supplier, &policy)?;
    let smallest = policy.prepaid.smallest_top_up();
    let terms = amended(row.terms(), asked, row.currency, smallest).map_err(|faults| {
        // Its owner says the same in fewer words, and is pointed at them.
        let own = |fault| {
            if reason.is_some() {
                fault
            } else {
                of_auto_recharge(fault)
            }
        };
        ApiError::invalid(faults.into_iter().map(own).collect())
    })?;
    row.limit_minor = terms.limit_minor;
    row.refill = terms.refill;
    row.refill_minor = terms.refill_minor;
    row.refill_below_minor = terms.refill_below_minor;
    row.notice_below_minor = terms.notice_below_minor.filter(|minor| *minor != 0);
    // A charge that failed for good is forgotten with the terms that began it.
    row.refill_payment_id = match row.refill_payment_id {
        Some(id) => live(tx, id)?,
        None => None,
    };
    make_due(tx, &account, &mut row)?;
    if !store::save_terms(tx, &row)? {
        let message = "The wallet has less in it than that.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/limit/amount", "out_of_range", message));
    }
    // More credit may pay for what was refused a moment ago.
    market::changed(tx)?;
    let after = show(tx, &caller.scope(), supplier, &policy)?;
    tell(
        tx,
        &caller.actor(),
        "wallet.terms_changed",
        Some(&before),
        &after,
        reason,
    )?;
    Ok(after)
}

/// A fault of the terms where the body is a [`SetAutoRecharge`].
fn of_auto_recharge(mut fault: FieldError) -> FieldError {
    for (of_terms, own) in [("/refill_amount", "/amount"), ("/refill_below", "/below")] {
        if let Some(rest) = fault.pointer.strip_prefix(of_terms) {
            fault.pointer = format!("{own}{rest}");
        }
    }
    fault
}

fn live(tx: &mut Tx<'_>, id: PaymentId) -> ApiResult<Option<PaymentId>> {
    Ok(payments::find(tx, id)?.status.is_live().then_some(id))
}

/// Another way to pay is charged from now on: filling that had stopped, or that could not begin, goes on. The caller
/// holds the supplier.
pub(crate) fn method_came(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let Some(row) = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(());
    };
    if let Some(id) = row.refill_payment_id
        && live(tx, id)?.is_some()
    {
        return Ok(());
    }
    let now = tx.business_now();
    let due = due(
        row.terms(),
        row.balance_minor,
        row.funded_at.is_some(),
        row.refill_due_at,
        now,
    );
    store::followed(tx, supplier, due, None)
}

/// Closes a wallet: what is in it is given back by refunds of the latest payments into it.
pub(super) fn close(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: &CloseWallet,
) -> ApiResult<Wallet> {
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let (account, policy, row) = held(tx, caller, supplier)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if policy.billing.mode == BillingMode::Prepaid && !account.status.is_over() {
        let detail = "Leads are paid out of wallets here: close the account first.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    shut(
        tx,
        &caller.actor(),
        &caller.scope(),
        &account,
        &policy,
        &row,
        Leftover::Refund,
        &reason,
    )
}

/// What becomes of what is in a wallet that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leftover {
    /// It goes back to where it came from, as far as the gateway took it, and is credit of the account else.
    Refund,
    /// It is credit of the account.
    Credit,
}

/// Closes the wallet of an account that ends, where it has one: a refund where the policy gives money back, and credit of
/// the account else, which finance pays out on request. Money that a supplier paid in never lapses, because no lead was
/// promised for it. The caller holds the supplier.
pub(crate) fn close_with_account(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account: &Account,
    policy: &PolicySet,
    reason: &str,
) -> ApiResult<()> {
    let Some(row) = store::find(tx, account.id)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(());
    };
    let leftover = match leftover_becomes(policy) {
        Undelivered::Refund => Leftover::Refund,
        Undelivered::None | Undelivered::Credit | Undelivered::Finish => Leftover::Credit,
    };
    shut(tx, actor, &Scope::system(), account, policy, &row, leftover, reason)?;
    Ok(())
}

/// What becomes of a wallet's balance when its account ends.
pub(crate) const fn leftover_becomes(policy: &PolicySet) -> Undelivered {
    match policy.cancel.undelivered {
        Undelivered::Refund => Undelivered::Refund,
        Undelivered::None | Undelivered::Credit | Undelivered::Finish => Undelivered::Credit,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "the one way to close a wallet, whoever asks for it"
)]
fn shut(
    tx: &mut Tx<'_>,
    actor: &Actor,
    scope: &Scope,
    account: &Account,
    policy: &PolicySet,
    row: &Row,
    leftover: Leftover,
    reason: &str,
) -> ApiResult<Wallet> {
    let supplier = row.supplier_id;
    let before = show(tx, scope, supplier, policy)?;
    // From here on no sale takes anything out.
    store::mark_orders(tx, supplier, false)?;
    market::changed(tx)?;
    crate::ledger::expect_open(tx, row.legal_entity_id, tx.business_now())?;
    money::hold(tx, row)?;
    let mut left = store::find(tx, supplier)?.map_or(0, |row| row.balance_minor);
    let given_back = match leftover {
        Leftover::Refund => payments::into_wallet(tx, supplier)?,
        Leftover::Credit => Vec::new(),
    };
    for payment in given_back {
        let of_payment = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
        let part = of_payment.min(left);
        if part <= 0 {
            continue;
        }
        refunds::set_aside(tx, actor, account, &payment, Money::new(part, row.currency), reason)?;
        left -= part;
    }
    let rest = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    money::empty(tx, &rest)?;
    if !store::close(tx, supplier)? {
        return Err(ApiError::conflict("The wallet has just changed."));
    }
    let after = show(tx, scope, supplier, policy)?;
    tell(tx, actor, "wallet.closed", Some(&before), &after, Some(reason))?;
    Ok(after)
}

fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: Option<&Wallet>,
    after: &Wallet,
    reason: Option<&str>,
) -> ApiResult<()> {
    let supplier = after.supplier_id;
    let facts = json!({
        "status": after.status, "balance": after.balance, "limit": after.limit, "refill": after.refill,
        "refill_amount": after.refill_amount, "refill_below": after.refill_below, "notice_below": after.notice_below,
    });
    let subject = Subject::of(supplier).programme(after.programme_id).supplier(supplier);
    events::push(tx, EventKind::WalletChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: before.map(serde_json::to_value).transpose()?,
        after: Some(facts),
        reason,
    };
    audit::record(tx, actor, change)
}

/// Refuses to activate an account that pays in advance and has not (R9, R10).
pub(crate) fn expect_funded(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    let refused = |detail: &str| Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    match store::find(tx, account.id)?.filter(|row| row.status == WalletStatus::Open) {
        Some(row) if row.funded_at.is_none() && row.limit_minor == 0 => {
            refused("The payment in advance has not arrived yet.")
        }
        Some(_) => Ok(()),
        None if care::policy(tx, account)?.billing.mode == BillingMode::Prepaid => {
            refused("Leads are paid out of wallets here: open one for the account first.")
        }
        None => Ok(()),
    }
}
