//! One key: how it is, another secret for it, how much it may send, and what it asked for.

use leptos::prelude::*;
use tradepost_contract::api_keys::{ApiKey, ApiKeyRequest, ApiKeyStatus, RotateApiKey, UpdateApiKey};
use tradepost_contract::{ApiKeyId, Page};

use super::bound_to;
use crate::api;
use crate::browser;
use crate::format::share;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::webhooks::secret::Secret;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Badge, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::time::{Shown, Time};

/// The page of a key.
#[component]
pub fn ApiKeyPage(
    /// Which.
    id: ApiKeyId,
) -> impl IntoView {
    let loader = Loader::new(move || api::api_keys::get_api_key(id));
    view! {
        <Loaded loader let:key><Key api_key=key loader /></Loaded>
        <Log id />
    }
}

#[component]
fn Key(api_key: ApiKey, loader: Loader<ApiKey>) -> impl IntoView {
    let (editing, rotating) = (RwSignal::new(false), RwSignal::new(false));
    let (id, name) = (api_key.id, api_key.name.clone());
    let back = (Route::Console(ConsoleRoute::ApiKeys).path(), "API keys");
    let revoke = Callback::new(move |()| {
        let text = "Whatever uses it stops working at once, for good.";
        confirm(format!("Revoke {name}?"), text, "Revoke the key", true, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::api_keys::revoke_api_key(id, &browser::random_key()).await {
                    Ok(revoked) => {
                        toast::done("Revoked");
                        loader.put(revoked);
                    }
                    Err(failure) => toast::failed(failure.told()),
                }
            });
        });
    });
    let on = move |signal: RwSignal<bool>| Callback::new(move |()| signal.set(true));
    let actions = (api_key.status != ApiKeyStatus::Revoked).then(|| {
        view! {
            <div class="verdicts">
                <Button look=Look::Primary on_click=on(rotating)>"Rotate"</Button>
                <Button on_click=on(editing)>"Edit"</Button>
                <Button on_click=revoke>"Revoke"</Button>
            </div>
        }
    });
    let put = Callback::new(move |changed: ApiKey| loader.put(changed));
    let scopes: Vec<&str> = api_key.scopes.iter().map(|scope| scope.as_str()).collect();
    let shown = StoredValue::new(api_key.clone());
    let (scopes, bound) = (scopes.join(", "), bound_to(&api_key));
    view! {
        <PageHead title=api_key.name.clone() back>{status_badge(api_key.status)}{actions}</PageHead>
        <Panel title="Key">
            <Facts>
                <Fact name="Begins with"><code>{api_key.public_id.clone()}</code></Fact>
                <Fact name="May">{scopes}</Fact>
                <Fact name="Bound to">{bound}</Fact>
                <Fact name="Requests a minute">{share::count(api_key.requests_per_minute)}</Fact>
                <Fact name="Last used">{match api_key.last_used_at {
                    Some(at) => view! { <Time at shown=Shown::Relative /> }.into_any(),
                    None => "never".into_any(),
                }}</Fact>
                {api_key.previous_secret_until.map(|at| view! { <Fact name="The old secret opens until"><Time at /></Fact> })}
                <Fact name="Made"><Time at=api_key.created_at shown=Shown::Relative /></Fact>
                <Fact name="Ends"><Time at=api_key.expires_at shown=Shown::Day /></Fact>
            </Facts>
        </Panel>
        <Dialog open=editing title=Signal::stored("Edit the key".to_owned()) class="drawer"><Edit api_key=shown.get_value() open=editing done=put /></Dialog>
        <Dialog open=rotating title=Signal::stored("Rotate the key".to_owned()) class="drawer"><Rotate id open=rotating done=put /></Dialog>
    }
}

#[component]
fn Edit(api_key: ApiKey, open: RwSignal<bool>, done: Callback<ApiKey>) -> impl IntoView {
    let form = Form::new("api-key");
    let name = form.field("/name", api_key.name.clone());
    let limit = form.field("/requests_per_minute", api_key.requests_per_minute.to_string());
    let (id, version) = (api_key.id, api_key.version);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateApiKey {
            name: Some(name.text()),
            requests_per_minute: limit.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::api_keys::update_api_key(id, version, &body, &key).await },
            move |changed| {
                toast::done("Changed");
                open.set(false);
                done.run(changed);
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="What uses it" />
            <TextField field=limit label="Requests a minute" kind="number" hint="One more is answered 429 until the minute is over." />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}

#[component]
fn Rotate(id: ApiKeyId, open: RwSignal<bool>, done: Callback<ApiKey>) -> impl IntoView {
    let form = Form::new("rotate");
    let hours = form.field("/overlap_hours", "24");
    let days = form.field("/expires_in_days", "365");
    let made = RwSignal::new(None::<(String, ApiKey)>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = RotateApiKey {
            overlap_hours: hours.text().parse().ok(),
            expires_in_days: days.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::api_keys::rotate_api_key(id, &body, &key).await },
            move |answer| {
                let text = answer.secret.map(|secret| secret.reveal().to_owned());
                made.set(text.map(|text| (text, answer.api_key)));
            },
        );
    };
    move || {
        match made.get() {
        Some((text, key)) => {
            let kept = Callback::new(move |()| {
                open.set(false);
                done.run(key.clone());
            });
            view! { <Secret text done=kept /> }.into_any()
        }
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <p>"The new key opens at once, and the old one for a while longer, so that the program changes over without a gap."</p>
                <TextField field=hours label="Hours until the old key ends" kind="number" hint="0 ends it at once, as it should where it has leaked." />
                <TextField field=days label="Days until the new key ends" kind="number" />
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the new key"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}

/// The latest requests; only those that failed where one asks for them.
#[component]
fn Log(id: ApiKeyId) -> impl IntoView {
    let only = RwSignal::new("");
    let log: Loader<Page<ApiKeyRequest>> = Loader::new(move || {
        let query = ListQuery::first(100);
        let query = match only.get() {
            "" => query,
            word => query.with("failed", word),
        };
        api::api_keys::list_requests(id, query)
    });
    let tabs = [("", "All"), ("false", "Answered"), ("true", "Refused or failed")]
        .into_iter()
        .map(|(word, text)| {
            view! { <button type="button" class="chip" aria-pressed=move || (only.get() == word).to_string() on:click=move |_| only.set(word)>{text}</button> }
        })
        .collect_view();
    view! {
        <Panel title="What it asked for">
            <div class="log-choice" role="group" aria-label="Which">{tabs}<button type="button" class="button quiet small" on:click=move |_| log.reload()>"Look again"</button></div>
            <Loaded loader=log shape=Shape::Rows(5) let:page><Requests requests=page.data /></Loaded>
        </Panel>
    }
}

#[component]
fn Requests(requests: Vec<ApiKeyRequest>) -> impl IntoView {
    if requests.is_empty() {
        return view! { <p class="panel-none">"Nothing in the last fourteen days."</p> }.into_any();
    }
    let rows = requests
        .into_iter()
        .map(|request| {
            let tone = match request.status {
                ..400 => Tone::Good,
                400..500 => Tone::Warn,
                _ => Tone::Bad,
            };
            let took = format!("{}.{} ms", request.took_micros / 1000, request.took_micros % 1000 / 100);
            let replayed = request.replayed.then_some(" · given again");
            view! {
                <li class="row-flat wrapping">
                    <span class="row-text wrapped">
                        <strong>{request.operation}</strong>
                        <small><Time at=request.at shown=Shown::Relative />" · "{took}" · "<code>{request.request_id}</code>{replayed}</small>
                    </span>
                    <Badge tone text=request.status.to_string() />
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }.into_any()
}
