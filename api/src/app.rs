//! A server: built from settings, listening, run until it is told to stop.

use crate::auth::cookie::CookiePolicy;
use crate::auth::gate::Gate;
use crate::auth::secrets::Secrets;
use crate::calls::Streams;
use crate::clock::Clock;
use crate::db::{Database, DatabaseUrl};
use crate::error::{ApiError, ApiResult};
use crate::gateway::{self, Gateway};
use crate::jobs;
use crate::mails::smtp::Mailer;
use crate::market::SharedMarket;
use crate::metrics::Metrics;
use crate::policy::Policies;
use crate::routes;
use crate::settings::Settings;
use actix_web::HttpServer;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tradepost_contract::ProblemCode;

/// What every handler and job can reach.
pub struct App {
    /// The database.
    pub db: Database,
    /// Wall time and business time.
    pub clock: Clock,
    /// How the server was set up.
    pub settings: Settings,
    /// Policies, parsed once.
    pub policies: Policies,
    /// The market in memory, for intake and selling.
    pub market: SharedMarket,
    /// The keys that are derived from the installation's secret.
    pub secrets: Secrets,
    /// What it takes to know a caller.
    pub gate: Gate,
    /// Who collects money; none where no gateway is set up.
    pub(crate) gateway: Option<Gateway>,
    /// Who takes our mails; none where no mail server is set up.
    pub(crate) mailer: Option<Mailer>,
    /// The call reports that are being followed.
    pub(crate) streams: Streams,
    /// Who sends webhooks.
    pub(crate) webhooks: crate::webhooks::Post,
    /// Whose turn it is among the threads that do the jobs.
    pub(crate) turns: jobs::Turns,
    /// How much programs have sent lately.
    pub(crate) limits: crate::limits::Limits,
    /// What keys asked for and is not written down yet.
    pub(crate) key_log: crate::api_keys::log::RequestLog,
    /// What operators look at.
    pub(crate) metrics: Metrics,
    /// Where they look.
    metrics_address: OnceLock<SocketAddr>,
    /// The server was told to stop: connections end with the answer that is under way.
    draining: AtomicBool,
}

impl App {
    /// Opens the database and loads what handlers need, without listening: for the command line.
    pub fn open(settings: Settings, clock: Clock) -> anyhow::Result<Self> {
        let db = Database::open(&settings.database(), clock.clone())?;
        crate::sandbox::restore_clock(&db, &clock)?;
        let secrets = load_secrets(&settings)?;
        let public_url = settings.public_url.as_deref().unwrap_or("http://127.0.0.1");
        let cookie = CookiePolicy::for_public_url(public_url).map_err(anyhow::Error::msg)?;
        let gate = Gate::new(cookie, settings.sandbox);
        let gateway = gateway::connect(&settings, &secrets)?;
        let webhooks = crate::webhooks::Post::new(settings.sandbox);
        let mailer = Mailer::of(&settings)?;
        if mailer.is_none() && !settings.sandbox {
            tracing::warn!("no SMTP_URL: mails wait until there is one");
        }
        Ok(Self {
            db,
            clock,
            settings,
            policies: Policies::default(),
            market: SharedMarket::default(),
            secrets,
            gate,
            gateway,
            mailer,
            streams: Streams::default(),
            webhooks,
            turns: jobs::Turns::default(),
            limits: crate::limits::Limits::default(),
            key_log: crate::api_keys::log::RequestLog::default(),
            metrics: Metrics::default(),
            metrics_address: OnceLock::new(),
            draining: AtomicBool::new(false),
        })
    }

    /// Where operators' figures are, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address.get().copied()
    }

    /// Whether the server was told to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// To be called when the server is told to stop: answers that would go on for minutes end, and no connection is kept for
    /// another request.
    fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.streams.close();
    }

    /// The gateway, for what cannot be done without; the problem says that there is none.
    pub(crate) fn required_gateway(&self) -> ApiResult<&Gateway> {
        self.gateway.as_ref().ok_or_else(|| {
            ApiError::new(ProblemCode::Unavailable).detail("No payment gateway is set up for this installation.")
        })
    }
}

/// The secret of the settings; else of the file beside an SQLite database; else, in a sandbox on
/// PostgreSQL, one that ends with the process.
fn load_secrets(settings: &Settings) -> anyhow::Result<Secrets> {
    let (current, previous) = (settings.secret.as_deref(), settings.previous_secret.as_deref());
    let file = match settings.database() {
        DatabaseUrl::Sqlite(path) => Some(std::path::Path::new(&path).with_extension("secret")),
        DatabaseUrl::Postgres(_) if current.is_none() && settings.sandbox => {
            tracing::warn!("no TRADEPOST_SECRET: everybody is signed out when this server stops");
            return Ok(Secrets::ephemeral()?);
        }
        DatabaseUrl::Postgres(_) => None,
    };
    Secrets::load(current, previous, file.as_deref()).context("the installation's secret")
}

/// Where a server that listens on this address is reached from its own machine.
fn own_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// What stops a server from elsewhere.
#[derive(Clone)]
pub struct StopHandle {
    server: ServerHandle,
    app: Arc<App>,
}

impl StopHandle {
    /// Tells the server to stop, at once or when it has answered what is under way; the future waits for that. Answers
    /// that would go on for minutes end.
    pub fn stop(&self, graceful: bool) -> impl Future<Output = ()> + use<> {
        self.app.drain();
        self.server.stop(graceful)
    }
}

/// Returns when the process is told to stop, as actix is at the same moment.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        terminate.recv().await;
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// A server that listens and waits to be run.
pub struct Application {
    app: Arc<App>,
    address: SocketAddr,
    server: Server,
    figures: Option<Server>,
    jobs: jobs::Runner,
}

/// Requests under way get this long to finish when the server is told to stop.
const DRAIN_SECONDS: u64 = 20;

/// So many connections may wait to be accepted. The standard library's 128 are gone when a few hundred
/// clients connect at once, and who is dropped then waits for seconds without anybody knowing.
const WAITING_CONNECTIONS: i32 = 1024;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restarted server gets its port back while old connections still fade.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(WAITING_CONNECTIONS)?;
    Ok(socket.into())
}

/// The server of operators' figures, where they are wanted. It ends with the other one.
fn serve_metrics(app: &Arc<App>) -> anyhow::Result<Option<Server>> {
    let Some(bind) = app.settings.metrics_bind else {
        return Ok(None);
    };
    let listener = listen(bind).with_context(|| format!("cannot listen on {bind}"))?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "everybody who reaches this address reads the figures of this server");
    }
    let _ = app.metrics_address.set(address);
    let shared = Data::from(Arc::clone(app));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .service(crate::metrics::read_metrics)
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Some(server))
}

impl Application {
    /// Opens the database, binds the address and starts the jobs.
    pub fn build(settings: Settings) -> anyhow::Result<Self> {
        Self::build_with(settings, Clock::default())
    }

    /// The same with a clock whose business time is elsewhere: the demo lives through its past.
    pub fn build_with(mut settings: Settings, clock: Clock) -> anyhow::Result<Self> {
        let listener = listen(settings.bind).with_context(|| format!("cannot listen on {}", settings.bind))?;
        let address = listener.local_addr()?;
        let workers = settings.workers;
        let public_url = settings
            .public_url
            .take()
            .unwrap_or_else(|| format!("http://{address}"));
        // Paths are put behind it, on the gateway's pages too.
        settings.public_url = Some(public_url.trim_end_matches('/').to_owned());
        settings.own_url = Some(own_url(address));
        let app = Arc::new(App::open(settings, clock)?);
        let shared = Data::from(Arc::clone(&app));
        let jobs = jobs::Runner::start(&app)?;
        let server = HttpServer::new(move || {
            actix_web::App::new()
                .app_data(shared.clone())
                .configure(routes::api)
                .configure(routes::pages)
                .configure(crate::gateway::simulator::routes)
                .configure(crate::webhooks::sandbox::routes)
                .default_service(web::to(crate::web_app::serve))
                .wrap(from_fn(crate::request::frame))
        })
        .workers(workers)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(30))
        .shutdown_timeout(DRAIN_SECONDS)
        .listen(listener)?
        .run();
        let figures = serve_metrics(&app)?;
        Ok(Self {
            app,
            address,
            server,
            figures,
            jobs,
        })
    }

    /// What the handlers share.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// The address it listens on, with the real port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> StopHandle {
        StopHandle {
            server: self.server.handle(),
            app: self.app(),
        }
    }

    /// Answers requests until the process is told to stop; then finishes what is under way.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let (app, closing) = (self.app(), self.app());
        let told = tokio::spawn(async move {
            told_to_stop().await;
            app.drain();
        });
        let figures = self.figures.map(|server| (server.handle(), tokio::spawn(server)));
        let outcome = self.server.await;
        told.abort();
        if let Some((handle, server)) = figures {
            handle.stop(false).await;
            let _ = server.await;
        }
        let jobs = self.jobs;
        // The jobs finish their slices on threads of their own, so joining them blocks.
        let last = Arc::clone(&closing);
        tokio::task::spawn_blocking(move || {
            jobs.stop();
            crate::api_keys::log::write_all(&last);
        })
        .await
        .map_err(std::io::Error::other)?;
        outcome
    }
}
