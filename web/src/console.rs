//! The staff console: which page a route is.

use leptos::prelude::*;
use tradepost_contract::users::Audience;

use crate::layout::console::ConsoleShell;
use crate::layout::guard::{Guard, Stage};
use crate::pages::{gallery, planned, queues, return_requests, suppliers};
use crate::routes::{ConsoleRoute, Route};

/// The console.
pub fn app() -> impl IntoView {
    let route = crate::layout::current_route();
    let stage = Guard::new(Audience::Staff, route);
    crate::layout::follow(route);
    let shell = move || match stage.get() {
        // Signing in is the portal's page; the guard is on its way there.
        Stage::Public if route.get() == Some(Route::Gallery) => {
            view! { <main id="main"><gallery::Gallery /></main> }.into_any()
        }
        Stage::Unknown | Stage::Public => crate::layout::boot().into_any(),
        Stage::Elsewhere => {
            view! { <main id="main"><crate::pages::elsewhere::SupplierAtTheConsole /></main> }.into_any()
        }
        Stage::Inside => view! { <ConsoleShell route>{move || page(route.get())}</ConsoleShell> }.into_any(),
    };
    view! { {shell} <crate::layout::Overlays route /> }
}

fn page(route: Option<Route>) -> AnyView {
    let Some(Route::Console(route)) = route else {
        return view! { <planned::NotFound /> }.into_any();
    };
    match route {
        ConsoleRoute::Home => view! { <queues::Queues /> }.into_any(),
        ConsoleRoute::Returns => view! { <return_requests::queue::ReturnsQueue /> }.into_any(),
        ConsoleRoute::Suppliers => view! { <suppliers::list::Suppliers /> }.into_any(),
        other => view! { <planned::Planned title=other.title() /> }.into_any(),
    }
}
