//! Adding a target, and changing one.

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::auth::SecretText;
use tradepost_contract::delivery_targets::{
    CreateDeliveryTarget, DeliveryTarget, DeliveryTargetAuth, DeliveryTargetKind, UpdateDeliveryTarget,
};

use super::fields::{Draft, FieldLines};
use super::{kind_hint, kind_name};
use crate::api;
use crate::kit::form::{Field, Form};
use crate::kit::list::ListQuery;
use crate::kit::load::Loader;
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::{Radios, Select};

/// A new target.
#[component]
pub fn NewTarget(
    /// Whose leads.
    supplier: SupplierId,
    /// The drawer around it.
    open: RwSignal<bool>,
    /// Takes it when it is made.
    made: Callback<DeliveryTarget>,
) -> impl IntoView {
    let form = Form::new("target");
    let kind = form.field("/kind", DeliveryTargetKind::AdfMail.as_str());
    let name = form.field("/name", "");
    let address = form.field("/address", "");
    let business = form.field("/business_id", "");
    let proof = Proof::new(form, DeliveryTargetAuth::None, None);
    let draft = Draft::of(&[]);
    let businesses = Loader::new(move || api::suppliers::list_businesses(supplier, ListQuery::first(100)));
    let chosen = Memo::new(move |_| {
        kind.value
            .get()
            .parse::<DeliveryTargetKind>()
            .unwrap_or(DeliveryTargetKind::AdfMail)
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let kind = chosen.get_untracked();
        let auth = proof.auth(kind);
        let body = CreateDeliveryTarget {
            supplier_id: Some(supplier),
            kind,
            name: name.text(),
            address: address.text(),
            business_id: business.text().parse().ok(),
            order_id: None,
            fields: if kind.is_mapped() { draft.fields() } else { Vec::new() },
            auth,
            auth_name: proof.name_for(auth),
            auth_secret: proof.secret_for(auth),
        };
        form.submit(
            move |key| async move { api::delivery_targets::create_target(&body, &key).await },
            move |target| {
                toast::done("Added: leads that are sold from now on go there, too");
                open.set(false);
                made.run(target);
            },
        );
    };
    let kinds = DeliveryTargetKind::ALL
        .iter()
        .map(|kind| {
            (
                kind.as_str().to_owned(),
                kind_name(*kind).to_owned(),
                kind_hint(*kind).to_owned(),
            )
        })
        .collect();
    let which = move || {
        let all = businesses.get().map(|page| page.data).unwrap_or_default();
        let options: Vec<_> = all.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
        (options.len() > 1).then(|| view! { <Select field=business label="Only leads of one business" options placeholder="All businesses" /> })
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Radios field=kind label="In which form" options=kinds />
            <TextField field=name label="What it is called" hint="Such as the name of your CRM." />
            {move || view! { <Address field=address kind=chosen.get() /> }}
            {which}
            {move || chosen.get().is_mapped().then(|| view! { <FieldLines draft /> })}
            {move || (!chosen.get().is_mail()).then(|| view! { <ProofFields proof has_secret=false /> })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Add it"</Button>
            </div>
        </form>
    }
}

#[component]
fn Address(field: Field, kind: DeliveryTargetKind) -> impl IntoView {
    if kind.is_mail() {
        view! { <TextField field label="E-mail address of the CRM" kind="email" hint="Your CRM shows it, mostly under lead import. Not a person's: nobody can read ADF." /> }
            .into_any()
    } else {
        view! { <TextField field label="Web address" kind="url" hint="https, on a public address." /> }.into_any()
    }
}

/// Another name, address, mapping or secret.
#[component]
pub fn EditTarget(
    /// As it is.
    target: DeliveryTarget,
    /// Closes the form.
    close: Callback<()>,
    /// Takes it as it is then.
    done: Callback<DeliveryTarget>,
) -> impl IntoView {
    let form = Form::new("target");
    let name = form.field("/name", target.name.clone());
    let address = form.field("/address", target.address.clone());
    let proof = Proof::new(form, target.auth, target.auth_name.clone());
    let draft = Draft::of(&target.fields);
    let (id, version, kind, had) = (target.id, target.version, target.kind, target.auth);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let auth = proof.auth(kind);
        let secret = proof.secret_for(auth);
        // What is left as it is keeps its secret.
        let another = auth != had || secret.is_some();
        let body = UpdateDeliveryTarget {
            name: Some(name.text()),
            address: Some(address.text()),
            fields: kind.is_mapped().then(|| draft.fields()),
            auth: another.then_some(auth),
            auth_name: proof.name_for(auth).filter(|_| another),
            auth_secret: secret,
        };
        form.submit(
            move |key| async move { api::delivery_targets::update_target(id, version, &body, &key).await },
            move |changed| {
                toast::done("Changed");
                done.run(changed);
            },
        );
    };
    view! {
        <form on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="What it is called" />
            <Address field=address kind />
            {kind.is_mapped().then(|| view! { <FieldLines draft /> })}
            {(!kind.is_mail()).then(|| view! { <ProofFields proof has_secret=had != DeliveryTargetAuth::None /> })}
            <div class="form-actions">
                <Button on_click=close>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}

/// How we show the receiver who we are.
#[derive(Clone, Copy)]
struct Proof {
    auth: Field,
    name: Field,
    secret: Field,
}

impl Proof {
    fn new(form: Form, auth: DeliveryTargetAuth, name: Option<String>) -> Self {
        Self {
            auth: form.field("/auth", auth.as_str()),
            name: form.field("/auth_name", name.unwrap_or_default()),
            secret: form.field("/auth_secret", ""),
        }
    }

    fn auth(self, kind: DeliveryTargetKind) -> DeliveryTargetAuth {
        let chosen = self.auth.text().parse().unwrap_or(DeliveryTargetAuth::None);
        if kind.is_mail() {
            DeliveryTargetAuth::None
        } else {
            chosen
        }
    }

    fn name_for(self, auth: DeliveryTargetAuth) -> Option<String> {
        (auth != DeliveryTargetAuth::None).then(|| self.name.text())
    }

    fn secret_for(self, auth: DeliveryTargetAuth) -> Option<SecretText> {
        let given = self.secret.optional().filter(|_| auth != DeliveryTargetAuth::None);
        given.map(SecretText::new)
    }
}

#[component]
fn ProofFields(proof: Proof, has_secret: bool) -> impl IntoView {
    let options = vec![
        ("none".to_owned(), "Nothing: the address is the secret".to_owned()),
        ("basic".to_owned(), "User name and password".to_owned()),
        ("header".to_owned(), "A key in a header".to_owned()),
    ];
    let hint = if has_secret {
        "Leave it empty to keep the one there is."
    } else {
        "It is kept sealed and never shown."
    };
    let more = move || {
        let (name, secret) = match proof.auth.value.get().as_str() {
            "basic" => ("User name", "Password"),
            "header" => ("Name of the header", "Key"),
            _ => return None,
        };
        Some(view! {
            <TextField field=proof.name label=name />
            <TextField field=proof.secret label=secret kind="password" autocomplete="new-password" hint />
        })
    };
    view! {
        <Select field=proof.auth label="What shows the receiver that it is us" options />
        {more}
    }
}
