//! The supplier portal: which page a route is, and what stands around the pages of suppliers.

use leptos::prelude::*;
use tradepost_contract::users::Audience;

use crate::layout::guard::{Guard, Stage};
use crate::layout::portal::PortalShell;
use crate::pages::{deliveries, home, not_found, own, sign_in};
use crate::routes::{PortalRoute, Route};

/// The portal.
pub fn app() -> impl IntoView {
    around(page, || view! { <sign_in::SignIn /> }.into_any())
}

/// What stands around the pages of suppliers: the portal's, the shop's and the account's. `door` is what somebody sees there who is
/// not signed in.
pub(crate) fn around(page: fn(PortalRoute) -> Option<AnyView>, door: fn() -> AnyView) -> impl IntoView {
    let route = crate::layout::current_route();
    let stage = Guard::new(Audience::Supplier, route);
    crate::layout::follow(route);
    let shell = move || match stage.get() {
        Stage::Unknown => crate::layout::boot().into_any(),
        Stage::Public => view! { <main id="main">{door()}</main> }.into_any(),
        // Only staff have to, and their pages are elsewhere.
        Stage::Elsewhere | Stage::MustEnrol => {
            view! { <main id="main"><crate::pages::elsewhere::StaffAtThePortal /></main> }.into_any()
        }
        Stage::Inside => view! { <PortalShell route>{move || shown(page, route.get())}</PortalShell> }.into_any(),
    };
    view! { {shell} <crate::layout::Overlays route /> }
}

fn shown(page: fn(PortalRoute) -> Option<AnyView>, route: Option<Route>) -> AnyView {
    let found = match route {
        Some(Route::Portal(route)) => page(route),
        _ => None,
    };
    found.unwrap_or_else(|| view! { <not_found::NotFound /> }.into_any())
}

fn page(route: PortalRoute) -> Option<AnyView> {
    Some(match route {
        PortalRoute::Home => view! { <home::Home /> }.into_any(),
        PortalRoute::Leads => view! { <deliveries::list::Leads /> }.into_any(),
        PortalRoute::Lead(id) => view! { <deliveries::page::LeadPage id asks_return=false /> }.into_any(),
        PortalRoute::LeadReturn(id) => view! { <deliveries::page::LeadPage id asks_return=true /> }.into_any(),
        PortalRoute::Returns => view! { <own::returns::Returns /> }.into_any(),
        PortalRoute::Return(id) => view! { <own::return_page::ReturnPage id /> }.into_any(),
        PortalRoute::Orders => view! { <own::orders::Orders /> }.into_any(),
        PortalRoute::Order(id) => view! { <own::order::OrderPage id /> }.into_any(),
        PortalRoute::Invoices => view! { <own::invoices::Invoices /> }.into_any(),
        PortalRoute::Invoice(id) => view! { <own::invoice::InvoicePage id /> }.into_any(),
        PortalRoute::Statement => view! { <own::statement::StatementPage /> }.into_any(),
        PortalRoute::NextInvoice => view! { <own::statement::NextInvoicePage /> }.into_any(),
        PortalRoute::Help => view! { <own::help::Help /> }.into_any(),
        PortalRoute::Guidelines => view! { <own::guidelines::Guidelines /> }.into_any(),
        PortalRoute::Business
        | PortalRoute::Buy
        | PortalRoute::Checkout(_)
        | PortalRoute::Wallet
        | PortalRoute::Payments
        | PortalRoute::Payment(_)
        | PortalRoute::PaymentMethods
        | PortalRoute::Packages
        | PortalRoute::Cancel
        | PortalRoute::Plan
        | PortalRoute::Loyalty
        | PortalRoute::CallReport
        | PortalRoute::CalledLead(_)
        | PortalRoute::HandIn
        | PortalRoute::CallScript
        | PortalRoute::Security
        | PortalRoute::Team
        | PortalRoute::Integrations
        | PortalRoute::Webhook(_)
        | PortalRoute::MailPreferences
        | PortalRoute::Support
        | PortalRoute::Erasures
        | PortalRoute::AskSupport
        | PortalRoute::SupportTicket(_)
        | PortalRoute::Changes => return None,
    })
}
