//! The test suites: everything, the full-size proofs, the benchmark, the lints.

use std::process::Command;

use clap::Args;

use crate::shell::{Done, Failure, cargo, run, succeeds};
use crate::{postgres, wasm};

/// What `cargo xtask test` can be told.
#[derive(Args)]
pub(crate) struct Test {
    /// Only tests whose name contains this.
    filter: Option<String>,
}

/// Every test. With a filter the set-up that only guards the contract is left out.
pub(crate) fn test(test: &Test) -> Done {
    let postgres = postgres::ensure();
    if postgres.is_none() {
        let missing = "PostgreSQL is missing: `apt-get install postgresql` (or TRADEPOST_PG_BIN=<folder of initdb>)";
        if std::env::var_os("TRADEPOST_REQUIRE_POSTGRES").is_some() {
            return Err(Failure(missing.to_owned()));
        }
        eprintln!("\n\x1b[33mSKIPPED: every test on PostgreSQL. {missing}\x1b[0m");
    }
    if test.filter.is_none() {
        wasm::check_contract()?;
        crate::app::build(&crate::app::App {
            dev: true,
            ..Default::default()
        })?;
    }
    crate::browser::ensure();
    crate::browser::ensure_axe();
    crate::localstripe::ensure();
    build_product()?;
    let nextest = succeeds(cargo().args(["nextest", "--version"]));
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    // A test waits for answers, leases and clocks as long as it computes, so that one and a half a core keep the machine
    // busy. A journey takes two of the threads (`.config/nextest.toml`), for its browser and its server.
    let journeys = ["--locked", "--package", JOURNEYS];
    for (packages, threads) in [(&PRODUCT[..], cores + cores / 2), (&journeys[..], 2 * cores)] {
        let mut command = cargo();
        // The cluster of the tests is thrown away; waiting for the disk would cost minutes and show nothing.
        command.env("TRADEPOST_ALLOW_UNSAFE_POSTGRES", "1");
        if nextest {
            command.args(["nextest", "run", "--no-tests", "pass"]).args(packages);
            command.args(["--test-threads", &threads.to_string()]);
            if postgres.is_none() {
                command.args(["-E", "not test(Postgres)"]);
            }
            command.args(&test.filter);
        } else {
            command
                .arg("test")
                .args(packages)
                .args(["--all-targets", "--no-fail-fast"]);
            command.args(&test.filter);
            if postgres.is_none() {
                command.args(["--", "--skip", "Postgres"]);
            }
        }
        run(&mut command)?;
    }
    Ok(())
}

/// The package of the browser journeys.
const JOURNEYS: &str = "tradepost-browser-tests";

/// Everything else. The journeys are apart: their driver turns features on that the product does not have.
const PRODUCT: [&str; 4] = ["--locked", "--workspace", "--exclude", JOURNEYS];

/// Builds the server and all tests. The proofs start the real server as a process, so its binary has to be there; all
/// targets at once have one set of features, so that nothing is compiled twice.
pub(crate) fn build_product() -> Done {
    run(cargo().arg("build").args(PRODUCT).arg("--all-targets"))
}

/// What `cargo xtask prove` can be told.
#[derive(Args)]
pub(crate) struct Prove {
    /// Only proofs whose name contains this.
    filter: Option<String>,
}

/// The proofs at full size, one at a time, with the table they print.
pub(crate) fn prove(prove: &Prove) -> Done {
    if postgres::ensure().is_none() {
        return Err(Failure(
            "the proofs need PostgreSQL: `apt-get install postgresql`".to_owned(),
        ));
    }
    // What holds does not depend on how hard the linker tried, so this is the quicker of the optimised builds.
    let quick = ["--locked", "--profile", "try"];
    run(cargo().arg("build").args(quick).args(["--package", "tradepost"]))?;
    let mut command = cargo();
    command.env("TRADEPOST_PROVE", "full");
    command
        .arg("test")
        .args(quick)
        .args(["--package", "tradepost-tests", "--test", "prove"]);
    command
        .args(&prove.filter)
        .args(["--", "--nocapture", "--test-threads", "1"]);
    run(&mut command)
}

/// What `cargo xtask bench` can be told; the rest goes to the benchmark itself.
#[derive(Args)]
pub(crate) struct Bench {
    /// Arguments of the benchmark (`-- --help` lists them).
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// The benchmark: the release server beside the floor.
pub(crate) fn bench(bench: &Bench) -> Done {
    run(cargo().args(["build", "--locked", "--release", "--package", "tradepost"]))?;
    let mut command = cargo();
    command.args(["run", "--locked", "--release", "--package", "tradepost-load", "--"]);
    run(command.args(&bench.arguments))
}

/// The pictures of the README: the main screens, taken in Chromium.
pub(crate) fn pictures() -> Done {
    crate::browser::ensure();
    crate::app::build(&crate::app::App::default())?;
    // The same selection as the tests', so that nothing is compiled with other features again.
    run(cargo().args([
        "build",
        "--locked",
        "--workspace",
        "--exclude",
        JOURNEYS,
        "--all-targets",
    ]))?;
    run(cargo().args(["run", "--locked", "--package", JOURNEYS, "--bin", "pictures"]))
}

/// Formatting, clippy and the documentation, with warnings denied.
pub(crate) fn lint() -> Done {
    crate::app::refuse_markup()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    let mut doc: Command = cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings")
        .args(["doc", "--locked", "--workspace", "--no-deps"]);
    run(&mut doc)
}
