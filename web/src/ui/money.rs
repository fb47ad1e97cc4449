//! An amount.

use leptos::prelude::*;

/// An amount in figures of one width.
#[component]
pub fn Money(
    /// The amount.
    amount: tradepost_contract::Money,
) -> impl IntoView {
    view! { <data class="figures" value=crate::format::money::decimal(amount)>{crate::format::money::text(amount)}</data> }
}
