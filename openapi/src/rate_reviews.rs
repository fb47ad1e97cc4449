//! Rate reviews: a regular look at how much each supplier sends back (R112, K22).

use crate::policy::Rate;
use crate::transition::InvalidTransition;
use crate::{ProgrammeId, RateReviewId, SupplierId, Timestamp};
use rust_decimal::Decimal;

text_enum! {
    /// What a review found.
    pub enum RateFinding {
        /// Too few leads to say anything.
        TooFew = "too_few",
        /// Nothing unusual.
        Fine = "fine",
        /// More than the policy bears: the supplier is warned first.
        Warned = "warned",
        /// As much again after the warning: a person decides.
        Case = "case",
    }
}

text_enum! {
    /// Where a case stands. It is opened by a review and decided by a person, never by a program.
    pub enum RateCaseStatus {
        /// It waits for a decision.
        Open = "open",
        /// The supplier stays.
        Kept = "kept",
        /// The account was ended for it.
        Ended = "ended",
    }
}

text_enum! {
    /// What a person decides about a case.
    pub enum RateCaseAction {
        /// The supplier stays.
        Keep = "keep",
        /// The account ends.
        End = "end",
    }
}

impl RateCaseStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: RateCaseAction) -> Result<Self, InvalidTransition> {
        use RateCaseAction as A;
        match (self, action) {
            (Self::Open, A::Keep) => Ok(Self::Kept),
            (Self::Open, A::End) => Ok(Self::Ended),
            (Self::Kept | Self::Ended, A::Keep | A::End) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// What one review found about one supplier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RateReview {
    /// Its id.
    pub id: RateReviewId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// The first instant that was counted: the beginning of the policy's window, or the warning that came in it.
    pub from: Timestamp,
    /// The first instant that was not counted any more.
    pub to: Timestamp,
    /// Leads delivered in that time.
    pub deliveries: i64,
    /// How many of them it rejected, or returned with success.
    pub sent_back: i64,
    /// How many of these do not count against it, because at least half of the other suppliers who got the same lead
    /// sent it back too.
    pub excused: i64,
    /// How many other suppliers got the leads that it sent back. None did where leads are exclusive.
    pub siblings: i64,
    /// How many of those kept them.
    pub siblings_kept: i64,
    /// What counts against it as a share of the deliveries, to four digits.
    #[schema(value_type = Option<String>, example = "0.3125")]
    pub rate: Option<Decimal>,
    /// The lower end of the range that its true rate is in with a confidence of 95 % (Wilson). This is what is compared
    /// with the threshold: few leads say little.
    #[schema(value_type = Option<String>, example = "0.1799")]
    pub rate_low: Option<Decimal>,
    /// Its upper end.
    #[schema(value_type = Option<String>, example = "0.4857")]
    pub rate_high: Option<Decimal>,
    /// What the policy bore.
    pub threshold: Rate,
    /// What was found.
    pub finding: RateFinding,
    /// Where the case stands that this review opened; none where it opened none.
    pub case_status: Option<RateCaseStatus>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub decision_reason: Option<String>,
    /// When the review was made, in business time.
    pub reviewed_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
}

/// The decision of a case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRateCase {
    /// Why, for the record.
    #[schema(
        example = "Spoke to the owner: a new receptionist rejected real enquiries.",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R112: a case is decided once.
    #[test]
    fn r112_a_case_is_decided_once() {
        for status in RateCaseStatus::ALL {
            for action in RateCaseAction::ALL {
                let to = match (status, action) {
                    (RateCaseStatus::Open, RateCaseAction::Keep) => Some(RateCaseStatus::Kept),
                    (RateCaseStatus::Open, RateCaseAction::End) => Some(RateCaseStatus::Ended),
                    _ => None,
                };
                assert_eq!(status.after(*action).ok(), to, "{status} {action}");
            }
        }
    }
}
