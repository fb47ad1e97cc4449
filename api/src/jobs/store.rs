//! Rows of `job_leases`.

use crate::db::schema::job_leases::dsl;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::Timestamp;

/// Takes a job that is free, or renews it where the token shows that it is ours; false while another
/// server has it.
pub(super) fn take(tx: &mut Tx<'_>, job: &str, token: i64, until: Timestamp) -> ApiResult<bool> {
    let lease = (dsl::token.eq(token), dsl::leased_until.eq(until));
    let insert = diesel::insert_into(dsl::job_leases).values((dsl::name.eq(job), lease));
    let first = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    let free = dsl::job_leases
        .find(job)
        .filter(dsl::leased_until.le(tx.wall_now()).or(dsl::token.eq(token)));
    Ok(first == 1 || diesel::update(free).set(lease).execute(&mut **tx)? == 1)
}

/// Ends our lease now.
pub(super) fn end(tx: &mut Tx<'_>, job: &str, token: i64) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::update(dsl::job_leases.find(job).filter(dsl::token.eq(token)))
        .set(dsl::leased_until.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}
