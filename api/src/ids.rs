//! Makes ids: 42 bits of milliseconds, then a counter that starts at this process's own place.
//!
//! Two servers that make an id in the same millisecond start their counters at random places of a
//! two-million range, and the primary key refuses the collision that could still happen.

use crate::clock;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds are counted from 2024-01-01T00:00:00Z, which lasts 42 bits until 2163.
const EPOCH_MILLIS: i64 = 1_704_067_200_000;
const COUNTER_BITS: u32 = 21;

static LAST: AtomicI64 = AtomicI64::new(0);

/// The next id: greater than any before it in this process, even when the wall clock steps back.
pub fn next() -> i64 {
    let millis = (clock::wall_now().as_micros() / 1000 - EPOCH_MILLIS).max(0);
    let fresh = millis << COUNTER_BITS | i64::from(rand::random::<u32>() >> (32 - COUNTER_BITS + 1));
    let (Ok(last) | Err(last)) = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        Some(if last >> COUNTER_BITS >= millis {
            last + 1
        } else {
            fresh
        })
    });
    if last >> COUNTER_BITS >= millis {
        last + 1
    } else {
        fresh
    }
}

/// The smallest id that could be made at that instant of the wall clock.
pub const fn floor_at(wall: tradepost_contract::Timestamp) -> i64 {
    let millis = wall.as_micros() / 1000 - EPOCH_MILLIS;
    if millis < 0 { 0 } else { millis << COUNTER_BITS }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_rise_and_never_repeat_across_threads() {
        let mut all: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let ids: Vec<i64> = (0..20_000).map(|_| super::next()).collect();
                        assert!(ids.is_sorted());
                        ids
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 80_000);
        assert!(all.iter().all(|id| *id > 0));
    }
}
