//! Contact points: the addresses that receive a supplier's leads and invoices (R14, R16).

use crate::patch::given;
use crate::{BusinessId, ContactPointId, SupplierId, Timestamp};

text_enum! {
    /// What an address is for.
    pub enum ContactPurpose {
        /// It receives leads; there may be several (R16).
        Leads = "leads",
        /// It receives invoices (R14).
        Billing = "billing",
        /// Everything else, and whatever has no address of its own.
        General = "general",
    }
}

/// An address of a supplier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ContactPoint {
    /// The contact.
    pub id: ContactPointId,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// Only for this business, where one is named.
    pub business_id: Option<BusinessId>,
    /// What it is for.
    pub purpose: ContactPurpose,
    /// Whom it reaches.
    #[schema(example = "Mo Okafor")]
    pub name: Option<String>,
    /// The e-mail.
    #[schema(example = "leads@okafor.example")]
    pub email: Option<String>,
    /// The phone, in E.164.
    pub phone: Option<String>,
    /// Whether it is used; a contact is never deleted, because the audit trail names it.
    pub active: bool,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new address of a supplier. It has an e-mail, a phone, or both.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateContact {
    /// What it is for.
    pub purpose: ContactPurpose,
    /// Only for this business; for all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<BusinessId>,
    /// Whom it reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "leads@okafor.example", max_length = 254)]
    pub email: Option<String>,
    /// The phone; a number without a country code is read as one of the programme's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

/// A change of a contact, as a merge patch: what is left out stays.
///
/// Whether a supplier's own people may do this is policy (`self_service.lead_contacts`,
/// `billing_contact`, and `profile` for the general ones); otherwise 403 `change_through_staff`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateContact {
    /// Whom it reaches; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Option<Option<String>>,
    /// The e-mail; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Option<String>>,
    /// The phone; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Option<Option<String>>,
    /// Whether it is used: `false` removes the address, `true` takes it back into use (R16).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}
