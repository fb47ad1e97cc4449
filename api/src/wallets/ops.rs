//! What people do with wallets: open, change the terms, have them filled, top up, close.

use super::money;
use super::rules::{AskedTerms, amended, method_terms, policy_terms, refill_status};
use super::store::{self, Row};
use super::work::next_first;
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::billing_runs::store as parties;
use crate::calendar::Zone;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market;
use crate::payments::charging::{self, Asked};
use crate::payments::{ops as paying, store as payments};
use crate::refunds;
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::payments::{Payment, PaymentOrigin, PaymentPurpose};
use tradepost_contract::policy::{BillingMode, PolicySet};
use tradepost_contract::wallets::{
    CloseWallet, OpenWallet, SetAutoRecharge, TopUp, UpdateWallet, Wallet, WalletRefill, WalletStatus,
};
use tradepost_contract::{FieldError, Money, PaymentId, ProblemCode, SupplierId};

/// A wallet as it is shown.
pub(super) fn show(conn: &mut Conn, scope: &Scope, supplier: SupplierId, policy: &PolicySet) -> ApiResult<Wallet> {
    let row = store::get(conn, scope, supplier)?;
    let charge = match row.refill_payment_id {
        Some(id) => Some(payments::find(conn, id)?.status.is_live()),
        None => None,
    };
    let drawn = store::drawn(conn, &row)?;
    Ok(Wallet {
        balance: row.money(row.balance_minor),
        limit: row.money(row.limit_minor),
        drawn: row.money(drawn),
        refill_amount: row.refill_minor.map(|minor| row.money(minor)),
        refill_below: row.refill_below_minor.map(|minor| row.money(minor)),
        refill_status: refill_status(row.refill_due_at.is_some(), charge),
        notice_below: row.notice_below_minor.map(|minor| row.money(minor)),
        min_top_up: row.money(policy.prepaid.smallest_top_up()),
        supplier_id: supplier,
        programme_id: row.programme_id,
        status: row.status,
        refill: row.refill,
        refill_payment_id: row.refill_payment_id,
        funded_at: row.funded_at,
        created_at: row.created_at,
        closed_at: row.closed_at,
        version: row.version,
    })
}

fn not_offered() -> ApiError {
    ApiError::new(ProblemCode::PolicyRefuses).detail("The policy of this account offers no payment in advance.")
}

/// The account, its policy and its open wallet, held until the transaction ends.
fn held(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId) -> ApiResult<(Account, PolicySet, Row)> {
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
pub(super) fn open(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId, asked: &OpenWallet) -> ApiResult<Wallet> {
    let account = suppliers::hold(tx, &caller.scope(), supplier)?;
    care::not_over(&account)?;
    let policy = care::policy(tx, &account)?;
    let before = policy_terms(&policy.prepaid).ok_or_else(not_offered)?;
    let seller = parties::seller(tx, account.programme_id)?.ok_or_else(ApiError::not_found)?;
    let asked = AskedTerms {
        refill: asked.refill,
        refill_amount: asked.refill_amount,
        refill_below: asked.refill_below,
        notice_below: asked.notice_below,
        limit: asked.limit,
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
    tell(tx, caller, "wallet.opened", None, &wallet, None)?;
    Ok(wallet)
}

/// What new terms make due: monthly filling at once and from the next first on, a low balance where it is low.
fn make_due(tx: &mut Tx<'_>, account: &Account, row: &mut Row) -> ApiResult<()> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let now = tx.business_now();
    let low = row.refill_below_minor.is_some_and(|below| row.balance_minor < below);
    (row.refill_on, row.refill_due_at) = match row.refill {
        // The first one is taken before anything is delivered (R9); later changes wait for the first of a month.
        WalletRefill::MonthlyOn1st => {
            let due = row.refill_due_at.or(row.funded_at.is_none().then_some(now));
            (Some(next_first(zone.date_of(now))), due)
        }
        WalletRefill::LowBalance => (None, low.then_some(row.refill_due_at.unwrap_or(now))),
        WalletRefill::Manual => (None, None),
    };
    Ok(())
}

/// Changes the terms of a wallet; staff do.
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: &UpdateWallet,
) -> ApiResult<Wallet> {
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let terms = AskedTerms {
        refill: asked.refill,
        refill_amount: asked.refill_amount,
        refill_below: asked.refill_below,
        notice_below: asked.notice_below,
        limit: asked.limit,
    };
    change(tx, caller, supplier, if_match, terms, Some(&reason))
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
        AskedTerms {
            refill: Some(WalletRefill::LowBalance),
            refill_amount: asked.amount,
            refill_below: asked.below,
            ..AskedTerms::default()
        }
    } else {
        AskedTerms {
            refill: Some(WalletRefill::Manual),
            ..AskedTerms::default()
        }
    };
    change(tx, caller, supplier, if_match, terms, None)
}

fn change(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    if_match: Option<i64>,
    asked: AskedTerms,
    reason: Option<&str>,
) -> ApiResult<Wallet> {
    let (account, policy, mut row) = held(tx, caller, supplier)?;
    care::not_over(&account)?;
    if if_match.is_some_and(|version| version != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = show(tx, &caller.scope(), supplier, &policy)?;
    let smallest = policy.prepaid.smallest_top_up();
    let terms = amended(row.terms(), asked, row.currency, smallest).map_err(ApiError::invalid)?;
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
    tell(tx, caller, "wallet.terms_changed", Some(&before), &after, reason)?;
    Ok(after)
}

fn live(tx: &mut Tx<'_>, id: PaymentId) -> ApiResult<Option<PaymentId>> {
    Ok(payments::find(tx, id)?.status.is_live().then_some(id))
}

/// Another way to pay was stored: filling that had stopped goes on. The caller holds the supplier.
pub(crate) fn method_came(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let Some(row) = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(());
    };
    match row.refill_payment_id {
        Some(id) if live(tx, id)?.is_none() => {
            let due = row.refill_due_at.or(Some(tx.business_now()));
            store::followed(tx, supplier, due, None)
        }
        _ => Ok(()),
    }
}

/// Begins a payment of exactly so much into a wallet; the gateway is asked after the commit.
pub(super) fn top_up(tx: &mut Tx<'_>, caller: &Caller, supplier: SupplierId, asked: &TopUp) -> ApiResult<Payment> {
    let (account, policy, row) = held(tx, caller, supplier)?;
    care::not_over(&account)?;
    let smallest = policy.prepaid.smallest_top_up();
    if asked.amount.currency != row.currency {
        let message = format!("the wallet is in {}", row.currency);
        return Err(ApiError::new(ProblemCode::Invalid).field("/amount", "currency_mismatch", message));
    }
    if asked.amount.minor < smallest {
        let message = format!("expected {smallest} or more");
        return Err(ApiError::invalid(vec![FieldError::new(
            "/amount/amount",
            "out_of_range",
            message,
        )]));
    }
    let method = paying::method_to_charge(tx, caller, supplier, asked.payment_method_id)?;
    if method_terms(&policy, method.kind).is_none() {
        let detail = "The policy does not take this kind of payment in advance.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    let charge = Asked {
        programme: row.programme_id,
        legal_entity: row.legal_entity_id,
        supplier,
        purpose: PaymentPurpose::WalletTopUp,
        invoice: None,
        checkout: None,
        plan: None,
        amount: asked.amount,
    };
    let id = charging::begin_for(tx, &charge, &method, PaymentOrigin::ByHand, &policy, &caller.actor())?;
    let change = audit::Change {
        action: "wallet.topped_up",
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(json!({ "payment_id": id, "amount": asked.amount, "payment_method_id": method.id })),
        reason: None,
    };
    audit::record(tx, &caller.actor(), change)?;
    payments::show(tx, &caller.scope(), id)
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
    let before = show(tx, &caller.scope(), supplier, &policy)?;
    // From here on no sale takes anything out.
    store::mark_orders(tx, supplier, false)?;
    market::changed(tx)?;
    crate::ledger::expect_open(tx, row.legal_entity_id, tx.business_now())?;
    let mut left = store::lock(tx, supplier)?.map_or(0, |row| row.balance_minor);
    for payment in payments::into_wallet(tx, supplier)? {
        let of_payment = payment.captured_minor - payment.refunded_minor - payment.lost_minor;
        let part = of_payment.min(left);
        if part <= 0 {
            continue;
        }
        refunds::set_aside(
            tx,
            &caller.actor(),
            &account,
            &payment,
            Money::new(part, row.currency),
            &reason,
        )?;
        left -= part;
    }
    let rest = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    money::empty(tx, &rest)?;
    if !store::close(tx, supplier)? {
        return Err(ApiError::conflict("The wallet has just changed."));
    }
    let after = show(tx, &caller.scope(), supplier, &policy)?;
    tell(tx, caller, "wallet.closed", Some(&before), &after, Some(&reason))?;
    Ok(after)
}

fn tell(
    tx: &mut Tx<'_>,
    caller: &Caller,
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
    audit::record(tx, &caller.actor(), change)
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
