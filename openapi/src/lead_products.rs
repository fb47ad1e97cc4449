//! Lead products: what is sold, to how many, how fast and at what price.

use crate::{LeadProductId, Money, ProgrammeId, Timestamp};
use serde_json::Value;

text_enum! {
    /// Whether one lead goes to one buyer or to several.
    pub enum Exclusivity {
        /// To one buyer only (R66, R101).
        Exclusive = "exclusive",
        /// To several, up to `max_buyers` (R67).
        Shared = "shared",
    }
}

text_enum! {
    /// When leads of a product arrive.
    pub enum ProductTiming {
        /// As people enquire (R54).
        RealTime = "real_time",
        /// In batches, as soon as they are there (R55).
        Batch = "batch",
    }
}

text_enum! {
    /// Whether a product is sold.
    pub enum ProductStatus {
        /// It is.
        Active = "active",
        /// It takes no new leads or orders; open orders get nothing more.
        Retired = "retired",
    }
}

/// What is sold: a category of leads with a buyer limit and a price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadProduct {
    /// Its id.
    pub id: LeadProductId,
    /// The programme that sells it.
    pub programme_id: ProgrammeId,
    /// Its short name, unique in the programme.
    #[schema(example = "voip-shared")]
    pub code: String,
    /// Its name.
    #[schema(example = "VoIP phone systems, shared")]
    pub name: String,
    /// The category suppliers buy in (R33).
    #[schema(example = "voip")]
    pub category: String,
    /// Whether one lead goes to one buyer or to several.
    pub exclusivity: Exclusivity,
    /// The most buyers of one lead; 1 for exclusive products.
    pub max_buyers: u32,
    /// When its leads arrive.
    pub timing: ProductTiming,
    /// The list price of one lead; each order has its own price.
    pub price: Money,
    /// How soon leads come, in words (R39).
    pub eta_text: Option<String>,
    /// How its policy differs from the programme's: a JSON merge patch (R74). Staff see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<Value>,
    /// Whether it is sold.
    pub status: ProductStatus,
    /// Grows with every change; the ETag.
    pub version: i64,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A new lead product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLeadProduct {
    /// The programme that sells it.
    pub programme_id: ProgrammeId,
    /// Its short name, unique in the programme: small letters, digits and hyphens.
    #[schema(example = "voip-shared", pattern = "^[a-z0-9][a-z0-9-]{0,59}$")]
    pub code: String,
    /// Its name.
    #[schema(example = "VoIP phone systems, shared", min_length = 1, max_length = 200)]
    pub name: String,
    /// The category suppliers buy in: small letters, digits and hyphens.
    #[schema(example = "voip", pattern = "^[a-z0-9][a-z0-9-]{0,59}$")]
    pub category: String,
    /// Whether one lead goes to one buyer or to several.
    pub exclusivity: Exclusivity,
    /// The most buyers of one lead, at most what the programme's policy allows; that many where it
    /// is left out, and 1 for exclusive products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_buyers: Option<u32>,
    /// When its leads arrive.
    pub timing: ProductTiming,
    /// The list price of one lead, in the programme's currency.
    pub price: Money,
    /// How soon leads come, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub eta_text: Option<String>,
    /// How its policy differs from the programme's: a JSON merge patch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"returns": {"window": {"amount": 168}}}))]
    pub policy_override: Option<Value>,
}

/// A change of a lead product, as a merge patch: what is left out stays. Leads that are on sale keep
/// their buyer limit, and orders keep their price (R61).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLeadProduct {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The most buyers of one lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_buyers: Option<u32>,
    /// The list price of one lead, in the programme's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// How soon leads come, in words; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub eta_text: Option<Option<String>>,
    /// A merge patch of the product's own merge patch would be a riddle, so this is the whole of it;
    /// `{}` takes all differences away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<Value>,
    /// Whether it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ProductStatus>,
}

/// Tells `null`, which takes a value away, from a field that is left out.
fn given<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(from).map(Some)
}
