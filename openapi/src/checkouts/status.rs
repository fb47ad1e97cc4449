//! Where a checkout stands, and what can happen to it.

use crate::transition::InvalidTransition;

text_enum! {
    /// Where a checkout stands.
    pub enum CheckoutStatus {
        /// It is being filled in; its price and its coupon are held until `expires_at`.
        Open = "open",
        /// The buyer has ordered, and the money is awaited until `expires_at`.
        AwaitingPayment = "awaiting_payment",
        /// It is paid, and its order takes leads.
        Completed = "completed",
        /// It was left, or its time was over.
        Abandoned = "abandoned",
        /// Its payment failed for good.
        Failed = "failed",
    }
}

text_enum! {
    /// What can happen to a checkout.
    pub enum CheckoutAction {
        /// The buyer orders.
        Submit = "submit",
        /// The money is there.
        Complete = "complete",
        /// It is left, or its time is over.
        Abandon = "abandon",
        /// The payment failed for good.
        Fail = "fail",
    }
}

impl CheckoutStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: CheckoutAction) -> Result<Self, InvalidTransition> {
        use CheckoutAction as A;
        match (self, action) {
            (Self::Open, A::Submit) => Ok(Self::AwaitingPayment),
            (Self::AwaitingPayment, A::Complete) => Ok(Self::Completed),
            (Self::Open | Self::AwaitingPayment, A::Abandon) => Ok(Self::Abandoned),
            (Self::AwaitingPayment, A::Fail) => Ok(Self::Failed),
            (Self::Open, A::Complete | A::Fail)
            | (Self::AwaitingPayment, A::Submit)
            | (Self::Completed | Self::Abandoned | Self::Failed, A::Submit | A::Complete | A::Abandon | A::Fail) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }

    /// Whether it still holds its price and its coupon.
    pub const fn is_live(self) -> bool {
        self.after(CheckoutAction::Abandon).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use CheckoutAction as A;
        use CheckoutStatus as S;
        let allowed = [
            (S::Open, A::Submit, S::AwaitingPayment),
            (S::Open, A::Abandon, S::Abandoned),
            (S::AwaitingPayment, A::Complete, S::Completed),
            (S::AwaitingPayment, A::Abandon, S::Abandoned),
            (S::AwaitingPayment, A::Fail, S::Failed),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(f, a, _)| f == from && a == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
        let live: Vec<_> = S::ALL.iter().filter(|status| status.is_live()).collect();
        assert_eq!(live, [&S::Open, &S::AwaitingPayment]);
    }
}
