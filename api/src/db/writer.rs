//! The one writer of SQLite: a thread that drains a fair queue and commits many closures at once.
//!
//! Each closure of a batch runs in a savepoint of its own, so that one refusal undoes only itself.
//! The batch commits once, and only then are the callers answered: everything acknowledged is
//! durable, concurrent writers share one fsync, and nobody starves.

use super::connect::Opener;
use super::{Conn, Manager, Tx};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// Tells the caller, once the batch is durable or lost.
type Answer = Box<dyn FnOnce(Commit) + Send>;

/// One write: runs on the connection and returns whether it is to be kept, and how to answer.
type Job = Box<dyn FnOnce(&mut Conn, &Clock) -> (bool, Answer) + Send>;

/// Hands closures to the writer thread.
#[derive(Clone)]
pub(super) struct Writer {
    queue: SyncSender<Job>,
}

impl Writer {
    pub(super) fn start(opener: Opener, conn: Conn, clock: Clock) -> anyhow::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(&opener, conn, &clock, &jobs))?;
        Ok(Self { queue })
    }

    /// Queues `f`; `answer` is called with its result once that is durable.
    pub(super) fn submit<T, F, A>(&self, f: F, answer: A) -> ApiResult<()>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> ApiResult<T> + Send + 'static,
        A: FnOnce(ApiResult<T>) + Send + 'static,
    {
        let job: Job = Box::new(move |conn, clock| {
            let outcome = catch_unwind(AssertUnwindSafe(|| f(&mut Tx::new(conn, clock))))
                .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Internal).detail("a write panicked")));
            let keep = outcome.is_ok();
            let answer: Answer = Box::new(move |commit| {
                answer(match commit {
                    Ok(()) => outcome,
                    // A refusal is the answer whether or not the others were committed.
                    Err(failure) => outcome.and_then(|_| Err(ApiError::new(failure.0))),
                });
            });
            (keep, answer)
        });
        self.queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => ApiError::new(ProblemCode::Unavailable).detail("Too many writes are waiting."),
            TrySendError::Disconnected(_) => ApiError::new(ProblemCode::Unavailable).detail("The writer has stopped."),
        })
    }
}

fn serve(opener: &Opener, first: Conn, clock: &Clock, jobs: &Receiver<Job>) {
    let mut conn = Some(first);
    let mut batch = VecDeque::with_capacity(BATCH);
    while let Ok(job) = jobs.recv() {
        batch.push_back(job);
        batch.extend(jobs.try_iter().take(BATCH - 1));
        let outcome = match conn.as_mut() {
            Some(open) => run_batch(open, clock, &mut batch),
            None => Err(CommitFailure(ProblemCode::Unavailable)),
        };
        if outcome.is_err() {
            // After a failed commit the state of the connection is anybody's guess: open a new one.
            drop(conn.take());
            conn = opener
                .open()
                .inspect_err(|cause| tracing::error!(%cause, "cannot reopen the database"))
                .ok();
        }
        for job in batch.drain(..) {
            // Only jobs that a broken batch never reached are left here.
            if let Some(open) = conn.as_mut() {
                let _ = run_batch(open, clock, &mut VecDeque::from([job]));
            }
        }
    }
}

/// Runs all of `batch`, commits, answers. On a failure the jobs not yet run stay in `batch`.
fn run_batch(conn: &mut Conn, clock: &Clock, batch: &mut VecDeque<Job>) -> Commit {
    let Conn::Sqlite(inner) = conn else {
        return Err(CommitFailure(ProblemCode::Internal));
    };
    if let Err(cause) = AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE") {
        tracing::error!(%cause, "cannot begin a transaction");
        return Err(failure_of(&cause));
    }
    let alone = batch.len() == 1;
    let mut answers = Vec::with_capacity(batch.len());
    let mut wrote = false;
    let mut broken = None;
    while let Some(job) = batch.pop_front() {
        match run_one(conn, clock, job, alone) {
            Ok((keep, answer)) => {
                wrote |= keep;
                answers.push(answer);
            }
            Err((cause, answer)) => {
                answers.extend(answer);
                broken = Some(cause);
                break;
            }
        }
    }
    let commit = match broken {
        Some(failure) => Err(failure),
        None if alone && !wrote => Manager::rollback_transaction(conn).map_err(|cause| failure_of(&cause)),
        None => Manager::commit_transaction(conn).map_err(|cause| {
            tracing::error!(%cause, "a batch could not be committed");
            failure_of(&cause)
        }),
    };
    for answer in answers {
        answer(commit);
    }
    commit
}

/// A job alone in its batch needs no savepoint: what it leaves is all there is to undo.
fn run_one(
    conn: &mut Conn,
    clock: &Clock,
    job: Job,
    alone: bool,
) -> Result<(bool, Answer), (CommitFailure, Option<Answer>)> {
    if alone {
        return Ok(job(conn, clock));
    }
    Manager::begin_transaction(conn).map_err(|cause| (failure_of(&cause), None))?;
    let (keep, answer) = job(conn, clock);
    let closed = if keep {
        Manager::commit_transaction(conn)
    } else {
        Manager::rollback_transaction(conn)
    };
    match closed {
        Ok(()) => Ok((keep, answer)),
        Err(cause) => Err((failure_of(&cause), Some(answer))),
    }
}

fn failure_of(cause: &diesel::result::Error) -> CommitFailure {
    CommitFailure(crate::error::code_of_database_error(cause))
}
