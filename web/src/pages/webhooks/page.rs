//! One endpoint: how it is, what can be done with it, and what was sent to it.

use std::future::Future;

use leptos::prelude::*;
use tradepost_contract::WebhookEndpointId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{
    ReplayWebhooks, RotateWebhookSecret, WebhookEndpoint, WebhookEndpointStatus, WebhookInclude,
};

use super::form::EditEndpoint;
use super::log::Log;
use super::secret::Secret;
use super::{all, because, wants};
use crate::api;
use crate::browser;
use crate::format::share;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::names;
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::router;
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Shown, Time};

/// The page of an endpoint.
#[component]
pub fn WebhookPage(
    /// Which.
    id: WebhookEndpointId,
) -> impl IntoView {
    let loader = Loader::new(move || api::webhooks::get_endpoint(id));
    // What was sent follows by itself while something is on its way.
    poll(loader, |endpoint: &WebhookEndpoint| {
        endpoint.waiting > 0 || endpoint.replaying
    });
    view! {
        <Loaded loader let:endpoint>
            <Endpoint endpoint loader />
        </Loaded>
        <Log id loader />
    }
}

/// Does something with an endpoint, says so, and shows how it is then.
fn act<F: Future<Output = api::Result<WebhookEndpoint>> + 'static>(
    loader: Loader<WebhookEndpoint>,
    said: &'static str,
    call: F,
) {
    wasm_bindgen_futures::spawn_local(async move {
        match call.await {
            Ok(endpoint) => {
                toast::done(said);
                loader.put(endpoint);
            }
            Err(failure) => toast::failed(failure.told()),
        }
    });
}

#[component]
fn Endpoint(endpoint: WebhookEndpoint, loader: Loader<WebhookEndpoint>) -> impl IntoView {
    let (editing, rotating, replaying) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let id = endpoint.id;
    let may = session::may(Permission::WebhooksWrite);
    let (home, home_name) = all();
    let back = (home.path(), home_name);
    let test = Callback::new(move |()| {
        wasm_bindgen_futures::spawn_local(async move {
            match api::webhooks::test_endpoint(id, &browser::random_key()).await {
                Ok(_) => toast::done("A test event is on its way"),
                Err(failure) => toast::failed(failure.told()),
            }
            loader.reload();
        });
    });
    let pause = Callback::new(move |()| {
        act(loader, "Paused", async move {
            api::webhooks::pause_endpoint(id, &browser::random_key()).await
        });
    });
    let enable = Callback::new(move |()| {
        act(loader, "Enabled", async move {
            api::webhooks::enable_endpoint(id, false, &browser::random_key()).await
        });
    });
    let name = endpoint.name.clone();
    let skip = Callback::new(move |()| {
        let text =
            "What waits and what happened meanwhile is not sent. It stays in the event log, and can be sent again.";
        confirm(
            format!("Leave out what {name} missed?"),
            text,
            "Enable from now on",
            true,
            move || {
                act(loader, "Enabled", async move {
                    api::webhooks::enable_endpoint(id, true, &browser::random_key()).await
                });
            },
        );
    });
    let name = endpoint.name.clone();
    let delete = Callback::new(move |()| {
        let text = "Nothing more is sent to it, and what was sent is forgotten. Its secret is gone for good.";
        confirm(format!("Take {name} away?"), text, "Take it away", true, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::webhooks::delete_endpoint(id, &browser::random_key()).await {
                    Ok(()) => {
                        toast::done("Taken away");
                        router::navigate(&all().0.path());
                    }
                    Err(failure) => toast::failed(failure.told()),
                }
            });
        });
    });
    let on = move |signal: RwSignal<bool>| Callback::new(move |()| signal.set(true));
    let actions = may.then(|| {
        let active = endpoint.status == WebhookEndpointStatus::Active;
        view! {
            <div class="verdicts">
                {if active {
                    view! {
                        <Button look=Look::Primary on_click=test>"Send a test"</Button>
                        <Button on_click=on(replaying)>"Send again"</Button>
                        <Button on_click=pause>"Pause"</Button>
                    }.into_any()
                } else {
                    view! {
                        <Button look=Look::Primary on_click=enable>"Enable"</Button>
                        <Button on_click=skip>"Enable from now on"</Button>
                    }.into_any()
                }}
                <Button on_click=on(editing)>"Edit"</Button>
                <Button on_click=on(rotating)>"Rotate the secret"</Button>
                <Button on_click=delete>"Take away"</Button>
            </div>
        }
    });
    let put = Callback::new(move |changed: WebhookEndpoint| loader.put(changed));
    let whose = endpoint.supplier_name.clone().unwrap_or_else(|| "Ours".to_owned());
    let programme = endpoint.programme_id.and_then(session::programme).map(|one| one.name);
    let only = endpoint.only_supplier_id;
    let shown = StoredValue::new(endpoint.clone());
    let (title, url, gets) = (endpoint.name.clone(), endpoint.url.clone(), wants(&endpoint));
    let failing = endpoint.failing_since.filter(|_| endpoint.disabled_because.is_none());
    let (status, disabled, waiting) = (endpoint.status, endpoint.disabled_because, endpoint.waiting);
    let (old_until, made) = (endpoint.previous_secret_until, endpoint.created_at);
    let staff = session::is_staff();
    let personal = endpoint.includes.contains(&WebhookInclude::Delivery);
    view! {
        <PageHead title back>{status_badge(status)}{actions}</PageHead>
        {disabled.map(|why| view! { <Notice tone=Tone::Bad>{because(why)}" What happens waits; enable it when it is mended."</Notice> })}
        {failing.map(|at| view! {
            <Notice tone=Tone::Warn>"Nothing has arrived there since "<Time at />". It is tried again for three days, and after five it is disabled."</Notice>
        })}
        <Panel title="Endpoint">
            <Facts>
                <Fact name="Address"><code>{url}</code></Fact>
                <Fact name="Gets">{gets}{personal.then_some(", with the lead itself")}</Fact>
                {staff.then(|| view! { <Fact name="Whose">{whose}</Fact> })}
                {programme.map(|name| view! { <Fact name="Programme">{name}</Fact> })}
                {only.map(|supplier| view! { <Fact name="Only of">{move || names::supplier(supplier)}</Fact> })}
                <Fact name="Waiting">{share::count(waiting)}</Fact>
                {old_until.map(|at| view! { <Fact name="The old secret signs until"><Time at /></Fact> })}
                <Fact name="Made"><Time at=made shown=Shown::Relative /></Fact>
            </Facts>
        </Panel>
        <Dialog open=editing title=Signal::stored("Edit the webhook".to_owned()) class="drawer"><EditEndpoint endpoint=shown.get_value() open=editing done=put /></Dialog>
        <Dialog open=rotating title=Signal::stored("Rotate the secret".to_owned()) class="drawer"><Rotate id open=rotating done=put /></Dialog>
        <Dialog open=replaying title=Signal::stored("Send past events again".to_owned()) class="drawer"><Replay id open=replaying done=put /></Dialog>
    }
}

#[component]
fn Rotate(id: WebhookEndpointId, open: RwSignal<bool>, done: Callback<WebhookEndpoint>) -> impl IntoView {
    let form = Form::new("rotate");
    let hours = form.field("/overlap_hours", "24");
    let secret = RwSignal::new(None::<(String, WebhookEndpoint)>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = RotateWebhookSecret {
            overlap_hours: hours.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::webhooks::rotate_secret(id, &body, &key).await },
            move |rotated| {
                let text = rotated.secret.map(|secret| secret.reveal().to_owned());
                secret.set(text.map(|text| (text, rotated.endpoint)));
            },
        );
    };
    move || {
        match secret.get() {
        Some((text, endpoint)) => {
            // The page is drawn anew when the dialog is closed, so that the secret stays until then.
            let kept = Callback::new(move |()| {
                open.set(false);
                done.run(endpoint.clone());
            });
            view! { <Secret text done=kept /> }.into_any()
        }
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <p>"For a while each message carries two signatures, so that the receiver can change over without a gap."</p>
                <TextField field=hours label="Hours for which the old one signs too" kind="number" hint="0 to 168; 0 where it has leaked." />
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Rotate"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}

#[component]
fn Replay(id: WebhookEndpointId, open: RwSignal<bool>, done: Callback<WebhookEndpoint>) -> impl IntoView {
    let form = Form::new("replay");
    let since = form.field("/since", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let from = format!("{}T00:00:00Z", since.text()).parse().ok();
        if from.is_none() && form.refuse(vec![since.refusal("required", "Say from which day on.")]) {
            return;
        }
        let body = ReplayWebhooks {
            event_id: None,
            since: from,
        };
        form.submit(
            move |key| async move { api::webhooks::replay(id, &body, &key).await },
            move |endpoint| {
                toast::done("They are put on their way");
                open.set(false);
                done.run(endpoint);
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <p>"Everything that this webhook gets, from that day (UTC) until now, is sent again under the same ids. A single one is sent again from the log below."</p>
            <TextField field=since label="From" kind="date" />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send again"</Button>
            </div>
        </form>
    }
}
