//! The taxes of an invoice and what they want said.

use leptos::prelude::*;
use tradepost_contract::invoices::InvoiceTax;
use tradepost_contract::policy::{TaxPrices, TaxTreatment};

use super::money::Money;
use crate::format::share;

/// What a tax is called, with its rate where it has one.
pub fn name(tax: &InvoiceTax) -> String {
    match tax.treatment {
        TaxTreatment::Charged => format!("{} {}", tax.label, share::percent(Some(tax.rate))),
        TaxTreatment::ReverseCharge => format!("{} reverse charge", tax.label),
        TaxTreatment::Exempt => tax.label.clone(),
    }
}

/// The taxes as rows of totals: each with what it is on, where there are several.
#[component]
pub fn TaxRows(
    /// The taxes.
    taxes: Vec<InvoiceTax>,
) -> impl IntoView {
    let several = taxes.len() > 1;
    taxes
        .into_iter()
        .map(|tax| {
            let (text, net) = (name(&tax), tax.net);
            view! {
                <div class="total">
                    <dt>{text}{several.then(|| view! { <small class="muted">" on "<Money amount=net /></small> })}</dt>
                    <dd><Money amount=tax.tax /></dd>
                </div>
            }
        })
        .collect_view()
}

/// The sentences that the taxes want on the invoice.
#[component]
pub fn TaxNotes(
    /// The taxes.
    taxes: Vec<InvoiceTax>,
) -> impl IntoView {
    taxes
        .into_iter()
        .flat_map(|tax| {
            let inclusive = (tax.prices == TaxPrices::Inclusive).then(|| format!("Prices include {}.", name(&tax)));
            tax.note.into_iter().chain(inclusive)
        })
        .map(|note| view! { <p class="muted tax-note">{note}</p> })
        .collect_view()
}
