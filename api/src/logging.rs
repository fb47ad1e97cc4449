//! Logs: one line an answered request, without bodies, secrets or personal data.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error; `RUST_LOG` says how much, `TRADEPOST_LOG=json` how.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,tradepost=info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if std::env::var("TRADEPOST_LOG").is_ok_and(|form| form == "json") {
        log.json().try_init()
    } else {
        log.try_init()
    };
    // A test that started logging before us keeps its own.
    drop(started);
}
