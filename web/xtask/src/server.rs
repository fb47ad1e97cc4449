//! `cargo xtask run`: the product on one machine, with a demo market in it.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;

use crate::shell::{Done, Failure, cargo, run as run_command, target_folder, workspace};

/// What `cargo xtask run` can be told.
#[derive(Args)]
pub(crate) struct Run {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    bind: String,
    /// Start with an empty database: no demo market, no demo people.
    #[arg(long)]
    empty: bool,
}

/// Builds, fills and serves. The server takes this process over at the end, so that signals and the
/// exit code are its own.
pub(crate) fn run(run: &Run) -> Done {
    if let Err(error) = TcpListener::bind(&run.bind) {
        return Err(Failure(format!(
            "cannot listen on {}: {error}; choose another with --bind",
            run.bind
        )));
    }
    crate::app::build(&crate::app::App {
        any_weight: true,
        ..Default::default()
    })?;
    eprintln!("Building the server. The first time takes some minutes; after that, seconds.");
    run_command(cargo().args(["build", "--locked", "--profile", "try", "--package", "tradepost"]))?;
    std::fs::create_dir_all(workspace().join("data"))
        .map_err(|error| Failure(format!("cannot make data/: {error}")))?;
    if !run.empty {
        run_command(tradepost().args(["demo", "--bind", &run.bind]))?;
    }
    let error = tradepost().args(["serve", "--sandbox", "--bind", &run.bind]).exec();
    Err(Failure(format!("the server could not be started: {error}")))
}

fn tradepost() -> Command {
    let mut command = Command::new(target_folder().join("try/tradepost"));
    command.current_dir(workspace());
    if std::env::var_os("RUST_LOG").is_none() {
        // The demo is made of thousands of requests, which would bury the logins.
        command.env("RUST_LOG", "warn,tradepost=info,tradepost::request=warn");
    }
    command
}
