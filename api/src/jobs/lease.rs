//! Which of several servers on one database does a job: the one that won a row by a guarded update.
//!
//! A server keeps a lease for as long as it lives and renews it now and then, so that looking for work
//! every half second writes nothing. A database that is ours alone needs no lease at all.

use super::store;
use crate::db::Database;
use crate::error::ApiResult;
use time::Duration;
use tradepost_contract::Timestamp;

/// A server that died is replaced after this long.
const LENGTH: Duration = Duration::seconds(30);
/// A lease with less than this left is renewed before the next slice of work, which takes less.
const RENEWED_AT: Duration = Duration::seconds(15);

/// This server's claim to one job.
pub(super) struct Lease {
    job: &'static str,
    /// Proves that the row is ours.
    token: i64,
    until: Option<Timestamp>,
}

impl Lease {
    pub(super) fn new(job: &'static str) -> Self {
        let token = crate::ids::next();
        Self {
            job,
            token,
            until: None,
        }
    }

    /// Takes the lease or renews it where that is due; false while another server has it.
    pub(super) fn hold(&mut self, db: &Database) -> ApiResult<bool> {
        let now = crate::clock::wall_now();
        if db.is_ours_alone() || self.until.is_some_and(|until| now.plus(RENEWED_AT) < until) {
            return Ok(true);
        }
        let (job, token) = (self.job, self.token);
        self.until = db.write_blocking(move |tx| {
            let until = tx.wall_now().plus(LENGTH);
            let won = store::take(tx, job, token, until)?;
            Ok(won.then_some(until))
        })?;
        Ok(self.until.is_some())
    }

    /// Ends the lease early, so that another server need not wait for its end.
    pub(super) fn give_back(&mut self, db: &Database) -> ApiResult<()> {
        let (job, token) = (self.job, self.token);
        if self.until.take().is_none() {
            return Ok(());
        }
        db.write_blocking(move |tx| store::end(tx, job, token))
    }
}
