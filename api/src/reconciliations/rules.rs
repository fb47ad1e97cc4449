//! Where the gateway's list of a day and ours differ.

use crate::gateway::Charge;
use crate::payments::store::AttemptRow;
use tradepost_contract::payments::AttemptStatus;
use tradepost_contract::reconciliations::DifferenceKind;
use tradepost_contract::{PaymentAttemptId, PaymentId};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) kind: DifferenceKind,
    pub(super) payment: Option<PaymentId>,
    pub(super) reference: String,
    pub(super) detail: String,
    /// The try whose news have to be taken over, which mends it.
    pub(super) news: Option<(PaymentAttemptId, Charge)>,
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
                    news: Some((attempt.id, charge.clone())),
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
}
