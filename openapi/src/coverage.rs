//! Coverage: where a supplier takes leads from, and from when until when (R5, R69).

use crate::{CoverageId, OrderId, SupplierId, Timestamp};

text_enum! {
    /// What kind of area a coverage names.
    pub enum CoverageKind {
        /// Everywhere.
        Anywhere = "anywhere",
        /// A country, by ISO 3166 code.
        Country = "country",
        /// A state of the US, by its two letters.
        UsState = "us_state",
        /// A ZIP code of five digits.
        UsZip = "us_zip",
        /// A UK postcode area, such as `SW`.
        UkArea = "uk_area",
        /// A UK outcode, such as `SW1A`.
        UkOutcode = "uk_outcode",
    }
}

/// One area that a supplier takes leads from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Coverage {
    /// The coverage.
    pub id: CoverageId,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// Only for this order, where one is named; an order with areas of its own uses only those.
    pub order_id: Option<OrderId>,
    /// What kind of area it is.
    pub kind: CoverageKind,
    /// Which one; `*` for everywhere.
    #[schema(example = "78701")]
    pub value: String,
    /// From this instant on.
    pub effective_from: Timestamp,
    /// Until before this instant; without end where there is none.
    pub effective_to: Option<Timestamp>,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// Areas that were added.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CoverageAdded {
    /// All of them.
    pub data: Vec<Coverage>,
}

/// Areas to add, all of one kind.
///
/// Where the policy gives changes a notice, they take effect no earlier than that: 422
/// `too_early` names the earliest instant. Staff may overrule it with a reason (R69).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCoverage {
    /// What kind of areas they are.
    pub kind: CoverageKind,
    /// Which ones, at most 500 at a time; left out for `anywhere`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["78701", "78702"]), max_items = 500)]
    pub values: Vec<String>,
    /// Only for this order; for all orders of the supplier where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// From when on; as soon as the policy allows where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Timestamp>,
    /// Until before when; without end where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Timestamp>,
    /// Why it may take effect before its notice is over. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub override_reason: Option<String>,
}

/// When an area ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndCoverage {
    /// Until before when; as soon as the policy allows where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Timestamp>,
    /// Why it may end before its notice is over. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub override_reason: Option<String>,
}
