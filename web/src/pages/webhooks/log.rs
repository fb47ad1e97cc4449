//! What was sent to an endpoint, with each attempt and what it was answered.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{
    ReplayWebhooks, WebhookAttempt, WebhookDelivery, WebhookDeliveryLog, WebhookDeliveryStatus, WebhookEndpoint,
    WebhookFault,
};
use tradepost_contract::{Page, WebhookDeliveryId, WebhookEndpointId};

use super::fault;
use crate::api;
use crate::browser;
use crate::format::time;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;
use crate::ui::page::Panel;
use crate::ui::time::{Shown, Time};

/// The latest deliveries; only the dead ones where one asks for them.
#[component]
pub fn Log(
    /// Of which endpoint.
    id: WebhookEndpointId,
    /// The endpoint: with it the log is read anew.
    loader: Loader<WebhookEndpoint>,
) -> impl IntoView {
    let only = RwSignal::new("");
    let log: Loader<Page<WebhookDelivery>> = Loader::new(move || {
        // It is read anew with the endpoint above it.
        let _ = loader.get();
        let query = ListQuery::first(50);
        let query = if only.get().is_empty() {
            query
        } else {
            query.with("status", only.get())
        };
        api::webhooks::list_deliveries(id, query)
    });
    let opened = RwSignal::new(None::<WebhookDeliveryId>);
    let open = RwSignal::new(false);
    let show = Callback::new(move |id| {
        opened.set(Some(id));
        open.set(true);
    });
    let reload = Callback::new(move |()| loader.reload());
    let choices = [
        ("", "All"),
        ("pending", "Waiting"),
        ("delivered", "Delivered"),
        ("dead", "Dead"),
    ];
    let tabs = choices
        .into_iter()
        .map(|(word, text)| {
            view! { <button type="button" class="chip" aria-pressed=move || (only.get() == word).to_string() on:click=move |_| only.set(word)>{text}</button> }
        })
        .collect_view();
    view! {
        <Panel title="What was sent">
            <div class="log-choice" role="group" aria-label="Which">{tabs}</div>
            <Loaded loader=log shape=Shape::Rows(5) let:page><Rows deliveries=page.data show /></Loaded>
        </Panel>
        <Dialog open title=Signal::stored("What was sent".to_owned()) class="drawer">
            {move || opened.get().map(|delivery| view! { <Detail endpoint=id delivery open reload /> })}
        </Dialog>
    }
}

#[component]
fn Rows(deliveries: Vec<WebhookDelivery>, show: Callback<WebhookDeliveryId>) -> impl IntoView {
    if deliveries.is_empty() {
        return view! { <p class="panel-none">"Nothing here. Send a test, or wait until something happens."</p> }
            .into_any();
    }
    let rows = deliveries
        .into_iter()
        .map(|delivery| {
            let id = delivery.id;
            view! {
                <li class="row-flat wrapping">
                    <span class="row-text wrapped">
                        <strong>{delivery.kind.as_str()}</strong>
                        <small>{outcome(delivery.attempts, delivery.last_status_code, delivery.last_fault)}" · "<code>{delivery.subject.clone()}</code></small>
                        <small><Time at=delivery.created_at shown=Shown::Relative /></small>
                    </span>
                    {status_badge(delivery.status)}
                    <button type="button" class="button quiet small" on:click=move |_| show.run(id)>"Details"</button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }.into_any()
}

/// How often something was tried, and what came of it last.
pub fn outcome(attempts: i64, last_status: Option<i32>, last_fault: Option<WebhookFault>) -> String {
    let tried = match attempts {
        0 => "not tried yet".to_owned(),
        some => time::plural(some, "attempt"),
    };
    match (last_status, last_fault) {
        (Some(status), _) => format!("{tried}, answered {status}"),
        (None, Some(why)) => format!("{tried}, {}", fault(why).to_lowercase()),
        (None, None) => tried,
    }
}

#[component]
fn Detail(
    endpoint: WebhookEndpointId,
    delivery: WebhookDeliveryId,
    open: RwSignal<bool>,
    reload: Callback<()>,
) -> impl IntoView {
    let loader = Loader::new(move || api::webhooks::get_delivery(delivery));
    let again = move |log: &WebhookDeliveryLog| {
        let body = ReplayWebhooks {
            event_id: Some(log.delivery.event_id),
            since: None,
        };
        Callback::new(move |()| {
            let body = body.clone();
            wasm_bindgen_futures::spawn_local(async move {
                match api::webhooks::replay(endpoint, &body, &browser::random_key()).await {
                    Ok(_) => {
                        toast::done("It is sent again");
                        open.set(false);
                    }
                    Err(failure) => toast::failed(failure.told()),
                }
                reload.run(());
            });
        })
    };
    view! {
        <div class="drawer-content">
            <Loaded loader let:log>
                {
                    let resend = again(&log);
                    let waits = log.delivery.status == WebhookDeliveryStatus::Pending;
                    let text = if waits { "Send now" } else { "Send again" };
                    let next = log.delivery.next_attempt_at.map(|at| view! { <p>"Tried next "<Time at />", unless an earlier event of the same thing waits."</p> });
                    let attempts = log.attempts.iter().cloned().map(|attempt| view! { <Attempt attempt /> }).collect_view();
                    let none = log.attempts.is_empty();
                    let body = serde_json::to_string_pretty(&log.message).unwrap_or_default();
                    view! {
                        <p><strong>{log.delivery.kind.as_str()}</strong>" "{status_badge(log.delivery.status)}</p>
                        <p><small>"webhook-id "<code>{log.delivery.event_id.to_string()}</code></small></p>
                        {next}
                        <h3>"Attempts"</h3>
                        {none.then(|| view! { <p class="panel-none">"None yet."</p> })}
                        <ul class="rows-flat">{attempts}</ul>
                        <h3>"Body"</h3>
                        <pre class="document code" tabindex="0">{body}</pre>
                        {session::may(Permission::WebhooksWrite).then(|| view! { <div class="form-actions sticky"><Button on_click=resend>{text}</Button></div> })}
                    }
                }
            </Loaded>
        </div>
    }
}

/// One attempt, and what it was answered.
#[component]
pub fn Attempt(
    /// The attempt.
    attempt: WebhookAttempt,
) -> impl IntoView {
    let what = match (attempt.status_code, attempt.fault) {
        (Some(status), _) => format!("Answered {status}"),
        (None, Some(why)) => fault(why).to_owned(),
        (None, None) => "Nothing came back".to_owned(),
    };
    view! {
        <li class="row-flat wrapping">
            <span class="row-text wrapped">
                <strong>{what}</strong>
                <small><Time at=attempt.started_at />{format!(" · {} ms", attempt.took_ms)}</small>
                {attempt.answer.map(|answer| view! { <small><code>{answer}</code></small> })}
            </span>
        </li>
    }
}
