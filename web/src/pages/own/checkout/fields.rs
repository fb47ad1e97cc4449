//! The fields of an order: what, how many, how fast, how often, and where from.

use leptos::prelude::*;
use tradepost_contract::checkouts::{Checkout, CreateCheckout, JoinLoyalty, OrderCoverage, UpdateCheckout};
use tradepost_contract::coverage::CoverageKind;
use tradepost_contract::storefronts::{Storefront, StorefrontProduct};
use tradepost_contract::{BusinessId, FieldError, LeadProductId};

use crate::format::{money, share, words};
use crate::kit::form::{Field, Form};
use crate::pages::sign_up;
use crate::ui::field::TextField;
use crate::ui::select::{Radios, Select};

/// The fields of an order.
#[derive(Clone, Copy)]
pub struct OrderFields {
    business: Field,
    product: Field,
    quantity: Field,
    ceiling: Field,
    loyalty: Field,
    kind: Field,
    areas: Field,
}

/// What is wanted, read from the fields.
#[derive(Debug, Clone)]
pub struct Wanted {
    business: BusinessId,
    product: LeadProductId,
    quantity: i64,
    daily_percent: Option<i64>,
    loyalty: Option<JoinLoyalty>,
    coverage: Option<OrderCoverage>,
}

impl OrderFields {
    /// The fields as they stand at first: of a checkout that is changed, or of a new one.
    pub fn new(form: Form, business: &str, product: &str, checkout: Option<&Checkout>) -> Self {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let areas = checkout.and_then(|checkout| checkout.coverage.as_ref());
        Self {
            business: form.field("/business_id", business),
            product: form.field("/product_id", product),
            quantity: form.field("/quantity", number(checkout.map(|checkout| checkout.quantity))),
            ceiling: form.field(
                "/daily_percent",
                number(checkout.and_then(|checkout| checkout.daily_percent)),
            ),
            loyalty: form.field(
                "/loyalty",
                checkout
                    .and_then(|checkout| checkout.loyalty.as_ref())
                    .map(|joined| joined.interval.clone())
                    .unwrap_or_default(),
            ),
            kind: form.field("/coverage/kind", areas.map_or("", |areas| areas.kind.as_str())),
            areas: form.field(
                "/coverage/values",
                areas.map(|areas| areas.values.join(", ")).unwrap_or_default(),
            ),
        }
    }

    /// Reads them, for a product that is sold like this.
    pub fn read(self, products: &[StorefrontProduct], wrong: &mut Vec<FieldError>) -> Option<Wanted> {
        let chosen = products.iter().find(|one| one.id.to_string() == self.product.text());
        if chosen.is_none() {
            wrong.push(self.product.refusal("required", "Choose what you want to buy."));
        }
        let business = self.business.text().parse().ok();
        if business.is_none() {
            wrong.push(self.business.refusal("required", "Choose the business."));
        }
        let quantity = self.quantity.text().parse().ok().filter(|quantity| *quantity > 0);
        if quantity.is_none() {
            wrong.push(self.quantity.refusal("invalid", "How many leads: a whole number."));
        }
        let offered = chosen.is_some_and(|product| product.daily_ceiling);
        let ceiling = self.ceiling.optional().filter(|_| offered);
        let percent = ceiling
            .as_ref()
            .and_then(|text| text.trim_end_matches('%').trim().parse().ok());
        if ceiling.is_some() && percent.is_none_or(|percent: i64| !(1..=100).contains(&percent)) {
            wrong.push(
                self.ceiling
                    .refusal("invalid", "A whole number from 1 to 100, or nothing."),
            );
        }
        let coverage = self.read_areas(wrong);
        let joins = chosen.is_some_and(|product| product.loyalty.is_some());
        Some(Wanted {
            business: business?,
            product: chosen?.id,
            quantity: quantity?,
            daily_percent: percent,
            loyalty: self
                .loyalty
                .optional()
                .filter(|_| joins)
                .map(|interval| JoinLoyalty { interval }),
            coverage,
        })
    }

    fn read_areas(self, wrong: &mut Vec<FieldError>) -> Option<OrderCoverage> {
        let kind: CoverageKind = self.kind.text().parse().ok()?;
        let values = listed(&self.areas.text());
        if kind != CoverageKind::Anywhere && values.is_empty() {
            wrong.push(self.areas.refusal("required", "Name at least one area."));
        }
        let values = if kind == CoverageKind::Anywhere {
            Vec::new()
        } else {
            values
        };
        Some(OrderCoverage { kind, values })
    }
}

impl Wanted {
    /// A new checkout of it.
    pub fn create(self) -> CreateCheckout {
        CreateCheckout {
            business_id: self.business,
            product_id: self.product,
            quantity: self.quantity,
            daily_percent: self.daily_percent,
            loyalty: self.loyalty,
            coverage: self.coverage,
            coupon: None,
        }
    }

    /// A change of a checkout to it.
    pub fn update(self) -> UpdateCheckout {
        UpdateCheckout {
            business_id: Some(self.business),
            product_id: Some(self.product),
            quantity: Some(self.quantity),
            daily_percent: Some(self.daily_percent),
            loyalty: Some(self.loyalty),
            coverage: Some(self.coverage),
            coupon: None,
        }
    }
}

/// What stands between commas, blanks or line ends.
fn listed(text: &str) -> Vec<String> {
    text.split([',', ';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The controls.
#[component]
pub fn OrderControls(
    /// The fields.
    fields: OrderFields,
    /// What is sold.
    storefront: Storefront,
    /// The businesses that one may buy for: their ids and names.
    businesses: Vec<(String, String)>,
) -> impl IntoView {
    let products = StoredValue::new(storefront.products.clone());
    let chosen = Memo::new(move |_| {
        let id = fields.product.value.get();
        products.with_value(|all| all.iter().find(|one| one.id.to_string() == id).cloned())
    });
    let several = businesses.len() > 1;
    let loyalty_name = StoredValue::new(words::sentence(&storefront.loyalty_name));
    let estimate = move || {
        let (product, quantity) = (chosen.get()?, fields.quantity.value.get().trim().parse().ok()?);
        let price = product.price.times(quantity).ok().filter(|_| quantity > 0)?;
        Some(format!("{} before tax and discounts", money::text(price)))
    };
    let ceiling = move || {
        chosen.get().filter(|product| product.daily_ceiling).map(|_| {
            view! {
                <TextField field=fields.ceiling label="At most a day, in percent of the order" kind="number" optional=true
                    hint="Such as 10: then the order takes ten days at least. It is a ceiling and no promise." />
            }
        })
    };
    let loyalty = move || {
        let offer = chosen.get()?.loyalty?;
        let extra = share::percent(Some(offer.bonus_rate));
        let options = offer
            .intervals
            .iter()
            .map(|interval| {
                (
                    interval.code.clone(),
                    format!("Again every {} days", share::count(interval.days.into())),
                )
            })
            .collect::<Vec<_>>();
        Some(view! {
            <Select field=fields.loyalty label=loyalty_name.get_value() options placeholder="No, just this once"
                hint=format!("Joining brings {extra} extra leads with this order. You can leave it out.") />
        })
    };
    let kinds = CoverageKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), area_kind(*kind).to_owned()))
        .collect();
    let named = move || {
        let kind = fields.kind.value.get();
        !kind.is_empty() && kind != CoverageKind::Anywhere.as_str()
    };
    view! {
        {several.then(|| view! { <Select field=fields.business label="For which business" options=businesses.clone() /> })}
        <Radios field=fields.product label="What would you like to buy?" options=sign_up::choices(&storefront.products) />
        <TextField field=fields.quantity label="How many leads" kind="number" />
        <p class="estimate" aria-live="polite">{estimate}</p>
        {ceiling}
        {loyalty}
        <Select field=fields.kind label="Where the leads come from" options=kinds placeholder="From my usual areas" />
        {move || named().then(|| view! { <TextField field=fields.areas label="Which ones" hint="Several with commas between them." /> })}
    }
}

/// How a kind of areas reads.
pub const fn area_kind(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Anywhere => "From everywhere",
        CoverageKind::Country => "From countries",
        CoverageKind::UsState => "From states of the US",
        CoverageKind::UsZip => "From ZIP codes",
        CoverageKind::UkArea => "From UK postcode areas",
        CoverageKind::UkOutcode => "From UK outcodes",
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn areas_are_told_apart_by_commas() {
        assert_eq!(listed("TX, NY ;\nCA,,"), ["TX", "NY", "CA"]);
        assert!(listed(" , ").is_empty());
    }
}
