//! Where a payment stands, and what can happen to it.

use crate::transition::InvalidTransition;

text_enum! {
    /// Where a payment stands.
    pub enum PaymentStatus {
        /// It was decided on; the gateway has not been asked yet.
        Created = "created",
        /// The gateway has taken it on; the money is on its way (R8).
        Pending = "pending",
        /// The gateway's answer was lost: it is asked what became of it, and never asked to charge again.
        Unknown = "unknown",
        /// The gateway refused, and nothing is tried by itself.
        Failed = "failed",
        /// The gateway refused, and it is tried again at `next_attempt_at`.
        ScheduledRetry = "scheduled_retry",
        /// Every retry of the policy failed.
        Exhausted = "exhausted",
        /// The money is here.
        Succeeded = "succeeded",
        /// A part of the money was given back.
        PartRefunded = "part_refunded",
        /// All of the money was given back.
        Refunded = "refunded",
        /// The payer's bank asks for the money back; it is not decided yet.
        Disputed = "disputed",
        /// The payer's bank took the money back.
        DisputeLost = "dispute_lost",
        /// It was recorded by mistake, or is no longer needed: it counts for nothing.
        Void = "void",
    }
}

text_enum! {
    /// What can happen to a payment.
    pub enum PaymentAction {
        /// The gateway has taken it on.
        Acknowledge = "acknowledge",
        /// The gateway's answer was lost.
        LoseTrack = "lose_track",
        /// The money came.
        Succeed = "succeed",
        /// The gateway refused.
        Fail = "fail",
        /// Another try is planned.
        ScheduleRetry = "schedule_retry",
        /// No try is left.
        GiveUp = "give_up",
        /// Another try begins.
        Retry = "retry",
        /// A part of the money was given back.
        RefundPart = "refund_part",
        /// The rest of the money was given back.
        RefundAll = "refund_all",
        /// The payer's bank asks for the money back.
        OpenDispute = "open_dispute",
        /// The payer's bank decided for us.
        WinDispute = "win_dispute",
        /// The payer's bank decided for the payer.
        LoseDispute = "lose_dispute",
        /// It counts for nothing.
        Void = "void",
    }
}

impl PaymentStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: PaymentAction) -> Result<Self, InvalidTransition> {
        use PaymentAction as A;
        match (self, action) {
            (Self::Created | Self::Unknown, A::Acknowledge) => Ok(Self::Pending),
            (Self::Created, A::LoseTrack) => Ok(Self::Unknown),
            // The truth may come late, after a refusal was believed.
            (
                Self::Created
                | Self::Pending
                | Self::Unknown
                | Self::Failed
                | Self::ScheduledRetry
                | Self::Exhausted
                | Self::Void,
                A::Succeed,
            ) => Ok(Self::Succeeded),
            (Self::Created | Self::Pending | Self::Unknown, A::Fail) => Ok(Self::Failed),
            (Self::Failed, A::ScheduleRetry) => Ok(Self::ScheduledRetry),
            (Self::Failed | Self::ScheduledRetry, A::GiveUp) => Ok(Self::Exhausted),
            (Self::ScheduledRetry | Self::Failed | Self::Exhausted, A::Retry) => Ok(Self::Created),
            (Self::Succeeded | Self::PartRefunded, A::RefundPart) => Ok(Self::PartRefunded),
            (Self::Succeeded | Self::PartRefunded, A::RefundAll) => Ok(Self::Refunded),
            (Self::Succeeded | Self::PartRefunded | Self::Refunded, A::OpenDispute) => Ok(Self::Disputed),
            (Self::Disputed, A::WinDispute) => Ok(Self::Succeeded),
            (Self::Disputed, A::LoseDispute) => Ok(Self::DisputeLost),
            (Self::Succeeded | Self::ScheduledRetry, A::Void) => Ok(Self::Void),
            (
                Self::Created,
                A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Pending,
                A::Acknowledge
                | A::LoseTrack
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Unknown,
                A::LoseTrack
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Failed,
                A::Acknowledge
                | A::LoseTrack
                | A::Fail
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::ScheduledRetry,
                A::Acknowledge
                | A::LoseTrack
                | A::Fail
                | A::ScheduleRetry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute,
            )
            | (
                Self::Exhausted,
                A::Acknowledge
                | A::LoseTrack
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Succeeded,
                A::Acknowledge
                | A::LoseTrack
                | A::Succeed
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::WinDispute
                | A::LoseDispute,
            )
            | (
                Self::PartRefunded,
                A::Acknowledge
                | A::LoseTrack
                | A::Succeed
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Refunded,
                A::Acknowledge
                | A::LoseTrack
                | A::Succeed
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Disputed,
                A::Acknowledge
                | A::LoseTrack
                | A::Succeed
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::Void,
            )
            | (
                Self::DisputeLost,
                A::Acknowledge
                | A::LoseTrack
                | A::Succeed
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            )
            | (
                Self::Void,
                A::Acknowledge
                | A::LoseTrack
                | A::Fail
                | A::ScheduleRetry
                | A::GiveUp
                | A::Retry
                | A::RefundPart
                | A::RefundAll
                | A::OpenDispute
                | A::WinDispute
                | A::LoseDispute
                | A::Void,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether money may still come of it without anybody doing anything: a second charge of the same
    /// invoice waits until it is over.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Created | Self::Pending | Self::Unknown | Self::ScheduledRetry => true,
            Self::Failed
            | Self::Exhausted
            | Self::Succeeded
            | Self::PartRefunded
            | Self::Refunded
            | Self::Disputed
            | Self::DisputeLost
            | Self::Void => false,
        }
    }
}

text_enum! {
    /// Where one try at the gateway stands. Later words outrank earlier ones, whatever the order in
    /// which they are heard.
    pub enum AttemptStatus {
        /// Written down; the gateway may have heard of it or not.
        Created = "created",
        /// The gateway's answer was lost.
        Unknown = "unknown",
        /// The gateway has taken it on.
        Pending = "pending",
        /// The gateway refused.
        Failed = "failed",
        /// The money came.
        Succeeded = "succeeded",
    }
}

text_enum! {
    /// A payer's bank asks for money back. (The lead store's word "chargeback" means something else: a
    /// returned lead.)
    pub enum DisputeStatus {
        /// Not decided.
        Open = "open",
        /// The money stays.
        Won = "won",
        /// The money is gone.
        Lost = "lost",
    }
}

text_enum! {
    /// Why a try failed, in our words.
    pub enum PaymentFailure {
        /// The bank refused and did not say why.
        Declined = "declined",
        /// There was not enough money.
        InsufficientFunds = "insufficient_funds",
        /// The card has expired.
        Expired = "expired",
        /// The payer has to confirm it in person, which nobody could.
        ConfirmationNeeded = "confirmation_needed",
        /// The payer took the authorisation back, or the account is closed.
        NotAuthorised = "not_authorised",
        /// The method is unknown to the gateway, or was removed.
        MethodGone = "method_gone",
        /// The gateway never heard of it.
        NeverArrived = "never_arrived",
        /// The gateway refused the request itself.
        Refused = "refused",
    }
}

impl PaymentFailure {
    /// Whether trying the same method again is pointless.
    pub const fn is_for_good(self) -> bool {
        match self {
            Self::Expired | Self::ConfirmationNeeded | Self::NotAuthorised | Self::MethodGone => true,
            Self::Declined | Self::InsufficientFunds | Self::NeverArrived | Self::Refused => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentAction as A;
    use PaymentStatus as S;

    fn walk(actions: &[PaymentAction]) -> Result<PaymentStatus, InvalidTransition> {
        actions
            .iter()
            .try_fold(S::Created, |status, action| status.after(*action))
    }

    #[test]
    fn the_lives_that_payments_have() {
        assert_eq!(walk(&[A::Acknowledge, A::Succeed]), Ok(S::Succeeded));
        assert_eq!(walk(&[A::LoseTrack, A::Acknowledge, A::Fail]), Ok(S::Failed));
        assert_eq!(
            walk(&[A::Fail, A::ScheduleRetry, A::Retry, A::Succeed]),
            Ok(S::Succeeded)
        );
        assert_eq!(
            walk(&[A::Fail, A::ScheduleRetry, A::Retry, A::Fail, A::GiveUp]),
            Ok(S::Exhausted)
        );
        assert_eq!(walk(&[A::Succeed, A::RefundPart, A::RefundAll]), Ok(S::Refunded));
        assert_eq!(walk(&[A::Succeed, A::OpenDispute, A::LoseDispute]), Ok(S::DisputeLost));
        assert_eq!(
            walk(&[A::Succeed, A::OpenDispute, A::WinDispute, A::RefundAll]),
            Ok(S::Refunded)
        );
        assert_eq!(walk(&[A::Succeed, A::Void]), Ok(S::Void));
    }

    #[test]
    fn what_is_over_is_not_charged_again() {
        for status in S::ALL {
            let may_begin = status.after(A::Retry).is_ok();
            assert_eq!(
                may_begin,
                matches!(status, S::ScheduledRetry | S::Failed | S::Exhausted),
                "{status}"
            );
        }
        assert!(S::Succeeded.after(A::Fail).is_err() && S::Refunded.after(A::RefundPart).is_err());
    }

    /// The tries of one payment at a time: whatever is live keeps others away.
    #[test]
    fn a_live_payment_is_one_that_may_still_bring_money() {
        let live: Vec<_> = S::ALL.iter().filter(|status| status.is_live()).collect();
        assert_eq!(live, [&S::Created, &S::Pending, &S::Unknown, &S::ScheduledRetry]);
    }
}
