//! The shop: where suppliers buy leads and say how they pay, and where those whose leads are called follow that. A program of its own with the portal's shell around it,
//! so that whoever works on leads does not load it.

use leptos::prelude::*;

use tradepost_contract::access_links::AccessPurpose;

use crate::pages::{access, own, sign_up};
use crate::portal::around;
use crate::router;
use crate::routes::{PortalRoute, Route};

/// The shop.
pub fn app() -> impl IntoView {
    around(page, door)
}

/// What somebody sees who is not signed in, or who holds a link that lets somebody in.
fn door() -> AnyView {
    let path = router::address().with_untracked(|address| address.path.clone());
    match Route::parse(&path) {
        Some(Route::ForgotPassword) => view! { <access::ForgotPasswordPage /> }.into_any(),
        Some(Route::ResetPassword) => view! { <access::ChoosePasswordPage purpose=AccessPurpose::Reset /> }.into_any(),
        Some(Route::AcceptInvitation) => {
            view! { <access::ChoosePasswordPage purpose=AccessPurpose::Invitation /> }.into_any()
        }
        _ => view! { <sign_up::SignUpPage /> }.into_any(),
    }
}

fn page(route: PortalRoute) -> Option<AnyView> {
    Some(match route {
        PortalRoute::Buy => view! { <own::checkout::buy::Buy /> }.into_any(),
        PortalRoute::Checkout(id) => view! { <own::checkout::page::CheckoutPage id /> }.into_any(),
        PortalRoute::Wallet => view! { <own::wallet::WalletPage /> }.into_any(),
        PortalRoute::Payments => view! { <own::payments::Payments /> }.into_any(),
        PortalRoute::Payment(id) => view! { <own::payments::PaymentPage id /> }.into_any(),
        PortalRoute::PaymentMethods => view! { <own::payment_methods::PaymentMethodsPage /> }.into_any(),
        PortalRoute::Packages => view! { <own::packages::PackagesPage /> }.into_any(),
        PortalRoute::Plan => view! { <own::plan::PlanPage /> }.into_any(),
        PortalRoute::Cancel => view! { <own::cancel::CancelPage /> }.into_any(),
        PortalRoute::CallReport => view! { <own::calls::report::CallReportPage /> }.into_any(),
        PortalRoute::CalledLead(id) => view! { <own::calls::lead::CalledLeadPage id /> }.into_any(),
        PortalRoute::HandIn => view! { <own::calls::hand_in::HandInPage /> }.into_any(),
        PortalRoute::CallScript => view! { <own::calls::script::CallScriptPage /> }.into_any(),
        PortalRoute::Loyalty => view! { <own::loyalty::LoyaltyPage /> }.into_any(),
        PortalRoute::Changes => view! { <own::changes::ChangesPage /> }.into_any(),
        PortalRoute::Support => view! { <own::support::SupportPage /> }.into_any(),
        PortalRoute::Erasures => view! { <own::erasures::ErasuresPage /> }.into_any(),
        PortalRoute::AskSupport => view! { <own::support::AskSupportPage /> }.into_any(),
        PortalRoute::SupportTicket(id) => view! { <own::support::SupportTicketPage id /> }.into_any(),
        _ => return None,
    })
}
