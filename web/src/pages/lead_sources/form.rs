//! Making a source, changing one, and another secret for it.

use leptos::prelude::*;
use tradepost_contract::LeadSourceId;
use tradepost_contract::auth::SecretText;
use tradepost_contract::lead_products::LeadProduct;
use tradepost_contract::lead_sources::{
    CreateLeadSource, LeadSource, LeadSourceKind, RotateLeadSourceSecret, UpdateLeadSource,
};

use super::{kind_about, kind_name};
use crate::api;
use crate::kit::form::{Field, Form};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::webhooks::secret::Secret;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::{Radios, Select};

const SOURCE_HINT: &str = "Reports count leads by it, unless the mapping fills one.";
const APP_SECRET_HINT: &str = "From your app's settings at Meta. It is kept sealed and never shown.";
const OPEN_HINT: &str = "Only for senders that can set no header: whoever knows the address can then send leads.";

/// A new source, and then its secret.
#[component]
pub fn NewSource(
    /// The drawer around it.
    open: RwSignal<bool>,
) -> impl IntoView {
    let products = Loader::new(|| api::products::list_lead_products(ListQuery::first(100).with("status", "active")));
    view! { <Loaded loader=products shape=Shape::Rows(4) let:page><NewForm products=page.data open /></Loaded> }
}

#[component]
fn NewForm(products: Vec<LeadProduct>, open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("lead-source");
    let kind = form.field("/kind", LeadSourceKind::Mapped.as_str());
    let name = form.field("/name", "");
    let product = form.field("/product_id", "");
    let source = form.field("/source", "");
    let campaign = form.field("/campaign", "");
    let app_secret = form.field("/app_secret", "");
    let made = RwSignal::new(None::<(String, LeadSourceId)>);
    let choices: Vec<(String, String)> = products
        .iter()
        .map(|one| {
            let programme = session::programme(one.programme_id).map(|programme| programme.name);
            let programme = programme.unwrap_or_default();
            (one.id.to_string(), format!("{programme}: {}", one.name))
        })
        .collect();
    let (products, choices) = (StoredValue::new(products), StoredValue::new(choices));
    let is_meta = Memo::new(move |_| kind.value.get() == LeadSourceKind::Meta.as_str());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let word = product.text();
        let into = products.with_value(|all| {
            let found = all.iter().find(|one| one.id.to_string() == word);
            found.map(|one| (one.programme_id, one.id))
        });
        let Some((programme_id, product_id)) = into else {
            form.refuse(vec![product.refusal("required", "Choose what the leads are sold as.")]);
            return;
        };
        let body = CreateLeadSource {
            kind: kind.text().parse().unwrap_or(LeadSourceKind::Mapped),
            programme_id,
            product_id,
            name: name.text(),
            source: source.optional(),
            campaign: campaign.optional(),
            mapping: None,
            requires_secret: true,
            app_secret: app_secret
                .optional()
                .filter(|_| is_meta.get_untracked())
                .map(SecretText::new),
            requests_per_minute: None,
        };
        form.submit(
            move |key| async move { api::lead_sources::create_source(&body, &key).await },
            move |answer| {
                let id = answer.lead_source.id;
                made.set(answer.secret.map(|secret| (secret.reveal().to_owned(), id)));
            },
        );
    };
    let kinds: Vec<(String, String, String)> = LeadSourceKind::ALL
        .iter()
        .map(|kind| {
            let word = kind.as_str().to_owned();
            (word, kind_name(*kind).to_owned(), kind_about(*kind).to_owned())
        })
        .collect();
    let kinds = StoredValue::new(kinds);
    move || {
        match made.get() {
        Some((text, id)) => {
            let kept = Callback::new(move |()| {
                open.set(false);
                router::navigate(&Route::Console(ConsoleRoute::LeadSource(id)).path());
            });
            view! { <Secret text done=kept /> }.into_any()
        }
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <Radios field=kind label="Who sends" options=kinds.get_value() />
                <TextField field=name label="What it is called" />
                <Select field=product label="The leads are sold as" options=choices.get_value() />
                {move || is_meta.get().then(|| view! { <TextField field=app_secret label="The app's secret" kind="password" autocomplete="new-password" hint=APP_SECRET_HINT optional=true /> })}
                <TextField field=source label="Advertising source" hint=SOURCE_HINT optional=true />
                <TextField field=campaign label="Campaign" optional=true />
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the source"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}

/// Another name, product, source or limit.
#[component]
pub fn EditSource(
    /// As it is.
    source: LeadSource,
    /// The drawer around it.
    open: RwSignal<bool>,
    /// Takes it as it is then.
    done: Callback<LeadSource>,
) -> impl IntoView {
    let form = Form::new("lead-source");
    let name = form.field("/name", source.name.clone());
    let from = form.field("/source", source.source.clone().unwrap_or_default());
    let campaign = form.field("/campaign", source.campaign.clone().unwrap_or_default());
    let limit = form.field("/requests_per_minute", source.requests_per_minute.to_string());
    let app_secret = form.field("/app_secret", "");
    let is_meta = source.kind == LeadSourceKind::Meta;
    let may_be_open = matches!(source.kind, LeadSourceKind::Mapped | LeadSourceKind::Adf);
    let is_open = RwSignal::new(!source.requires_secret);
    let (id, version) = (source.id, source.version);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateLeadSource {
            name: Some(name.text()),
            source: Some(from.text()),
            campaign: Some(campaign.text()),
            requires_secret: may_be_open.then(|| !is_open.get_untracked()),
            app_secret: app_secret.optional().map(SecretText::new),
            requests_per_minute: limit.text().parse().ok(),
            ..UpdateLeadSource::default()
        };
        form.submit(
            move |key| async move { api::lead_sources::update_source(id, version, &body, &key).await },
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
            <TextField field=name label="What it is called" />
            <TextField field=from label="Advertising source" hint=SOURCE_HINT optional=true />
            <TextField field=campaign label="Campaign" optional=true />
            {is_meta.then(|| view! { <TextField field=app_secret label="Another secret of the app" kind="password" autocomplete="new-password" hint=APP_SECRET_HINT optional=true /> })}
            <TextField field=limit label="Requests a minute" kind="number" />
            {may_be_open.then(|| view! {
                <label class="check"><input type="checkbox" prop:checked=move || is_open.get() on:change=move |_| is_open.update(|open| *open = !*open) /><span>"Take leads without the key"</span></label>
                <p class="field-hint">{OPEN_HINT}</p>
            })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}

/// Another secret, shown once.
#[component]
pub fn Rotate(
    /// Of which source.
    id: LeadSourceId,
    /// The drawer around it.
    open: RwSignal<bool>,
    /// Takes it as it is then.
    done: Callback<LeadSource>,
) -> impl IntoView {
    let form = Form::new("rotate");
    let hours: Field = form.field("/overlap_hours", "24");
    let made = RwSignal::new(None::<(String, LeadSource)>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = RotateLeadSourceSecret {
            overlap_hours: hours.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::lead_sources::rotate_secret(id, &body, &key).await },
            move |answer| {
                let text = answer.secret.map(|secret| secret.reveal().to_owned());
                made.set(text.map(|text| (text, answer.lead_source)));
            },
        );
    };
    move || {
        match made.get() {
        Some((text, source)) => {
            let kept = Callback::new(move |()| {
                open.set(false);
                done.run(source.clone());
            });
            view! { <Secret text done=kept /> }.into_any()
        }
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <p>"For a while both keys count, so that the sender can change over without losing a lead."</p>
                <TextField field=hours label="Hours until the old key ends" kind="number" hint="0 ends it at once, as it should where it has leaked." />
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make a new key"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}
