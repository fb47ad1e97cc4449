//! Which terms a wallet has, when it is filled again, and which methods fill it. Pure.

use tradepost_contract::policy::{MethodTerms, PaymentMethodKind, PolicySet, PrepaidPolicy, PrepaidRefill};
use tradepost_contract::wallets::{RefillStatus, WalletRefill};
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

/// What somebody asks of the terms; each amount with its place in the body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AskedTerms {
    pub(super) refill: Option<WalletRefill>,
    pub(super) refill_amount: Option<Money>,
    pub(super) refill_below: Option<Money>,
    pub(super) notice_below: Option<Money>,
    pub(super) limit: Option<Money>,
}

/// The terms with what was asked put in.
pub(super) fn amended(
    before: Terms,
    asked: AskedTerms,
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
    let low = terms.refill_below_minor.is_some_and(|below| balance < below);
    let due = match terms.refill {
        WalletRefill::LowBalance if low => Some(due.filter(|_| followed.is_none()).unwrap_or(now)),
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
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::Id;

    const USD: Currency = Currency::USD;

    fn low() -> Terms {
        Terms {
            refill: WalletRefill::LowBalance,
            refill_minor: Some(50_000),
            refill_below_minor: Some(10_000),
            notice_below_minor: Some(20_000),
            limit_minor: 0,
        }
    }

    fn usd(minor: i64) -> Option<Money> {
        Some(Money::new(minor, USD))
    }

    /// R11: the form overrides what the policy says, and what it leaves out stays.
    #[test]
    fn r11_the_form_overrides_the_policy() {
        let asked = AskedTerms {
            refill_amount: usd(70_000),
            ..AskedTerms::default()
        };
        let terms = amended(low(), asked, USD, 5_000).unwrap();
        assert_eq!(
            terms,
            Terms {
                refill_minor: Some(70_000),
                ..low()
            }
        );
    }

    #[rstest]
    #[case(AskedTerms { refill_amount: usd(4_999), ..AskedTerms::default() }, "/refill_amount/amount")]
    #[case(AskedTerms { limit: usd(1), ..AskedTerms::default() }, "/limit/amount")]
    #[case(AskedTerms { notice_below: usd(-1), ..AskedTerms::default() }, "/notice_below/amount")]
    #[case(AskedTerms { refill_below: Some(Money::new(1, Currency::GBP)), ..AskedTerms::default() }, "/refill_below")]
    fn terms_that_cannot_be_kept_are_refused(#[case] asked: AskedTerms, #[case] pointer: &str) {
        let faults = amended(low(), asked, USD, 5_000).unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(),
            [pointer]
        );
    }

    #[test]
    fn filling_by_itself_needs_an_amount() {
        let bare = Terms {
            refill: WalletRefill::Manual,
            refill_minor: None,
            refill_below_minor: None,
            ..low()
        };
        let asked = AskedTerms {
            refill: Some(WalletRefill::LowBalance),
            ..AskedTerms::default()
        };
        assert_eq!(amended(bare, asked, USD, 1).unwrap_err().len(), 2);
        assert_eq!(amended(bare, AskedTerms::default(), USD, 1), Ok(bare));
    }

    #[rstest]
    #[case(20_000, 19_999, Some(20_000), true)]
    #[case(19_999, 15_000, Some(20_000), false)]
    #[case(25_000, 20_000, Some(20_000), false)]
    #[case(25_000, 15_000, None, false)]
    #[case(5, -5, Some(0), false)]
    fn a_crossing_is_one_movement(
        #[case] before: i64,
        #[case] after: i64,
        #[case] notice: Option<i64>,
        #[case] expected: bool,
    ) {
        assert_eq!(crossed(before, after, notice), expected);
    }

    #[test]
    fn a_top_up_answers_what_is_due_next() {
        let (charge, by_hand) = (PaymentId::from_i64(1), PaymentId::from_i64(2));
        let (then, now) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        let monthly = Terms {
            refill: WalletRefill::MonthlyOn1st,
            ..low()
        };
        // The charge itself brought enough, or too little.
        assert_eq!(
            after_top_up(low(), 50_000, charge, Some((charge, false)), Some(then), now),
            (None, None)
        );
        assert_eq!(
            after_top_up(low(), 9_999, charge, Some((charge, false)), Some(then), now),
            (Some(now), None)
        );
        // Somebody pays in beside a charge that is under way, or after one that failed.
        assert_eq!(
            after_top_up(low(), 90_000, by_hand, Some((charge, true)), Some(then), now),
            (Some(then), Some(charge))
        );
        assert_eq!(
            after_top_up(low(), 90_000, by_hand, Some((charge, false)), Some(then), now),
            (None, None)
        );
        // Before a due charge has begun: enough ends it, the first of the month stays.
        assert_eq!(
            after_top_up(low(), 90_000, by_hand, None, Some(then), now),
            (None, None)
        );
        assert_eq!(
            after_top_up(low(), 9_999, by_hand, None, Some(then), now),
            (Some(then), None)
        );
        assert_eq!(
            after_top_up(monthly, 90_000, by_hand, None, Some(then), now),
            (Some(then), None)
        );
        assert_eq!(
            after_top_up(monthly, 90_000, charge, Some((charge, false)), Some(then), now),
            (None, None)
        );
    }
}
