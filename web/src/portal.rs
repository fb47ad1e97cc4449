//! The supplier portal: which page a route is.

use leptos::prelude::*;
use tradepost_contract::users::Audience;

use crate::layout::guard::{Guard, Stage};
use crate::layout::portal::PortalShell;
use crate::pages::{deliveries, home, planned, sign_in};
use crate::routes::{PortalRoute, Route};

/// The portal.
pub fn app() -> impl IntoView {
    let route = crate::layout::current_route();
    let stage = Guard::new(Audience::Supplier, route);
    crate::layout::follow(route);
    let shell = move || match stage.get() {
        Stage::Unknown => crate::layout::boot().into_any(),
        Stage::Public => view! { <main id="main"><sign_in::SignIn /></main> }.into_any(),
        Stage::Elsewhere => view! { <main id="main"><crate::pages::elsewhere::StaffAtThePortal /></main> }.into_any(),
        Stage::Inside => view! { <PortalShell route>{move || page(route.get())}</PortalShell> }.into_any(),
    };
    view! { {shell} <crate::layout::Overlays route /> }
}

fn page(route: Option<Route>) -> AnyView {
    let Some(Route::Portal(route)) = route else {
        return view! { <planned::NotFound /> }.into_any();
    };
    match route {
        PortalRoute::Home => view! { <home::Home /> }.into_any(),
        PortalRoute::Leads => view! { <deliveries::list::Leads /> }.into_any(),
        PortalRoute::Lead(id) => view! { <deliveries::page::LeadPage id asks_return=false /> }.into_any(),
        PortalRoute::LeadReturn(id) => view! { <deliveries::page::LeadPage id asks_return=true /> }.into_any(),
        PortalRoute::Returns
        | PortalRoute::Return(_)
        | PortalRoute::Orders
        | PortalRoute::Order(_)
        | PortalRoute::Invoices
        | PortalRoute::Invoice(_)
        | PortalRoute::Business
        | PortalRoute::Help => view! { <planned::Planned title=route.title() /> }.into_any(),
    }
}
