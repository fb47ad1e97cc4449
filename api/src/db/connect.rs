//! Opening connections, and refusing to serve on settings that could lose a write.

use anyhow::{Context, bail};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, PooledConnection};
use diesel::{PgConnection, SqliteConnection, sql_query};
use std::path::PathBuf;
use std::time::Duration;

/// A connection to either database; diesel's query builder works on it as on any other.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded default.
    Sqlite(SqliteConnection),
    /// Where users go when one machine is too small.
    Postgres(PgConnection),
}

/// Where the database is, told apart by the form of the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A `postgres://` or `postgresql://` URL.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(
            if text.starts_with("postgres://") || text.starts_with("postgresql://") {
                Self::Postgres(text.to_owned())
            } else {
                Self::Sqlite(PathBuf::from(text.strip_prefix("sqlite://").unwrap_or(text)))
            },
        )
    }
}

/// Opens connections of one kind with the settings that every connection needs.
#[derive(Debug, Clone)]
pub(super) enum Opener {
    Sqlite { path: PathBuf, query_only: bool },
    Postgres { url: String },
}

pub(super) type Pool = diesel::r2d2::Pool<Opener>;

impl Opener {
    pub(super) fn open(&self) -> anyhow::Result<Conn> {
        match self {
            Self::Sqlite { path, query_only } => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
                }
                let text = path.to_str().context("the path of the database is not UTF-8")?;
                let mut conn =
                    SqliteConnection::establish(text).with_context(|| format!("cannot open {}", path.display()))?;
                // One PRAGMA a call: diesel runs only the first statement's result otherwise.
                for pragma in SQLITE_PRAGMAS {
                    conn.batch_execute(pragma)?;
                }
                // The writer touches a page of many an index with each lead; a reader's pages are in the
                // cache of the operating system.
                if *query_only {
                    conn.batch_execute("PRAGMA cache_size = -4000")?;
                    conn.batch_execute("PRAGMA query_only = ON")?;
                } else {
                    conn.batch_execute("PRAGMA cache_size = -48000")?;
                    // Who is erased is not left behind in free space of the file.
                    conn.batch_execute("PRAGMA secure_delete = ON")?;
                }
                Ok(Conn::Sqlite(conn))
            }
            Self::Postgres { url } => {
                let mut conn = PgConnection::establish(url).context("cannot connect to PostgreSQL")?;
                conn.batch_execute(POSTGRES_SETTINGS)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }

    pub(super) fn pool(self, size: u32, wait: Duration) -> anyhow::Result<Pool> {
        Ok(diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(wait)
            .test_on_check_out(matches!(self, Self::Postgres { .. }))
            .build(self)?)
    }
}

const SQLITE_PRAGMAS: &[&str] = &[
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    // The log is copied by a thread of its own (`checkpoint.rs`); this is for the case that it died.
    "PRAGMA wal_autocheckpoint = 64000",
    "PRAGMA trusted_schema = OFF",
];

const POSTGRES_SETTINGS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
     SET idle_in_transaction_session_timeout = '15s'; SET TIME ZONE 'UTC'";

/// The connection could not be opened or no longer answers.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub(super) struct ConnectError(anyhow::Error);

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = ConnectError;

    fn connect(&self) -> Result<Conn, ConnectError> {
        self.open().map_err(ConnectError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectError> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => conn
                .batch_execute("SELECT 1")
                .map_err(|cause| ConnectError(cause.into())),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager;
        std::thread::panicking() || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}

pub(super) type Pooled = PooledConnection<Opener>;

#[derive(QueryableByName)]
struct TextSetting {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

fn setting(conn: &mut Conn, sql: &str) -> anyhow::Result<String> {
    let row = match conn {
        Conn::Sqlite(conn) => sql_query(sql).get_result::<TextSetting>(conn),
        Conn::Postgres(conn) => sql_query(sql).get_result::<TextSetting>(conn),
    };
    Ok(row.with_context(|| format!("cannot read a setting: {sql}"))?.value)
}

/// The first SQLite with the WAL fixes that shared commits rely on.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Refuses a SQLite whose version or settings could lose an acknowledged write.
pub(super) fn assert_sqlite_is_safe(conn: &mut Conn) -> anyhow::Result<()> {
    let version = setting(conn, "SELECT sqlite_version() AS value")?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < OLDEST_SQLITE {
        bail!("SQLite {version} is older than {OLDEST_SQLITE:?}");
    }
    for (name, sql, wanted) in [
        (
            "journal_mode",
            "SELECT journal_mode AS value FROM pragma_journal_mode()",
            "wal",
        ),
        (
            "synchronous",
            "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous()",
            "2",
        ),
        (
            "foreign_keys",
            "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys()",
            "1",
        ),
    ] {
        let value = setting(conn, sql)?;
        if value != wanted {
            bail!("SQLite says {name} = {value}, but {wanted} is needed to keep every acknowledged write");
        }
    }
    Ok(())
}

/// Lets the gate run on a cluster that does not wait for the disk; the proofs at full size and operators never set it.
const UNSAFE_POSTGRES: &str = "TRADEPOST_ALLOW_UNSAFE_POSTGRES";

/// Refuses a PostgreSQL that answers a commit before it is on disk.
pub(super) fn assert_postgres_is_safe(conn: &mut Conn) -> anyhow::Result<()> {
    let version: u32 = setting(conn, "SELECT current_setting('server_version_num') AS value")?.parse()?;
    if version < 140_000 {
        bail!("PostgreSQL {version} is older than 14");
    }
    if std::env::var_os(UNSAFE_POSTGRES).is_some() {
        return Ok(());
    }
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value = setting(conn, &format!("SELECT current_setting('{name}') AS value"))?;
        if value == "off" || value == "local" {
            bail!("PostgreSQL says {name} = {value}: acknowledged writes could be lost. Turn it on");
        }
    }
    Ok(())
}
