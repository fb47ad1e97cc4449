//! Which mails one gets, for both audiences (R65, R126).

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::mail_preferences::{MailClass, MailPreferences, UpdateMailPreferences};

use crate::api;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::FormProblem;

/// The page.
#[component]
pub fn MailPreferencesPage() -> impl IntoView {
    if session::me().is_some_and(|me| me.impersonation.is_some()) {
        return view! {
            <PageHead title="Mails" />
            <crate::ui::empty::Empty title="Theirs alone">"Which mails the people of this account get is for them to say."</crate::ui::empty::Empty>
        }
        .into_any();
    }
    let loader = Loader::new(api::mails::get_mail_preferences);
    let email = session::me().map(|me| me.email.clone()).unwrap_or_default();
    view! {
        <PageHead title="Mails" subtitle=format!("Which mails go to {email}.") />
        <Loaded loader shape=Shape::Rows(6) let:preferences><Choice preferences /></Loaded>
    }
    .into_any()
}

#[component]
fn Choice(preferences: MailPreferences) -> impl IntoView {
    let form = Form::new("mails");
    let off: BTreeSet<MailClass> = preferences
        .classes
        .iter()
        .filter(|one| !one.on)
        .map(|one| one.class)
        .collect();
    let off = RwSignal::new(off);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateMailPreferences {
            off: off.get_untracked().into_iter().collect(),
        };
        form.submit(
            move |key| async move { api::mails::update_mail_preferences(&body, &key).await },
            |_| toast::done("Saved"),
        );
    };
    let rows = preferences
        .classes
        .into_iter()
        .map(|one| {
            let (class, mandatory) = (one.class, one.mandatory);
            let (name, about) = told(class);
            let toggle = move |_| {
                off.update(|off| {
                    if !off.remove(&class) {
                        off.insert(class);
                    }
                });
            };
            view! {
                <li>
                    <label class="check mail-class">
                        <input type="checkbox" disabled=mandatory prop:checked=move || !off.with(|off| off.contains(&class)) on:change=toggle />
                        <span><strong>{name}</strong>{mandatory.then(|| view! { " "<Badge text="Always" tone=Tone::Neutral /> })}<small>{about}</small></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! {
        <Panel title="What you are told by mail">
            <form on:submit=send novalidate>
                <FormProblem form />
                <ul class="mail-classes">{rows}</ul>
                <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button></div>
            </form>
        </Panel>
    }
}

const fn told(class: MailClass) -> (&'static str, &'static str) {
    match class {
        MailClass::Leads => ("Leads", "New leads, and those in the place of returned ones."),
        MailClass::Returns => ("Returns", "What becomes of leads that were sent back."),
        MailClass::Orders => ("Orders", "Orders, renewals, pauses, packages and the wallet."),
        MailClass::Billing => ("Payments", "Payments, refunds, and cards that expire."),
        MailClass::Requests => (
            "Requests",
            "Changes that were asked for, and connections to other programs.",
        ),
        MailClass::Support => ("Questions", "Questions and their answers."),
        MailClass::Legal => (
            "Invoices and agreement",
            "Invoices, arrears, warnings, and the end of the agreement.",
        ),
        MailClass::Security => ("Security", "How you sign in, and whether that was changed."),
    }
}
