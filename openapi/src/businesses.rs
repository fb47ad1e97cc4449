//! Businesses: what a supplier trades as, and the associations that keep competing branches apart.

use crate::patch::given;
use crate::{BusinessAssociationId, BusinessId, SupplierId, Timestamp};

/// A group of businesses of which at most one gets the same lead (R67).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct BusinessAssociation {
    /// The association.
    pub id: BusinessAssociationId,
    /// Its name.
    #[schema(example = "Sunrise Wellness")]
    pub name: String,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// A new association. Names that differ only in case and blanks are the same name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBusinessAssociation {
    /// Its name.
    #[schema(example = "Sunrise Wellness", min_length = 1, max_length = 200)]
    pub name: String,
}

text_enum! {
    /// Whether a business trades.
    pub enum BusinessStatus {
        /// It does.
        Active = "active",
        /// It does no longer; it takes no orders.
        Closed = "closed",
    }
}

/// A licence that is displayed for a business (R102).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its number.
    #[schema(example = "TX-118842", min_length = 1, max_length = 60)]
    pub number: String,
    /// Who issued it.
    #[schema(example = "Texas Department of Licensing", min_length = 1, max_length = 200)]
    pub authority: String,
    /// Whether staff have checked it. Only staff say so; a supplier's change of the licence takes it back.
    #[serde(default)]
    pub verified: bool,
}

/// One trading business of a supplier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Business {
    /// The business.
    pub id: BusinessId,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// The group it belongs to: no lead is sold twice within one (R67).
    pub association: Option<BusinessAssociation>,
    /// What it trades as.
    #[schema(example = "Okafor Roofing Austin")]
    pub name: String,
    /// Its trade.
    #[schema(example = "Roofing")]
    pub trade: Option<String>,
    /// Its own phone, in E.164.
    #[schema(example = "+15125550147")]
    pub phone: Option<String>,
    /// Its website.
    #[schema(example = "https://okafor.example")]
    pub website: Option<String>,
    /// The number that the seller assigned to it, in E.164; nobody else has it (R104).
    #[schema(example = "+15125550199")]
    pub tracking_number: Option<String>,
    /// The phones that calls to the tracking number are forwarded to, in order (R103).
    pub forward_to: Vec<String>,
    /// Its licence (R102).
    pub licence: Option<Licence>,
    /// Whether it trades.
    pub status: BusinessStatus,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new business of a supplier (R106).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBusiness {
    /// What it trades as.
    #[schema(example = "Okafor Roofing Austin", min_length = 1, max_length = 200)]
    pub name: String,
    /// The group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association_id: Option<BusinessAssociationId>,
    /// Its trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub trade: Option<String>,
    /// Its own phone; a number without a country code is read as one of the programme's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// Its website, with `http://` or `https://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub website: Option<String>,
    /// The number that the seller assigns to it. Staff only; 409 where another business has it (R104).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub tracking_number: Option<String>,
    /// The phones that calls are forwarded to, at most ten (R103).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub forward_to: Vec<String>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
}

/// A change of a business, as a merge patch: what is left out stays.
///
/// Its own people may change it where the policy lets them (`self_service.businesses`, and
/// `self_service.business_association` for the association); otherwise 403 `change_through_staff`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBusiness {
    /// What it trades as.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The group it belongs to; null means none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BusinessAssociationId>)]
    pub association_id: Option<Option<BusinessAssociationId>>,
    /// Its trade; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub trade: Option<Option<String>>,
    /// Its own phone; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Option<Option<String>>,
    /// Its website; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 300)]
    pub website: Option<Option<String>>,
    /// The number that the seller assigned to it; null takes it away. Staff only (R104).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub tracking_number: Option<Option<String>>,
    /// The phones that calls are forwarded to, as a whole (R103).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub forward_to: Option<Vec<String>>,
    /// Its licence, as a whole; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Licence>)]
    pub licence: Option<Option<Licence>>,
    /// Whether it trades. Staff only; a business with live orders cannot be closed.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub status: Option<BusinessStatus>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}
