//! One product.

use leptos::prelude::*;
use tradepost_contract::LeadProductId;
use tradepost_contract::lead_products::LeadProduct;
use tradepost_contract::permissions::Permission;

use super::form::ProductForm;
use crate::api;
use crate::format::{json, words};
use crate::kit::list::ListView;
use crate::kit::load::{Loaded, Loader};
use crate::pages::orders::list::orders_of;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};

/// One product.
#[component]
pub fn ProductPage(
    /// Which.
    id: LeadProductId,
) -> impl IntoView {
    let product = Loader::new(move || api::products::get_lead_product(id));
    view! {
        <Loaded loader=product let:found><Body product=found reload=Callback::new(move |()| product.reload()) /></Loaded>
        <h2 class="section-head">"Orders for it"</h2>
        <ListView list=orders_of("product-orders", move |query| api::orders::list_orders(query.with("product_id", id.to_string()))) />
    }
}

#[component]
fn Body(product: LeadProduct, reload: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let edited = product.clone();
    let rules = product
        .policy_override
        .as_ref()
        .filter(|value| !json::leaves(value).is_empty())
        .map(|value| {
            json::leaves(value)
                .into_iter()
                .map(|(pointer, value)| view! { <Fact name=json::readable(&pointer)>{json::line(&value)}</Fact> })
                .collect_view()
        });
    view! {
        <PageHead title=product.name back=(Route::Console(ConsoleRoute::Products).path(), "Products") subtitle=session::programme(product.programme_id).map(|programme| programme.name).unwrap_or_default()>
            {status_badge(product.status)}
            <div class="verdicts">{session::may(Permission::ProductsWrite).then(|| view! { <Button on_click=Callback::new(move |()| open.set(true))>"Edit"</Button> })}</div>
        </PageHead>
        <div class="columns">
            <Panel title="What is sold">
                <Facts>
                    <Fact name="Price"><Money amount=product.price />" a lead"</Fact>
                    <Fact name="Sold">{format!("{}, to up to {}", words::sentence(product.exclusivity.as_str()).to_lowercase(), product.max_buyers)}</Fact>
                    <Fact name="Timing">{words::sentence(product.timing.as_str())}</Fact>
                    <Fact name="Category">{product.category}</Fact>
                    {product.eta_text.map(|text| view! { <Fact name="What suppliers read">{text}</Fact> })}
                    <Fact name="Code"><code>{product.code}</code></Fact>
                </Facts>
            </Panel>
            <Panel title="Rules of its own">
                {match rules { Some(rules) => view! { <Facts>{rules}</Facts> }.into_any(), None => view! { <p class="panel-none">"None: the programme's rules hold."</p> }.into_any() }}
            </Panel>
        </div>
        <Dialog open title=Signal::stored("Edit the product".to_owned()) class="drawer"><ProductForm product=Some(edited.clone()) open done=reload /></Dialog>
    }
}
