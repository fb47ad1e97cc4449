//! The part of a policy that a supplier reads: what may be returned, who may change what, and the
//! programme's words. The rest of the document stays unread, so that a phone does not download its types.

use std::collections::BTreeMap;

use serde::Deserialize;
use tradepost_contract::policy::{
    HelpArticle, PausePolicy, ReturnPolicy, SelfServiceField, SelfServiceMode, WordingKey,
};
use tradepost_contract::{PolicyVersionId, SupplierId, Timestamp};

use super::Result;
use super::http::Call;

/// What a supplier reads of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Terms {
    /// Which leads may be returned, until when and what for.
    pub returns: ReturnPolicy,
    /// Who may pause, for how long and how often.
    pub pause: PausePolicy,
    /// What the supplier changes, asks for, or cannot change.
    #[serde(default)]
    pub self_service: BTreeMap<SelfServiceField, SelfServiceMode>,
    /// The programme's own words.
    #[serde(default)]
    pub wording: BTreeMap<WordingKey, String>,
    /// Help articles and tutorials.
    #[serde(default)]
    pub help: BTreeMap<String, HelpArticle>,
}

impl Terms {
    /// The programme's own word, or the usual one.
    pub fn word(&self, key: WordingKey) -> &str {
        self.wording.get(&key).map_or(key.usual(), String::as_str)
    }

    /// What the supplier may do about a field by himself.
    pub fn self_service(&self, field: SelfServiceField) -> SelfServiceMode {
        self.self_service.get(&field).copied().unwrap_or(SelfServiceMode::None)
    }
}

/// The terms of an account, as resolved through all layers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccountTerms {
    /// The version of the programme's policy that they rest on.
    pub policy_version_id: PolicyVersionId,
    /// The terms.
    pub policy: Terms,
}

/// The terms of one version of a programme's policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VersionTerms {
    /// Its id.
    pub id: PolicyVersionId,
    /// Its number; a draft has none.
    pub number: Option<i64>,
    /// Since when it is in force.
    pub published_at: Option<Timestamp>,
    /// The terms.
    pub policy: Terms,
}

/// `GET /suppliers/{id}/policy`
pub async fn get_supplier_policy(id: SupplierId) -> Result<AccountTerms> {
    Call::get(format!("/suppliers/{id}/policy")).send().await
}

/// `GET /policy-versions/{id}`
pub async fn get_policy_version(id: PolicyVersionId) -> Result<VersionTerms> {
    Call::get(format!("/policy-versions/{id}")).send().await
}
