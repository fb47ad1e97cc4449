//! All endpoints.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::webhooks::{WebhookEndpoint, WebhookEndpointStatus};

use super::form::NewEndpoint;
use super::wants;
use crate::api;
use crate::format::share;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// The endpoints, newest first.
#[component]
pub fn Webhooks() -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let reload = Callback::new(move |()| round.update(|round| *round += 1));
    let list = move || {
        round.track();
        let statuses = [
            WebhookEndpointStatus::Active,
            WebhookEndpointStatus::Paused,
            WebhookEndpointStatus::Disabled,
        ];
        let list = List::new("webhooks", api::webhooks::list_endpoints)
            .empty(
                "No webhooks yet",
                "A webhook tells another program what happens here, the moment it happens.",
            )
            .link(|endpoint: &WebhookEndpoint| Some(Route::Console(ConsoleRoute::Webhook(endpoint.id))))
            .filter(Filter::choices(
                "status",
                "Status",
                statuses.iter().map(|word| word.as_str()),
            ))
            .filter(Filter::programme())
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
            .column(Column::text("events", "Gets", wants))
            .column(Column::text("whose", "Whose", |one: &WebhookEndpoint| {
                one.supplier_name.clone().unwrap_or_else(|| "ours".to_owned())
            }))
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
    let may = session::may(Permission::WebhooksWrite);
    view! {
        <PageHead title="Webhooks" subtitle="What happens is sent to these addresses, signed, until it is taken.">
            {may.then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New webhook"</Button></div> })}
        </PageHead>
        {list}
        <Dialog open title=Signal::stored("New webhook".to_owned()) class="drawer"><NewEndpoint open reload /></Dialog>
    }
}
