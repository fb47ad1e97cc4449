//! Who carries messages to addresses that strangers chose (S6).
//!
//! A name is resolved once an attempt, every address that it leads to has to be public, and the connection goes to
//! exactly those: no second look-up may give another answer (DNS rebinding), because the client has no resolver but
//! this one. Nothing is kept open between attempts, no redirect is followed, no proxy of the environment is used, and an
//! answer has ten seconds and 64 KiB.

use super::address::{self, Reach, Refusal};
use super::rules;
use super::store::deliveries::Tried;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use std::error::Error;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::webhooks::WebhookFault;

/// An attempt takes no longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// An answer is no longer.
const LONGEST_ANSWER: usize = 64 * 1024;
/// So much of an answer is looked at to keep its beginning.
const BEGINNING: usize = 4 * 1024;

/// Who knows where names lead to; tests have one that lies.
pub(super) trait Names: Send + Sync {
    /// The addresses of a name. It may block.
    fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
struct Machine;

impl Names for Machine {
    fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
    }
}

/// Why no address of a name may be called, or there is none.
#[derive(Debug, thiserror::Error)]
enum Unreachable {
    #[error("the name leads nowhere")]
    Unknown,
    #[error(transparent)]
    Refused(Refusal),
}

/// Every address of the name, when each of them may be called.
fn addresses(names: &dyn Names, name: &str, reach: Reach) -> Result<Vec<IpAddr>, Unreachable> {
    let found = names.resolve(name).map_err(|_| Unreachable::Unknown)?;
    if found.is_empty() {
        return Err(Unreachable::Unknown);
    }
    for address in &found {
        address::check(*address, reach).map_err(Unreachable::Refused)?;
    }
    Ok(found)
}

/// The only resolver of the client.
struct Checked {
    names: Arc<dyn Names>,
    reach: Reach,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, reach) = (Arc::clone(&self.names), self.reach);
        Box::pin(async move {
            let looked_up = tokio::task::spawn_blocking(move || addresses(names.as_ref(), name.as_str(), reach));
            let found = looked_up.await??;
            // The client puts the port of the URL in the place of 0.
            let found: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(found)
        })
    }
}

/// A message, with the headers that say what it is and whose.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: Option<u16>,
    pub(crate) fault: Option<WebhookFault>,
    pub(crate) beginning: Option<String>,
    /// `Retry-After` in seconds.
    pub(super) retry_after: Option<i64>,
}

impl Answered {
    pub(crate) const fn failed(fault: WebhookFault) -> Self {
        Self {
            status: None,
            fault: Some(fault),
            beginning: None,
            retry_after: None,
        }
    }

    /// The attempt that it was the answer to.
    pub(crate) fn tried(&self, started_at: Timestamp, took: Duration) -> Tried {
        Tried {
            started_at,
            took_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            status_code: self.status.map(i32::from),
            fault: self.fault,
            answer: self.beginning.clone(),
        }
    }
}

/// Carries messages.
pub(crate) struct Courier {
    reach: Reach,
    names: Arc<dyn Names>,
    /// Made at the first message: reading the certificates of the machine takes a moment.
    client: OnceLock<Client>,
}

impl Courier {
    /// One that reaches the public internet, and in a sandbox its own machine.
    pub(crate) fn new(sandbox: bool) -> Self {
        Self::with(Reach::of(sandbox), Arc::new(Machine))
    }

    pub(super) fn with(reach: Reach, names: Arc<dyn Names>) -> Self {
        Self {
            reach,
            names,
            client: OnceLock::new(),
        }
    }

    /// Whether a URL may be called as things are now; says why not. It blocks while the name is looked up.
    pub(super) fn check(&self, url: &str) -> Result<(), String> {
        let url = address::parse(url, self.reach).map_err(|refusal| refusal.to_string())?;
        match url.domain() {
            // An address was judged when the URL was read.
            None => Ok(()),
            Some(name) => addresses(self.names.as_ref(), name, self.reach)
                .map(drop)
                .map_err(|why| why.to_string()),
        }
    }

    fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let builder = || {
            Client::builder()
                .dns_resolver(Arc::new(Checked {
                    names: Arc::clone(&self.names),
                    reach: self.reach,
                }))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .https_only(!self.reach.plain)
                .http1_only()
                .referer(false)
                .timeout(PATIENCE)
                .user_agent("Tradepost-Webhooks/1.0")
        };
        // A machine without certificates still has its sandbox.
        let client = match builder().build() {
            Err(_) if self.reach.plain => builder().tls_certs_only([]).build()?,
            built => built?,
        };
        Ok(self.client.get_or_init(|| client))
    }

    /// Sends a message. The URL is judged anew, and so is where its name leads to.
    pub(crate) async fn carry(&self, letter: Letter) -> Answered {
        let Ok(url) = address::parse(&letter.url, self.reach) else {
            return Answered::failed(WebhookFault::AddressRefused);
        };
        match self.post(url, letter).await {
            Ok(answered) => answered,
            Err(error) => Answered::failed(fault_of(&error)),
        }
    }

    async fn post(&self, url: Url, letter: Letter) -> reqwest::Result<Answered> {
        let mut request = self.client()?.post(url).header("content-type", letter.content_type);
        for (name, text) in letter.headers {
            request = request.header(name, text);
        }
        let request = request.body(letter.body);
        let mut response = request.send().await?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        let (mut length, mut kept) = (0, Vec::new());
        let mut fault = None;
        // The status counts as soon as it is there: whoever answered 200 has the event, however the rest ends.
        while let Ok(Some(chunk)) = response.chunk().await {
            length += chunk.len();
            if kept.len() < BEGINNING {
                kept.extend_from_slice(&chunk[..chunk.len().min(BEGINNING - kept.len())]);
            }
            if length > LONGEST_ANSWER {
                fault = Some(WebhookFault::TooLong);
                break;
            }
        }
        let verdict = rules::judge(status);
        if let rules::Verdict::Failed(bad) = verdict {
            fault = fault.or(Some(bad));
        }
        Ok(Answered {
            status: Some(status),
            fault: fault.filter(|_| verdict != rules::Verdict::Delivered),
            beginning: rules::beginning(&kept),
            retry_after: retry_after.map(i64::from),
        })
    }
}

/// Why a request came to nothing, from the causes behind the client's error.
fn fault_of(error: &reqwest::Error) -> WebhookFault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(one) = cause {
        match one.downcast_ref::<Unreachable>() {
            Some(Unreachable::Refused(_)) => return WebhookFault::AddressRefused,
            Some(Unreachable::Unknown) => return WebhookFault::NameUnknown,
            None => cause = one.source(),
        }
    }
    if error.is_timeout() {
        WebhookFault::TimedOut
    } else {
        WebhookFault::NoConnection
    }
}

#[cfg(test)]
mod tests;
