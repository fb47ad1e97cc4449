//! The build driver. `cargo xtask run` tries the product, `cargo xtask test` tests it; the other
//! commands are for those who work on it. Each command does its own set-up: what is missing is
//! installed where that is possible, and otherwise named in one line.

mod app;
mod browser;
mod debian;
mod dev;
mod localstripe;
mod postgres;
mod schemathesis;
mod server;
mod shell;
mod suites;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and test Tradepost")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the server, fill a demo market when there is none, and serve it on http://127.0.0.1:8080.
    Run(server::Run),
    /// Build the web app into `web/dist` and print what a visitor downloads.
    App(app::App),
    /// Rebuild the web app whenever one of its files changes; a debug server shows it at once.
    Dev,
    /// Run every test: rules, contract, API on SQLite and on PostgreSQL, browser journeys.
    Test(suites::Test),
    /// Run the proofs of correctness at full size and print their table (an hour or so).
    Prove(suites::Prove),
    /// Load the release server and the bare floor beside it in turn, and print the ratios.
    Bench(suites::Bench),
    /// Let schemathesis compare the running server with its OpenAPI document, as several people.
    Schemathesis(schemathesis::Schemathesis),
    /// Take the pictures of the README anew, of the demo market.
    Pictures,
    /// Format check, clippy and rustdoc with warnings denied.
    Lint,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Task::Run(run) => server::run(&run),
        Task::App(app) => app::build(&app),
        Task::Dev => dev::dev(),
        Task::Test(test) => suites::test(&test),
        Task::Prove(prove) => suites::prove(&prove),
        Task::Bench(bench) => suites::bench(&bench),
        Task::Schemathesis(arguments) => schemathesis::schemathesis(&arguments),
        Task::Pictures => suites::pictures(),
        Task::Lint => suites::lint(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
