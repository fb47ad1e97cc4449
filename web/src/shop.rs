//! The shop: where suppliers buy leads and see what they paid, and where those whose leads are called follow that. A
//! program of its own with the portal's shell around it, so that whoever works on leads does not load it.

use leptos::prelude::*;

use crate::pages::own;
use crate::portal::around;
use crate::routes::PortalRoute;

/// The shop.
pub fn app() -> impl IntoView {
    // Nobody without a session is shown a page here: the guard takes them to the sign-in page.
    around(page, || crate::layout::boot().into_any())
}

fn page(route: PortalRoute) -> Option<AnyView> {
    Some(match route {
        PortalRoute::Buy => view! { <own::checkout::buy::Buy /> }.into_any(),
        PortalRoute::Checkout(id) => view! { <own::checkout::page::CheckoutPage id /> }.into_any(),
        PortalRoute::Wallet => view! { <own::wallet::WalletPage /> }.into_any(),
        PortalRoute::Payments => view! { <own::payments::Payments /> }.into_any(),
        PortalRoute::Payment(id) => view! { <own::payments::PaymentPage id /> }.into_any(),
        PortalRoute::Packages => view! { <own::packages::PackagesPage /> }.into_any(),
        PortalRoute::Plan => view! { <own::plan::PlanPage /> }.into_any(),
        PortalRoute::CallReport => view! { <own::calls::report::CallReportPage /> }.into_any(),
        PortalRoute::CalledLead(id) => view! { <own::calls::lead::CalledLeadPage id /> }.into_any(),
        PortalRoute::HandIn => view! { <own::calls::hand_in::HandInPage /> }.into_any(),
        PortalRoute::CallScript => view! { <own::calls::script::CallScriptPage /> }.into_any(),
        PortalRoute::Loyalty => view! { <own::loyalty::LoyaltyPage /> }.into_any(),
        _ => return None,
    })
}
