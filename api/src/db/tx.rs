//! What a write closure holds: the connection inside its transaction, and the time it happens at.

use super::{Conn, Manager};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use diesel::connection::TransactionManager as _;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use tradepost_contract::{Id, Timestamp};

/// A transaction being made. It reads like a connection and is the only thing that writes.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    business_now: Timestamp,
    wall_now: Timestamp,
    hints_changed: bool,
    forgets: bool,
    attempts: Attempts,
}

/// How a transaction tries what may turn out not to be possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempts {
    /// In a savepoint of its own.
    Undone,
    /// Without one, which would cost a copy of every page that the attempt touches: nearly all attempts succeed, and
    /// after one that does not the whole transaction is undone and run again, with savepoints.
    Hoped,
    /// One that was hoped for did not succeed.
    Missed,
}

impl<'c> Tx<'c> {
    /// Both readings of the clock are taken once, so that all of a transaction happens at one instant.
    pub(super) fn new(conn: &'c mut Conn, clock: &Clock, attempts: Attempts) -> Self {
        Self {
            conn,
            business_now: clock.business_now(),
            wall_now: clock.wall_now(),
            hints_changed: false,
            forgets: false,
            attempts,
        }
    }

    /// Whether all of it has to be undone and run again with [`Attempts::Undone`], whatever came of it.
    pub(super) fn is_to_run_again(&self) -> bool {
        self.attempts == Attempts::Missed
    }

    /// Says that this transaction has changed what is remembered in memory of the market, so that the
    /// memory is ahead of the database when the transaction is undone.
    pub(crate) const fn hints_changed(&mut self) {
        self.hints_changed = true;
    }

    /// Says that this transaction erases somebody: what the database keeps of earlier pages is to go, too.
    pub(crate) const fn forgets(&mut self) {
        self.forgets = true;
    }

    /// Whether it erased somebody.
    pub(super) const fn has_forgotten(&self) -> bool {
        self.forgets
    }

    /// To be called when the transaction was undone.
    pub(super) const fn has_changed_hints(&self) -> bool {
        self.hints_changed
    }

    /// The instant of business: windows, periods, due dates. The sandbox can move it.
    pub const fn business_now(&self) -> Timestamp {
        self.business_now
    }

    /// The instant on the wall: tokens, leases, expiry of keys. Nothing moves it.
    pub const fn wall_now(&self) -> Timestamp {
        self.wall_now
    }

    /// Tries something that may turn out not to be possible: where `f` gives nothing or fails, the rows
    /// are as before, and on PostgreSQL the locks that it took are free again.
    ///
    /// On SQLite it may also answer an error, after which all of the transaction is run again.
    pub fn attempt<T>(&mut self, f: impl FnOnce(&mut Self) -> ApiResult<Option<T>>) -> ApiResult<Option<T>> {
        if self.attempts != Attempts::Undone {
            let outcome = f(self);
            if matches!(outcome, Ok(Some(_))) {
                return outcome;
            }
            self.attempts = Attempts::Missed;
            return Err(outcome
                .err()
                .unwrap_or_else(|| ApiError::internal("an attempt that was hoped for was missed")));
        }
        self.rehearse(f)
    }

    /// The same for what is likely to be undone, such as a change that is only to be looked at: on SQLite nothing else
    /// is run again for it.
    pub fn rehearse<T>(&mut self, f: impl FnOnce(&mut Self) -> ApiResult<Option<T>>) -> ApiResult<Option<T>> {
        Manager::begin_transaction(self.conn)?;
        let outcome = match catch_unwind(AssertUnwindSafe(|| f(self))) {
            Ok(outcome) => outcome,
            Err(panic) => {
                // Whoever catches the panic undoes one level, its own.
                let _ = Manager::rollback_transaction(self.conn);
                resume_unwind(panic)
            }
        };
        if matches!(outcome, Ok(Some(_))) {
            Manager::commit_transaction(self.conn)?;
        } else {
            Manager::rollback_transaction(self.conn)?;
        }
        outcome
    }

    /// A new id, later than every id this process made before.
    pub fn new_id<I: Id>(&self) -> I {
        I::from_i64(crate::ids::next())
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
