//! The payment gateway: who really moves money.
//!
//! [`PaymentGateway`] is all that the rest of the server knows of it, and [`Stripe`](stripe::Stripe) speaks
//! it over HTTP in Stripe's wire format. In a sandbox the other end is our own [`simulator`], which speaks
//! the same format on the same port; so one client serves the simulator, a test server and Stripe, and
//! they differ in address and keys only.
//!
//! **Card data never reaches us** (R121): a method is typed into the gateway's own page and comes back as
//! a token with brand, last four digits and expiry.
//!
//! **Charged once** (F16): each request that moves money carries our own number as the gateway's
//! idempotency key and in its metadata. That number was committed before. When an answer is lost,
//! [`Fault::Lost`], the gateway is asked what became of that number, and never asked to charge again.
//!
//! Calls block; they are made from jobs and from blocking threads, outside of every transaction.

pub(crate) mod signature;
pub(crate) mod simulator;
mod stripe;
pub(crate) mod wire;

use crate::auth::secrets::Secrets;
use crate::settings::Settings;
use anyhow::Context;
use std::time::Duration;
use time::OffsetDateTime;
use tradepost_contract::payments::{AttemptStatus, PaymentFailure};
use tradepost_contract::policy::PaymentMethodKind;
use tradepost_contract::refunds::RefundStatus;
use tradepost_contract::{LocalDate, Money, PaymentAttemptId, PaymentMethodSessionId, RefundId, SupplierId};

/// Everything that is asked of a gateway.
pub(crate) trait PaymentGateway: Send + Sync {
    /// Makes the gateway's record of a supplier and gives its reference.
    fn create_customer(&self, supplier: SupplierId) -> Answer<String>;
    /// Opens a page of the gateway on which a person types in a way to pay.
    fn open_page(&self, request: &PageRequest<'_>) -> Answer<Page>;
    /// What became of such a page.
    fn page(&self, reference: &str) -> Answer<PageState>;
    /// Makes a token useless.
    fn forget_method(&self, token: &str) -> Answer<()>;
    /// Charges a stored method.
    fn charge(&self, request: &ChargeRequest<'_>) -> Answer<Charge>;
    /// What became of a charge, by our own number; none where the gateway never heard of it.
    fn find_charge(&self, customer: &str, attempt: PaymentAttemptId) -> Answer<Option<Charge>>;
    /// Gives money back.
    fn refund(&self, request: &RefundRequest<'_>) -> Answer<RefundState>;
    /// What became of a refund, by our own number; none where the gateway never heard of it.
    fn find_refund(&self, charge: &str, refund: RefundId) -> Answer<Option<RefundState>>;
    /// All charges that were made in a span of time, for reconciliation.
    fn charges_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Answer<Vec<Charge>>;
    /// All refunds that were made in a span of time, for reconciliation.
    fn refunds_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Answer<Vec<RefundState>>;
}

/// What a call gives, or why it gives nothing.
pub(crate) type Answer<T> = Result<T, Fault>;

/// Why a call gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The gateway understood and does not do it.
    #[error("the gateway refused: {message} ({code})")]
    Refused {
        /// The gateway's code.
        code: String,
        /// The gateway's words.
        message: String,
    },
    /// The answer was lost or made no sense: it may have been done or not.
    #[error("the gateway's answer was lost: {0}")]
    Lost(String),
}

/// What a page is opened for.
#[derive(Debug)]
pub(crate) struct PageRequest<'a> {
    pub(crate) session: PaymentMethodSessionId,
    pub(crate) customer: &'a str,
    pub(crate) kind: PaymentMethodKind,
    /// Where the person goes afterwards.
    pub(crate) return_url: &'a str,
}

/// A page of the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) reference: String,
    pub(crate) url: String,
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageState {
    /// Nobody has finished it.
    Open,
    /// Nobody will.
    Expired,
    /// A method was typed in.
    Complete(Token),
}

/// A stored way to pay, as far as anybody but the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) brand: String,
    pub(crate) last4: Option<String>,
    /// The last day it can be charged.
    pub(crate) expires_on: Option<LocalDate>,
}

/// A charge that is asked for.
#[derive(Debug)]
pub(crate) struct ChargeRequest<'a> {
    /// Our number, which makes it happen once.
    pub(crate) attempt: PaymentAttemptId,
    pub(crate) customer: &'a str,
    pub(crate) token: &'a str,
    pub(crate) kind: PaymentMethodKind,
    pub(crate) amount: Money,
    /// What the payer reads.
    pub(crate) description: &'a str,
    /// The merchant's name on the card statement (R40).
    pub(crate) descriptor: &'a str,
}

/// A charge, as the gateway has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) reference: String,
    /// Our number, where the gateway kept one.
    pub(crate) attempt: Option<PaymentAttemptId>,
    pub(crate) amount_minor: i64,
    pub(crate) status: AttemptStatus,
    pub(crate) failure: Option<PaymentFailure>,
}

/// A refund that is asked for.
#[derive(Debug)]
pub(crate) struct RefundRequest<'a> {
    /// Our number, which makes it happen once.
    pub(crate) refund: RefundId,
    /// The gateway's reference of the charge.
    pub(crate) charge: &'a str,
    pub(crate) amount: Money,
}

/// A refund, as the gateway has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefundState {
    pub(crate) reference: String,
    /// Our number, where the gateway kept one.
    pub(crate) refund: Option<RefundId>,
    pub(crate) amount_minor: i64,
    pub(crate) status: RefundStatus,
    pub(crate) failure: Option<String>,
}

/// The gateway of an installation, with what its events are signed with.
pub(crate) struct Gateway {
    /// Its name in the inbox of its events.
    pub(crate) name: &'static str,
    /// The other end.
    pub(crate) client: Box<dyn PaymentGateway>,
    /// The live secrets of its events: the current one first.
    pub(crate) event_secrets: Vec<String>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The key with which a sandbox calls its own simulator.
pub(crate) const SANDBOX_KEY: &str = "sk_sandbox";

/// The gateway that the settings name; in a sandbox that names none, its own simulator.
pub(crate) fn connect(settings: &Settings, secrets: &Secrets) -> anyhow::Result<Option<Gateway>> {
    let timeout = Duration::from_secs(u64::from(settings.gateway_timeout_seconds));
    anyhow::ensure!(
        settings.gateway_patience_seconds > settings.gateway_timeout_seconds,
        "the patience with the gateway must be longer than its timeout"
    );
    if let Some(url) = &settings.gateway_url {
        let (Some(key), Some(secret)) = (&settings.gateway_key, &settings.gateway_event_secret) else {
            anyhow::bail!("a gateway needs TRADEPOST_GATEWAY_KEY and TRADEPOST_GATEWAY_EVENT_SECRET");
        };
        let event_secrets = [Some(secret), settings.previous_gateway_event_secret.as_ref()];
        return Ok(Some(Gateway {
            name: "stripe",
            client: Box::new(stripe::Stripe::new(url, key, timeout, authorities(settings)?)),
            event_secrets: event_secrets.into_iter().flatten().cloned().collect(),
        }));
    }
    let own = settings.own_url.as_ref().filter(|_| settings.sandbox);
    Ok(own.map(|own| Gateway {
        name: "sandbox",
        client: Box::new(stripe::Stripe::new(
            &format!("{own}{}", simulator::BELOW),
            SANDBOX_KEY,
            timeout,
            Vec::new(),
        )),
        event_secrets: vec![secrets.sandbox_gateway_event_secret()],
    }))
}

/// Who may vouch for the gateway's certificate besides those that the machine trusts.
fn authorities(settings: &Settings) -> anyhow::Result<Vec<reqwest::Certificate>> {
    let Some(path) = &settings.gateway_ca else {
        return Ok(Vec::new());
    };
    let unusable = || format!("TRADEPOST_GATEWAY_CA is {}, which has no certificates", path.display());
    let found = reqwest::Certificate::from_pem_bundle(&std::fs::read(path).with_context(unusable)?);
    let found = found.with_context(unusable)?;
    anyhow::ensure!(!found.is_empty(), unusable());
    Ok(found)
}

/// What the gateway calls a kind of method; none for what it does not charge: a bank transfer that the
/// supplier sends, and the prepaid kinds, which are terms on a card or account that has a kind of its own.
pub(crate) const fn type_of(kind: PaymentMethodKind) -> Option<&'static str> {
    use PaymentMethodKind as K;
    match kind {
        K::Card | K::ApplePay | K::AndroidPay => Some("card"),
        K::Ach | K::BankAccount => Some("us_bank_account"),
        K::DirectDebit => Some("bacs_debit"),
        K::Paypal => Some("paypal"),
        K::Bacs | K::PrepaidCard | K::PrepaidAch => None,
    }
}
