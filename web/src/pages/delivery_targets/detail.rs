//! One target: how it is, trying it, and what was sent there.

use std::future::Future;

use leptos::prelude::*;
use tradepost_contract::DeliveryTargetId;
use tradepost_contract::delivery_targets::{DeliveryTarget, DeliveryTargetAuth};
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::WebhookEndpointStatus;

use super::form::EditTarget;
use super::kind_name;
use super::log::Log;
use super::trial::Trial;
use crate::api;
use crate::browser;
use crate::format::{share, words};
use crate::kit::confirm::confirm;
use crate::kit::load::{Loaded, Loader};
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::pages::webhooks::because;
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::page::{Fact, Facts};
use crate::ui::problem::Notice;
use crate::ui::time::Time;

/// A target in a drawer.
#[component]
pub fn TargetDetail(
    /// Which.
    id: DeliveryTargetId,
    /// The drawer.
    open: RwSignal<bool>,
    /// It is another than before, or gone.
    changed: Callback<()>,
) -> impl IntoView {
    let loader = Loader::new(move || api::delivery_targets::get_target(id));
    poll(loader, |target: &DeliveryTarget| target.waiting > 0);
    view! {
        <div class="drawer-content">
            <Loaded loader let:target><Target target loader open changed /></Loaded>
            <Log id loader />
        </div>
    }
}

fn act<F: Future<Output = api::Result<DeliveryTarget>> + 'static>(
    loader: Loader<DeliveryTarget>,
    changed: Callback<()>,
    said: &'static str,
    call: F,
) {
    wasm_bindgen_futures::spawn_local(async move {
        match call.await {
            Ok(target) => {
                toast::done(said);
                loader.put(target);
                changed.run(());
            }
            Err(failure) => toast::failed(failure.told()),
        }
    });
}

#[component]
fn Target(
    target: DeliveryTarget,
    loader: Loader<DeliveryTarget>,
    open: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = target.id;
    let editing = RwSignal::new(false);
    let pause = Callback::new(move |()| {
        act(loader, changed, "Paused", async move {
            api::delivery_targets::pause_target(id, &browser::random_key()).await
        });
    });
    let enable = move |skip: bool| {
        Callback::new(move |()| {
            act(loader, changed, "Enabled", async move {
                api::delivery_targets::enable_target(id, skip, &browser::random_key()).await
            });
        })
    };
    let name = target.name.clone();
    let delete = Callback::new(move |()| {
        let text = "Leads are not delivered there any more, and what was sent is forgotten. They stay in the portal.";
        confirm(format!("Take {name} away?"), text, "Take it away", true, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::delivery_targets::delete_target(id, &browser::random_key()).await {
                    Ok(()) => {
                        toast::done("Taken away");
                        open.set(false);
                        changed.run(());
                    }
                    Err(failure) => toast::failed(failure.told()),
                }
            });
        });
    });
    let may = session::may(Permission::DeliveryTargetsWrite);
    let active = target.status == WebhookEndpointStatus::Active;
    let actions = may.then(|| {
        view! {
            <div class="form-actions">
                {if active {
                    view! { <Button on_click=pause>"Pause"</Button> }.into_any()
                } else {
                    view! {
                        <Button look=Look::Primary on_click=enable(false)>"Enable"</Button>
                        <Button on_click=enable(true)>"Enable from now on"</Button>
                    }.into_any()
                }}
                <Button on_click=Callback::new(move |()| editing.set(true))>"Edit"</Button>
                <Button on_click=delete>"Take away"</Button>
            </div>
        }
    });
    let put = Callback::new(move |now: DeliveryTarget| {
        editing.set(false);
        loader.put(now);
        changed.run(());
    });
    let kept = StoredValue::new(target.clone());
    let fields = target
        .fields
        .iter()
        .map(|field| {
            let text = match (field.field, &field.answer, &field.constant) {
                (Some(ours), ..) => words::sentence(ours.as_str()),
                (None, Some(question), _) => format!("the answer to “{question}”"),
                (None, None, constant) => format!("“{}”", constant.clone().unwrap_or_default()),
            };
            view! { <Fact name=field.name.clone()>{text}</Fact> }
        })
        .collect_view();
    let shows = match target.auth {
        DeliveryTargetAuth::None => None,
        DeliveryTargetAuth::Basic => Some(format!(
            "{} and a password",
            target.auth_name.clone().unwrap_or_default()
        )),
        DeliveryTargetAuth::Header => Some(format!("the header {}", target.auth_name.clone().unwrap_or_default())),
    };
    let failing = target.failing_since.filter(|_| target.disabled_because.is_none());
    let close = Callback::new(move |()| editing.set(false));
    view! {
        <p><strong>{target.name.clone()}</strong>" "{status_badge(target.status)}</p>
        {target.disabled_because.map(|why| view! { <Notice tone=Tone::Bad>{because(why)}" What is sold waits; enable it when it is mended."</Notice> })}
        {failing.map(|at| view! { <Notice tone=Tone::Warn>"Nothing has arrived there since "<Time at />". It is tried again for three days."</Notice> })}
        {move || if editing.get() {
            view! { <EditTarget target=kept.get_value() close done=put /> }.into_any()
        } else {
            ().into_any()
        }}
        <div hidden=move || editing.get()>
            <Facts>
                <Fact name="Form">{kind_name(target.kind)}</Fact>
                <Fact name="To"><code>{target.address.clone()}</code></Fact>
                {target.business_name.clone().map(|name| view! { <Fact name="Only leads of">{name}</Fact> })}
                {target.order_id.map(|order| view! { <Fact name="Only leads of order"><code>{order.to_string()}</code></Fact> })}
                {shows.map(|text| view! { <Fact name="Shows">{text}</Fact> })}
                <Fact name="Waiting">{share::count(target.waiting)}</Fact>
            </Facts>
            {(!target.fields.is_empty()).then(|| view! { <h3>"Fields"</h3><Facts>{fields}</Facts> })}
            {actions}
            {may.then(|| view! { <Trial id is_mail=target.kind.is_mail() /> })}
        </div>
    }
}
