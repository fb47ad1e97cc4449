//! Chromium with its driver, axe, and what draws PDFs, for the browser journeys.

use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::debian;
use crate::shell::{succeeds, target_folder};

const AXE: &str = "axe-core@4.14.1";
/// What `axe.min.js` of that version hashes to, so that nobody else's script looks at our pages.
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// Installs them where that is possible, and says in a line what is missing otherwise: the journeys
/// are skipped then.
pub(crate) fn ensure() {
    let there = || ["chromium", "chromedriver"].iter().all(|program| on_the_path(program));
    let installed = there() || (debian::can_install() && debian::install(&["chromium", "chromium-driver"]) && there());
    let drawn = on_the_path("pdftoppm") || (debian::can_install() && debian::install(&["poppler-utils"]));
    if !drawn {
        eprintln!("\n\x1b[33mSKIPPED: pictures of PDFs. `apt-get install poppler-utils`\x1b[0m");
    }
    if !installed {
        eprintln!("\n\x1b[33mSKIPPED: the browser journeys. `apt-get install chromium chromium-driver`\x1b[0m");
    }
}

/// Fetches axe into `target/axe` where it is not there yet; without it the journeys that use it are skipped.
pub(crate) fn ensure_axe() {
    let folder = target_folder().join("axe");
    let script = folder.join("axe.min.js");
    if is_axe(&script) || (fetch_axe(&folder) && is_axe(&script)) {
        return;
    }
    eprintln!("\n\x1b[33mSKIPPED: the accessibility journeys. `{AXE}` cannot be fetched; it takes npm.\x1b[0m");
}

fn is_axe(script: &Path) -> bool {
    let hash = |content: Vec<u8>| {
        let digest = Sha256::digest(content);
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    std::fs::read(script).is_ok_and(|content| hash(content) == AXE_SHA256)
}

fn fetch_axe(folder: &Path) -> bool {
    let archive = format!("{}.tgz", AXE.replace('@', "-"));
    std::fs::create_dir_all(folder).is_ok()
        && succeeds(Command::new("npm").args(["pack", "--silent", AXE]).current_dir(folder))
        && succeeds(
            Command::new("tar")
                .args(["-xzf", &archive, "--strip-components=1", "package/axe.min.js"])
                .current_dir(folder),
        )
}

fn on_the_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
