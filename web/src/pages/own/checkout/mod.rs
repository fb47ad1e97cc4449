//! Ordering leads and paying for them: what is wanted (`buy`), and the checkout from its price to the
//! confirmation (`page`), which can be left and taken up again while its time lasts.

pub mod buy;
pub mod coupon;
pub mod fields;
pub mod page;
pub mod paying;
pub mod summary;

use leptos::prelude::*;
use tradepost_contract::checkouts::Checkout;
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::format::share;
use crate::kit::list::ListQuery;
use crate::kit::load::Loader;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::money::Money;
use crate::ui::page::Panel;

/// Whether the person here orders leads.
pub fn may_buy() -> bool {
    session::terms().is_some_and(|terms| terms.policy.sells()) && session::may(Permission::OrdersWrite)
}

/// The checkouts that are not over, to be taken up again; nothing where there is none.
#[component]
pub fn Unfinished() -> impl IntoView {
    let found = Loader::new(|| async {
        let query = ListQuery::first(10).with("status", "open,awaiting_payment");
        Ok(api::checkouts::list_checkouts(query).await?.data)
    });
    // Nothing stands in its place while it is read: most buyers have none.
    move || found.get().map(|found| view! { <Rows found /> })
}

#[component]
fn Rows(found: Vec<Checkout>) -> impl IntoView {
    let rows = found
        .iter()
        .map(|checkout| {
            let href = Route::Portal(PortalRoute::Checkout(checkout.id)).path();
            let what = format!(
                "{} leads for {}",
                share::count(checkout.order_quantity),
                checkout.business_name
            );
            view! {
                <li><a class="row-item" href=href>
                    <span class="row-text"><strong>{checkout.product_name.clone()}</strong><small>{what}</small></span>
                    <span class="row-side"><Money amount=checkout.due />{status_badge(checkout.status)}</span>
                </a></li>
            }
        })
        .collect_view();
    (!found.is_empty()).then(|| view! { <Panel title="Not paid yet"><ul class="rows">{rows}</ul></Panel> })
}
