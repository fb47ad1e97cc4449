//! The real `tradepost` binary as a process of its own, to be killed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::app::SECRET;

/// The variable that says in which file the log of a server is kept; tests only, the server knows nothing of it.
pub(crate) const LOG_FILE: &str = "TRADEPOST_TEST_LOG_FILE";

/// A running `tradepost serve`; killed with this value.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl ServerProcess {
    /// Starts the server on a free port, with these variables, and waits until it listens.
    pub fn start(database_url: &str, variables: &[(String, String)]) -> Self {
        let mut child = tradepost(database_url)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .args(["serve", "--sandbox", "--bind", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(match variables.iter().find(|(name, _)| name == LOG_FILE) {
                Some((_, path)) => File::options()
                    .create(true)
                    .append(true)
                    .open(path)
                    .expect("the log can be written")
                    .into(),
                None => Stdio::null(),
            })
            .spawn()
            .expect("the server's binary can be started");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let address = loop {
            let line = lines
                .next()
                .expect("the server says where it listens")
                .expect("its output is text");
            if let Some((_, address)) = line.split_once("http://") {
                break format!("http://{}", address.split_whitespace().next().unwrap_or_default());
            }
        };
        // The pipe has to be read to the end, or the server would stop at a full one.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Tells it to stop, as a supervisor does.
    pub fn terminate(&self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(told.is_ok_and(|told| told.success()), "the server is there to be told");
    }

    /// How it ended; none while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is ours")
    }

    /// kill -9: no goodbye, no flush.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The command line on this database.
pub fn tradepost(database_url: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .env("DATABASE_URL", database_url)
        .env("TRADEPOST_SECRET", SECRET)
        .env("TRADEPOST_GATEWAY_TIMEOUT_SECONDS", "2")
        .env("TRADEPOST_GATEWAY_PATIENCE_SECONDS", "3")
        // Nobody of the tests has an authenticator, and some of them take longer than a quarter of an hour.
        .env("TRADEPOST_STAFF_SECOND_FACTOR", "offered")
        .env("TRADEPOST_STEP_UP_MINUTES", "1440")
        .env("RUST_LOG", "error")
        .stdin(Stdio::null());
    command
}

/// Holds that the auditor finds nothing wrong with this database.
///
/// # Panics
/// With what it found.
pub fn expect_sound_books(database_url: &str) {
    let audit = tradepost(database_url)
        .arg("audit")
        .output()
        .expect("the auditor can be started");
    assert!(
        audit.status.success(),
        "audit: {}",
        String::from_utf8_lossy(&audit.stdout)
    );
}

/// The binary beside this test's own, which `cargo xtask test` builds first.
fn binary() -> PathBuf {
    let this = std::env::current_exe().expect("a test knows where it is");
    let binary = this
        .ancestors()
        .nth(2)
        .expect("tests live in target/<profile>/deps")
        .join("tradepost");
    assert!(
        binary.exists(),
        "{} is missing: `cargo build --package tradepost`, or `cargo xtask test`",
        binary.display()
    );
    binary
}
