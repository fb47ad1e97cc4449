//! Opening an account: what the seller sells, who the buyer is, and a password of their own (R51).

use leptos::prelude::*;
use tradepost_contract::auth::SecretText;
use tradepost_contract::sign_ups::{SignUp, SignUpNext};
use tradepost_contract::storefronts::{Storefront, StorefrontProduct};

use crate::api;
use crate::format::{money, words};
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::layout::theme::ThemeToggle;
use crate::router;
use crate::routes;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::{FieldFrame, TextField, described_by};
use crate::ui::logo::Logo;
use crate::ui::page::HEADING;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;

/// The page where a new buyer opens an account. The guard leads on from it to the order.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let programme = router::address().with_untracked(|address| address.query.get("programme").map(str::to_owned));
    let Some(slug) = programme else {
        return view! {
            <Door>
                <h1 id=HEADING tabindex="-1">"Open an account"</h1>
                <p class="door-text">"Accounts are opened with a seller. Please follow the link on the seller's own site."</p>
                <p><a href=routes::Route::SignIn.path()>"Sign in"</a></p>
            </Door>
        }
        .into_any();
    };
    let storefront = Loader::new(move || {
        let slug = slug.clone();
        async move { api::storefronts::get_storefront(&slug).await }
    });
    view! { <Door><Loaded loader=storefront let:storefront><Application storefront /></Loaded></Door> }.into_any()
}

#[component]
fn Door(children: Children) -> impl IntoView {
    view! {
        <div class="door shop-door">
            <div class="door-corner"><ThemeToggle /></div>
            <div class="door-card"><Logo />{children()}</div>
        </div>
    }
}

/// What one kind of leads is, in a line.
pub fn about(product: &StorefrontProduct) -> String {
    use tradepost_contract::lead_products::Exclusivity;
    let buyers = match product.exclusivity {
        Exclusivity::Exclusive => "Only you get each lead".to_owned(),
        Exclusivity::Shared => format!("Up to {} buyers a lead", product.max_buyers),
    };
    match &product.eta_text {
        Some(eta) => format!("{} a lead. {buyers}. {eta}", money::text(product.price)),
        None => format!("{} a lead. {buyers}.", money::text(product.price)),
    }
}

/// The products to choose from: the word, the name, and a line about each.
pub fn choices(products: &[StorefrontProduct]) -> Vec<(String, String, String)> {
    products
        .iter()
        .map(|product| (product.id.to_string(), product.name.clone(), about(product)))
        .collect()
}

#[component]
fn Application(storefront: Storefront) -> impl IntoView {
    let form = Form::new("sign-up");
    let wanted = router::address().with_untracked(|address| address.query.get("product").map(str::to_owned));
    let first = || storefront.products.first().map(|product| product.id.to_string());
    let product = form.field("/product", wanted.or_else(first).unwrap_or_default());
    let name = form.field("/name", "");
    let email = form.field("/email", "");
    let password = form.field("/password", "");
    let company = form.field("/company", "");
    let address = form.field("/address", "");
    let country = form.field("/country", storefront.country.clone());
    let phone = form.field("/phone", "");
    let terms = form.field("/terms_accepted", "");
    let known = RwSignal::new(false);
    let slug = StoredValue::new(storefront.slug.clone());
    // The order that was chosen here is the one that the buyer goes on with.
    Effect::new(move |_| {
        let mut address = router::address().get_untracked();
        address.query.set("product", Some(&product.value.get()));
        router::replace(&address.query.behind(&address.path));
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let needed = [
            (name, "Your name, please."),
            (email, "The e-mail address that you sign in with."),
            (company, "The company's name."),
            (address, "Its postal address, as it stands on invoices."),
        ];
        let mut wrong: Vec<_> = needed
            .into_iter()
            .filter(|(field, _)| field.text().is_empty())
            .map(|(field, text)| field.refusal("required", text))
            .collect();
        if password.value.with_untracked(String::is_empty) {
            wrong.push(password.refusal("required", "A password of your own."));
        }
        if terms.text().is_empty() {
            wrong.push(terms.refusal("required", "Please accept the terms first."));
        }
        if form.refuse(wrong) {
            return;
        }
        let body = SignUp {
            programme: slug.get_value(),
            name: name.text(),
            email: email.text(),
            password: SecretText::new(password.value.get_untracked()),
            company: company.text(),
            address: address.text(),
            country: country.optional().map(|code| code.to_uppercase()),
            phone: phone.optional(),
            terms_accepted: true,
        };
        known.set(false);
        form.submit(
            move |_| async move { session::sign_up(&body).await },
            move |next| {
                if next == SignUpNext::SignIn {
                    known.set(true);
                    crate::browser::show("sign-up-known");
                }
            },
        );
    };
    let sign_in = move || routes::sign_in_and_return(&routes::buy(Some(&product.value.get())));
    let options = choices(&storefront.products);
    let brand = storefront.name.clone();
    view! {
        <h1 id=HEADING tabindex="-1">{format!("Order leads from {}", storefront.name)}</h1>
        <p class="door-text">"Choose what you want, open an account, and pay. "<a href=sign_in>"I have an account"</a></p>
        <div id="sign-up-known">
            {move || known.get().then(|| view! {
                <Notice tone=Tone::Warn><strong>"Please sign in"</strong><p>"This e-mail address belongs to an account already. "<a href=sign_in>"Sign in to go on"</a></p></Notice>
            })}
        </div>
        <form on:submit=send novalidate>
            <FormProblem form />
            <Radios field=product label="What would you like to buy?" options />
            <div class="form-grid">
                <TextField field=name label="Your name" autocomplete="name" />
                <TextField field=company label="Company" autocomplete="organization" />
            </div>
            <TextField field=address label="Postal address" hint="As it stands on your invoices." autocomplete="street-address" />
            <div class="form-grid">
                <TextField field=country label="Country" hint="Two letters, such as US." autocomplete="country" />
                <TextField field=phone label="Phone" kind="tel" autocomplete="tel" optional=true />
            </div>
            <TextField field=email label="E-mail" kind="email" hint="You sign in with it, and we write to it." autocomplete="username" />
            <TextField field=password label="Password" kind="password" hint="At least 12 characters; capital letters matter." autocomplete="new-password" />
            <FieldFrame field=terms label="Terms">
                <label class="check">
                    <input type="checkbox" id=terms.id() aria-describedby=described_by(terms, false)
                        prop:checked=move || !terms.value.get().is_empty()
                        on:change:target=move |event| terms.value.set(if event.target().checked() { "yes".to_owned() } else { String::new() }) />
                    <span>{format!("I accept the terms of {}.", words::sentence(&brand))}</span>
                </label>
            </FieldFrame>
            <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Open the account and go on"</Button>
        </form>
        <p class="door-text shop-foot">{format!("On your card statement: {}. Questions: {}", storefront.descriptor, storefront.support_email)}</p>
    }
}
