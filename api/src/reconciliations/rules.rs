//! Where the gateway's list of a day and ours differ.

use crate::gateway::{Charge, RefundState};
use crate::payments::store::AttemptRow;
use crate::refunds::SentRefund;
use tradepost_contract::payments::AttemptStatus;
use tradepost_contract::reconciliations::DifferenceKind;
use tradepost_contract::refunds::RefundStatus;
use tradepost_contract::{PaymentAttemptId, PaymentId, RefundId};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) kind: DifferenceKind,
    pub(super) payment: Option<PaymentId>,
    pub(super) reference: String,
    pub(super) detail: String,
    /// What has to be taken over, which mends it.
    pub(super) news: Option<News>,
}

/// What the gateway knew and we did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// How a try stands.
    Charge(PaymentAttemptId, Charge),
    /// How a refund stands.
    Refund(RefundId, RefundState),
}

/// Compares our tries of a day with the gateway's charges of the time around it. `theirs_alone` are those
/// of its charges in that very day which are none of ours.
pub(super) fn compare(ours: &[AttemptRow], theirs: &[Charge], theirs_alone: &[Charge]) -> Vec<Difference> {
    let mut found = Vec::new();
    for attempt in ours {
        let charge = theirs.iter().find(|charge| charge.attempt == Some(attempt.id));
        let difference = |kind, detail: String| Difference {
            kind,
            payment: Some(attempt.payment_id),
            reference: charge.map_or_else(|| attempt.id.to_string(), |charge| charge.reference.clone()),
            detail,
            news: None,
        };
        match charge {
            None if matches!(attempt.status, AttemptStatus::Pending | AttemptStatus::Succeeded) => {
                let detail = format!(
                    "It stands here as {}, and the gateway has no such charge.",
                    attempt.status
                );
                found.push(difference(DifferenceKind::UnknownAtGateway, detail));
            }
            None => {}
            Some(charge) if charge.amount_minor != attempt.amount_minor => {
                let detail = format!(
                    "It is {} here and {} at the gateway, in minor units.",
                    attempt.amount_minor, charge.amount_minor
                );
                found.push(difference(DifferenceKind::Amount, detail));
            }
            Some(charge) if charge.status > attempt.status => {
                let detail = format!(
                    "It was {} here and is {} at the gateway.",
                    attempt.status, charge.status
                );
                found.push(Difference {
                    news: Some(News::Charge(attempt.id, charge.clone())),
                    ..difference(DifferenceKind::MissedNews, detail)
                });
            }
            Some(_) => {}
        }
    }
    found.extend(theirs_alone.iter().map(|charge| Difference {
        kind: DifferenceKind::UnknownHere,
        payment: None,
        reference: charge.reference.clone(),
        detail: format!(
            "The gateway has a charge of {} in minor units, {}.",
            charge.amount_minor, charge.status
        ),
        news: None,
    }));
    found
}

/// How a refund of which the gateway was asked stands there. One that a person let be had failed.
const fn at_the_gateway(status: RefundStatus) -> RefundStatus {
    match status {
        RefundStatus::Refused => RefundStatus::Failed,
        other => other,
    }
}

/// Compares the refunds that were asked for on a day with the gateway's refunds of the time around it.
/// `theirs_alone` are those of its refunds in that very day which are none of ours.
pub(super) fn compare_refunds(
    ours: &[SentRefund],
    theirs: &[RefundState],
    theirs_alone: &[RefundState],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for refund in ours {
        let state = theirs.iter().find(|state| state.refund == Some(refund.id));
        let difference = |kind, detail: String, news| Difference {
            kind,
            payment: Some(refund.payment),
            reference: state.map_or_else(|| refund.id.to_string(), |state| state.reference.clone()),
            detail,
            news,
        };
        let Some(state) = state else {
            if matches!(refund.status, RefundStatus::Pending | RefundStatus::Succeeded) {
                let detail = format!(
                    "The refund stands here as {}, and the gateway has no such refund.",
                    refund.status
                );
                found.push(difference(DifferenceKind::Refund, detail, None));
            }
            continue;
        };
        if state.amount_minor != refund.amount_minor {
            let detail = format!(
                "The refund is {} here and {} at the gateway, in minor units.",
                refund.amount_minor, state.amount_minor
            );
            found.push(difference(DifferenceKind::Refund, detail, None));
        } else if state.status != at_the_gateway(refund.status) {
            let is_over = matches!(
                refund.status,
                RefundStatus::Succeeded | RefundStatus::Failed | RefundStatus::Refused
            );
            let detail = format!(
                "The refund was {} here and is {} at the gateway.",
                refund.status, state.status
            );
            // What is over here stays over: a person has to find out which of the two is right.
            found.push(if is_over {
                difference(DifferenceKind::Refund, detail, None)
            } else {
                let news = News::Refund(refund.id, state.clone());
                difference(DifferenceKind::MissedNews, detail, Some(news))
            });
        }
    }
    found.extend(theirs_alone.iter().map(|state| Difference {
        kind: DifferenceKind::Refund,
        payment: None,
        reference: state.reference.clone(),
        detail: format!(
            "The gateway has a refund of {} in minor units, {}, that nothing here asked for.",
            state.amount_minor, state.status
        ),
        news: None,
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::{Currency, Id, PaymentMethodId, Timestamp};

    fn ours(id: i64, status: AttemptStatus) -> AttemptRow {
        AttemptRow {
            id: PaymentAttemptId::from_i64(id),
            payment_id: PaymentId::from_i64(id),
            number: 1,
            payment_method_id: PaymentMethodId::from_i64(1),
            amount_minor: 100,
            currency: Currency::USD,
            status,
            reference: None,
            failure: None,
            dispute: None,
            sent_at: None,
            ask_at: None,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
        }
    }

    fn theirs(id: i64, amount_minor: i64, status: AttemptStatus) -> Charge {
        Charge {
            reference: format!("pi_{id}"),
            attempt: Some(PaymentAttemptId::from_i64(id)),
            amount_minor,
            status,
            failure: None,
        }
    }

    fn kinds(ours: &[AttemptRow], theirs: &[Charge], alone: &[Charge]) -> Vec<DifferenceKind> {
        compare(ours, theirs, alone)
            .into_iter()
            .map(|difference| difference.kind)
            .collect()
    }

    #[test]
    fn every_difference_is_named() {
        use AttemptStatus as S;
        let alike = theirs(1, 100, S::Succeeded);
        assert!(kinds(&[ours(1, S::Succeeded)], std::slice::from_ref(&alike), &[]).is_empty());
        assert_eq!(
            kinds(&[ours(1, S::Pending)], &[alike], &[]),
            [DifferenceKind::MissedNews]
        );
        assert_eq!(
            kinds(&[ours(2, S::Succeeded)], &[], &[]),
            [DifferenceKind::UnknownAtGateway]
        );
        assert!(kinds(&[ours(2, S::Failed)], &[], &[]).is_empty());
        let other = theirs(3, 99, S::Succeeded);
        assert_eq!(kinds(&[ours(3, S::Succeeded)], &[other], &[]), [DifferenceKind::Amount]);
        let stranger = theirs(4, 5, S::Succeeded);
        assert_eq!(
            kinds(&[], std::slice::from_ref(&stranger), std::slice::from_ref(&stranger)),
            [DifferenceKind::UnknownHere]
        );
    }

    fn given(id: i64, status: RefundStatus) -> SentRefund {
        SentRefund {
            id: RefundId::from_i64(id),
            payment: PaymentId::from_i64(id),
            status,
            amount_minor: 100,
        }
    }

    fn heard(id: i64, amount_minor: i64, status: RefundStatus) -> RefundState {
        RefundState {
            reference: format!("re_{id}"),
            refund: Some(RefundId::from_i64(id)),
            amount_minor,
            status,
            failure: None,
        }
    }

    #[test]
    fn refunds_are_compared_both_ways() {
        use RefundStatus as S;
        let of = |ours: &[SentRefund], theirs: &[RefundState], alone: &[RefundState]| {
            let found = compare_refunds(ours, theirs, alone);
            found
                .into_iter()
                .map(|difference| (difference.kind, difference.news.is_some()))
                .collect::<Vec<_>>()
        };
        let theirs = [heard(1, 100, S::Succeeded)];
        assert!(of(&[given(1, S::Succeeded)], &theirs, &[]).is_empty());
        assert_eq!(
            of(&[given(1, S::Pending)], &theirs, &[]),
            [(DifferenceKind::MissedNews, true)]
        );
        assert_eq!(
            of(&[given(1, S::Failed)], &theirs, &[]),
            [(DifferenceKind::Refund, false)]
        );
        assert_eq!(
            of(&[given(2, S::Succeeded)], &theirs, &[]),
            [(DifferenceKind::Refund, false)]
        );
        assert!(of(&[given(2, S::Failed)], &theirs, &[]).is_empty());
        let other = [heard(3, 99, S::Succeeded)];
        assert_eq!(
            of(&[given(3, S::Succeeded)], &other, &[]),
            [(DifferenceKind::Refund, false)]
        );
        assert_eq!(of(&[], &theirs, &theirs), [(DifferenceKind::Refund, false)]);
    }
}
