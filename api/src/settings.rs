//! How a server is set up: every setting is a command-line option and an environment variable.

use crate::db::DatabaseUrl;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Who signs in with a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SecondFactorRule {
    /// Staff have to.
    Required,
    /// Nobody has to.
    Offered,
}

/// The settings of one server.
#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// A file for the embedded SQLite, or a `postgres://` URL.
    #[arg(long, env = "DATABASE_URL", default_value = "data/tradepost.db")]
    pub database_url: String,

    /// The address to listen on; port 0 picks a free one.
    #[arg(long, env = "TRADEPOST_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,

    /// The address that browsers use; https, except on a loopback address.
    #[arg(long, env = "TRADEPOST_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Lets staff move business time forward and run what has become due. Never for real business.
    #[arg(long, env = "TRADEPOST_SANDBOX")]
    pub sandbox: bool,

    /// The secret that all keys are derived from: 32 bytes in base64. On SQLite a file beside the
    /// database is used, and made at the first start, where it is not given.
    #[arg(long, env = "TRADEPOST_SECRET", hide_env_values = true)]
    pub secret: Option<String>,

    /// The secret before the last rotation, still accepted for tokens.
    #[arg(long, env = "TRADEPOST_PREVIOUS_SECRET", hide_env_values = true)]
    pub previous_secret: Option<String>,

    /// How many reverse proxies of your own stand in front: so many addresses from the right of
    /// `X-Forwarded-For` are believed.
    #[arg(long, env = "TRADEPOST_PROXY_HOPS", default_value_t = 0)]
    pub proxy_hops: usize,

    /// The payment gateway, in Stripe's format: the address in front of `/v1`. A sandbox without one uses
    /// its own simulator.
    #[arg(long, env = "TRADEPOST_GATEWAY_URL")]
    pub gateway_url: Option<String>,

    /// The gateway's secret key.
    #[arg(long, env = "TRADEPOST_GATEWAY_KEY", hide_env_values = true)]
    pub gateway_key: Option<String>,

    /// A PEM file of certificates that may vouch for the gateway's, besides those that this machine trusts.
    #[arg(long, env = "TRADEPOST_GATEWAY_CA")]
    pub gateway_ca: Option<PathBuf>,

    /// The secret that the gateway signs its events with.
    #[arg(long, env = "TRADEPOST_GATEWAY_EVENT_SECRET", hide_env_values = true)]
    pub gateway_event_secret: Option<String>,

    /// That secret before the last rotation, still accepted.
    #[arg(long, env = "TRADEPOST_PREVIOUS_GATEWAY_EVENT_SECRET", hide_env_values = true)]
    pub previous_gateway_event_secret: Option<String>,

    /// The gateway gets so many seconds to answer; after that it is asked what became of the request.
    #[arg(long, env = "TRADEPOST_GATEWAY_TIMEOUT_SECONDS", default_value_t = 20)]
    pub gateway_timeout_seconds: u32,

    /// So many seconds after a request whose answer was lost, what the gateway does not know has never
    /// arrived there. More than the timeout.
    #[arg(long, env = "TRADEPOST_GATEWAY_PATIENCE_SECONDS", default_value_t = 90)]
    pub gateway_patience_seconds: u32,

    /// The mail server: `smtps://user:password@host`, or `smtp://…`, which insists on STARTTLS unless `?tls=none` says
    /// otherwise. A sandbox without one keeps its mails for the console to show; any other server lets them wait.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// The mail server gets so many seconds for each answer.
    #[arg(long, env = "TRADEPOST_SMTP_TIMEOUT_SECONDS", default_value_t = 20)]
    pub smtp_timeout_seconds: u32,

    /// Whether staff have to sign in with a second factor, or are only offered one. People of the demo market are not
    /// asked in a sandbox.
    #[arg(long, env = "TRADEPOST_STAFF_SECOND_FACTOR", value_enum, default_value_t = SecondFactorRule::Required)]
    pub staff_second_factor: SecondFactorRule,

    /// Moving money by hand and making keys asks for the password, or a code, again when the last time was so many
    /// minutes ago.
    #[arg(long, env = "TRADEPOST_STEP_UP_MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub step_up_minutes: u32,

    /// Where this server is reached from its own machine; known once it listens.
    #[arg(skip)]
    pub own_url: Option<String>,

    /// The address for operators' figures at `/metrics`, in the format of Prometheus; it has no sign-in, so that it belongs
    /// on a loopback or private address. None where it is not given.
    #[arg(long, env = "TRADEPOST_METRICS_BIND")]
    pub metrics_bind: Option<SocketAddr>,

    /// Threads that answer requests.
    #[arg(long, env = "TRADEPOST_WORKERS", default_value_t = 2)]
    pub workers: usize,
}

impl Settings {
    /// A server of its own for a test or a tool: a free port on the loopback address.
    pub fn for_database(database_url: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            sandbox: true,
            secret: None,
            previous_secret: None,
            proxy_hops: 0,
            gateway_url: None,
            gateway_key: None,
            gateway_ca: None,
            gateway_event_secret: None,
            previous_gateway_event_secret: None,
            gateway_timeout_seconds: 20,
            gateway_patience_seconds: 90,
            smtp_url: None,
            smtp_timeout_seconds: 20,
            staff_second_factor: SecondFactorRule::Offered,
            step_up_minutes: 15,
            own_url: None,
            metrics_bind: None,
            workers: 2,
        }
    }

    /// Where the database is.
    pub fn database(&self) -> DatabaseUrl {
        match self.database_url.parse() {
            Ok(url) => url,
        }
    }
}
