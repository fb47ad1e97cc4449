//! What was sent to a target, with each attempt.

use leptos::prelude::*;
use tradepost_contract::delivery_targets::{DeliveryTarget, LeadForward};
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::WebhookDeliveryStatus;
use tradepost_contract::{DeliveryTargetId, Page, WebhookDeliveryId};

use crate::api;
use crate::browser;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::webhooks::log::{Attempt, outcome};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::time::{Shown, Time};

/// The latest leads; only those that did not arrive where one asks for them.
#[component]
pub fn Log(
    /// Of which target.
    id: DeliveryTargetId,
    /// With it the log is read anew.
    loader: Loader<DeliveryTarget>,
) -> impl IntoView {
    let only = RwSignal::new("");
    let log: Loader<Page<LeadForward>> = Loader::new(move || {
        let _ = loader.get();
        let query = match only.get() {
            "" => ListQuery::first(50),
            word => ListQuery::first(50).with("status", word),
        };
        api::delivery_targets::list_forwards(id, query)
    });
    let reload = Callback::new(move |()| loader.reload());
    let tabs = [("", "All"), ("pending", "Waiting"), ("dead", "Not delivered")]
        .into_iter()
        .map(|(word, text)| {
            view! { <button type="button" class="chip" aria-pressed=move || (only.get() == word).to_string() on:click=move |_| only.set(word)>{text}</button> }
        })
        .collect_view();
    view! {
        <h3>"What was sent"</h3>
        <div class="log-choice" role="group" aria-label="Which">{tabs}</div>
        <Loaded loader=log shape=Shape::Rows(3) let:page><Rows forwards=page.data reload /></Loaded>
    }
}

#[component]
fn Rows(forwards: Vec<LeadForward>, reload: Callback<()>) -> impl IntoView {
    if forwards.is_empty() {
        return view! { <p class="panel-none">"Nothing here yet. The next lead that is sold goes there, too."</p> }
            .into_any();
    }
    let rows = forwards
        .into_iter()
        .map(|forward| view! { <Row forward reload /> })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }.into_any()
}

#[component]
fn Row(forward: LeadForward, reload: Callback<()>) -> impl IntoView {
    let id = forward.id;
    let delivery = forward.delivery_id;
    let when = view! { <Time at=forward.created_at shown=Shown::Relative /> };
    let lead = if session::is_staff() {
        view! { <strong>{when}" "<code>{delivery.to_string()}</code></strong> }.into_any()
    } else {
        let path = Route::Portal(PortalRoute::Lead(delivery)).path();
        view! { <strong><a href=path>"Put on its way "{when}</a></strong> }.into_any()
    };
    let again = move |_| {
        wasm_bindgen_futures::spawn_local(async move {
            match api::delivery_targets::replay(id, &browser::random_key()).await {
                Ok(_) => toast::done("It is sent again"),
                Err(failure) => toast::failed(failure.told()),
            }
            reload.run(());
        });
    };
    let text = match forward.status {
        WebhookDeliveryStatus::Pending => "Send now",
        _ => "Send again",
    };
    let may = session::may(Permission::DeliveryTargetsWrite);
    let shown = RwSignal::new(false);
    view! {
        <li class="row-flat wrapping">
            <span class="row-text wrapped">
                {lead}
                <small>{outcome(forward.attempts, forward.last_status_code, forward.last_fault)}</small>
                {move || shown.get().then(|| view! { <Attempts id /> })}
            </span>
            {status_badge(forward.status)}
            <button type="button" class="button quiet small" aria-expanded=move || shown.get().to_string() on:click=move |_| shown.update(|shown| *shown = !*shown)>"Attempts"</button>
            {may.then(|| view! { <button type="button" class="button quiet small" on:click=again>{text}</button> })}
        </li>
    }
}

#[component]
fn Attempts(id: WebhookDeliveryId) -> impl IntoView {
    let loader = Loader::new(move || api::delivery_targets::get_forward(id));
    view! {
        <Loaded loader shape=Shape::Rows(1) let:log>
            {
                let none = log.attempts.is_empty();
                let attempts = log.attempts.into_iter().map(|attempt| view! { <Attempt attempt /> }).collect_view();
                view! {
                    {none.then(|| view! { <p class="panel-none">"None yet."</p> })}
                    <ul class="rows-flat">{attempts}</ul>
                }
            }
        </Loaded>
    }
}
