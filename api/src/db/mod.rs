//! The data layer: one diesel source for SQLite and PostgreSQL, and two ways in.
//!
//! `read` runs a closure on a read-only connection; `write` runs it in a transaction and answers
//! only when the transaction is durable. On SQLite a single writer thread drains a fair queue and
//! commits many closures at once (`writer.rs`); on PostgreSQL the closure runs at READ COMMITTED
//! and is run again after a deadlock (`postgres.rs`). So a write closure has no effect outside
//! its `Tx`, and decisions are made by guarded updates and constraints, never by an earlier read.

mod checkpoint;
mod connect;
mod kept;
mod lock;
pub mod migrations;
mod postgres;
pub(crate) mod schema;
mod statements;
#[cfg(test)]
mod tests;
mod tx;
mod writer;

pub use connect::{Conn, DatabaseUrl};
pub(crate) use kept::{Keep, Value, either, kept_text, kept_words};
pub use statements::StatementCounts;
pub use tx::Tx;

use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::metrics::WriteFigures;
use connect::{Opener, Pool};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tradepost_contract::ProblemCode;

/// How often a transaction was undone that had changed hints in memory.
static UNDONE: AtomicU64 = AtomicU64::new(0);

/// Rises when hints in memory may be ahead of the database, because what they came from was undone.
pub(crate) fn undone() -> u64 {
    UNDONE.load(Ordering::Acquire)
}

fn hints_are_ahead() {
    UNDONE.fetch_add(1, Ordering::AcqRel);
}

/// What begins and ends transactions and savepoints on either database.
type Manager = <Conn as diesel::Connection>::TransactionManager;

/// How many connections read side by side.
const READERS: u32 = 6;
/// How long a request waits for a connection before it is told to come back later.
const POOL_WAIT: Duration = Duration::from_secs(5);

/// The database of this process; cheap to clone.
#[derive(Clone)]
pub struct Database {
    readers: Pool,
    writes: Writes,
    clock: Clock,
    figures: Arc<WriteFigures>,
    _lock: Option<Arc<lock::FileLock>>,
}

#[derive(Clone)]
enum Writes {
    Queue(writer::Writer),
    Pool(Pool),
}

impl Database {
    /// Opens the database, checks that its settings keep every acknowledged write, and migrates it.
    pub fn open(url: &DatabaseUrl, clock: Clock) -> anyhow::Result<Self> {
        statements::count_all();
        match url {
            DatabaseUrl::Sqlite(path) => {
                let lock = lock::FileLock::take(path)?;
                let opener = Opener::Sqlite {
                    path: path.clone(),
                    query_only: false,
                };
                let mut first = opener.open()?;
                connect::assert_sqlite_is_safe(&mut first)?;
                migrations::run(&mut first)?;
                let figures = Arc::<WriteFigures>::default();
                let writer = writer::Writer::start(opener, first, clock.clone(), Arc::clone(&figures))?;
                let readers = Opener::Sqlite {
                    path: path.clone(),
                    query_only: true,
                }
                .pool(READERS, POOL_WAIT)?;
                Ok(Self {
                    readers,
                    writes: Writes::Queue(writer),
                    clock,
                    figures,
                    _lock: Some(Arc::new(lock)),
                })
            }
            DatabaseUrl::Postgres(url) => {
                let opener = Opener::Postgres { url: url.clone() };
                let mut first = opener.open()?;
                connect::assert_postgres_is_safe(&mut first)?;
                migrations::run(&mut first)?;
                let pool = opener.pool(READERS + 10, POOL_WAIT)?;
                Ok(Self {
                    readers: pool.clone(),
                    writes: Writes::Pool(pool),
                    clock,
                    figures: Arc::default(),
                    _lock: None,
                })
            }
        }
    }

    /// Which of the two databases this is, for logs and metrics.
    pub const fn kind(&self) -> &'static str {
        match self.writes {
            Writes::Queue(_) => "sqlite",
            Writes::Pool(_) => "postgres",
        }
    }

    /// What its writes are like, for operators.
    pub(crate) fn figures(&self) -> &WriteFigures {
        &self.figures
    }

    /// Whether no other process can work on this database: the lock file of SQLite sees to that.
    pub const fn is_ours_alone(&self) -> bool {
        matches!(self.writes, Writes::Queue(_))
    }

    /// Runs `f` on a connection that cannot write.
    pub async fn read<T, F>(&self, f: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.read_blocking(f))
            .await
            .map_err(ApiError::internal)?
    }

    /// The same for the command line, jobs and tests.
    pub fn read_blocking<T>(&self, f: impl FnOnce(&mut Conn) -> ApiResult<T>) -> ApiResult<T> {
        let mut conn = self
            .readers
            .get()
            .map_err(|cause| ApiError::new(ProblemCode::Unavailable).caused_by(cause))?;
        f(&mut conn)
    }

    /// Runs `f` in a transaction and answers when its effects are durable, or when nothing of it
    /// has happened. `f` may run more than once on PostgreSQL.
    pub async fn write<T, F>(&self, f: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
    {
        match &self.writes {
            Writes::Queue(writer) => {
                let (answer, answered) = tokio::sync::oneshot::channel();
                writer.submit(f, move |result| drop(answer.send(result)))?;
                answered.await.map_err(ApiError::internal)?
            }
            Writes::Pool(pool) => {
                let (pool, clock, figures) = (pool.clone(), self.clock.clone(), Arc::clone(&self.figures));
                tokio::task::spawn_blocking(move || figures.timed(|| postgres::write(&pool, &clock, f)))
                    .await
                    .map_err(ApiError::internal)?
            }
        }
    }

    /// The same for the command line, jobs and tests.
    pub fn write_blocking<T, F>(&self, f: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
    {
        match &self.writes {
            Writes::Queue(writer) => {
                let (answer, answered) = std::sync::mpsc::sync_channel(1);
                writer.submit(f, move |result| drop(answer.send(result)))?;
                answered.recv().map_err(ApiError::internal)?
            }
            Writes::Pool(pool) => self.figures.timed(|| postgres::write(pool, &self.clock, f)),
        }
    }
}
