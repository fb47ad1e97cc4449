//! Refunds: money given back through the gateway that took it.

use crate::transition::InvalidTransition;
use crate::{Money, PaymentId, ProgrammeId, RefundId, SupplierId, Timestamp};

text_enum! {
    /// Where a refund stands.
    pub enum RefundStatus {
        /// It is above the policy's limit: a second person has to agree.
        AwaitingApproval = "awaiting_approval",
        /// The gateway is about to be asked.
        Approved = "approved",
        /// The gateway has taken it on.
        Pending = "pending",
        /// The gateway's answer was lost: it is asked what became of it.
        Unknown = "unknown",
        /// The money is given back.
        Succeeded = "succeeded",
        /// The gateway could not give it back: somebody sends it again, or lets it be.
        Failed = "failed",
        /// A person decided that it is not given back.
        Refused = "refused",
    }
}

text_enum! {
    /// What can happen to a refund.
    pub enum RefundAction {
        /// A second person agrees.
        Approve = "approve",
        /// A second person does not agree, or nobody sends again what failed.
        Refuse = "refuse",
        /// The gateway has taken it on.
        Acknowledge = "acknowledge",
        /// The gateway's answer was lost.
        LoseTrack = "lose_track",
        /// The money is given back.
        Succeed = "succeed",
        /// The gateway could not give it back.
        Fail = "fail",
    }
}

impl RefundStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: RefundAction) -> Result<Self, InvalidTransition> {
        use RefundAction as A;
        match (self, action) {
            (Self::AwaitingApproval, A::Approve) => Ok(Self::Approved),
            (Self::AwaitingApproval | Self::Failed, A::Refuse) => Ok(Self::Refused),
            (Self::Approved | Self::Unknown, A::Acknowledge) => Ok(Self::Pending),
            (Self::Approved, A::LoseTrack) => Ok(Self::Unknown),
            (Self::Approved | Self::Unknown | Self::Pending, A::Succeed) => Ok(Self::Succeeded),
            (Self::Approved | Self::Unknown | Self::Pending, A::Fail) => Ok(Self::Failed),
            (Self::AwaitingApproval, A::Acknowledge | A::LoseTrack | A::Succeed | A::Fail)
            | (Self::Approved, A::Approve | A::Refuse)
            | (Self::Unknown | Self::Pending, A::Approve | A::Refuse | A::LoseTrack)
            | (Self::Pending, A::Acknowledge)
            | (Self::Failed, A::Approve | A::Acknowledge | A::LoseTrack | A::Succeed | A::Fail)
            | (
                Self::Succeeded | Self::Refused,
                A::Approve | A::Refuse | A::Acknowledge | A::LoseTrack | A::Succeed | A::Fail,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Refund {
    /// Its id, which is also the key under which the gateway gives it back once.
    pub id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// To whom.
    pub supplier_id: SupplierId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub requested_by: String,
    /// Who agreed or did not, where a person had to.
    pub decided_by: Option<String>,
    /// What that person said.
    pub decision_note: Option<String>,
    /// The gateway's reference.
    pub reference: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// The refund by which it was sent again after it had failed.
    pub sent_again_as: Option<RefundId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// Gives money of a payment back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    /// Of which payment: one that the gateway collected.
    pub payment_id: PaymentId,
    /// How much; without it, all that is left of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why, 1 to 500 characters.
    #[schema(example = "Charged for a package that was cancelled.")]
    pub reason: String,
}

/// Decides a refund that waits for a second person, or that failed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRefund {
    /// What the second person says, 1 to 500 characters.
    #[schema(example = "Agreed with the account manager.")]
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decided_refund_is_not_decided_again() {
        for status in RefundStatus::ALL {
            let may = status.after(RefundAction::Approve).is_ok();
            assert_eq!(may, *status == RefundStatus::AwaitingApproval, "{status}");
        }
        let lost = RefundStatus::Approved.after(RefundAction::LoseTrack).unwrap();
        assert_eq!(lost.after(RefundAction::Succeed), Ok(RefundStatus::Succeeded));
        let failed = lost.after(RefundAction::Fail).unwrap();
        assert_eq!(failed.after(RefundAction::Refuse), Ok(RefundStatus::Refused));
        assert!(failed.after(RefundAction::Succeed).is_err());
    }
}
