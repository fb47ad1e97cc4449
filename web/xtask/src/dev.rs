//! `cargo xtask dev`: rebuilds the web app when one of its files changes.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::app::{self, App};
use crate::shell::{Done, workspace};

/// Builds, then looks for changes twice a second until it is stopped.
pub(crate) fn dev() -> Done {
    let mut built = None;
    loop {
        let now = fingerprint();
        if built != Some(now) {
            built = Some(now);
            match app::build(&App {
                dev: true,
                ..Default::default()
            }) {
                Ok(()) => {
                    eprintln!("built; load the page again (a server: `cargo run -p tradepost -- serve --sandbox`)")
                }
                Err(failure) => eprintln!("\n{failure}; waiting for a change"),
            }
        }
        sleep(Duration::from_millis(500));
    }
}

/// What the sources are, without reading the clock of any file.
fn fingerprint() -> [u8; 32] {
    let mut hash = Sha256::new();
    for folder in ["web/src", "web/styles", "web/static", "openapi/src"] {
        let mut files = Vec::new();
        collect(&workspace().join(folder), &mut files);
        files.sort();
        for file in files {
            hash.update(file.to_string_lossy().as_bytes());
            hash.update(std::fs::read(&file).unwrap_or_default());
        }
    }
    hash.finalize().into()
}

pub(crate) fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
