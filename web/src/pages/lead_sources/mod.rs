//! Lead sources: senders with a format of their own, what they send, and what becomes of it.

pub mod form;
pub mod list;
pub mod log;
pub mod mapping;
pub mod page;
pub mod trial;

use tradepost_contract::lead_sources::{LeadSourceKind, LeadSourceOutcome, LeadSourceStatus};

use crate::ui::badge::{Status, Tone};

impl Status for LeadSourceStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Disabled => Tone::Neutral,
        }
    }
}

impl Status for LeadSourceOutcome {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Accepted => Tone::Good,
            Self::Unchanged => Tone::Info,
            Self::Refused => Tone::Bad,
            Self::Ignored => Tone::Neutral,
        }
    }
}

/// What a kind is called.
const fn kind_name(kind: LeadSourceKind) -> &'static str {
    match kind {
        LeadSourceKind::GoogleAds => "Google Ads lead form",
        LeadSourceKind::Meta => "Meta lead ads",
        LeadSourceKind::Mapped => "Webhook of any shape",
        LeadSourceKind::Adf => "ADF 1.0 XML",
    }
}

/// A line about a kind, for whoever chooses one.
const fn kind_about(kind: LeadSourceKind) -> &'static str {
    match kind {
        LeadSourceKind::GoogleAds => "Google posts each form with a key that you type in beside the address.",
        LeadSourceKind::Meta => "A bridge posts the answers beside the lead's id, signed by your app's secret.",
        LeadSourceKind::Mapped => "JSON or a web form; you say what means what.",
        LeadSourceKind::Adf => "The XML that car dealers' systems send.",
    }
}

/// How a sender shows who it is.
const fn shows(kind: LeadSourceKind, requires_secret: bool) -> &'static str {
    match (kind, requires_secret) {
        (LeadSourceKind::GoogleAds, _) => "Its key, as google_key in each post",
        (LeadSourceKind::Meta, _) => "The verify token once, and the app's signature on each post",
        (LeadSourceKind::Mapped | LeadSourceKind::Adf, true) => {
            "The key, as Authorization: Bearer or X-Lead-Source-Key"
        }
        (LeadSourceKind::Mapped | LeadSourceKind::Adf, false) => "Nothing: the address alone protects it",
    }
}
