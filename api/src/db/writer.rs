//! The one writer of SQLite: a thread that drains a fair queue and commits many closures at once.
//!
//! A refusal undoes only itself: a batch in which one closure refuses, or misses something that it tried, is undone
//! and run again, each in a savepoint of its own. The batch commits once, and only then are the callers answered: everything acknowledged is
//! durable, concurrent writers share one fsync, and nobody starves.

use super::checkpoint::Checkpoints;
use super::connect::Opener;
use super::tx::Attempts;
use super::{Conn, Manager, Tx};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::metrics::WriteFigures;
use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tradepost_contract::ProblemCode;

/// Waiting writes beyond this are answered 503 rather than kept in memory.
const QUEUE: usize = 4096;
/// A batch larger than this would make its first caller wait for too many others.
const BATCH: usize = 128;

/// What became of the batch's commit.
type Commit = Result<(), CommitFailure>;

/// Why a batch was not committed: told to each of its callers.
#[derive(Debug, Clone, Copy)]
struct CommitFailure(ProblemCode);

/// A write that waits for its turn, or for its commit.
trait Job: Send {
    /// Runs it inside the open transaction; whether what it did is to be kept. It may be run again after
    /// what it did was undone.
    fn run(&mut self, conn: &mut Conn, clock: &Clock, attempts: Attempts) -> bool;

    /// Whether its last run has to be undone and run again with savepoints.
    fn is_to_run_again(&self) -> bool;

    /// Whether its last run has changed hints in memory.
    fn has_changed_hints(&self) -> bool;

    /// Whether its last run has erased somebody.
    fn has_forgotten(&self) -> bool;

    /// Tells the caller, once the batch is durable or lost.
    fn answer(self: Box<Self>, commit: Commit);
}

/// The closure of a caller, what came of it, and how to tell.
struct Pending<F, T, A> {
    write: F,
    outcome: Option<ApiResult<T>>,
    run_again: bool,
    hints_changed: bool,
    forgot: bool,
    answer: A,
}

impl<F, T, A> Job for Pending<F, T, A>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> ApiResult<T> + Send,
    A: FnOnce(ApiResult<T>) + Send,
{
    fn run(&mut self, conn: &mut Conn, clock: &Clock, attempts: Attempts) -> bool {
        let mut tx = Tx::new(conn, clock, attempts);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.write)(&mut tx)))
            .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Internal).detail("a write panicked")));
        self.hints_changed = tx.has_changed_hints();
        self.forgot = tx.has_forgotten();
        self.run_again = tx.is_to_run_again();
        self.outcome.insert(outcome).is_ok() && !self.run_again
    }

    fn is_to_run_again(&self) -> bool {
        self.run_again
    }

    fn has_changed_hints(&self) -> bool {
        self.hints_changed
    }

    fn has_forgotten(&self) -> bool {
        self.forgot
    }

    fn answer(self: Box<Self>, commit: Commit) {
        let Self { outcome, answer, .. } = *self;
        answer(match (outcome, commit) {
            (Some(outcome), Ok(())) => outcome,
            // A refusal may rest on what another of the batch did, and that is lost.
            (_, Err(failure)) => Err(ApiError::new(failure.0)),
            (None, Ok(())) => Err(ApiError::internal("a write was never run")),
        });
    }
}

/// Hands closures to the writer thread.
#[derive(Clone)]
pub(super) struct Writer {
    queue: SyncSender<Box<dyn Job>>,
    figures: Arc<WriteFigures>,
}

impl Writer {
    pub(super) fn start(opener: Opener, conn: Conn, clock: Clock, figures: Arc<WriteFigures>) -> anyhow::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let checkpoints = Checkpoints::start(&opener)?;
        std::thread::Builder::new().name("sqlite-writer".into()).spawn({
            let figures = Arc::clone(&figures);
            move || serve(&opener, conn, &clock, &jobs, &checkpoints, &figures)
        })?;
        Ok(Self { queue, figures })
    }

    /// Queues `f`; `answer` is called with its result once that is durable.
    pub(super) fn submit<T, F, A>(&self, f: F, answer: A) -> ApiResult<()>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
        A: FnOnce(ApiResult<T>) + Send + 'static,
    {
        let job = Box::new(Pending {
            write: f,
            outcome: None,
            run_again: false,
            hints_changed: false,
            forgot: false,
            answer,
        });
        // Counted before it is there, so that the writer never takes away what was not counted.
        self.figures.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(job).map_err(|refused| {
            self.figures.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                TrySendError::Full(_) => ApiError::new(ProblemCode::Unavailable).detail("Too many writes are waiting."),
                TrySendError::Disconnected(_) => {
                    ApiError::new(ProblemCode::Unavailable).detail("The writer has stopped.")
                }
            }
        })
    }
}

/// The thread's connection and what it learnt from the last batches.
struct Serving<'a> {
    conn: Option<Conn>,
    clock: &'a Clock,
    /// So many batches more give each write a savepoint from the start.
    careful: u32,
}

fn serve(
    opener: &Opener,
    first: Conn,
    clock: &Clock,
    jobs: &Receiver<Box<dyn Job>>,
    checkpoints: &Checkpoints,
    figures: &WriteFigures,
) {
    let mut serving = Serving {
        conn: Some(first),
        clock,
        careful: 0,
    };
    let mut batch = Vec::with_capacity(BATCH);
    while let Ok(job) = jobs.recv() {
        batch.push(job);
        batch.extend(jobs.try_iter().take(BATCH - 1));
        figures.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        let started = crate::clock::stopwatch();
        let commit = serving.run(&mut batch);
        figures.commits.count(started.elapsed());
        if commit.is_err() {
            super::hints_are_ahead();
        } else if batch.iter().any(|job| job.has_forgotten()) {
            checkpoints.forget();
        }
        for job in batch.drain(..) {
            job.answer(commit);
        }
        if commit.is_err() {
            // After a failed commit the state of the connection is anybody's guess: open a new one.
            drop(serving.conn.take());
            serving.conn = opener
                .open()
                .inspect_err(|cause| tracing::error!(%cause, "cannot reopen the database"))
                .ok();
        }
        if let Some(open) = serving.conn.as_mut() {
            checkpoints.after_batch(open);
        }
    }
}

/// After a refusal, so many batches are expected to hold another.
const CAREFUL: u32 = 8;

impl Serving<'_> {
    /// Runs all of `batch` and commits.
    ///
    /// A savepoint costs a copy of every page that a write touches, and most writes are kept. So all are
    /// run without one first; where one of several refuses, everything is undone and run again with.
    fn run(&mut self, batch: &mut [Box<dyn Job>]) -> Commit {
        let Some(conn) = self.conn.as_mut() else {
            return Err(CommitFailure(ProblemCode::Unavailable));
        };
        let outcome = if self.careful == 0 {
            match together(conn, self.clock, batch) {
                Ok(true) => return Ok(()),
                Ok(false) if batch.len() == 1 && !batch[0].is_to_run_again() => return Ok(()),
                Ok(false) => {
                    self.careful = CAREFUL;
                    one_by_one(conn, self.clock, batch)
                }
                Err(cause) => Err(cause),
            }
        } else {
            self.careful -= 1;
            one_by_one(conn, self.clock, batch)
        };
        outcome.map_err(|cause| {
            tracing::error!(%cause, "a batch could not be committed");
            failure_of(&cause)
        })
    }
}

fn begin(conn: &mut Conn) -> QueryResult<()> {
    let Conn::Sqlite(inner) = conn else {
        return Err(diesel::result::Error::NotInTransaction);
    };
    AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")
}

/// Runs and commits all, or undoes all; false where one of them refused.
fn together(conn: &mut Conn, clock: &Clock, batch: &mut [Box<dyn Job>]) -> QueryResult<bool> {
    begin(conn)?;
    let all_kept = batch.iter_mut().all(|job| job.run(conn, clock, Attempts::Hoped));
    expect_depth(conn, 1)?;
    if all_kept {
        Manager::commit_transaction(conn)?;
    } else {
        Manager::rollback_transaction(conn)?;
        if batch.iter().any(|job| job.has_changed_hints()) {
            super::hints_are_ahead();
        }
    }
    Ok(all_kept)
}

/// Runs each in a savepoint of its own, so that a refusal undoes only itself, and commits.
fn one_by_one(conn: &mut Conn, clock: &Clock, batch: &mut [Box<dyn Job>]) -> QueryResult<()> {
    begin(conn)?;
    for job in batch {
        Manager::begin_transaction(conn)?;
        let keep = job.run(conn, clock, Attempts::Undone);
        expect_depth(conn, 2)?;
        if keep {
            Manager::commit_transaction(conn)?;
        } else {
            Manager::rollback_transaction(conn)?;
            if job.has_changed_hints() {
                super::hints_are_ahead();
            }
        }
    }
    expect_depth(conn, 1)?;
    Manager::commit_transaction(conn)
}

/// A write that left a savepoint open, or closed one too many, would make the end of the batch end
/// something else: then nothing of it is told to be durable.
fn expect_depth(conn: &mut Conn, depth: u32) -> QueryResult<()> {
    let now = Manager::transaction_manager_status_mut(conn).transaction_depth()?;
    if now.map(NonZeroU32::get) == Some(depth) {
        Ok(())
    } else {
        Err(diesel::result::Error::BrokenTransactionManager)
    }
}

fn failure_of(cause: &diesel::result::Error) -> CommitFailure {
    CommitFailure(crate::error::code_of_database_error(cause))
}
