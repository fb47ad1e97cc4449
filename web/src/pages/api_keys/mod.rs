//! The keys of integrators: made, shown once, rotated, revoked.

pub mod page;

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::api_keys::{ApiKey, ApiKeyStatus, CreateApiKey};
use tradepost_contract::people::KeyScope;

use crate::api;
use crate::browser;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::names;
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::checks::{Checks, words_to_tick};
use crate::ui::combobox::Combobox;
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::page::PageHead;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

/// All keys.
#[component]
pub fn ApiKeys() -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let reload = Callback::new(move |()| round.update(|round| *round += 1));
    let list = move || {
        round.track();
        let list = List::new("api-keys", api::api_keys::list_api_keys)
            .empty(
                "No keys yet",
                "A key lets a form, a phone system or a partner send leads.",
            )
            .link(|key: &ApiKey| Some(Route::Console(ConsoleRoute::ApiKey(key.id))))
            .filter(Filter::choice(
                "status",
                "Status",
                ApiKeyStatus::ALL.iter().map(|word| word.as_str()),
            ))
            .filter(Filter::programme())
            .column(Column::text("name", "Key", |key: &ApiKey| key.name.clone()).on_card(Card::Title))
            .column(
                Column::new(
                    "status",
                    "Status",
                    |key: &ApiKey| status_badge(key.status),
                    |key| key.status.label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("public", "Begins with", |key: &ApiKey| {
                key.public_id.clone()
            }))
            .column(Column::text("scopes", "May", |key: &ApiKey| {
                key.scopes
                    .iter()
                    .map(|scope| scope.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            }))
            .column(Column::new("bound", "Bound to", |key: &ApiKey| bound_to(key), bound_to))
            .column(Column::new(
                "used",
                "Last used",
                |key: &ApiKey| key.last_used_at.map(|at| view! { <Time at shown=Shown::Relative /> }),
                |key| key.last_used_at.map(|at| at.to_string()).unwrap_or_default(),
            ))
            .column(Column::new(
                "ends",
                "Ends",
                |key: &ApiKey| view! { <Time at=key.expires_at shown=Shown::Day /> },
                |key| key.expires_at.to_string(),
            ));
        view! { <ListView list /> }
    };
    view! {
        <PageHead title="API keys">
            <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New key"</Button></div>
        </PageHead>
        {list}
        <Dialog open title=Signal::stored("New API key".to_owned()) class="drawer"><NewKey open reload /></Dialog>
    }
}

/// The supplier or programme whose things alone a key sees.
fn bound_to(key: &ApiKey) -> String {
    key.supplier_name
        .clone()
        .or_else(|| {
            key.programme_id
                .and_then(session::programme)
                .map(|programme| programme.name)
        })
        .unwrap_or_else(|| "everything".to_owned())
}

#[component]
fn NewKey(open: RwSignal<bool>, reload: Callback<()>) -> impl IntoView {
    let form = Form::new("api-key");
    let name = form.field("/name", "");
    let scopes = form.field("/scopes", "");
    let programme = form.field("/programme_id", "");
    let supplier = form.field("/supplier_id", "");
    let days = form.field("/expires_in_days", "365");
    let chosen = RwSignal::new(BTreeSet::<&'static str>::new());
    let secret = RwSignal::new(None::<String>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = CreateApiKey {
            name: name.text(),
            scopes: chosen
                .get_untracked()
                .iter()
                .filter_map(|word| word.parse().ok())
                .collect(),
            programme_id: programme.text().parse().ok(),
            supplier_id: supplier.text().parse().ok(),
            expires_in_days: days.text().parse().ok(),
            requests_per_minute: None,
        };
        form.submit(
            move |key| async move { api::api_keys::create_api_key(&body, &key).await },
            move |created| {
                secret.set(created.secret.map(|secret| secret.reveal().to_owned()));
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
        Some(text) => {
            let copied = text.clone();
            let copy = Callback::new(move |()| {
                // The clipboard may be refused; the key can be selected by hand.
                let _ = browser::window().navigator().clipboard().write_text(&copied);
                toast::done("Copied");
            });
            view! {
                <div class="drawer-content">
                    <Notice tone=Tone::Warn>"This is the only time it is shown. Keep it where secrets are kept."</Notice>
                    <div class="secret"><code>{text}</code><Button icon=icondata_lu::LuCopy on_click=copy>"Copy"</Button></div>
                    <div class="form-actions"><Button look=Look::Primary on_click=Callback::new(move |()| open.set(false))>"I have kept it"</Button></div>
                </div>
            }
            .into_any()
        }
        None => view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <TextField field=name label="What uses it" />
                <Checks label="What it may" options=words_to_tick(KeyScope::ALL.iter().map(|scope| scope.as_str())) chosen />
                <p class="field-error" role="alert">{move || scopes.error()}</p>
                <Select field=programme label="Bound to a programme" options=programmes.get_value() placeholder="All programmes" />
                <Combobox field=supplier label="Bound to a supplier" options=Signal::derive(names::suppliers) hint="It then sees and does only what is theirs. Leave it empty for all." />
                <TextField field=days label="Days until it ends" kind="number" />
                <div class="form-actions sticky">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the key"</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}
