//! Moving business time, in a sandbox only.

use crate::Timestamp;

/// The two readings of the clock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SandboxClock {
    /// What windows, periods and due dates go by.
    pub business_now: Timestamp,
    /// What tokens and sessions go by.
    pub wall_now: Timestamp,
    /// How many seconds business time is ahead.
    pub ahead_seconds: i64,
}

/// How far to move business time: either by an amount or to an instant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClock {
    /// Seconds to move forward, 1 to 31,622,400 (366 days).
    #[serde(default)]
    #[schema(example = 86400)]
    pub seconds: Option<i64>,
    /// The instant to move to; it must be later than business time.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// Whether to run what has become due; true unless said otherwise.
    #[serde(default)]
    pub run_jobs: Option<bool>,
}

/// What a run of the due jobs did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct JobsRun {
    /// How many things were done.
    pub done: u64,
    /// The clock afterwards.
    pub clock: SandboxClock,
}
