//! The tones of what only staff see; what suppliers see too is in `badge.rs`.

use tradepost_contract::api_keys::ApiKeyStatus;
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::businesses::BusinessStatus;
use tradepost_contract::lead_imports::{ImportRowOutcome, LeadImportStatus};
use tradepost_contract::lead_products::ProductStatus;
use tradepost_contract::leads::{LeadStatus, TraceVerdict};
use tradepost_contract::programmes::{PolicyVersionStatus, ProgrammeStatus};
use tradepost_contract::refunds::RefundStatus;
use tradepost_contract::subject_requests::SubjectRequestStatus;
use tradepost_contract::users::UserStatus;

use super::badge::{Status, Tone};

impl Status for LeadStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Available | Self::PartlySold | Self::InService => Tone::Info,
            Self::SoldOut => Tone::Good,
            Self::Quarantined => Tone::Warn,
            Self::Rejected => Tone::Bad,
            Self::Duplicate | Self::Withdrawn | Self::Expired | Self::Erased => Tone::Neutral,
        }
    }
}

impl Status for BillingRunStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Scheduled => Tone::Neutral,
            Self::Running => Tone::Info,
            Self::Done => Tone::Good,
            Self::Parked => Tone::Warn,
        }
    }
}

impl Status for LeadImportStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Uploaded | Self::Cancelled => Tone::Neutral,
            Self::Checking | Self::Checked | Self::Running => Tone::Info,
            Self::Done => Tone::Good,
            Self::Failed => Tone::Bad,
        }
    }
}

impl Status for ImportRowOutcome {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Accepted => Tone::Good,
            Self::Duplicate | Self::Unchanged => Tone::Neutral,
            Self::Quarantined => Tone::Warn,
            Self::Rejected | Self::Invalid => Tone::Bad,
        }
    }
}

impl Status for PolicyVersionStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Draft => Tone::Info,
            Self::Published => Tone::Good,
            Self::Discarded => Tone::Neutral,
        }
    }
}

impl Status for ProductStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Retired => Tone::Neutral,
        }
    }
}

impl Status for ProgrammeStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}

impl Status for BusinessStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}

impl Status for UserStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Disabled => Tone::Bad,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Active => "Active".to_owned(),
            Self::Disabled => "Locked".to_owned(),
        }
    }
}

impl Status for ApiKeyStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Expired => Tone::Neutral,
            Self::Revoked => Tone::Bad,
        }
    }
}

impl Status for TraceVerdict {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Sold => Tone::Good,
            Self::Refused => Tone::Neutral,
        }
    }
}

impl Status for RefundStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::AwaitingApproval => Tone::Warn,
            Self::Approved | Self::Pending | Self::Unknown => Tone::Info,
            Self::Succeeded => Tone::Good,
            Self::Failed => Tone::Bad,
            Self::Refused => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::AwaitingApproval => "Waits for a second person",
            Self::Approved => "Being sent",
            Self::Pending => "On its way",
            Self::Unknown => "Being checked",
            Self::Succeeded => "Given back",
            Self::Failed => "Failed",
            Self::Refused => "Refused",
        }
        .to_owned()
    }
}

impl Status for SubjectRequestStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Open => Tone::Info,
            Self::AwaitingRecipients => Tone::Warn,
            Self::Done => Tone::Good,
            Self::Refused => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Open => "Open",
            Self::AwaitingRecipients => "Waits for suppliers",
            Self::Done => "Done",
            Self::Refused => "Refused",
        }
        .to_owned()
    }
}
