//! Staff who look at the portal as a supplier's owner does: for a while, and without changing anything.

use crate::auth::SecretText;
use crate::{ImpersonationId, SupplierId, Timestamp, UserId};

text_enum! {
    /// Why somebody stopped looking.
    pub enum ImpersonationEnd {
        /// They said so.
        ByHand = "by_hand",
        /// The half hour was over.
        TimeOver = "time_over",
        /// They were signed out.
        SignedOut = "signed_out",
        /// They began to look at another account.
        Replaced = "replaced",
    }
}

/// Why one wants to look.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateImpersonation {
    /// It stands in the supplier's audit trail.
    #[schema(example = "Cannot find the return form, ticket of today", max_length = 1000)]
    pub reason: String,
}

/// A look at the portal as a supplier's owner.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Impersonation {
    /// Its id.
    pub id: ImpersonationId,
    /// Whose portal.
    pub supplier_id: SupplierId,
    /// What that is called.
    pub supplier_name: String,
    /// Who looks.
    pub user_id: UserId,
    /// Why.
    pub reason: String,
    /// Since when.
    pub started_at: Timestamp,
    /// Until when at the latest.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub end_reason: Option<ImpersonationEnd>,
}

/// A token that sees what the supplier's owner sees. Every write with it is refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ImpersonationToken {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: SecretText,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds until it ends; the same operation gives the next one.
    #[schema(example = 600)]
    pub expires_in: i64,
}

/// Whose portal one is looking at, to the one who looks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MyImpersonation {
    /// Its id.
    pub id: ImpersonationId,
    /// Until when at the latest.
    pub expires_at: Timestamp,
}
