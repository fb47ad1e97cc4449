//! Amounts and numbers of an invoice. Its dates are `calendar.rs`'s.

use tradepost_contract::invoices::{InvoiceAction, InvoiceStatus};
use tradepost_contract::{InvalidTransition, Money, MoneyError};

/// An invoice's number: the legal entity's prefix and its gapless sequence.
pub(crate) fn invoice_number(prefix: &str, sequence: i64) -> String {
    format!("{prefix}-{sequence:06}")
}

/// How an invoice stands after `amount` more of it was paid or credited, or why it cannot be.
pub(crate) fn after_payment(
    status: InvoiceStatus,
    open: Money,
    amount: Money,
) -> Result<InvoiceStatus, PaymentRefusal> {
    let rest = open.minus(amount)?;
    if amount.minor <= 0 || rest.minor < 0 {
        return Err(PaymentRefusal::NotWithinOpen);
    }
    Ok(status.after(if rest.minor == 0 {
        InvoiceAction::Settle
    } else {
        InvoiceAction::PayPart
    })?)
}

/// Why a payment is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaymentRefusal {
    /// Nothing, less than nothing, or more than is open.
    #[error("a payment is more than nothing and at most what is open")]
    NotWithinOpen,
    /// The invoice takes no payments in this state.
    #[error(transparent)]
    State(#[from] InvalidTransition),
    /// Another currency, or too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What a credit note takes off an invoice, and how the invoice stands then: it reduces what is
/// still open first, and what is left of it is a credit balance of the supplier.
pub(crate) fn apply_credit(
    status: InvoiceStatus,
    open: Money,
    credit: Money,
) -> Result<(Money, InvoiceStatus), MoneyError> {
    let applied = if credit.minus(open)?.minor > 0 { open } else { credit };
    let settles = applied.minor > 0 && applied == open;
    // A credit that leaves something open changes no status: nobody has paid anything.
    let status = if settles {
        status.after(InvoiceAction::Settle).unwrap_or(status)
    } else {
        status
    };
    Ok((applied, status))
}

/// Whether an invoice is, or will be, charged on its collection day: by what was decided on that day (`collection/`),
/// and before it as long as something is open.
pub(super) fn is_charged(decided: Option<&str>, status: InvoiceStatus) -> bool {
    match decided {
        Some(outcome) => outcome == "charged",
        None => status.takes_payments(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::Currency;
    use tradepost_contract::policy::{
        BillingCycle, BillingMode, BillingPolicy, CollectionRule, FirstPeriod, OpenWindowLines, RevocationRule, Weekday,
    };

    /// A weekly seller's billing rules, to vary in tests.
    pub(crate) fn weekly() -> BillingPolicy {
        BillingPolicy {
            mode: BillingMode::Arrears,
            cycle: BillingCycle::Week {
                anchor: Weekday::Monday,
                lag_days: 0,
            },
            first_period: FirstPeriod::None {},
            advance_pct: None,
            open_window_lines: OpenWindowLines::IncludeThenCredit,
            terms_days: 7,
            collection_rule: CollectionRule::OnFinalise {},
            revocation: RevocationRule::Suspend,
            refund_approval_above_minor: None,
        }
    }

    fn pounds(minor: i64) -> Money {
        Money::new(minor, Currency::GBP)
    }

    #[rstest]
    #[case(None, InvoiceStatus::Open, true)]
    #[case(None, InvoiceStatus::PartlyPaid, true)]
    #[case(None, InvoiceStatus::Overdue, true)]
    #[case(None, InvoiceStatus::Paid, false)]
    #[case(Some("charged"), InvoiceStatus::Paid, true)]
    #[case(Some("charged"), InvoiceStatus::Open, true)]
    #[case(Some("by_hand"), InvoiceStatus::Open, false)]
    #[case(Some("no_method"), InvoiceStatus::Overdue, false)]
    #[case(Some("nothing_open"), InvoiceStatus::Paid, false)]
    #[case(Some("paid_already"), InvoiceStatus::Paid, false)]
    fn what_is_paid_by_hand_has_no_collection_day(
        #[case] decided: Option<&str>,
        #[case] status: InvoiceStatus,
        #[case] charged: bool,
    ) {
        assert_eq!(is_charged(decided, status), charged);
    }

    #[rstest]
    #[case("TPUS", 1, "TPUS-000001")]
    #[case("TPUK", 999_999, "TPUK-999999")]
    #[case("TPUK", 1_000_000, "TPUK-1000000")]
    fn numbers_are_padded_and_grow_beyond_the_padding(
        #[case] prefix: &str,
        #[case] sequence: i64,
        #[case] number: &str,
    ) {
        assert_eq!(invoice_number(prefix, sequence), number);
    }

    #[rstest]
    #[case(InvoiceStatus::Open, 1000, 400, Ok(InvoiceStatus::PartlyPaid))]
    #[case(InvoiceStatus::Open, 1000, 1000, Ok(InvoiceStatus::Paid))]
    #[case(InvoiceStatus::PartlyPaid, 600, 600, Ok(InvoiceStatus::Paid))]
    #[case(InvoiceStatus::Overdue, 1000, 1, Ok(InvoiceStatus::Overdue))]
    #[case(InvoiceStatus::Overdue, 1000, 1000, Ok(InvoiceStatus::Paid))]
    #[case(InvoiceStatus::Uncollectible, 1000, 1000, Ok(InvoiceStatus::Paid))]
    #[case(InvoiceStatus::Open, 1000, 1001, Err(PaymentRefusal::NotWithinOpen))]
    #[case(InvoiceStatus::Open, 1000, 0, Err(PaymentRefusal::NotWithinOpen))]
    #[case(InvoiceStatus::Open, 1000, -5, Err(PaymentRefusal::NotWithinOpen))]
    #[case(InvoiceStatus::Paid, 0, 1, Err(PaymentRefusal::NotWithinOpen))]
    #[case(InvoiceStatus::Draft, 1000, 1000, Err(PaymentRefusal::State(InvalidTransition { from: "draft", action: "settle" })))]
    fn what_a_payment_does(
        #[case] status: InvoiceStatus,
        #[case] open: i64,
        #[case] amount: i64,
        #[case] expected: Result<InvoiceStatus, PaymentRefusal>,
    ) {
        assert_eq!(after_payment(status, pounds(open), pounds(amount)), expected);
    }

    #[test]
    fn a_payment_in_another_currency_is_refused() {
        let dollars = Money::new(1, Currency::USD);
        assert_eq!(
            after_payment(InvoiceStatus::Open, pounds(5), dollars),
            Err(PaymentRefusal::Money(MoneyError::CurrencyMismatch))
        );
    }

    #[rstest]
    #[case(InvoiceStatus::Open, 1000, 400, 400, InvoiceStatus::Open)]
    #[case(InvoiceStatus::Open, 400, 400, 400, InvoiceStatus::Paid)]
    #[case(InvoiceStatus::PartlyPaid, 100, 400, 100, InvoiceStatus::Paid)]
    #[case(InvoiceStatus::Overdue, 400, 400, 400, InvoiceStatus::Paid)]
    #[case(InvoiceStatus::Overdue, 900, 400, 400, InvoiceStatus::Overdue)]
    #[case(InvoiceStatus::Paid, 0, 400, 0, InvoiceStatus::Paid)]
    #[case(InvoiceStatus::Open, 400, 0, 0, InvoiceStatus::Open)]
    fn a_credit_reduces_what_is_open_first(
        #[case] status: InvoiceStatus,
        #[case] open: i64,
        #[case] credit: i64,
        #[case] applied: i64,
        #[case] after: InvoiceStatus,
    ) {
        assert_eq!(
            apply_credit(status, pounds(open), pounds(credit)),
            Ok((pounds(applied), after))
        );
    }
}
