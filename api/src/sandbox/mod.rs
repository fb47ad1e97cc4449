//! The sandbox: staff move business time forward and run what has become due.
//!
//! Only business time moves: sessions, tokens and leases go by the wall, so that everybody stays
//! signed in while a month is replayed. The offset is kept in the database, never goes back, and is
//! refused unless the server runs with `--sandbox`.

mod http;
mod store;

use crate::clock::Clock;
use crate::db::Database;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_demo_people)
        .service(http::get_sandbox_clock)
        .service(http::advance_sandbox_clock)
        .service(http::run_sandbox_jobs);
}

/// Takes up the business time that the sandbox was left at.
pub fn restore_clock(db: &Database, clock: &Clock) -> anyhow::Result<()> {
    let offset = db
        .read_blocking(store::offset)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    // A database that was never moved says nothing about a clock that starts elsewhere.
    if offset > 0 {
        clock.move_to_offset(offset);
    }
    Ok(())
}
