//! Which of several servers on one database does a job: the one that won a row by a guarded update.
//!
//! A server keeps a lease for as long as it lives and renews it now and then, so that looking for work
//! every half second writes nothing. A database that is ours alone needs no lease at all.

use crate::db::schema::job_leases::dsl;
use crate::db::{Conn, Database};
use crate::error::ApiResult;
use diesel::prelude::*;
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
            let now = tx.wall_now();
            let until = now.plus(LENGTH);
            let lease = (dsl::token.eq(token), dsl::leased_until.eq(until));
            let insert = diesel::insert_into(dsl::job_leases).values((dsl::name.eq(job), lease));
            let first = match &mut **tx {
                Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
                Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            };
            let free = dsl::job_leases
                .find(job)
                .filter(dsl::leased_until.le(now).or(dsl::token.eq(token)));
            let won = first == 1 || diesel::update(free).set(lease).execute(&mut **tx)? == 1;
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
        db.write_blocking(move |tx| {
            let now = tx.wall_now();
            diesel::update(dsl::job_leases.find(job).filter(dsl::token.eq(token)))
                .set(dsl::leased_until.eq(now))
                .execute(&mut **tx)?;
            Ok(())
        })
    }
}
