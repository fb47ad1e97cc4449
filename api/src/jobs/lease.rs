//! Who does a job just now, for a short while: a row that one server wins by a guarded update.

use crate::db::schema::job_leases::dsl;
use crate::db::{Conn, Database};
use crate::error::ApiResult;
use diesel::prelude::*;
use time::Duration;

/// A server that died is replaced after this long.
const LENGTH: Duration = Duration::seconds(30);

/// Takes the lease, unless somebody has it; gives back the token that proves it.
pub(super) fn take(db: &Database, name: &'static str, token: i64) -> ApiResult<Option<i64>> {
    db.write_blocking(move |tx| {
        let now = tx.wall_now();
        let until = now.plus(LENGTH);
        let lease = (
            dsl::token.eq(token),
            dsl::leased_until.eq(until),
            dsl::last_started_at.eq(Some(now)),
        );
        let insert = diesel::insert_into(dsl::job_leases).values((dsl::name.eq(name), lease));
        let first = match &mut **tx {
            Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        };
        let free = dsl::job_leases.find(name).filter(dsl::leased_until.le(now));
        let won = first == 1 || diesel::update(free).set(lease).execute(&mut **tx)? == 1;
        Ok(won.then_some(token))
    })
}

/// Ends the lease early, unless somebody else has taken it over.
pub(super) fn give_back(db: &Database, name: &'static str, token: i64, problem: Option<String>) -> ApiResult<()> {
    db.write_blocking(move |tx| {
        let now = tx.wall_now();
        diesel::update(dsl::job_leases.find(name).filter(dsl::token.eq(token)))
            .set((
                dsl::leased_until.eq(now),
                dsl::last_finished_at.eq(Some(now)),
                dsl::last_error.eq(problem.clone()),
            ))
            .execute(&mut **tx)?;
        Ok(())
    })
}
