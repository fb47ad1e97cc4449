//! Ordering leads: what is wanted. The price, with tax and coupon, is quoted on the next page.

use leptos::prelude::*;
use tradepost_contract::checkouts::Checkout;
use tradepost_contract::storefronts::Storefront;

use super::fields::{OrderControls, OrderFields};
use super::{Unfinished, may_buy};
use crate::api;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::router;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::page::PageHead;
use crate::ui::problem::{FormProblem, Notice};

/// What is sold, and the businesses to buy for.
pub type Shop = (Storefront, Vec<(String, String)>);

/// Reads what an order needs to know.
pub async fn shop() -> api::Result<Shop> {
    let me = session::me();
    let Some(account) = me.as_ref().and_then(|me| me.supplier.as_ref()) else {
        return Err(api::Failure::SignedOut);
    };
    let storefront = api::storefronts::get_supplier_storefront(account.id);
    let businesses = api::suppliers::list_businesses(account.id, ListQuery::first(100).with("status", "active"));
    let (storefront, businesses) = futures_util::future::try_join(storefront, businesses).await?;
    let businesses = businesses.data.into_iter().map(|one| (one.id.to_string(), one.name));
    Ok((storefront, businesses.collect()))
}

/// Where leads are ordered.
#[component]
pub fn Buy() -> impl IntoView {
    let back = (Route::Portal(PortalRoute::Orders).path(), "Orders");
    if !may_buy() {
        return view! {
            <PageHead title="Order leads" back />
            <Notice tone=Tone::Neutral><p>"Your account manager places the orders with you; the card says how to reach them."</p></Notice>
        }
        .into_any();
    }
    let shop = Loader::new(shop);
    view! {
        <PageHead title="Order leads" back />
        <Unfinished />
        <Loaded loader=shop let:shop><NewOrder shop /></Loaded>
    }
    .into_any()
}

#[component]
fn NewOrder(shop: Shop) -> impl IntoView {
    let (storefront, businesses) = shop;
    let form = Form::new("buy");
    let wanted = router::address().with_untracked(|address| address.query.get("product").map(str::to_owned));
    let first = || storefront.products.first().map(|product| product.id.to_string());
    let product = wanted.or_else(first).unwrap_or_default();
    let business = businesses.first().map(|one| one.0.clone()).unwrap_or_default();
    let fields = OrderFields::new(form, &business, &product, None);
    let products = StoredValue::new(storefront.products.clone());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let wanted = products.with_value(|products| fields.read(products, &mut wrong));
        if form.refuse(wrong) {
            return;
        }
        let Some(wanted) = wanted else { return };
        let body = wanted.create();
        form.submit(
            move |key| async move { api::checkouts::create_checkout(&body, &key).await },
            |checkout: Checkout| router::navigate(&Route::Portal(PortalRoute::Checkout(checkout.id)).path()),
        );
    };
    view! {
        <form class="panel shop-form" on:submit=send novalidate>
            <FormProblem form />
            <OrderControls fields storefront businesses />
            <Button look=Look::Primary submit=true icon=icondata_lu::LuArrowRight busy=Signal::derive(move || form.is_busy())>"Go on to the price"</Button>
        </form>
    }
}
