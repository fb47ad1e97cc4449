//! Installing what is missing, on a Debian machine where we are root.

use std::path::Path;
use std::process::Command;

use crate::shell::{self, answer, succeeds};

/// Whether packages can be installed without asking anybody.
pub(crate) fn can_install() -> bool {
    Path::new("/usr/bin/apt-get").exists() && answer(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Installs packages. The lists are refreshed only when the first try does not know a package, so
/// that a machine that is nearly complete stays quick.
pub(crate) fn install(packages: &[&str]) -> bool {
    eprintln!("installing {}", packages.join(", "));
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let install = || {
        let mut command = apt();
        command
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages);
        command
    };
    succeeds(&mut install())
        || (shell::run(apt().args(["update", "--quiet"])).is_ok() && shell::run(&mut install()).is_ok())
}
