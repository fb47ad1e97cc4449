//! One process per SQLite file: two would each believe to be the only writer.

use anyhow::{Context, bail};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held for as long as the process has the database open.
pub(super) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock beside the database, or says who seems to have it.
    pub(super) fn take(database: &Path) -> anyhow::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot open {}", Path::new(&path).display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                bail!("another process has {} open; stop it first", database.display())
            }
            Err(TryLockError::Error(cause)) => Err(cause).context("cannot lock the database"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_refused_and_the_first_unharmed() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.db");
        let first = FileLock::take(&database).unwrap();
        assert!(FileLock::take(&database).is_err());
        drop(first);
        assert!(FileLock::take(&database).is_ok());
    }
}
