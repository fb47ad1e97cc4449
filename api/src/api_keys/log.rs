//! What keys asked for: kept in memory and written a second later, many at once, so that no request waits for its own
//! entry and none costs a commit.
//!
//! An entry holds when, which operation, the status, how long it took, the request's id and whether an earlier answer
//! was given again: no body, no path with ids, no address and no person. A server that is killed loses what it had not
//! written; one that is told to stop writes it first. Kept for fourteen days.

use super::store::requests;
use crate::app::App;
use crate::error::ApiResult;
use crate::jobs::Job;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use time::Duration;
use tradepost_contract::{ApiKeyId, Timestamp};

/// More entries than this do not wait: whoever writes slower than they come has other worries.
const MOST_WAITING: usize = 20_000;
/// So many are written in one transaction, so that the writer's queue stays fair.
const SLICE: usize = 200;
/// So long they are kept.
const KEPT: Duration = Duration::days(14);
/// So many are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// A request that was answered.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Whose it was.
    pub(crate) key: ApiKeyId,
    /// When it was answered.
    pub(crate) at: Timestamp,
    /// What it asked for.
    pub(crate) operation: &'static str,
    /// How it was answered.
    pub(crate) status: u16,
    /// How long that took.
    pub(crate) micros: i64,
    /// Its id, as the answer names it.
    pub(crate) request_id: String,
    /// It was answered with an earlier answer.
    pub(crate) replayed: bool,
}

/// Entries that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    waiting: Mutex<Vec<Entry>>,
    lost: AtomicU64,
}

impl RequestLog {
    /// Keeps an entry until it is written.
    pub(crate) fn push(&self, entry: Entry) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_WAITING {
            waiting.push(entry);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn take(&self, most: usize) -> Vec<Entry> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let most = most.min(waiting.len());
        waiting.drain(..most).collect()
    }
}

/// Writes what waits.
///
/// Each server writes its own, so that this is no work of the lease's; the job that calls it only gives it its turn.
pub(crate) fn write(app: &App) -> ApiResult<usize> {
    let entries = app.key_log.take(SLICE);
    if entries.is_empty() {
        return Ok(0);
    }
    let lost = app.key_log.lost.swap(0, Ordering::Relaxed);
    if lost > 0 {
        tracing::warn!(lost, "requests of keys came faster than they could be written down");
    }
    let count = entries.len();
    app.db.write_blocking(move |tx| requests::insert(tx, &entries))?;
    Ok(count)
}

/// Writes everything that waits, before the server ends.
pub(crate) fn write_all(app: &App) {
    loop {
        match write(app) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the last requests of keys were not written down");
                return;
            }
        }
    }
}

/// Forgets old entries.
pub(crate) const FORGETTING: Job = Job {
    name: "key request log",
    run: |app| {
        let before = app.clock.wall_now().plus(-KEPT);
        let old = app
            .db
            .read_blocking(|conn| requests::before(conn, before, FORGOTTEN_AT_ONCE))?;
        if old.is_empty() {
            return Ok(0);
        }
        app.db.write_blocking(move |tx| requests::forget(tx, old.clone()))
    },
};
