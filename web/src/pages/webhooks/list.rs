//! All endpoints.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{WebhookEndpoint, WebhookEndpointStatus};

use super::form::NewEndpoint;
use super::{page_of, wants};
use crate::api;
use crate::format::share;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::{PageHead, Panel};
use crate::ui::time::{Shown, Time};

/// All endpoints, newest first.
#[component]
pub fn Webhooks() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <PageHead title="Webhooks" subtitle="What happens is sent to these addresses, signed, until it is taken.">
            <NewButton open />
        </PageHead>
        <Endpoints open />
    }
}

/// The endpoints of the supplier who is here, as a part of a page.
#[component]
pub fn OwnWebhooks() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Panel title="Webhooks">
            <p class="field-hint">"What happens in your account is told to another program, signed, until it is taken."</p>
            <Endpoints open />
            <div class="form-actions"><NewButton open /></div>
        </Panel>
    }
}

#[component]
fn NewButton(open: RwSignal<bool>) -> impl IntoView {
    session::may(Permission::WebhooksWrite).then(|| {
        let go = Callback::new(move |()| open.set(true));
        view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=go>"New webhook"</Button></div> }
    })
}

#[component]
fn Endpoints(open: RwSignal<bool>) -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let reload = Callback::new(move |()| round.update(|round| *round += 1));
    let staff = session::is_staff();
    let list = move || {
        round.track();
        let statuses = [
            WebhookEndpointStatus::Active,
            WebhookEndpointStatus::Paused,
            WebhookEndpointStatus::Disabled,
        ];
        let mut list = List::new("webhooks", api::webhooks::list_endpoints)
            .empty(
                "No webhooks yet",
                "A webhook tells another program what happens here, the moment it happens.",
            )
            .link(|endpoint: &WebhookEndpoint| Some(page_of(endpoint.id)));
        if staff {
            let words = statuses.iter().map(|word| word.as_str());
            list = list
                .filter(Filter::choices("status", "Status", words))
                .filter(Filter::programme());
        }
        list = list
            .column(Column::text("name", "Endpoint", |one: &WebhookEndpoint| one.name.clone()).on_card(Card::Title))
            .column(
                Column::new(
                    "status",
                    "Status",
                    |one: &WebhookEndpoint| status_badge(one.status),
                    |one| one.status.label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("url", "Address", |one: &WebhookEndpoint| one.url.clone()).on_card(Card::Below))
            .column(Column::text("events", "Gets", wants));
        if staff {
            list = list.column(Column::text("whose", "Whose", |one: &WebhookEndpoint| {
                one.supplier_name.clone().unwrap_or_else(|| "ours".to_owned())
            }));
        }
        let list = list
            .column(Column::text("waiting", "Waiting", |one: &WebhookEndpoint| {
                share::count(one.waiting)
            }))
            .column(Column::new(
                "made",
                "Made",
                |one: &WebhookEndpoint| view! { <Time at=one.created_at shown=Shown::Relative /> },
                |one| one.created_at.to_string(),
            ));
        view! { <ListView list /> }
    };
    view! {
        {list}
        <Dialog open title=Signal::stored("New webhook".to_owned()) class="drawer"><NewEndpoint open reload /></Dialog>
    }
}
