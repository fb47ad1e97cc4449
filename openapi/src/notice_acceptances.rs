//! Notices that a supplier accepts once a version, such as that it becomes the data controller (R82).

use crate::policy::NoticeAccepter;
use crate::{NoticeAcceptanceId, SupplierId, Timestamp};

/// That somebody accepted a version of a notice for a supplier. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NoticeAcceptance {
    /// Its id.
    pub id: NoticeAcceptanceId,
    /// For whom.
    pub supplier_id: SupplierId,
    /// The notice's key in the policy.
    #[schema(example = "data_controller")]
    pub key: String,
    /// The version that was accepted.
    pub version: String,
    /// The words as they stood then.
    pub text: String,
    /// Who accepted.
    pub accepted_by: String,
    /// When.
    pub accepted_at: Timestamp,
    /// From which address.
    pub address: Option<String>,
}

/// A notice of the supplier's policy as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupplierNotice {
    /// Its key in the policy.
    #[schema(example = "data_controller")]
    pub key: String,
    /// Its version.
    pub version: String,
    /// What it says.
    pub text: String,
    /// Whether it is to be accepted once a version.
    pub must_accept: bool,
    /// Who may accept it.
    pub accepted_by: NoticeAccepter,
    /// Whether the particulars of people are shown only after that.
    pub before_contact: bool,
    /// Whether this version still waits for being accepted.
    pub waits: bool,
    /// Whether the caller may accept it now.
    pub may_accept: bool,
}

/// The notices of a supplier, and what was accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupplierNotices {
    /// The notices of the policy.
    pub notices: Vec<SupplierNotice>,
    /// What was accepted, the latest first, earlier versions too.
    pub accepted: Vec<NoticeAcceptance>,
}

/// Accepts a notice for one's account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptNotice {
    /// Its key.
    #[schema(example = "data_controller", min_length = 1, max_length = 60)]
    pub key: String,
    /// The version that was read. Another than today's is refused.
    #[schema(example = "2026-01", min_length = 1, max_length = 60)]
    pub version: String,
}
