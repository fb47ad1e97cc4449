//! API keys: how programs sign in.

use crate::auth::SecretText;
use crate::people::KeyScope;
use crate::{ApiKeyId, ProgrammeId, SupplierId, Timestamp, UserId};

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
}

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
