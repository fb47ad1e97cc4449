//! The only place that reads the clock, and it gives two readings (and a stopwatch).
//!
//! `business_now` is what windows, periods, pauses and due dates go by; the sandbox can move it
//! forward. `wall_now` is what tokens, sessions, leases, back-off and ids go by; nothing moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;
use tradepost_contract::Timestamp;

/// The instant on the wall.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn wall_now() -> Timestamp {
    Timestamp::from(time::OffsetDateTime::now_utc())
}

/// A reading that says nothing of the time: it measures how long something takes or how old it is.
pub fn stopwatch() -> Instant {
    Instant::now()
}

/// The clock of this process; cheap to clone, and all clones move together.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far business time is ahead of the wall (behind it while a demo's past is made), in microseconds.
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// A clock whose business time is that far from the wall's.
    pub fn with_offset_micros(offset: i64) -> Self {
        Self {
            offset: Arc::new(AtomicI64::new(offset)),
        }
    }

    /// The instant of business.
    pub fn business_now(&self) -> Timestamp {
        Timestamp::from_micros(self.wall_now().as_micros().saturating_add(self.offset_micros()))
    }

    /// The instant on the wall.
    pub fn wall_now(&self) -> Timestamp {
        wall_now()
    }

    /// How far business time is ahead of the wall, in microseconds.
    pub fn offset_micros(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Sets how far business time is ahead. It never goes back: an earlier offset is ignored.
    pub fn move_to_offset(&self, offset: i64) {
        self.offset.fetch_max(offset, Ordering::Relaxed);
    }
}
