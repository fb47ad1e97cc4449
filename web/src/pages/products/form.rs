//! Making and editing a product.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::lead_products::{
    CreateLeadProduct, Exclusivity, LeadProduct, ProductStatus, ProductTiming, UpdateLeadProduct,
};

use crate::api;
use crate::format::{money, words};
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

#[component]
pub(super) fn ProductForm(product: Option<LeadProduct>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("product");
    let of = |get: fn(&LeadProduct) -> String| product.as_ref().map(get).unwrap_or_default();
    let programme = form.field("/programme_id", of(|one| one.programme_id.to_string()));
    let code = form.field("/code", of(|one| one.code.clone()));
    let name = form.field("/name", of(|one| one.name.clone()));
    let category = form.field("/category", of(|one| one.category.clone()));
    let exclusivity = form.field("/exclusivity", of(|one| one.exclusivity.as_str().to_owned()));
    let timing = form.field("/timing", of(|one| one.timing.as_str().to_owned()));
    let most = form.field("/max_buyers", of(|one| one.max_buyers.to_string()));
    let price = form.field("/price", of(|one| money::decimal(one.price)));
    let eta = form.field("/eta_text", of(|one| one.eta_text.clone().unwrap_or_default()));
    let status = form.field("/status", of(|one| one.status.as_str().to_owned()));
    let edited = product.as_ref().map(|one| (one.id, one.version, one.price.currency));
    let is_new = edited.is_none();
    let said = move |answer: LeadProduct| {
        toast::done(format!("{} saved", answer.name));
        open.set(false);
        done.run(());
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let chosen = programme.text().parse().ok().and_then(session::programme);
        let currency = edited
            .map(|(.., currency)| currency)
            .or(chosen.as_ref().map(|programme| programme.currency));
        let mut wrong = Vec::new();
        if currency.is_none() {
            wrong.push(programme.refusal("required", "Choose the programme."));
        }
        let amount = currency.and_then(|currency| money::parse(&price.text(), currency));
        if amount.is_none() {
            wrong.push(price.refusal("invalid", "An amount such as 45.00."));
        }
        let (sold, when) = (
            exclusivity.text().parse::<Exclusivity>().ok(),
            timing.text().parse::<ProductTiming>().ok(),
        );
        if is_new && sold.is_none() {
            wrong.push(exclusivity.refusal("required", "Choose."));
        }
        if is_new && when.is_none() {
            wrong.push(timing.refusal("required", "Choose."));
        }
        if form.refuse(wrong) {
            return;
        }
        let Some(amount) = amount else { return };
        match (edited, chosen, sold, when) {
            (Some((id, version, _)), ..) => {
                let body = UpdateLeadProduct {
                    name: Some(name.text()),
                    max_buyers: most.text().parse().ok(),
                    price: Some(amount),
                    eta_text: Some(eta.optional()),
                    status: status.text().parse::<ProductStatus>().ok(),
                    ..UpdateLeadProduct::default()
                };
                form.submit(
                    move |key| async move { api::products::update_lead_product(id, version, &body, &key).await },
                    said,
                );
            }
            (None, Some(programme), Some(exclusivity), Some(timing)) => {
                let body = CreateLeadProduct {
                    programme_id: programme.id,
                    code: code.text(),
                    name: name.text(),
                    category: category.text(),
                    exclusivity,
                    max_buyers: most.text().parse().ok(),
                    timing,
                    price: amount,
                    eta_text: eta.optional(),
                    policy_override: None,
                };
                form.submit(
                    move |key| async move { api::products::create_lead_product(&body, &key).await },
                    said,
                );
            }
            (None, ..) => {}
        }
    };
    let words_of = |words: Vec<&'static str>| {
        words
            .into_iter()
            .map(|word| (word.to_owned(), words::sentence(word)))
            .collect::<Vec<_>>()
    };
    let programmes = session::programmes()
        .into_iter()
        .map(|programme| (programme.id.to_string(), programme.name))
        .collect();
    let exclusivities = words_of(Exclusivity::ALL.iter().map(|word| word.as_str()).collect());
    let timings = words_of(ProductTiming::ALL.iter().map(|word| word.as_str()).collect());
    let statuses = words_of(ProductStatus::ALL.iter().map(|word| word.as_str()).collect());
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            {is_new.then(|| view! { <Select field=programme label="Programme" options=programmes /> })}
            <TextField field=name label="Name" />
            {is_new.then(|| view! {
                <div class="form-grid"><TextField field=code label="Code" hint="Small letters and hyphens; it never changes." /><TextField field=category label="Category" /></div>
                <div class="form-grid"><Select field=exclusivity label="Sold" options=exclusivities /><Select field=timing label="Timing" options=timings /></div>
            })}
            <div class="form-grid">
                <TextField field=price label="Price a lead" hint="For orders from now on; orders that stand keep theirs." />
                <TextField field=most label="Buyers at most" kind="number" optional=true />
            </div>
            <TextField field=eta label="What suppliers read about timing" optional=true />
            {(!is_new).then(|| view! { <Select field=status label="Status" options=statuses /> })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save the product"</Button>
            </div>
        </form>
    }
}
