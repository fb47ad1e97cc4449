//! Badges: a status in a word, with a tone. Every status has one tone everywhere.

use leptos::prelude::*;
use tradepost_contract::cancellations::CancellationStatus;
use tradepost_contract::change_requests::ChangeRequestStatus;
use tradepost_contract::checkouts::CheckoutStatus;
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::erasure_notices::ErasureNoticeStatus;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::loyalty_subscriptions::LoyaltyStatus;
use tradepost_contract::mails::MailStatus;
use tradepost_contract::orders::OrderStatus;
use tradepost_contract::packages::PackageStatus;
use tradepost_contract::pauses::PauseStatus;
use tradepost_contract::plans::PlanStatus;
use tradepost_contract::rate_reviews::{RateCaseStatus, RateFinding};
use tradepost_contract::replacements::ReplacementStatus;
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::suppliers::SupplierStatus;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing.
    Neutral,
    /// New or in hand.
    Info,
    /// Well.
    Good,
    /// Somebody should look.
    Warn,
    /// Wrong, or refused.
    Bad,
}

impl Tone {
    /// The class that gives the colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A status that knows its word and its tone.
pub trait Status {
    /// The word on the wire.
    fn word(&self) -> &'static str;
    /// What it says.
    fn tone(&self) -> Tone;
    /// The word as people read it.
    fn label(&self) -> String {
        crate::format::words::sentence(self.word())
    }
}

impl Status for ErasureNoticeStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Waiting => Tone::Info,
            Self::Late => Tone::Bad,
            Self::Acknowledged => Tone::Good,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Waiting => "To erase",
            Self::Late => "Late",
            Self::Acknowledged => "Erased",
        }
        .to_owned()
    }
}

impl Status for ChangeRequestStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Warn,
            Self::Scheduled => Tone::Info,
            Self::Applied => Tone::Good,
            Self::Declined | Self::Failed => Tone::Bad,
            Self::Superseded | Self::Withdrawn => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Open => "Waits for an answer",
            Self::Scheduled => "Agreed, to come",
            Self::Applied => "In force",
            Self::Declined => "Declined",
            Self::Superseded => "Replaced",
            Self::Withdrawn => "Taken back",
            Self::Failed => "Not possible",
        }
        .to_owned()
    }
}

impl Status for ReturnStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::InReview => Tone::Info,
            Self::InfoNeeded | Self::Appealed => Tone::Warn,
            Self::Approved => Tone::Good,
            Self::Denied | Self::FinalDenied => Tone::Bad,
            Self::Withdrawn => Tone::Neutral,
        }
    }
}

impl Status for BillingState {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Unbilled | Self::Invoiced | Self::Paid => Tone::Neutral,
            Self::ReturnPending => Tone::Warn,
            Self::Rejected | Self::Returned => Tone::Info,
            Self::Free => Tone::Good,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Unbilled => "Not invoiced yet".to_owned(),
            other => crate::format::words::sentence(other.as_str()),
        }
    }
}

impl Status for LeadOutcome {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::New | Self::Contacted | Self::Appointment | Self::Quoted => Tone::Info,
            Self::Unreachable => Tone::Warn,
            Self::Won => Tone::Good,
            Self::Lost => Tone::Neutral,
        }
    }
}

impl Status for OrderStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Good,
            Self::Paused => Tone::Warn,
            Self::Filled => Tone::Info,
            Self::Cancelled => Tone::Neutral,
        }
    }
}

impl Status for CheckoutStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Info,
            Self::AwaitingPayment => Tone::Warn,
            Self::Completed => Tone::Good,
            Self::Abandoned => Tone::Neutral,
            Self::Failed => Tone::Bad,
        }
    }
}

impl Status for InvoiceStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Draft | Self::Void => Tone::Neutral,
            Self::Open | Self::PartlyPaid => Tone::Info,
            Self::Paid => Tone::Good,
            Self::Overdue => Tone::Warn,
            Self::Uncollectible => Tone::Bad,
        }
    }
}

impl Status for SupplierStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Onboarding => Tone::Info,
            Self::Active => Tone::Good,
            Self::Suspended | Self::InNotice => Tone::Warn,
            Self::Deactivated | Self::Terminated => Tone::Bad,
            Self::Closed => Tone::Neutral,
        }
    }
}

impl Status for ReplacementStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Owed => Tone::Warn,
            Self::Delivered => Tone::Good,
            Self::ConvertedToCredit => Tone::Info,
            Self::Void => Tone::Neutral,
        }
    }
}

impl Status for MailStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }

    fn tone(&self) -> Tone {
        match self {
            Self::Queued | Self::Sending => Tone::Info,
            Self::Sent => Tone::Good,
            Self::Kept | Self::Dropped => Tone::Neutral,
            Self::Bounced | Self::Dead => Tone::Bad,
        }
    }
}

impl Status for RateFinding {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::TooFew => Tone::Neutral,
            Self::Fine => Tone::Good,
            Self::Warned => Tone::Warn,
            Self::Case => Tone::Bad,
        }
    }
}

impl Status for RateCaseStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Warn,
            Self::Kept => Tone::Good,
            Self::Ended => Tone::Bad,
        }
    }
}

impl Status for PauseStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Scheduled => Tone::Info,
            Self::Active => Tone::Warn,
            Self::Ended | Self::Cancelled => Tone::Neutral,
        }
    }
}

impl Status for CancellationStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Scheduled => Tone::Warn,
            Self::Effective | Self::Overtaken => Tone::Neutral,
            Self::Withdrawn => Tone::Good,
            Self::Renewed => Tone::Info,
        }
    }
}

impl Status for LoyaltyStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::OnHold => Tone::Warn,
            Self::Lapsed => Tone::Bad,
            Self::Cancelled => Tone::Neutral,
        }
    }
}

impl Status for PackageStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::PendingPayment => Tone::Warn,
            Self::Running => Tone::Good,
            Self::Complete | Self::Cancelled => Tone::Neutral,
        }
    }
}

impl Status for PlanStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::PendingPayment | Self::CancelScheduled => Tone::Warn,
            Self::Active => Tone::Good,
            Self::Ended => Tone::Neutral,
        }
    }
}

/// A word with a tone.
#[component]
pub fn Badge(
    /// What it says.
    #[prop(into)]
    text: String,
    /// Its colour.
    #[prop(default = Tone::Neutral)]
    tone: Tone,
) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{text}</span> }
}

/// The badge of a status.
pub fn status_badge(status: impl Status) -> impl IntoView {
    view! { <Badge text=status.label() tone=status.tone() /> }
}
