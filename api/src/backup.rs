//! Backups: a folder with everything that an installation needs to go on elsewhere, whole at one instant.
//!
//! **What is in it.** The database, the secret beside it (what is encrypted, and the fingerprints by which duplicates are
//! found, are worth nothing without), and `backup.json`, which says of what and when it is and has each file's SHA-256.
//! Where the secret is in the environment it is not in the folder, and has to be there again at the restore.
//!
//! **Making one** may go on beside a server that serves: SQLite copies what one read transaction sees (`VACUUM INTO`), and
//! PostgreSQL's own `pg_dump` does the same. The folder must not exist yet, is written under another name, and gets its
//! own when everything in it is on disk; whoever finds it finds it whole. Nobody else may read it.
//!
//! **Restoring** goes into an empty place only, checks every sum before it begins, brings the schema up to date, and then
//! audits the books, so that a copy that is damaged says so now and not at the next invoice.

use crate::auth::secrets::sha256_file;
use crate::clock::{self, Clock};
use crate::db::DatabaseUrl;
use crate::settings::Settings;
use crate::{app, auditor};
use anyhow::{Context, bail, ensure};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tradepost_contract::Timestamp;

const SQLITE_FILE: &str = "tradepost.db";
const POSTGRES_FILE: &str = "tradepost.pgdump";
const SECRET_FILE: &str = "tradepost.secret";
const NOTE: &str = "backup.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The version of Tradepost that made it.
    pub tradepost: String,
    /// When it was begun, by the wall.
    pub made_at: Timestamp,
    /// The SHA-256 of each file in it, by name, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// Makes a backup of the database of these settings in a new folder.
pub fn make(settings: &Settings, to: &Path) -> anyhow::Result<Note> {
    ensure!(!to.exists(), "{} is there already", to.display());
    let unfinished = beside(to, ".unfinished")?;
    if unfinished.exists() {
        // What an earlier one left that did not come to its end.
        fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    make_private_folder(&unfinished)?;
    let made_at = clock::wall_now();
    let mut names = vec![copy_database(&settings.database(), &unfinished)?];
    if let Some(secret) = secret_beside(settings).filter(|file| file.exists()) {
        copy_privately(&secret, &unfinished.join(SECRET_FILE))?;
        names.push(SECRET_FILE);
    }
    let mut files = BTreeMap::new();
    for name in names {
        let file = unfinished.join(name);
        fs::File::open(&file)?.sync_all()?;
        files.insert(name.to_owned(), sha256_file(&file)?);
    }
    let note = Note {
        tradepost: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        files,
    };
    let file = unfinished.join(NOTE);
    fs::write(&file, serde_json::to_vec_pretty(&note)?)?;
    fs::File::open(&file)?.sync_all()?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, to).with_context(|| format!("cannot name {}", to.display()))?;
    sync_parent(to)?;
    Ok(note)
}

/// Puts a backup into the empty place of these settings, and audits it. What it answers is what does not add up.
pub fn restore(settings: Settings, from: &Path) -> anyhow::Result<(Note, Vec<String>)> {
    let note = fs::read(from.join(NOTE)).with_context(|| format!("{} is no backup", from.display()))?;
    let note: Note = serde_json::from_slice(&note).with_context(|| format!("the note of {}", from.display()))?;
    for (name, sum) in &note.files {
        // A name in a note is no path to anywhere.
        ensure!(
            [SQLITE_FILE, POSTGRES_FILE, SECRET_FILE].contains(&name.as_str()),
            "the note names a file {name:?}"
        );
        let found = sha256_file(&from.join(name)).with_context(|| format!("cannot read {name}"))?;
        ensure!(found == *sum, "{name} is damaged: it is not what was written");
    }
    put_database(&settings.database(), from, &note)?;
    if note.files.contains_key(SECRET_FILE) && settings.secret.is_none() {
        match secret_beside(&settings) {
            Some(to) => copy_privately(&from.join(SECRET_FILE), &to)?,
            None => bail!(
                "set TRADEPOST_SECRET to the secret in {}",
                from.join(SECRET_FILE).display()
            ),
        }
    }
    let app = app::App::open(settings, Clock::default())?;
    let violations = app.db.read_blocking(auditor::run)?;
    Ok((note, violations.iter().map(ToString::to_string).collect()))
}

/// The file of the secret that belongs to an SQLite database.
fn secret_beside(settings: &Settings) -> Option<PathBuf> {
    match settings.database() {
        DatabaseUrl::Sqlite(path) => Some(path.with_extension("secret")),
        DatabaseUrl::Postgres(_) => None,
    }
}

/// The same name with something behind it.
fn beside(path: &Path, more: &str) -> anyhow::Result<PathBuf> {
    let mut name = path.file_name().context("the folder has no name")?.to_owned();
    name.push(more);
    Ok(path.with_file_name(name))
}

fn copy_database(database: &DatabaseUrl, folder: &Path) -> anyhow::Result<&'static str> {
    match database {
        DatabaseUrl::Sqlite(path) => {
            ensure!(path.exists(), "there is no database at {}", path.display());
            let text = path.to_str().context("the path of the database is not UTF-8")?;
            let mut conn =
                SqliteConnection::establish(text).with_context(|| format!("cannot open {}", path.display()))?;
            conn.batch_execute("PRAGMA busy_timeout = 5000")?;
            let to = folder.join(SQLITE_FILE);
            let to = to.to_str().context("the path of the backup is not UTF-8")?;
            diesel::RunQueryDsl::execute(
                diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(to),
                &mut conn,
            )
            .context("the database cannot be copied")?;
            Ok(SQLITE_FILE)
        }
        DatabaseUrl::Postgres(url) => {
            let mut dump = Command::new(postgres_program("pg_dump"));
            dump.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]);
            run(dump.arg(folder.join(POSTGRES_FILE)).arg("--dbname").arg(url))?;
            Ok(POSTGRES_FILE)
        }
    }
}

fn put_database(database: &DatabaseUrl, from: &Path, note: &Note) -> anyhow::Result<()> {
    match database {
        DatabaseUrl::Sqlite(path) => {
            ensure!(
                note.files.contains_key(SQLITE_FILE),
                "this is a backup of a PostgreSQL database; set DATABASE_URL to one"
            );
            ensure!(
                !path.exists(),
                "{} is there already; a backup is restored into an empty place",
                path.display()
            );
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                fs::create_dir_all(folder)?;
            }
            copy_privately(&from.join(SQLITE_FILE), path)?;
            sync_parent(path)
        }
        DatabaseUrl::Postgres(url) => {
            ensure!(
                note.files.contains_key(POSTGRES_FILE),
                "this is a backup of an SQLite database; set DATABASE_URL to a file"
            );
            let mut restore = Command::new(postgres_program("pg_restore"));
            // In one transaction, so that it is there as a whole or not; what is there already is an error.
            restore.args([
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                "--dbname",
            ]);
            run(restore.arg(url).arg(from.join(POSTGRES_FILE)))
        }
    }
}

/// One of PostgreSQL's own programs, from `TRADEPOST_PG_BIN` where it is set.
fn postgres_program(name: &str) -> PathBuf {
    std::env::var_os("TRADEPOST_PG_BIN").map_or_else(|| PathBuf::from(name), |folder| PathBuf::from(folder).join(name))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| {
        format!("cannot run {name}: install PostgreSQL's client programs, or name their folder in TRADEPOST_PG_BIN")
    })?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

fn make_private_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .with_context(|| format!("cannot create {}", path.display()))
}

/// Copies into a new file that nobody else may read, and waits until it is on disk.
fn copy_privately(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options
        .open(to)
        .with_context(|| format!("cannot create {}", to.display()))?;
    let mut source = fs::File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    std::io::copy(&mut source, &mut file)?;
    file.sync_all()?;
    Ok(())
}

/// Makes the name of a file as durable as its content.
fn sync_parent(path: &Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
