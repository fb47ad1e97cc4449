//! Making an endpoint, and changing one.

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{
    CreateWebhookEndpoint, UpdateWebhookEndpoint, WebhookEndpoint, WebhookInclude, is_for_suppliers,
};

use super::secret::Secret;
use crate::api;
use crate::kit::form::Form;
use crate::kit::names;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::checks::Checks;
use crate::ui::combobox::Combobox;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

const URL_HINT: &str = "https, on a public address.";
const KINDS_HINT: &str = "Tick none to get them all, those too that come later.";

/// The kinds one can choose from.
fn kinds(of_supplier: bool) -> Vec<(EventKind, String)> {
    let all = EventKind::ALL.iter().copied();
    all.filter(|kind| *kind != EventKind::WebhookTest && (!of_supplier || is_for_suppliers(*kind)))
        .map(|kind| (kind, kind.as_str().to_owned()))
        .collect()
}

fn chosen_kinds(chosen: RwSignal<BTreeSet<EventKind>>) -> Vec<EventKind> {
    chosen.get_untracked().into_iter().collect()
}

/// A new endpoint, and then its secret.
#[component]
pub fn NewEndpoint(
    /// The drawer around it.
    open: RwSignal<bool>,
    /// Reads the list anew.
    reload: Callback<()>,
) -> impl IntoView {
    let form = Form::new("webhook");
    let name = form.field("/name", "");
    let url = form.field("/url", "");
    let programme = form.field("/programme_id", "");
    let supplier = form.field("/supplier_id", "");
    let chosen = RwSignal::new(BTreeSet::new());
    let includes = RwSignal::new(BTreeSet::new());
    let secret = RwSignal::new(None::<String>);
    // Whoever is no staff makes their own account's.
    let staff = session::is_staff();
    let of_supplier = Memo::new(move |_| !staff || !supplier.text().is_empty());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let for_supplier = of_supplier.get_untracked();
        let body = CreateWebhookEndpoint {
            supplier_id: supplier.text().parse().ok(),
            programme_id: programme.text().parse().ok(),
            only_supplier_id: None,
            name: name.text(),
            url: url.text(),
            kinds: chosen_kinds(chosen)
                .into_iter()
                .filter(|kind| !for_supplier || is_for_suppliers(*kind))
                .collect(),
            includes: includes.get_untracked().into_iter().filter(|_| for_supplier).collect(),
        };
        form.submit(
            move |key| async move { api::webhooks::create_endpoint(&body, &key).await },
            move |made| {
                secret.set(made.secret.map(|secret| secret.reveal().to_owned()));
                reload.run(());
            },
        );
    };
    let programmes = StoredValue::new(
        session::programmes()
            .into_iter()
            .map(|one| (one.id.to_string(), one.name))
            .collect::<Vec<_>>(),
    );
    move || {
        match secret.get() {
        Some(text) => view! { <Secret text done=Callback::new(move |()| open.set(false)) /> }.into_any(),
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <TextField field=name label="What receives it" />
                <TextField field=url label="Address" kind="url" hint=URL_HINT />
                {staff.then(|| view! {
                    <Combobox field=supplier label="Whose" options=Signal::derive(names::suppliers) hint="Of a supplier: its owners see it, and it gets that account's events only. Leave it empty for our own." />
                    <Select field=programme label="Only one programme" options=programmes.get_value() placeholder="All programmes" />
                })}
                {move || view! { <Checks label="Events" options=kinds(of_supplier.get()) chosen hint=KINDS_HINT /> }}
                {move || of_supplier.get().then(|| view! { <Includes includes /> })}
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the endpoint"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}

/// What is sent besides ids, states and amounts.
#[component]
fn Includes(includes: RwSignal<BTreeSet<WebhookInclude>>) -> impl IntoView {
    let options = vec![(
        WebhookInclude::Delivery,
        "The lead itself, with name, phone and e-mail".to_owned(),
    )];
    view! { <Checks label="Personal data" options chosen=includes hint="Without it, messages hold ids, states and amounts." /> }
}

/// Another name, address or choice of events.
#[component]
pub fn EditEndpoint(
    /// As it is.
    endpoint: WebhookEndpoint,
    /// The drawer around it.
    open: RwSignal<bool>,
    /// Takes it as it is then.
    done: Callback<WebhookEndpoint>,
) -> impl IntoView {
    let form = Form::new("webhook");
    let name = form.field("/name", endpoint.name.clone());
    let url = form.field("/url", endpoint.url.clone());
    let chosen = RwSignal::new(endpoint.kinds.iter().copied().collect::<BTreeSet<_>>());
    let includes = RwSignal::new(endpoint.includes.iter().copied().collect::<BTreeSet<_>>());
    let (id, version, of_supplier) = (endpoint.id, endpoint.version, endpoint.supplier_id.is_some());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateWebhookEndpoint {
            name: Some(name.text()),
            url: Some(url.text()),
            kinds: Some(chosen_kinds(chosen)),
            includes: of_supplier.then(|| includes.get_untracked().into_iter().collect()),
        };
        form.submit(
            move |key| async move { api::webhooks::update_endpoint(id, version, &body, &key).await },
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
            <TextField field=name label="What receives it" />
            <TextField field=url label="Address" kind="url" hint=URL_HINT />
            <Checks label="Events" options=kinds(of_supplier) chosen hint=KINDS_HINT />
            {of_supplier.then(|| view! { <Includes includes /> })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}
