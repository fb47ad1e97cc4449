//! Where PostgreSQL's programs are. Standard library only: the build driver includes this file too.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds both `initdb` and `postgres`.
///
/// Debian keeps them out of the PATH, so the places are asked in turn: `TRADEPOST_PG_BIN`,
/// `pg_config --bindir`, the newest `/usr/lib/postgresql/<major>/bin`, the PATH (its symbolic links
/// followed, since `initdb` looks for `postgres` beside itself), and Homebrew's folders.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("TRADEPOST_PG_BIN").map(PathBuf::from);
    named
        .into_iter()
        .chain(from_pg_config())
        .chain(from_debian())
        .chain(from_path())
        .chain(from_homebrew())
        .find(|dir| is_complete(dir))
}

fn is_complete(dir: &Path) -> bool {
    dir.join("initdb").is_file() && dir.join("postgres").is_file()
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let dir = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(dir.trim()))
}

fn from_debian() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    versions.into_iter().map(|(_, dir)| dir).collect()
}

fn from_path() -> Vec<PathBuf> {
    let Some(path) = std::env::var_os("PATH") else {
        return Vec::new();
    };
    std::env::split_paths(&path)
        .filter_map(|dir| dir.join("initdb").canonicalize().ok()?.parent().map(Path::to_path_buf))
        .collect()
}

fn from_homebrew() -> Vec<PathBuf> {
    let majors = (14..=20).rev();
    majors
        .flat_map(|v| ["/opt/homebrew", "/usr/local"].map(|p| PathBuf::from(format!("{p}/opt/postgresql@{v}/bin"))))
        .collect()
}
