//! Writing on PostgreSQL: READ COMMITTED, and once more after a deadlock.

use super::connect::{Pool, Pooled};
use super::tx::Attempts;
use super::{Conn, Manager, Tx};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use std::time::Duration;
use tradepost_contract::ProblemCode;

/// More runs than this mean a lock order that is wrong, which no patience mends.
const MOST_RUNS: u32 = 6;

pub(super) fn write<T>(pool: &Pool, clock: &Clock, f: impl Fn(&mut Tx<'_>) -> ApiResult<T>) -> ApiResult<T> {
    let mut run = 1;
    loop {
        let mut conn = pool
            .get()
            .map_err(|cause| ApiError::new(ProblemCode::Unavailable).caused_by(cause))?;
        match once(&mut conn, clock, &f) {
            Err(error) if error.is_worth_another_run() && run < MOST_RUNS => {
                tracing::warn!(run, "a transaction lost a race and runs again");
                drop(conn);
                std::thread::sleep(Duration::from_millis(
                    u64::from(rand::random::<u8>() % 20) * u64::from(run),
                ));
                run += 1;
            }
            Err(error) if error.is_worth_another_run() => {
                return Err(ApiError::new(ProblemCode::Unavailable).caused_by(error));
            }
            outcome => return outcome,
        }
    }
}

fn once<T>(conn: &mut Pooled, clock: &Clock, f: impl Fn(&mut Tx<'_>) -> ApiResult<T>) -> ApiResult<T> {
    if let Conn::Postgres(inner) = &mut **conn {
        AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
    }
    let mut tx = Tx::new(conn, clock, Attempts::Undone);
    let outcome = f(&mut tx);
    let hints_changed = tx.has_changed_hints();
    let outcome = finish(conn, outcome);
    if hints_changed && outcome.is_err() {
        super::hints_are_ahead();
    }
    outcome
}

fn finish<T>(conn: &mut Pooled, outcome: ApiResult<T>) -> ApiResult<T> {
    match outcome {
        Ok(value) => match Manager::commit_transaction(&mut **conn) {
            Ok(()) => Ok(value),
            // A refused deferred constraint is a plain error; a lost connection leaves it unknown.
            Err(cause) => Err(ApiError::new(ProblemCode::Unavailable)
                .detail("The outcome is unknown; retry with the same Idempotency-Key.")
                .caused_by(cause)),
        },
        Err(error) => {
            let _ = Manager::rollback_transaction(&mut **conn);
            Err(error)
        }
    }
}
