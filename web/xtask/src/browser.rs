//! Chromium and its driver, for the browser journeys.

use std::path::Path;

use crate::debian;

/// Installs them where that is possible, and says in a line what is missing otherwise: the journeys
/// are skipped then.
pub(crate) fn ensure() {
    let there = || ["chromium", "chromedriver"].iter().all(|program| on_the_path(program));
    let installed = there() || (debian::can_install() && debian::install(&["chromium", "chromium-driver"]) && there());
    if !installed {
        eprintln!("\n\x1b[33mSKIPPED: the browser journeys. `apt-get install chromium chromium-driver`\x1b[0m");
    }
}

fn on_the_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
