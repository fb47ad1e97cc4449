//! The coupon of a checkout: typed in exactly, refused on its field, taken off again (R36, R37).

use leptos::prelude::*;
use tradepost_contract::checkouts::{Checkout, UpdateCheckout};

use crate::api;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;

/// The coupon.
#[component]
pub fn Coupon(
    /// The checkout.
    checkout: Checkout,
    /// Where its changes go.
    changed: Callback<Checkout>,
) -> impl IntoView {
    let form = Form::new("coupon");
    let code = form.field("/coupon", "");
    let (id, version) = (checkout.id, checkout.version);
    let busy = Signal::derive(move || form.is_busy());
    let change = move |coupon: Option<String>, said: &'static str| {
        let body = UpdateCheckout {
            coupon: Some(coupon),
            ..UpdateCheckout::default()
        };
        form.submit(
            move |key| async move { api::checkouts::update_checkout(id, version, &body, &key).await },
            move |checkout| {
                toast::done(said);
                changed.run(checkout);
            },
        );
    };
    if let Some(used) = checkout.coupon {
        let shown = used.clone();
        let take_off = Callback::new(move |()| {
            confirm(
                format!("Take {used} off?"),
                "The price is higher without it. Depending on the seller's rules it may not be used a second time.",
                "Take it off",
                false,
                move || change(None, "Taken off"),
            );
        });
        return view! {
            <div class="coupon-used"><span>"Coupon "<strong>{shown}</strong>" is used."</span><Button look=Look::Quiet on_click=take_off busy>"Take it off"</Button></div>
            <FormProblem form />
        }
        .into_any();
    }
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // Blanks count (R36), so what was typed is sent as it is.
        let typed = code.value.get_untracked();
        if typed.is_empty() {
            form.refuse(vec![code.refusal("required", "Type the code in.")]);
            return;
        }
        change(Some(typed), "The coupon is used");
    };
    view! {
        <form class="coupon" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=code label="Code" hint="Exactly as it is written: capital letters and dashes count." />
            <Button submit=true busy>"Use it"</Button>
        </form>
    }
    .into_any()
}
