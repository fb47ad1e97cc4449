//! The contract crate must compile for WASM without the server's crates, because the web app shares it.
//!
//! `rustup target add wasm32-unknown-unknown` is the usual way. Where rustup's servers cannot be
//! reached, Debian's `rustc-web` builds the standard library from its own sources; that compiler gets
//! a target folder of its own, since two compilers in one folder rebuild each other's work.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::shell::{Done, Failure, answer, cargo, run, succeeds, target_folder, workspace};

const TARGET: &str = "wasm32-unknown-unknown";
const ARGUMENTS: [&str; 6] = [
    "check",
    "--locked",
    "--package",
    "tradepost-contract",
    "--target",
    TARGET,
];

/// Checks the contract crate with whichever compiler can.
pub(crate) fn check_contract() -> Done {
    if has_target() || (succeeds(Command::new("rustup").args(["target", "add", TARGET])) && has_target()) {
        return run(cargo().args(ARGUMENTS));
    }
    match debian_compiler() {
        Some(compiler) => run(compiler.cargo().args(ARGUMENTS).arg("-Zbuild-std=std,panic_abort")),
        None => Err(Failure(
            "no compiler for WASM: run `rustup target add wasm32-unknown-unknown`, or as root on Debian \
             `apt-get install --no-install-recommends rustc-web cargo-web rust-web-src`"
                .to_owned(),
        )),
    }
}

/// Whether the usual compiler has a standard library for WASM.
fn has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(workspace())
        .args(["--print", "target-libdir", "--target", TARGET]);
    answer(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}

/// Debian's compiler with the sources of the standard library beside it.
struct DebianCompiler {
    cargo: PathBuf,
    rustc: PathBuf,
}

impl DebianCompiler {
    fn installed() -> Option<Self> {
        let compiler = Self {
            cargo: "/usr/bin/cargo".into(),
            rustc: "/usr/bin/rustc".into(),
        };
        let sysroot = answer(Command::new(&compiler.rustc).args(["--print", "sysroot"]))?;
        let sources = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std");
        (sources.is_dir() && compiler.cargo.exists()).then_some(compiler)
    }

    /// Nightly flags are needed to build the standard library; `RUSTC_BOOTSTRAP` allows them.
    fn cargo(&self) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(workspace())
            .env("RUSTC", &self.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", target_folder().join("wasm-debian"))
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("RUSTDOC");
        command
    }
}

fn debian_compiler() -> Option<DebianCompiler> {
    DebianCompiler::installed().or_else(|| {
        let packages = ["rustc-web", "cargo-web", "rust-web-src"];
        if debian::can_install() && debian::install(&packages) {
            DebianCompiler::installed()
        } else {
            None
        }
    })
}
