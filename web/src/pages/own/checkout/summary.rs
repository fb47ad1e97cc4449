//! What an order costs, line by line.

use leptos::prelude::*;
use tradepost_contract::Money as Amount;
use tradepost_contract::checkouts::Checkout;

use crate::format::{money, share};
use crate::ui::money::Money;

/// The price of a checkout: leads, discount, tax, credit, and what is left to pay.
#[component]
pub fn Price(
    /// The checkout.
    checkout: Checkout,
) -> impl IntoView {
    let quote = checkout.quote;
    let leads = format!(
        "{} × {}",
        share::count(checkout.quantity),
        money::text(quote.unit_price)
    );
    let extra = checkout.order_quantity - checkout.quantity;
    let discount = match &checkout.coupon {
        Some(code) => format!("Coupon {code}"),
        None => "Discount".to_owned(),
    };
    let tax = format!("{}, {}", checkout.tax_label, share::percent(Some(checkout.tax_rate)));
    let row = |name: String, amount: Amount, class: &'static str| {
        view! { <div class=class><dt>{name}</dt><dd><Money amount /></dd></div> }
    };
    view! {
        <dl class="totals shop-totals">
            {row(leads, quote.subtotal, "total")}
            {(extra > 0).then(|| view! { <div class="total"><dt>{format!("{} extra leads", share::count(extra))}</dt><dd>"Free"</dd></div> })}
            {(quote.discount.minor != 0).then(|| row(discount, less(quote.discount), "total"))}
            {(quote.tax.minor != 0).then(|| row(tax, quote.tax, "total"))}
            {row("Total".to_owned(), quote.total, "total strong")}
            {(checkout.credit.minor != 0).then(|| row("Credit of your account".to_owned(), less(checkout.credit), "total"))}
            {(checkout.credit.minor != 0).then(|| row("To pay".to_owned(), checkout.due, "total strong"))}
        </dl>
    }
}

fn less(amount: Amount) -> Amount {
    Amount::new(-amount.minor, amount.currency)
}
