//! `cargo xtask schemathesis`: an outsider reads the OpenAPI document, sends the running server whatever
//! it allows and what it does not, and compares each answer with the document.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use crate::shell::{Done, Failure, run, succeeds, target_folder, workspace};
use crate::suites::build_product;

/// What `cargo xtask schemathesis` can be told.
#[derive(Args)]
pub(crate) struct Schemathesis {
    /// How long it sends requests as each person, in seconds.
    #[arg(long, default_value_t = 300)]
    seconds: u32,
    /// As whom, of the demo's people.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "admin@tradepost.example,manager@tradepost.example,finance@tradepost.example,owner@lonestartelecom.example"
    )]
    people: Vec<String>,
}

/// What an answer must not be: a 5xx, or anything that the document does not describe.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

const ADDRESS: &str = "127.0.0.1:8091";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Sets up a demo market, serves it, and lets schemathesis at it as several people.
pub(crate) fn schemathesis(arguments: &Schemathesis) -> Done {
    let folder = target_folder().join("schemathesis");
    let program = folder.join("venv/bin/schemathesis");
    if !succeeds(Command::new(&program).arg("--version")) {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
        run(Command::new(folder.join("venv/bin/pip")).args(["install", "--quiet", "schemathesis>=4.3,<5"]))?;
    }
    build_product()?;
    let database = folder.join("demo.db");
    for name in ["demo.db", "demo.db-wal", "demo.db-shm", "demo.demo.json"] {
        drop(std::fs::remove_file(folder.join(name)));
    }
    let tradepost = || {
        let mut command = Command::new(target_folder().join("debug/tradepost"));
        command.env("DATABASE_URL", &database).env("RUST_LOG", "error");
        command
    };
    run(tradepost().arg("demo"))?;
    let server = tradepost()
        .args(["serve", "--sandbox", "--bind", ADDRESS])
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| Failure(format!("the server could not be started: {error}")))?;
    let _server = Server(server);
    let began = Instant::now();
    while std::net::TcpStream::connect(ADDRESS).is_err() {
        if began.elapsed() > Duration::from_secs(30) {
            return Err(Failure(format!("nothing listens on {ADDRESS} after 30 seconds")));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    for person in &arguments.people {
        run(Command::new(&program)
            .current_dir(&folder)
            .env("SCHEMATHESIS_HOOKS", workspace().join("tests/schemathesis/people.py"))
            .env("TRADEPOST_SERVER", format!("http://{ADDRESS}"))
            .env("TRADEPOST_EMAIL", person)
            .arg("run")
            .arg(workspace().join("openapi/openapi.json"))
            .args(["--url", &format!("http://{ADDRESS}"), "--checks", CHECKS])
            .args(["--max-time", &arguments.seconds.to_string(), "--continue-on-failure"])
            // The clock of the sandbox is everybody's, and signing out ends the run's own session.
            .args(["--exclude-path-regex", "/sandbox/|/auth/logout|/sessions"])
            .args(["--suppress-health-check", "all", "--warnings", "off"]))?;
    }
    Ok(())
}
