//! Where a change request stands, and what can happen to it.

use crate::transition::InvalidTransition;

text_enum! {
    /// Where a change request stands.
    pub enum ChangeRequestStatus {
        /// Staff have not decided.
        Open = "open",
        /// Staff agreed; it takes effect later.
        Scheduled = "scheduled",
        /// It was carried out.
        Applied = "applied",
        /// Staff refused it.
        Declined = "declined",
        /// A later request for the same thing took its place.
        Superseded = "superseded",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
        /// It could not be carried out any more.
        Failed = "failed",
    }
}

text_enum! {
    /// What can happen to a change request.
    pub enum ChangeRequestAction {
        /// Staff agree.
        Approve = "approve",
        /// Staff refuse.
        Decline = "decline",
        /// Whoever asked takes it back.
        Withdraw = "withdraw",
        /// Its time has come.
        Apply = "apply",
        /// A later request for the same thing is agreed to.
        Supersede = "supersede",
        /// It cannot be carried out any more.
        Fail = "fail",
    }
}

impl ChangeRequestStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: ChangeRequestAction) -> Result<Self, InvalidTransition> {
        use ChangeRequestAction as A;
        match (self, action) {
            (Self::Open, A::Approve) => Ok(Self::Scheduled),
            (Self::Open, A::Decline) => Ok(Self::Declined),
            (Self::Open | Self::Scheduled, A::Withdraw) => Ok(Self::Withdrawn),
            (Self::Scheduled, A::Apply) => Ok(Self::Applied),
            (Self::Scheduled, A::Supersede) => Ok(Self::Superseded),
            (Self::Open | Self::Scheduled, A::Fail) => Ok(Self::Failed),
            (Self::Open, A::Apply | A::Supersede)
            | (Self::Scheduled, A::Approve | A::Decline)
            | (
                Self::Applied | Self::Declined | Self::Superseded | Self::Withdrawn | Self::Failed,
                A::Approve | A::Decline | A::Withdraw | A::Apply | A::Supersede | A::Fail,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether something may still come of it.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Open | Self::Scheduled => true,
            Self::Applied | Self::Declined | Self::Superseded | Self::Withdrawn | Self::Failed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use ChangeRequestAction as A;
        use ChangeRequestStatus as S;
        let allowed = [
            (S::Open, A::Approve, S::Scheduled),
            (S::Open, A::Decline, S::Declined),
            (S::Open, A::Withdraw, S::Withdrawn),
            (S::Open, A::Fail, S::Failed),
            (S::Scheduled, A::Withdraw, S::Withdrawn),
            (S::Scheduled, A::Apply, S::Applied),
            (S::Scheduled, A::Supersede, S::Superseded),
            (S::Scheduled, A::Fail, S::Failed),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed.iter().find(|(f, a, _)| f == from && a == action);
                assert_eq!(
                    from.after(*action).ok(),
                    expected.map(|(_, _, to)| *to),
                    "{from} {action}"
                );
            }
            let goes_on = A::ALL.iter().any(|action| from.after(*action).is_ok());
            assert_eq!(from.is_live(), goes_on, "{from}");
        }
    }
}
