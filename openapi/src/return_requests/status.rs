//! Where a return request stands, and what can be done with it there.

use crate::transition::InvalidTransition;

text_enum! {
    /// Where a return request stands.
    pub enum ReturnStatus {
        /// A reviewer has to decide.
        InReview = "in_review",
        /// A reviewer asked the supplier for more.
        InfoNeeded = "info_needed",
        /// Granted; `remedy` says what the supplier got.
        Approved = "approved",
        /// Refused; the programme may allow one appeal.
        Denied = "denied",
        /// Refused once; a second reviewer has to decide.
        Appealed = "appealed",
        /// Refused twice; nothing follows.
        FinalDenied = "final_denied",
        /// The supplier took it back.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be done with a return request.
    pub enum ReturnAction {
        /// The reviewer asks the supplier for more.
        Ask = "ask",
        /// The supplier answers.
        Answer = "answer",
        /// The reviewer grants it.
        Approve = "approve",
        /// The reviewer refuses it.
        Deny = "deny",
        /// The supplier takes it back.
        Withdraw = "withdraw",
        /// The supplier asks for a second reviewer.
        Appeal = "appeal",
    }
}

impl ReturnStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: ReturnAction) -> Result<Self, InvalidTransition> {
        use ReturnAction as A;
        match (self, action) {
            (Self::InReview, A::Ask) => Ok(Self::InfoNeeded),
            (Self::InfoNeeded, A::Answer) => Ok(Self::InReview),
            (Self::InReview | Self::InfoNeeded | Self::Appealed, A::Approve) => Ok(Self::Approved),
            (Self::InReview | Self::InfoNeeded, A::Deny) => Ok(Self::Denied),
            (Self::Appealed, A::Deny) => Ok(Self::FinalDenied),
            (Self::InReview | Self::InfoNeeded, A::Withdraw) => Ok(Self::Withdrawn),
            (Self::Denied, A::Appeal) => Ok(Self::Appealed),
            (Self::InReview, A::Answer | A::Appeal)
            | (Self::InfoNeeded, A::Ask | A::Appeal)
            | (Self::Appealed, A::Ask | A::Answer | A::Withdraw | A::Appeal)
            | (Self::Denied, A::Ask | A::Answer | A::Approve | A::Deny | A::Withdraw)
            | (
                Self::Approved | Self::FinalDenied | Self::Withdrawn,
                A::Ask | A::Answer | A::Approve | A::Deny | A::Withdraw | A::Appeal,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether somebody of the seller's staff has to decide.
    pub const fn awaits_decision(self) -> bool {
        self.after(ReturnAction::Approve).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R45: what is decided stays decided, but for the one appeal of a denial.
    #[test]
    fn r45_the_whole_table_of_transitions() {
        use ReturnAction as A;
        use ReturnStatus as S;
        let allowed = [
            (S::InReview, A::Ask, S::InfoNeeded),
            (S::InReview, A::Approve, S::Approved),
            (S::InReview, A::Deny, S::Denied),
            (S::InReview, A::Withdraw, S::Withdrawn),
            (S::InfoNeeded, A::Answer, S::InReview),
            (S::InfoNeeded, A::Approve, S::Approved),
            (S::InfoNeeded, A::Deny, S::Denied),
            (S::InfoNeeded, A::Withdraw, S::Withdrawn),
            (S::Denied, A::Appeal, S::Appealed),
            (S::Appealed, A::Approve, S::Approved),
            (S::Appealed, A::Deny, S::FinalDenied),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expect = allowed
                    .iter()
                    .find(|row| (row.0, row.1) == (*from, *action))
                    .map(|row| row.2);
                assert_eq!(from.after(*action).ok(), expect, "{from} {action}");
            }
        }
    }
}
