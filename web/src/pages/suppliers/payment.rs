//! How a supplier pays: its stored ways to pay, when it is collected from, and its payments.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;

use crate::api;
use crate::kit::list::{List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::methods::MethodsView;
use crate::pages::payments::list::columns;
use crate::routes::{ConsoleRoute, Route};

/// The tab of a supplier's page.
#[component]
pub(super) fn PaymentTab(id: SupplierId) -> impl IntoView {
    let terms = Loader::new(move || api::terms::get_supplier_policy(id));
    let back = format!("{}?tab=payment", Route::Console(ConsoleRoute::Supplier(id)).path());
    let list = columns(List::new("supplier-payments", move |query| {
        api::payments::list_payments(query.with("supplier_id", id.to_string()))
    }))
    .empty("No payments yet", "They appear here when money comes, or is asked for.");
    view! {
        <Loaded loader=terms shape=Shape::Tile let:terms><MethodsView supplier=id terms=terms.policy back=back.clone() /></Loaded>
        <h2 class="section-head">"Payments"</h2>
        <ListView list />
    }
}
