//! Moving business time, in a sandbox only.

use crate::Timestamp;
use crate::auth::SecretText;
use crate::users::Audience;

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

/// Who can sign in to the demo market, and how. They hold made-up data only.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DemoPeople {
    /// Everybody's password; null where there is no demo market.
    pub password: Option<SecretText>,
    /// The people, staff first.
    pub people: Vec<DemoPerson>,
}

/// Somebody of the demo market.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DemoPerson {
    /// What they sign in with.
    #[schema(example = "reviewer@tradepost.example")]
    pub email: String,
    /// Who they are.
    #[schema(example = "Ruth Adler, returns reviewer")]
    pub who: String,
    /// Whether they see the console or the portal.
    pub audience: Audience,
}
