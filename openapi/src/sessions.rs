//! Sessions: where somebody is signed in.

use crate::{SessionId, Timestamp};

/// One place where one is signed in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// It is the one this request came with.
    pub current: bool,
    /// What the browser or program calls itself.
    pub user_agent: Option<String>,
    /// The address it signed in from.
    #[schema(example = "192.0.2.7")]
    pub ip: Option<String>,
    /// When it was used last, to the nearest refresh.
    pub last_used_at: Timestamp,
    /// When it ends, unless it is used before.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// When one signed in.
    pub created_at: Timestamp,
}
