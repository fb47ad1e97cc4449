//! Counts statements and commits, so that a test can bound what an operation costs.

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static STATEMENTS: AtomicU64 = AtomicU64::new(0);
static COMMITS: AtomicU64 = AtomicU64::new(0);
static INSTALL: Once = Once::new();

/// How many statements and commits this process has sent to its databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementCounts {
    /// Statements, those that begin and end transactions and savepoints among them.
    pub statements: u64,
    /// Transactions committed.
    pub commits: u64,
}

impl StatementCounts {
    /// The counts up to now.
    pub fn now() -> Self {
        Self {
            statements: STATEMENTS.load(Ordering::Relaxed),
            commits: COMMITS.load(Ordering::Relaxed),
        }
    }
}

struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => STATEMENTS.fetch_add(1, Ordering::Relaxed),
            InstrumentationEvent::CommitTransaction { depth, .. } if depth.get() == 1 => {
                COMMITS.fetch_add(1, Ordering::Relaxed)
            }
            _ => 0,
        };
    }
}

/// Counts on every connection opened from now on.
pub(super) fn count_all() {
    INSTALL.call_once(|| {
        // The only failure is a poisoned lock inside diesel, and then nothing is counted.
        let _ = set_default_instrumentation(|| Some(Box::new(Counter)));
    });
}
