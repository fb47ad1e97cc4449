//! What is believed of a charge, when a failed one is tried again, and whose money pays what.

use time::Duration;
use tradepost_contract::invoices::{InvoiceAction, InvoiceStatus};
use tradepost_contract::payments::{AttemptStatus, DisputeStatus, PaymentFailure, PaymentMethod};
use tradepost_contract::policy::{DunningPolicy, PaymentMethodKind};
use tradepost_contract::{InvalidTransition, Timestamp};

/// What is known of one try at the gateway.
///
/// News are joined, never replaced: each part only rises, so that any order and any repetition of news
/// ends in the same knowledge (F17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) status: AttemptStatus,
    pub(crate) failure: Option<PaymentFailure>,
    pub(crate) dispute: Option<DisputeStatus>,
}

impl Known {
    pub(crate) const fn of(status: AttemptStatus, failure: Option<PaymentFailure>) -> Self {
        Self {
            status,
            failure,
            dispute: None,
        }
    }

    /// A payer's bank asks only for money that was taken.
    pub(crate) const fn disputed(dispute: DisputeStatus) -> Self {
        Self {
            status: AttemptStatus::Succeeded,
            failure: None,
            dispute: Some(dispute),
        }
    }

    /// Both together.
    pub(crate) fn join(self, other: Self) -> Self {
        let status = self.status.max(other.status);
        let failure = match status {
            AttemptStatus::Failed => self.failure.max(other.failure),
            _ => None,
        };
        Self {
            status,
            failure,
            dispute: self.dispute.max(other.dispute),
        }
    }
}

/// What follows a failed charge of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterFailure {
    /// It is tried again then.
    RetryAt(Timestamp),
    /// It is not.
    GiveUp,
}

/// Whether a payment whose try number `tries` just failed is tried again, by the policy's retry plan.
pub(crate) fn after_failure(
    plan: &DunningPolicy,
    tries: i64,
    failure: Option<PaymentFailure>,
    now: Timestamp,
) -> AfterFailure {
    let pointless = failure.is_some_and(PaymentFailure::is_for_good);
    if pointless || tries > i64::from(plan.max_retries) {
        return AfterFailure::GiveUp;
    }
    AfterFailure::RetryAt(now.plus(Duration::days(i64::from(plan.retry_every_days.max(1)))))
}

/// How much of what is given back an invoice no longer has as paid: what the supplier has in credit is
/// used up first, and no more than this payment gave to the invoice.
pub(crate) fn taken_off_invoice(given_back: i64, credit: i64, applied: i64) -> i64 {
    (given_back - credit.max(0)).clamp(0, applied.max(0))
}

/// How an invoice stands after something that paid it was taken back, of which `still_paid` is left.
pub(crate) fn after_reopening(status: InvoiceStatus, still_paid: i64) -> Result<InvoiceStatus, InvalidTransition> {
    status.after(if still_paid > 0 {
        InvoiceAction::ReopenPart
    } else {
        InvoiceAction::Reopen
    })
}

/// How the money of a stored method comes.
pub(crate) const fn method_of(kind: PaymentMethodKind) -> PaymentMethod {
    use PaymentMethodKind as K;
    match kind {
        K::Card | K::PrepaidCard => PaymentMethod::Card,
        K::Ach | K::PrepaidAch => PaymentMethod::Ach,
        K::Bacs => PaymentMethod::Bacs,
        K::DirectDebit => PaymentMethod::DirectDebit,
        K::BankAccount => PaymentMethod::BankAccount,
        K::Paypal => PaymentMethod::Paypal,
        K::ApplePay => PaymentMethod::ApplePay,
        K::AndroidPay => PaymentMethod::AndroidPay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn plan(max_retries: u32, retry_every_days: u32) -> DunningPolicy {
        DunningPolicy {
            max_retries,
            retry_every_days,
            suspend_after_days: None,
        }
    }

    #[rstest]
    #[case(3, 1, PaymentFailure::Declined, true)]
    #[case(3, 3, PaymentFailure::InsufficientFunds, true)]
    #[case(3, 4, PaymentFailure::InsufficientFunds, false)]
    #[case(0, 1, PaymentFailure::Declined, false)]
    #[case(3, 1, PaymentFailure::Expired, false)]
    #[case(3, 1, PaymentFailure::NotAuthorised, false)]
    #[case(3, 1, PaymentFailure::NeverArrived, true)]
    fn a_failed_charge_is_tried_again_as_often_as_the_policy_says(
        #[case] max_retries: u32,
        #[case] tries: i64,
        #[case] failure: PaymentFailure,
        #[case] again: bool,
    ) {
        let now = Timestamp::from_seconds(0);
        let follows = after_failure(&plan(max_retries, 2), tries, Some(failure), now);
        let expected = if again {
            AfterFailure::RetryAt(now.plus(Duration::days(2)))
        } else {
            AfterFailure::GiveUp
        };
        assert_eq!(follows, expected);
    }

    #[rstest]
    #[case(100, 0, 100, 100)]
    #[case(20, 20, 100, 0)]
    #[case(30, 20, 100, 10)]
    #[case(100, 0, 60, 60)]
    #[case(20, -5, 100, 20)]
    fn credit_is_given_back_before_an_invoice_is_opened_again(
        #[case] given_back: i64,
        #[case] credit: i64,
        #[case] applied: i64,
        #[case] expected: i64,
    ) {
        assert_eq!(taken_off_invoice(given_back, credit, applied), expected);
    }

    /// Every order of the items, each up to so many times in a row is covered by repeating the whole list.
    fn orders<T: Copy>(items: &[T]) -> Vec<Vec<T>> {
        if items.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for at in 0..items.len() {
            let mut rest = items.to_vec();
            let first = rest.remove(at);
            for mut order in orders(&rest) {
                order.insert(0, first);
                all.push(order);
            }
        }
        all
    }

    /// F17: all 120 orders of five news, each heard up to three times, end in the same knowledge.
    #[test]
    fn f17_any_order_and_repetition_of_news_ends_alike() {
        let start = Known::of(AttemptStatus::Created, None);
        let news = [
            Known::of(AttemptStatus::Pending, None),
            Known::of(AttemptStatus::Failed, Some(PaymentFailure::Declined)),
            Known::of(AttemptStatus::Succeeded, None),
            Known::disputed(DisputeStatus::Open),
            Known::disputed(DisputeStatus::Lost),
        ];
        let expected = Known::disputed(DisputeStatus::Lost);
        let all = orders(&news);
        assert_eq!(all.len(), 120);
        for (n, order) in all.iter().enumerate() {
            let mut known = start;
            for (at, heard) in order.iter().enumerate() {
                for _ in 0..=(n + at) % 3 {
                    known = known.join(*heard);
                }
                // What was heard once stays heard.
                assert_eq!(known, known.join(*heard));
            }
            // And all of it again, backwards.
            known = order.iter().rev().fold(known, |known, heard| known.join(*heard));
            assert_eq!(known, expected, "{order:?}");
        }
    }

    #[test]
    fn a_success_outranks_a_refusal_that_was_believed() {
        let failed = Known::of(AttemptStatus::Failed, Some(PaymentFailure::NeverArrived));
        let joined = failed.join(Known::of(AttemptStatus::Succeeded, None));
        assert_eq!((joined.status, joined.failure), (AttemptStatus::Succeeded, None));
    }
}
