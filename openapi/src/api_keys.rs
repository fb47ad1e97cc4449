//! API keys: how programs sign in.

use crate::auth::SecretText;
use crate::people::KeyScope;
use crate::{ApiKeyId, ApiKeyRequestId, ProgrammeId, SupplierId, Timestamp, UserId};

text_enum! {
    /// Whether a key still opens anything.
    pub enum ApiKeyStatus {
        /// It does.
        Active = "active",
        /// Its time is over.
        Expired = "expired",
        /// Somebody took it back.
        Revoked = "revoked",
    }
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// The public part, to recognise the key by: it stands after `tp_live_` or `tp_test_`.
    #[schema(example = "k3J9s0Qa")]
    pub public_id: String,
    /// What it is for.
    #[schema(example = "Landing pages")]
    pub name: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// It sees and submits only in this programme.
    pub programme_id: Option<ProgrammeId>,
    /// It sees and acts only for this supplier.
    pub supplier_id: Option<SupplierId>,
    /// That supplier's name.
    pub supplier_name: Option<String>,
    /// Whether it still opens anything.
    pub status: ApiKeyStatus,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used last, to some minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Until when the secret before the last rotation opens too.
    pub previous_secret_until: Option<Timestamp>,
    /// Requests a minute that it may send, to each server; one more is answered 429.
    pub requests_per_minute: i64,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// Requests a minute that a key may send, unless it was said.
pub const USUAL_REQUESTS_PER_MINUTE: i64 = 6_000;
/// The most that can be said.
pub const MOST_REQUESTS_PER_MINUTE: i64 = 1_000_000;

/// A new key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for.
    #[schema(example = "Landing pages", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do; at least one.
    #[schema(min_items = 1)]
    pub scopes: Vec<KeyScope>,
    /// Bind it to this programme.
    #[serde(default)]
    pub programme_id: Option<ProgrammeId>,
    /// Bind it to this supplier, and so to its programme.
    #[serde(default)]
    pub supplier_id: Option<SupplierId>,
    /// Days until it ends, 1 to 365; a year when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365, example = 365)]
    pub expires_in_days: Option<i64>,
    /// Requests a minute that it may send; 6000 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000000, example = 6000)]
    pub requests_per_minute: Option<i64>,
}

/// What changes of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateApiKey {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Requests a minute that it may send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000000)]
    pub requests_per_minute: Option<i64>,
}

/// A new secret for a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// For so many hours the old secret opens too, 0 to 168; 24 when left out. With 0 it ends at once, as it should
    /// where it has leaked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: Option<i64>,
    /// Days from now until the key ends, 1 to 365; a year when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 365, example = 365)]
    pub expires_in_days: Option<i64>,
}

/// A request that was made with a key. Kept for fourteen days.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ApiKeyRequest {
    /// Its id in this list.
    pub id: ApiKeyRequestId,
    /// When it was answered, on the wall.
    pub at: Timestamp,
    /// The operation, by its id in this document.
    #[schema(example = "create_lead")]
    pub operation: String,
    /// The status of the answer.
    #[schema(example = 201)]
    pub status: i64,
    /// How long the answer took, in millionths of a second.
    pub took_micros: i64,
    /// The request's id, as `X-Request-Id` of the answer.
    pub request_id: String,
    /// Whether an earlier answer was given again, by its `Idempotency-Key`.
    pub replayed: bool,
}

/// A new key with its secret, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CreatedApiKey {
    /// The key.
    pub api_key: ApiKey,
    /// The whole key: send it as `Authorization: Bearer …`. It is shown once; null when an idempotent
    /// request is answered again.
    pub secret: Option<SecretText>,
}
