//! localstripe, a payment gateway that others wrote after Stripe's documents: the client of ours is tried on it.

use std::process::Command;

use crate::debian;
use crate::shell::{succeeds, target_folder};

const LOCALSTRIPE: &str = "localstripe==1.15.10";

/// Fetches it into `target/localstripe/venv` where it is not there yet; without it its test is skipped.
pub(crate) fn ensure() {
    let venv = target_folder().join("localstripe/venv");
    let there = || succeeds(Command::new(venv.join("bin/python")).args(["-c", "import localstripe"]));
    let fetch = || {
        succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
            && succeeds(Command::new(venv.join("bin/pip")).args(["install", "--quiet", LOCALSTRIPE]))
            && there()
    };
    let fetched =
        there() || fetch() || (debian::can_install() && debian::install(&["python3", "python3-venv"]) && fetch());
    if !fetched {
        eprintln!(
            "\n\x1b[33mSKIPPED: the gateway's test on {LOCALSTRIPE}, which cannot be fetched; it takes python3-venv and pip.\x1b[0m"
        );
    }
}
