//! Which terms a wallet has, when it is filled again, and which methods fill it. Pure.

use tradepost_contract::policy::{MethodTerms, PaymentMethodKind, PolicySet, PrepaidPolicy, PrepaidRefill};
use tradepost_contract::wallets::{RefillStatus, WalletFunds, WalletRefill, WalletTerms};
use tradepost_contract::{Currency, FieldError, Money, PaymentId, Timestamp};

/// The terms of a wallet, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) refill: WalletRefill,
    pub(crate) refill_minor: Option<i64>,
    pub(crate) refill_below_minor: Option<i64>,
    pub(crate) notice_below_minor: Option<i64>,
    pub(crate) limit_minor: i64,
}

/// What a policy says of wallets; none where it offers none.
pub(super) fn policy_terms(policy: &PrepaidPolicy) -> Option<Terms> {
    let refill = match policy.refill {
        PrepaidRefill::NotOffered => return None,
        PrepaidRefill::MonthlyOn1st => WalletRefill::MonthlyOn1st,
        PrepaidRefill::LowBalance => WalletRefill::LowBalance,
        PrepaidRefill::Manual => WalletRefill::Manual,
    };
    Some(Terms {
        refill,
        refill_minor: policy.top_up_minor,
        refill_below_minor: policy.below_minor,
        notice_below_minor: policy.notice_below_minor,
        limit_minor: 0,
    })
}

/// The terms with what was asked put in; pointers are those of [`WalletTerms`].
pub(super) fn amended(
    before: Terms,
    asked: &WalletTerms,
    currency: Currency,
    smallest: i64,
) -> Result<Terms, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut minor = |pointer: &str, amount: Option<Money>| -> Option<i64> {
        let amount = amount?;
        if amount.currency != currency {
            let message = format!("the wallet is in {currency}");
            faults.push(FieldError::new(pointer, "currency_mismatch", message));
            return None;
        }
        Some(amount.minor)
    };
    let terms = Terms {
        refill: asked.refill.unwrap_or(before.refill),
        refill_minor: minor("/refill_amount", asked.refill_amount).or(before.refill_minor),
        refill_below_minor: minor("/refill_below", asked.refill_below).or(before.refill_below_minor),
        notice_below_minor: minor("/notice_below", asked.notice_below).or(before.notice_below_minor),
        limit_minor: minor("/limit", asked.limit).unwrap_or(before.limit_minor),
    };
    if terms.refill_minor.is_some_and(|amount| amount < smallest.max(1)) {
        let message = format!("expected {} or more", smallest.max(1));
        faults.push(FieldError::new("/refill_amount/amount", "out_of_range", message));
    }
    let needs_amount = matches!(terms.refill, WalletRefill::MonthlyOn1st | WalletRefill::LowBalance);
    if needs_amount && terms.refill_minor.is_none() {
        faults.push(FieldError::new(
            "/refill_amount",
            "required",
            "how much is charged each time is not said anywhere",
        ));
    }
    if terms.refill == WalletRefill::LowBalance && terms.refill_below_minor.is_none() {
        faults.push(FieldError::new(
            "/refill_below",
            "required",
            "the balance below which it is filled is not said anywhere",
        ));
    }
    if terms.limit_minor > 0 {
        faults.push(FieldError::new(
            "/limit/amount",
            "out_of_range",
            "expected 0, or less to give credit",
        ));
    }
    for (pointer, amount) in [
        ("/refill_below/amount", terms.refill_below_minor),
        ("/notice_below/amount", terms.notice_below_minor),
    ] {
        if amount.is_some_and(|amount| amount < terms.limit_minor) {
            faults.push(FieldError::new(
                pointer,
                "out_of_range",
                "the balance never falls below the limit",
            ));
        }
    }
    if faults.is_empty() { Ok(terms) } else { Err(faults) }
}

/// Whether the balance has just fallen below the notice limit: one movement crosses it, whatever races.
pub(super) const fn crossed(before: i64, after: i64, notice_below: Option<i64>) -> bool {
    match notice_below {
        Some(limit) => limit > 0 && before >= limit && after < limit,
        None => false,
    }
}

/// Whether a wallet has what the next lead costs, of the cheapest that its orders would take; none where no order
/// takes any.
pub(super) fn funds(terms: Terms, balance: i64, cheapest: Option<i64>) -> WalletFunds {
    let left = balance - terms.limit_minor;
    if cheapest.map_or(left <= 0, |price| left < price) {
        WalletFunds::Empty
    } else if terms.notice_below_minor.is_some_and(|limit| balance < limit) {
        WalletFunds::Low
    } else {
        WalletFunds::Enough
    }
}

/// Since when filling is due under these terms, by what is in the wallet and whether it was ever paid into; none
/// where nothing is due. What was due before stays so, and what was put off is due now.
pub(super) fn due(
    terms: Terms,
    balance: i64,
    funded: bool,
    before: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    match terms.refill {
        // The first one is taken before anything is delivered (R9); later ones on the first of a month.
        WalletRefill::MonthlyOn1st => before.or((!funded).then_some(now)),
        WalletRefill::LowBalance => is_low(terms, balance).then(|| before.unwrap_or(now)),
        WalletRefill::Manual => None,
    }
    .map(|at| at.min(now))
}

/// Whether the charge that is due begins now: one at a time.
pub(super) fn begins(due: Option<Timestamp>, charge_followed: bool, now: Timestamp) -> bool {
    !charge_followed && due.is_some_and(|at| at <= now)
}

fn is_low(terms: Terms, balance: i64) -> bool {
    terms.refill_below_minor.is_some_and(|below| balance < below)
}

/// What is due and which charge is followed after money was paid in.
///
/// `payment` brought it; `followed` is the charge that the terms had begun, with whether it still may bring
/// money itself.
pub(super) fn after_top_up(
    terms: Terms,
    balance: i64,
    payment: PaymentId,
    followed: Option<(PaymentId, bool)>,
    due: Option<Timestamp>,
    now: Timestamp,
) -> (Option<Timestamp>, Option<PaymentId>) {
    if let Some((id, true)) = followed
        && id != payment
    {
        return (due, Some(id));
    }
    let due = match terms.refill {
        WalletRefill::LowBalance if is_low(terms, balance) => Some(due.filter(|_| followed.is_none()).unwrap_or(now)),
        WalletRefill::LowBalance | WalletRefill::Manual => None,
        // The first of the month stays due when somebody pays in beside it.
        WalletRefill::MonthlyOn1st => due.filter(|_| followed.is_none()),
    };
    (due, None)
}

/// Where filling stands, from the row and from whether its charge may still bring money.
pub(super) const fn refill_status(due: bool, charge: Option<bool>) -> RefillStatus {
    match (charge, due) {
        (Some(true), _) => RefillStatus::UnderWay,
        (Some(false), _) => RefillStatus::Stopped,
        (None, true) => RefillStatus::Due,
        (None, false) => RefillStatus::Idle,
    }
}

/// The terms of a stored method where it fills a wallet: those of its prepaid kind (R9, R10), else its own; none
/// where the policy does not take it.
pub(crate) fn method_terms(policy: &PolicySet, kind: PaymentMethodKind) -> Option<&MethodTerms> {
    let prepaid = match kind {
        PaymentMethodKind::Card => Some(PaymentMethodKind::PrepaidCard),
        PaymentMethodKind::Ach => Some(PaymentMethodKind::PrepaidAch),
        _ => None,
    };
    prepaid
        .and_then(|kind| policy.payment_methods.get(&kind))
        .or_else(|| policy.payment_methods.get(&kind))
}

#[cfg(test)]
mod tests;
