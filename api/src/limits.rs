//! How many requests a program may send: so many within a minute that begins with the first of them.
//!
//! Counted in the memory of each server, because a count in the database would cost every request a write; several
//! servers therefore let through that many each. What is left is told in `RateLimit-Limit`, `RateLimit-Remaining` and
//! `RateLimit-Reset`, and who has nothing left is answered 429 with `Retry-After`.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::request;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tradepost_contract::ProblemCode;

/// How long a window lasts.
const WINDOW: Duration = Duration::from_secs(60);
/// With more windows than this, those that are over are thrown away.
const MANY: usize = 10_000;

/// The windows of everybody who sent something within the last minute.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    windows: Mutex<HashMap<i64, Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Instant,
    used: i64,
}

/// What somebody may still send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// How many a window takes.
    pub(crate) limit: i64,
    /// How many are left of them.
    pub(crate) remaining: i64,
    /// Whole seconds until the next window.
    pub(crate) reset: u64,
    /// This request was one too many.
    pub(crate) spent: bool,
}

impl Limits {
    /// Counts a request. Ids are unique whatever they name, so that one map serves keys and sources.
    fn count(&self, id: i64, limit: i64, now: Instant) -> Allowance {
        let mut windows = self.windows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let is_over = |window: &Window| now.saturating_duration_since(window.began) >= WINDOW;
        if windows.len() >= MANY {
            windows.retain(|_, window| !is_over(window));
        }
        let window = windows.entry(id).or_insert(Window { began: now, used: 0 });
        if is_over(window) {
            *window = Window { began: now, used: 0 };
        }
        let spent = window.used >= limit;
        if !spent {
            window.used += 1;
        }
        let left = WINDOW.saturating_sub(now.saturating_duration_since(window.began));
        Allowance {
            limit,
            remaining: (limit - window.used).max(0),
            reset: left.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(60),
            spent,
        }
    }
}

/// Counts a request of this key or source, and refuses one too many with 429. The answer tells what is left.
pub(crate) fn take(app: &App, id: i64, limit: i64) -> ApiResult<()> {
    let allowance = app.limits.count(id, limit, crate::clock::stopwatch());
    request::note(|notes| notes.allowance = Some(allowance));
    if !allowance.spent {
        return Ok(());
    }
    let detail = format!("{limit} requests a minute are let through.");
    let wait = u32::try_from(allowance.reset).unwrap_or(60);
    Err(ApiError::new(ProblemCode::TooManyRequests)
        .detail(detail)
        .retry_after(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_a_minute_and_then_none_until_the_next() {
        let (limits, start) = (Limits::default(), crate::clock::stopwatch());
        let at = |millis: u64| start + Duration::from_millis(millis);
        let first = limits.count(1, 2, at(0));
        assert_eq!(
            (first.limit, first.remaining, first.reset, first.spent),
            (2, 1, 60, false)
        );
        assert_eq!(limits.count(1, 2, at(500)).remaining, 0);
        let refused = limits.count(1, 2, at(30_500));
        assert_eq!((refused.remaining, refused.reset, refused.spent), (0, 30, true));
        assert!(!limits.count(2, 2, at(30_500)).spent, "another one's count is its own");
        assert!(limits.count(1, 2, at(59_999)).spent);
        let next = limits.count(1, 2, at(60_000));
        assert_eq!((next.remaining, next.spent), (1, false));
        // Staff lower the limit while the window runs.
        assert!(limits.count(1, 1, at(60_001)).spent);
    }

    #[test]
    fn it_forgets_who_sends_nothing() {
        let (limits, start) = (Limits::default(), crate::clock::stopwatch());
        for id in 0..i64::try_from(MANY).expect("small") {
            limits.count(id, 1, start);
        }
        limits.count(-1, 1, start + WINDOW);
        assert_eq!(limits.windows.lock().expect("not poisoned").len(), 1);
    }
}
