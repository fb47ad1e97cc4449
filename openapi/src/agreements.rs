//! Agreements: what a supplier signed, and the terms of the policy it changes (R18).

use crate::policy::AgreementTerm;
use crate::{AgreementId, LocalDate, SupplierId, Timestamp};

/// A signed agreement. It is kept as it was signed; a new one takes its place.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Agreement {
    /// The agreement.
    pub id: AgreementId,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// What it is called.
    #[schema(example = "Supplier agreement 2026")]
    pub title: String,
    /// How long it runs before it renews.
    pub term: AgreementTerm,
    /// Its first day, in the programme's time zone.
    pub starts_on: LocalDate,
    /// Its last day; none where it goes on until cancelled.
    pub ends_on: Option<LocalDate>,
    /// The day on which its next term begins, unless it is cancelled before (R21); none where it is not in force, is
    /// rolling, or ends before.
    pub renews_on: Option<LocalDate>,
    /// Whether its terms are the ones in force today: the latest that has started and not ended.
    pub in_force: bool,
    /// What of the policy it changes: a JSON merge patch that beats account, product and programme.
    #[schema(value_type = Object)]
    pub policy_override: serde_json::Value,
    /// Its text. Lists leave it out; `GET /agreements/{id}/document` gives it as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// A new agreement. Its terms apply from its first day on, to deliveries made from then on.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAgreement {
    /// What it is called.
    #[schema(example = "Supplier agreement 2026", min_length = 1, max_length = 200)]
    pub title: String,
    /// How long it runs before it renews.
    pub term: AgreementTerm,
    /// Its first day, in the programme's time zone.
    pub starts_on: LocalDate,
    /// Its last day; left out where it goes on until cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<LocalDate>,
    /// What of the policy it changes: a JSON merge patch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<serde_json::Value>,
    /// Its text.
    #[schema(min_length = 1, max_length = 50_000)]
    pub document: String,
}
