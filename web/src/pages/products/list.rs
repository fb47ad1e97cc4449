//! The products.

use leptos::prelude::*;
use tradepost_contract::lead_products::{LeadProduct, ProductStatus};
use tradepost_contract::permissions::Permission;

use super::form::ProductForm;
use crate::api;
use crate::format::{money, words};
use crate::kit::list::{Card, Column, Filter, List, ListView, NAME_SORTS, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::PageHead;

/// All products.
#[component]
pub fn Products() -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let list = move || {
        round.track();
        let list = List::new("products", api::products::list_lead_products)
            .empty(
                "No products yet",
                "Make the first: what is sold, to how many, for how much.",
            )
            .link(|one: &LeadProduct| Some(Route::Console(ConsoleRoute::Product(one.id))))
            .filter(Filter::programme())
            .filter(Filter::choice(
                "status",
                "Status",
                ProductStatus::ALL.iter().map(|word| word.as_str()),
            ))
            .sorts(NAME_SORTS)
            .column(
                Column::text("name", "Product", |one: &LeadProduct| one.name.clone())
                    .on_card(Card::Title)
                    .sorted("name", Order::Ascending)
                    .turned("-name"),
            )
            .column(
                Column::new(
                    "status",
                    "Status",
                    |one: &LeadProduct| status_badge(one.status),
                    |one| one.status.label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("programme", "Programme", |one: &LeadProduct| {
                session::programme(one.programme_id)
                    .map(|programme| programme.name)
                    .unwrap_or_default()
            }))
            .column(Column::text("category", "Category", |one: &LeadProduct| {
                one.category.clone()
            }))
            .column(Column::text("exclusivity", "Sold", |one: &LeadProduct| {
                format!(
                    "{}, up to {}",
                    words::sentence(one.exclusivity.as_str()).to_lowercase(),
                    one.max_buyers
                )
            }))
            .column(Column::text("timing", "Timing", |one: &LeadProduct| {
                words::sentence(one.timing.as_str())
            }))
            .column(
                Column::new(
                    "price",
                    "Price",
                    |one: &LeadProduct| view! { <Money amount=one.price /> },
                    |one| money::decimal(one.price),
                )
                .numeric(),
            )
            .column(Column::text("code", "Code", |one: &LeadProduct| one.code.clone()).optional());
        view! { <ListView list /> }
    };
    view! {
        <PageHead title="Products">
            {session::may(Permission::ProductsWrite).then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New product"</Button></div> })}
        </PageHead>
        {list}
        <Dialog open title=Signal::stored("New product".to_owned()) class="drawer"><ProductForm product=None open done=Callback::new(move |()| round.update(|round| *round += 1)) /></Dialog>
    }
}
