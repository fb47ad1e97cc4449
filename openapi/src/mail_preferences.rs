//! Which mails a person gets: by class, since nobody wants to choose among fifty kinds (R65, R126).

use crate::events::NotificationKind;
use crate::users::Audience;

text_enum! {
    /// A class of mails.
    pub enum MailClass {
        /// New leads, and those in the place of returned ones.
        Leads = "leads",
        /// What becomes of returns.
        Returns = "returns",
        /// Orders, renewals, pauses, packages and the wallet.
        Orders = "orders",
        /// Payments, refunds and cards.
        Billing = "billing",
        /// Changes that were asked for, and connections to other programs.
        Requests = "requests",
        /// Questions and answers.
        Support = "support",
        /// What must reach whoever answers for the account: invoices, arrears, warnings, the end of the agreement.
        Legal = "legal",
        /// How one signs in.
        Security = "security",
    }
}

impl MailClass {
    /// Whether nobody can do without it.
    pub const fn is_mandatory(self) -> bool {
        matches!(self, Self::Legal | Self::Security)
    }

    /// Whether people of this audience are ever sent such mails.
    pub const fn concerns(self, audience: Audience) -> bool {
        match audience {
            Audience::Supplier => true,
            Audience::Staff => matches!(
                self,
                Self::Returns | Self::Billing | Self::Requests | Self::Support | Self::Security
            ),
        }
    }

    /// The class of a kind of message. Every kind is listed, so that a new one cannot be forgotten.
    pub const fn of(kind: NotificationKind) -> Self {
        use NotificationKind as N;
        match kind {
            N::Lead | N::ReplacementSent => Self::Leads,
            N::ReturnReceived
            | N::ReturnApproved
            | N::ReturnDenied
            | N::ReturnInfoNeeded
            | N::ReturnEscalated
            | N::ReplacementConverted
            | N::RateCase => Self::Returns,
            N::OrderConfirmed
            | N::RenewalUpcoming
            | N::RenewalHeld
            | N::RenewalLapsed
            | N::PauseScheduled
            | N::PauseStarted
            | N::PauseEnding
            | N::PauseEnded
            | N::PackageOffered
            | N::PackageComplete
            | N::WalletLow => Self::Orders,
            N::CreditRefund
            | N::PaymentReceived
            | N::PaymentFailed
            | N::PaymentLate
            | N::PaymentDisputed
            | N::CardExpiring
            | N::SuspensionLifted
            | N::Refunded
            | N::RefundFailed => Self::Billing,
            N::ChangeRequested
            | N::ChangeScheduled
            | N::ChangeDeclined
            | N::ChangeApplied
            | N::ChangeSuperseded
            | N::ChangeFailed
            | N::ChangeStuck
            | N::WebhookDisabled
            | N::ForwardsFailing
            | N::ForwardsStuck => Self::Requests,
            N::TicketAsked | N::TicketAnswered | N::TicketLate => Self::Support,
            N::Invoice
            | N::CreditNote
            | N::Overdue
            | N::SuspendedForDebt
            | N::RateWarning
            | N::CancellationScheduled
            | N::CancellationRefused
            | N::CancellationWithdrawn
            | N::NoticeEnding
            | N::LeadErased
            | N::ErasureReminder
            | N::ErasureLate
            | N::AccountCancelled => Self::Legal,
            N::Activation
            | N::Invitation
            | N::SignUpRepeated
            | N::MemberInvited
            | N::AccessResent
            | N::PasswordReset
            | N::PasswordChanged
            | N::SecurityChanged
            | N::EmailChange
            // A program waits for it, and nobody reads it.
            | N::LeadForwarded
            // Whoever asks for it wants to see it.
            | N::MailTest => Self::Security,
        }
    }
}

/// Whether a person gets mails of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailPreference {
    /// The class.
    pub class: MailClass,
    /// Whether they get them.
    pub on: bool,
    /// Whether they cannot be turned off.
    pub mandatory: bool,
}

/// Which mails one gets at the address one signs in with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailPreferences {
    /// Every class that concerns one.
    pub classes: Vec<MailPreference>,
}

/// Which mails one does without.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMailPreferences {
    /// Exactly these are off from now on; `legal` and `security` cannot be.
    #[schema(max_items = 8)]
    pub off: Vec<MailClass>,
}
