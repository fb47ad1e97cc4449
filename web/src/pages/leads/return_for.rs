//! A return that staff ask for on a supplier's behalf, after the window too where they may (R73).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::DeliveryId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::return_requests::{CreateReturnRequest, ReturnOptions};

use crate::api;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextArea;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Select;

/// The button and its drawer.
#[component]
pub(super) fn ReturnFor(id: DeliveryId, done: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="button quiet small" on:click=move |_| open.set(true)>"Return for them…"</button>
        <Dialog open title=Signal::stored("Return on the supplier's behalf".to_owned()) class="drawer"><Options id open done /></Dialog>
    }
}

#[component]
fn Options(id: DeliveryId, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let options = Loader::new(move || api::deliveries::get_return_options(id));
    view! { <Loaded loader=options let:options><Body options open done /></Loaded> }
}

#[component]
fn Body(options: ReturnOptions, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let overrides = session::may(Permission::ReturnsOverride);
    let late = !options.returnable;
    if late && !overrides {
        let message = options
            .message
            .unwrap_or_else(|| "It cannot be returned any more.".to_owned());
        return view! { <div class="drawer-content"><Notice tone=Tone::Warn>{message}</Notice></div> }.into_any();
    }
    let form = Form::new("return-for");
    let reason = form.field("/reason", "");
    let note = form.field("/note", "");
    let why = form.field("/override_reason", "");
    let id = options.delivery_id;
    let reasons = options
        .reasons
        .iter()
        .map(|one| (one.code.clone(), one.label.clone()))
        .collect();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut refusals = Vec::new();
        if reason.text().is_empty() {
            refusals.push(reason.refusal("required", "Choose the reason that fits."));
        }
        if late && why.text().is_empty() {
            refusals.push(why.refusal("required", "Say why it is taken after the window."));
        }
        if form.refuse(refusals) {
            return;
        }
        let body = CreateReturnRequest {
            delivery_id: id,
            reason: reason.text(),
            note: note.optional(),
            channel: None,
            override_reason: why.optional(),
        };
        form.submit(
            move |key| async move { api::return_requests::create_return_request(&body, &key).await },
            move |_| {
                toast::done("The return was asked for; somebody else decides it");
                open.set(false);
                done.run(());
            },
        );
    };
    let message = options.message.clone();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            {late.then(|| view! { <Notice tone=Tone::Warn>{message}" You may take it all the same, with a reason."</Notice> })}
            <FormProblem form />
            <Select field=reason label="Reason" options=reasons />
            <TextArea field=note label="What the supplier says" limit=2000 optional=true />
            {late.then(|| view! { <TextArea field=why label="Why after the window" hint="Kept in the audit trail." limit=500 /> })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Ask for the return"</Button>
            </div>
        </form>
    }
    .into_any()
}
