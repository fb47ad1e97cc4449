//! Webhooks: endpoints, and what was sent to them.

pub mod form;
pub mod list;
pub mod log;
pub mod page;
pub mod secret;

use tradepost_contract::WebhookEndpointId;
use tradepost_contract::webhooks::{
    WebhookDeliveryStatus, WebhookDisabledBecause, WebhookEndpoint, WebhookEndpointStatus, WebhookFault,
};

use crate::format::time;
use crate::routes::{ConsoleRoute, PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, Tone};

impl Status for WebhookEndpointStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Paused => Tone::Warn,
            Self::Disabled => Tone::Bad,
            Self::Deleted => Tone::Neutral,
        }
    }
}

impl Status for WebhookDeliveryStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Pending => Tone::Info,
            Self::Delivered => Tone::Good,
            Self::Dead => Tone::Bad,
            Self::Skipped => Tone::Neutral,
        }
    }
}

/// Where the endpoints are listed for whoever is here: the console, or the supplier's own page.
fn all() -> (Route, &'static str) {
    if session::is_staff() {
        (Route::Console(ConsoleRoute::Webhooks), "Webhooks")
    } else {
        (Route::Portal(PortalRoute::Integrations), "Integrations")
    }
}

/// The page of an endpoint for whoever is here.
fn page_of(id: WebhookEndpointId) -> Route {
    if session::is_staff() {
        Route::Console(ConsoleRoute::Webhook(id))
    } else {
        Route::Portal(PortalRoute::Webhook(id))
    }
}

/// What an endpoint is sent, in a few words.
fn wants(endpoint: &WebhookEndpoint) -> String {
    match endpoint.kinds.len() {
        0 => "all events".to_owned(),
        1..=3 => {
            let kinds: Vec<&str> = endpoint.kinds.iter().map(|kind| kind.as_str()).collect();
            kinds.join(", ")
        }
        many => time::plural(i64::try_from(many).unwrap_or(i64::MAX), "kind"),
    }
}

/// Why nothing is sent, in words.
pub const fn because(why: WebhookDisabledBecause) -> &'static str {
    match why {
        WebhookDisabledBecause::Gone => "It answered 410: it wants nothing any more.",
        WebhookDisabledBecause::Failing => "Nothing has arrived there for five days.",
    }
}

/// Why an attempt failed, in words.
const fn fault(fault: WebhookFault) -> &'static str {
    match fault {
        WebhookFault::AddressRefused => "The address is not public",
        WebhookFault::NameUnknown => "The name leads nowhere",
        WebhookFault::NoConnection => "No connection",
        WebhookFault::TimedOut => "No answer in ten seconds",
        WebhookFault::BadStatus => "Refused",
        WebhookFault::TooLong => "The answer was too long",
        WebhookFault::SecretLost => "The secret is lost: rotate it",
        WebhookFault::HeldBack => "Waits until the notice is accepted",
        WebhookFault::MailRefused => "The mail was refused",
        WebhookFault::MailNotTaken => "The mail was not taken for three days",
    }
}
