//! Storefronts: what a programme sells at its checkout, to people who have not signed in and to its suppliers.

use crate::lead_products::{Exclusivity, ProductTiming};
use crate::policy::PaymentMethodKind;
use crate::{Currency, LeadProductId, Money, ProgrammeId};
use rust_decimal::Decimal;

/// What a checkout page needs before anybody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Storefront {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The merchant's name on the card statement (R40).
    pub descriptor: String,
    /// Where buyers write to.
    pub support_email: String,
    /// The country whose phone numbers it reads by default.
    pub country: String,
    /// What it is paid in.
    pub currency: Currency,
    /// The rate of tax, as a decimal fraction.
    #[schema(value_type = String, example = "0.0825")]
    pub tax_rate: Decimal,
    /// What the tax is called.
    pub tax_label: String,
    /// How one pays: the kinds that a stored method may be of, and those that the buyer sends by itself.
    pub payment_methods: Vec<PaymentMethodKind>,
    /// What the loyalty programme is called.
    pub loyalty_name: String,
    /// What is sold, in the order of their names.
    pub products: Vec<StorefrontProduct>,
}

/// One kind of leads that is sold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StorefrontProduct {
    /// The product.
    pub id: LeadProductId,
    /// Its name.
    pub name: String,
    /// The category it belongs to.
    pub category: String,
    /// Whether a lead goes to one buyer or to several.
    pub exclusivity: Exclusivity,
    /// The most buyers of one lead.
    pub max_buyers: u32,
    /// When its leads arrive.
    pub timing: ProductTiming,
    /// The price of a lead.
    pub price: Money,
    /// How soon leads come, in words (R39).
    pub eta_text: Option<String>,
    /// Whether the buyer may set a daily ceiling (R54, R55).
    pub daily_ceiling: bool,
    /// What the loyalty programme offers; none where there is none.
    pub loyalty: Option<StorefrontLoyalty>,
}

/// What the loyalty programme offers on a product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StorefrontLoyalty {
    /// The share of extra leads on the first order (R57, R58).
    #[schema(value_type = String, example = "0.10")]
    pub bonus_rate: Decimal,
    /// The intervals to choose from, the shortest first.
    pub intervals: Vec<LoyaltyInterval>,
}

/// An interval at which an order is placed again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LoyaltyInterval {
    /// Its code.
    #[schema(example = "monthly")]
    pub code: String,
    /// Its length in exact days (R62).
    pub days: u32,
}
