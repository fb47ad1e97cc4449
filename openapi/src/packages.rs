//! Packages: a number of leads that a business commits to, the first one prepaid with its set-up, later ones with a
//! small advance (R105, R117–R120).

use crate::payments::{PaymentFailure, PaymentStatus};
use crate::policy::Rate;
use crate::transition::InvalidTransition;
use crate::{BusinessId, InvoiceId, Money, PackageId, PaymentId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// What a package is to its business.
    pub enum PackageKind {
        /// The first one: set-up and all of its leads are paid before it begins (R117).
        Introductory = "introductory",
        /// A later one: a small part is paid in advance, the rest as leads are invoiced (R118).
        Running = "running",
    }
}

text_enum! {
    /// Where a package stands.
    pub enum PackageStatus {
        /// It is offered and begins when what it costs in advance is paid.
        PendingPayment = "pending_payment",
        /// Its leads are being delivered.
        Running = "running",
        /// All of its leads are delivered.
        Complete = "complete",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can happen to a package.
    pub enum PackageAction {
        /// What it costs in advance was paid.
        Begin = "begin",
        /// The last of its leads was delivered.
        Complete = "complete",
        /// A lead of it came back, so that another one is to come.
        Reopen = "reopen",
        /// It is cancelled (R120).
        Cancel = "cancel",
    }
}

impl PackageStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: PackageAction) -> Result<Self, InvalidTransition> {
        use PackageAction as A;
        match (self, action) {
            (Self::PendingPayment, A::Begin) | (Self::Complete, A::Reopen) => Ok(Self::Running),
            (Self::Running, A::Complete) => Ok(Self::Complete),
            (Self::PendingPayment | Self::Running | Self::Complete, A::Cancel) => Ok(Self::Cancelled),
            (Self::PendingPayment, A::Complete | A::Reopen)
            | (Self::Running, A::Begin | A::Reopen)
            | (Self::Complete, A::Begin | A::Complete)
            | (Self::Cancelled, A::Begin | A::Complete | A::Reopen | A::Cancel) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// How the latest payment of a package stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PackagePayment {
    /// The payment.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why it failed.
    pub failure: Option<PaymentFailure>,
}

/// A number of leads that a business commits to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Package {
    /// Its id.
    pub id: PackageId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// For which of its businesses (R105).
    pub business_id: BusinessId,
    /// What that business is called now.
    pub business_name: String,
    /// The first one, or a later one.
    pub kind: PackageKind,
    /// Where it stands.
    pub status: PackageStatus,
    /// The leads that it is for.
    pub leads: i64,
    /// Leads delivered and kept. One that was rejected or returned does not count: another one comes.
    pub delivered: i64,
    /// Leads still to come.
    pub remaining: i64,
    /// The price of each lead, before tax.
    pub price: Money,
    /// What the set-up adds to an introductory package, before tax.
    pub setup_fee: Money,
    /// All that it costs, before tax: its leads and the set-up.
    pub total: Money,
    /// Which part of its leads is paid in advance, as it was when the package was offered.
    #[schema(value_type = String, example = "0.10")]
    pub advance_pct: Rate,
    /// What is paid before it begins, before tax: the advance on its leads, and the set-up.
    pub advance: Money,
    /// How much of the advance the leads delivered so far have used up.
    pub advance_drawn: Money,
    /// What each lead still costs when it is invoiced, before tax: its price less its part of the advance.
    pub invoiced_each: Money,
    /// How the payment of the advance stands.
    pub payment: Option<PackagePayment>,
    /// The invoice of the advance, once it is paid.
    pub invoice_id: Option<InvoiceId>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When the last of its leads was delivered.
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When it was offered.
    pub created_at: Timestamp,
    /// Rises with every change but those of the counters.
    pub version: i64,
}

/// Offers a package to a business.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePackage {
    /// To which business.
    pub business_id: BusinessId,
    /// The first one of the business, or a later one.
    pub kind: PackageKind,
    /// How many leads, 1 to 10000.
    #[schema(example = 20, minimum = 1, maximum = 10000)]
    pub leads: i64,
    /// The price of each lead, before tax.
    pub price: Money,
    /// What the set-up costs beside the leads, before tax; an introductory package only. Without it, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_fee: Option<Money>,
}

/// Cancels a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelPackage {
    /// Why, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r120_a_package_is_cancelled_once_and_for_good() {
        use PackageAction as A;
        use PackageStatus as S;
        assert_eq!(S::PendingPayment.after(A::Begin), Ok(S::Running));
        assert_eq!(S::Running.after(A::Complete), Ok(S::Complete));
        assert_eq!(S::Complete.after(A::Reopen), Ok(S::Running));
        for status in [S::PendingPayment, S::Running, S::Complete] {
            assert_eq!(status.after(A::Cancel), Ok(S::Cancelled), "{status}");
        }
        for action in A::ALL {
            assert!(S::Cancelled.after(*action).is_err(), "{action}");
        }
        assert!(S::PendingPayment.after(A::Complete).is_err(), "nothing comes unpaid");
    }
}
