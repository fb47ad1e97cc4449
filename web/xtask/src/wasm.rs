//! The compiler for WASM: for the web app, and for the check that the contract crate compiles without
//! the server's crates, because the web app shares it.
//!
//! `rustup target add wasm32-unknown-unknown` is the usual way. Where rustup's servers cannot be
//! reached, Debian's `rustc-web` builds the standard library from its own sources; that compiler gets
//! a target folder of its own, since two compilers in one folder rebuild each other's work.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::shell::{Done, Failure, answer, cargo, run, succeeds, target_folder, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// Checks the contract crate with whichever compiler can.
pub(crate) fn check_contract() -> Done {
    let compiler = compiler()?;
    run(compiler.cargo("check").args(["--package", "tradepost-contract"]))
}

/// A compiler that can make WASM.
pub(crate) enum Compiler {
    /// The usual one, with the target installed.
    Rustup,
    /// Debian's, which builds the standard library from its sources.
    Debian(DebianCompiler),
}

/// Whichever compiler can; what is missing is installed where that is possible.
pub(crate) fn compiler() -> Result<Compiler, Failure> {
    if has_target() || (succeeds(Command::new("rustup").args(["target", "add", TARGET])) && has_target()) {
        return Ok(Compiler::Rustup);
    }
    debian_compiler().map(Compiler::Debian).ok_or_else(|| {
        Failure(
            "no compiler for WASM: run `rustup target add wasm32-unknown-unknown`, or as root on Debian \
             `apt-get install --no-install-recommends rustc-web cargo-web rust-web-src`"
                .to_owned(),
        )
    })
}

impl Compiler {
    /// A cargo command that compiles for WASM.
    pub(crate) fn cargo(&self, verb: &str) -> Command {
        let mut command = match self {
            Self::Rustup => cargo(),
            Self::Debian(compiler) => compiler.cargo(),
        };
        command.args([verb, "--locked", "--target", TARGET]);
        if matches!(self, Self::Debian(_)) {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command
    }

    /// Where the files of a profile end up.
    pub(crate) fn output(&self, profile: &str) -> PathBuf {
        let folder = match self {
            Self::Rustup => target_folder(),
            Self::Debian(_) => target_folder().join("wasm-debian"),
        };
        folder.join(TARGET).join(profile)
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
pub(crate) struct DebianCompiler {
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

    /// The linker: rustup's own where there is one, else LLVM's.
    fn linker() -> Option<PathBuf> {
        let sysroot = answer(
            Command::new("rustc")
                .current_dir(workspace())
                .args(["--print", "sysroot"]),
        )?;
        let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let own = Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
        own.exists().then_some(own)
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
        if let Some(linker) = Self::linker() {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
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
