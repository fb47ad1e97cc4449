//! Moves what was committed from the write-ahead log into the database file, beside the writer.
//!
//! SQLite would do it inside the commit that makes the log too long, and every caller of that commit, and
//! whoever waits behind it, would wait for thousands of pages. Here a thread of its own copies them while
//! the writer goes on. The log can only begin anew when all of it was copied, and a busy writer adds to it
//! faster than that ever becomes true; so when little is left the writer is asked to copy the rest itself,
//! between two batches.

use super::Conn;
use super::connect::Opener;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Integer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Pages in the log that are worth copying: few, because whoever commits while they are synced waits for it,
/// and because what was committed meanwhile is what the writer may have to copy itself.
const WORTH_COPYING: i32 = 250;
/// A log this long, in pages, should begin anew: 64 MB, which are read in 60 ms after a crash.
const LONG: i32 = 16_000;
/// So few pages the writer copies itself without being noticed.
const FEW: i32 = 120;

/// The longer the log is by now, the more it may copy.
const fn few(log: i32) -> i32 {
    FEW + (log - LONG) / 16
}
/// Commits come in bursts; one look does for all of a burst. It is short, or a busy writer commits far more
/// than is worth copying between two looks.
const BREATH: Duration = Duration::from_millis(3);

/// So soon it is tried again to cut a log that somebody reads.
const RETRY: Duration = Duration::from_millis(250);

/// What the writer and the copying thread tell each other.
pub(super) struct Checkpoints {
    committed: SyncSender<()>,
    finish: Arc<AtomicBool>,
    forget: Arc<AtomicBool>,
}

#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = Integer)]
    busy: i32,
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Progress {
    const fn left(&self) -> i32 {
        self.log - self.checkpointed
    }
}

impl Checkpoints {
    /// Starts the copying thread on a connection of its own.
    pub(super) fn start(opener: &Opener) -> anyhow::Result<Self> {
        let conn = opener.open()?;
        let (committed, commits) = sync_channel(1);
        let finish = Arc::new(AtomicBool::new(false));
        let forget = Arc::new(AtomicBool::new(false));
        let flags = (Arc::clone(&finish), Arc::clone(&forget));
        std::thread::Builder::new()
            .name("sqlite-log".into())
            .spawn(move || copy(conn, &commits, &flags.0, &flags.1))?;
        Ok(Self {
            committed,
            finish,
            forget,
        })
    }

    /// To be called when a write erased somebody: the log, which still has the pages as they were before, is copied
    /// and cut to nothing as soon as no reader looks at it any more.
    pub(super) fn forget(&self) {
        self.forget.store(true, Ordering::Relaxed);
    }

    /// To be called by the writer after each batch, outside of a transaction.
    pub(super) fn after_batch(&self, conn: &mut Conn) {
        if self.finish.swap(false, Ordering::Relaxed) {
            // A failure shows again in the copying thread, which logs it.
            let _ = checkpoint(conn, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        // A full channel means that the thread has not yet looked since the commit before.
        let _ = self.committed.try_send(());
    }
}

/// How long the log is waited for where it is to be cut; writers wait as long.
const CUTTING: &str = "PRAGMA busy_timeout = 100";

fn copy(mut conn: Conn, commits: &Receiver<()>, finish: &AtomicBool, forget: &AtomicBool) {
    let mut failing = false;
    if let Conn::Sqlite(sqlite) = &mut conn {
        let _ = sqlite.batch_execute(CUTTING);
    }
    loop {
        match commits.recv_timeout(RETRY) {
            Ok(()) => std::thread::sleep(BREATH),
            Err(RecvTimeoutError::Timeout) if forget.load(Ordering::Relaxed) => {}
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if forget.swap(false, Ordering::Relaxed) && !cut(&mut conn) {
            forget.store(true, Ordering::Relaxed);
        }
        let outcome = copy_if_worth_it(&mut conn, finish);
        // A full disk fails at every look, and one word about it is enough.
        match &outcome {
            Err(cause) if !failing => tracing::warn!(%cause, "the write-ahead log could not be copied"),
            Ok(()) if failing => tracing::info!("the write-ahead log is copied again"),
            _ => {}
        }
        failing = outcome.is_err();
    }
}

/// Copies all of the log and cuts it to nothing; false where somebody still reads what it holds.
fn cut(conn: &mut Conn) -> bool {
    checkpoint(conn, "PRAGMA wal_checkpoint(TRUNCATE)").is_ok_and(|at| at.busy == 0)
}

fn copy_if_worth_it(conn: &mut Conn, finish: &AtomicBool) -> QueryResult<()> {
    let mut at = checkpoint(conn, "PRAGMA wal_checkpoint(NOOP)")?;
    if at.left() >= WORTH_COPYING || at.log >= LONG {
        at = checkpoint(conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
    }
    if at.log >= LONG {
        // The copy tells of the log as it was when it began, and the writer went on.
        at = checkpoint(conn, "PRAGMA wal_checkpoint(NOOP)")?;
    }
    if at.log >= LONG && at.left() <= few(at.log) {
        finish.store(true, Ordering::Relaxed);
    }
    Ok(())
}

fn checkpoint(conn: &mut Conn, pragma: &str) -> QueryResult<Progress> {
    let Conn::Sqlite(conn) = conn else {
        return Err(diesel::result::Error::NotFound);
    };
    sql_query(pragma).get_result(conn)
}
