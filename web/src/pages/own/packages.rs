//! The packages of the supplier's own businesses.

use leptos::prelude::*;

use super::statement::{nobody, own_account};
use crate::pages::account::packages::PackagesView;
use crate::routes::{PortalRoute, Route};
use crate::ui::page::PageHead;

/// The packages that run and wait, and those it had.
#[component]
pub fn PackagesPage() -> impl IntoView {
    let methods = Route::Portal(PortalRoute::PaymentMethods).path();
    let body = match own_account() {
        Some(supplier) => view! { <PackagesView supplier methods /> }.into_any(),
        None => nobody(),
    };
    view! {
        <PageHead title="Packages" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle="The leads your businesses have committed to." />
        {body}
    }
}
