//! Checkouts: an order of leads on its way to being paid (R39, R51, R54–R56).

mod status;

pub use status::*;

use crate::coverage::CoverageKind;
use crate::patch::given;
use crate::payments::{PaymentFailure, PaymentMethod, PaymentStatus};
use crate::{
    BusinessId, CheckoutId, InvoiceId, LeadProductId, LocalDate, LoyaltySubscriptionId, Money, OrderId, PaymentId,
    PaymentMethodId, ProgrammeId, SupplierId, Timestamp,
};
use rust_decimal::Decimal;

/// Joining the loyalty programme: the order is placed again at an interval, with extra leads (R56).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinLoyalty {
    /// One of the intervals that the policy offers, by its code (R61).
    #[schema(example = "monthly")]
    pub interval: String,
}

/// What the loyalty programme gives an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct OrderLoyalty {
    /// The interval by its code.
    pub interval: String,
    /// The interval in exact days (R62).
    pub interval_days: i64,
    /// The extra leads of this order, in its quantity already (R57, R58).
    pub bonus: i64,
    /// The subscription that it belongs to; none before the first order is paid.
    pub subscription_id: Option<LoyaltySubscriptionId>,
}

/// Where an order takes leads from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCoverage {
    /// What kind of areas they are.
    pub kind: CoverageKind,
    /// Which ones; none for `anywhere`.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What an order costs. The price of a lead times its number, less the discount, is taxed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Quote {
    /// The price of a lead.
    pub unit_price: Money,
    /// That times the number of leads that were ordered; extra leads cost nothing.
    pub subtotal: Money,
    /// What the coupon takes off.
    pub discount: Money,
    /// The rest, before tax.
    pub net: Money,
    /// The tax on it, rounded half to even.
    pub tax: Money,
    /// Net and tax: what is paid.
    pub total: Money,
}

/// How the latest payment of a checkout stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CheckoutPayment {
    /// The payment.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How the money comes.
    pub method: PaymentMethod,
    /// Why it failed.
    pub failure: Option<PaymentFailure>,
}

/// An order of leads on its way to being paid.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Checkout {
    /// Its id.
    pub id: CheckoutId,
    /// The programme it buys in.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// Who buys.
    pub supplier_id: SupplierId,
    /// What that supplier is called.
    pub supplier_name: String,
    /// The business it buys for.
    pub business_id: BusinessId,
    /// What that is called.
    pub business_name: String,
    /// What it buys.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// How soon leads come, in words (R39).
    pub eta_text: Option<String>,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<CheckoutAction>,
    /// How many leads are paid for.
    pub quantity: i64,
    /// How many leads the order will bring: those and the extra ones.
    pub order_quantity: i64,
    /// The most leads a day, as a percentage of the order's quantity (R54).
    pub daily_percent: Option<i64>,
    /// That ceiling in leads: rounded up, at least 1.
    pub cap_day: Option<i64>,
    /// Whether the order is placed again, and with how many extra leads (R56).
    pub loyalty: Option<OrderLoyalty>,
    /// Where it takes leads from; the supplier's own coverage where it is left out.
    pub coverage: Option<OrderCoverage>,
    /// The coupon's code.
    pub coupon: Option<String>,
    /// What it costs.
    pub quote: Quote,
    /// Credit of the account that pays a part of it: what returned leads or earlier payments left over.
    pub credit: Money,
    /// What is left to be paid: the total without that credit.
    pub due: Money,
    /// Its latest payment through the gateway; none before the first one.
    pub payment: Option<CheckoutPayment>,
    /// The rate of tax, as a decimal fraction.
    #[schema(value_type = String, example = "0.0825")]
    pub tax_rate: Decimal,
    /// What the tax is called.
    pub tax_label: String,
    /// The merchant's name on the card statement (R40).
    pub descriptor: String,
    /// The order that came of it.
    pub order_id: Option<OrderId>,
    /// The invoice that came of it.
    pub invoice_id: Option<InvoiceId>,
    /// Price and coupon are held until before this instant, in business time.
    pub expires_at: Timestamp,
    /// When the buyer ordered.
    pub submitted_at: Option<Timestamp>,
    /// When it was completed, abandoned or failed.
    pub ended_at: Option<Timestamp>,
    /// Grows with every change; the `ETag`.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new checkout. A coupon in it is held for the buyer from now on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCheckout {
    /// The business it buys for; its supplier pays.
    pub business_id: BusinessId,
    /// What it buys: a product of the supplier's programme.
    pub product_id: LeadProductId,
    /// How many leads.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: i64,
    /// The most leads a day as a percentage of the order's quantity, where the product offers it (R54);
    /// a product that comes in batches takes none (R55).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100)]
    pub daily_percent: Option<i64>,
    /// Joins the loyalty programme; not joined where it is left out (R56).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loyalty: Option<JoinLoyalty>,
    /// Where the order takes leads from; the supplier's own coverage where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<OrderCoverage>,
    /// A coupon's code, exactly (R36). One that does not count, for whatever reason, is answered with 422
    /// `invalid_coupon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
}

/// A change of an open checkout, as a merge patch: what is left out stays, and the price is quoted anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCheckout {
    /// The business it buys for: one of the same supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<BusinessId>,
    /// What it buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<LeadProductId>,
    /// How many leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: Option<i64>,
    /// The most leads a day as a percentage; null means no ceiling.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100)]
    pub daily_percent: Option<Option<i64>>,
    /// Joins the loyalty programme; null leaves it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<JoinLoyalty>)]
    pub loyalty: Option<Option<JoinLoyalty>>,
    /// Where the order takes leads from; null means the supplier's own coverage.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OrderCoverage>)]
    pub coverage: Option<Option<OrderCoverage>>,
    /// Another coupon; null takes it off, which ends the attempt to use it (R37).
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub coupon: Option<Option<String>>,
}

/// Pays a checkout with a stored method. One that is still open is ordered first.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayCheckout {
    /// The stored method to charge; without it, the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<PaymentMethodId>,
}

/// The money of a checkout, received outside Tradepost: paid by phone, say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCheckoutPayment {
    /// How it came.
    pub method: PaymentMethod,
    /// The bank's or provider's reference, 1 to 140 characters.
    #[schema(example = "Card by phone 2026-03-09 4711")]
    pub reference: String,
    /// The day it was received: not in the future.
    pub received_on: LocalDate,
}
