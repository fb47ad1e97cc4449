//! All sources.

use leptos::prelude::*;
use tradepost_contract::lead_sources::{LeadSource, LeadSourceStatus};
use tradepost_contract::permissions::Permission;

use super::form::NewSource;
use super::kind_name;
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// The sources, newest first.
#[component]
pub fn LeadSources() -> impl IntoView {
    let open = RwSignal::new(false);
    let list = List::new("lead-sources", api::lead_sources::list_sources)
        .empty(
            "No sources yet",
            "A source takes leads from an advertising platform's form, a website or a partner that cannot speak our API.",
        )
        .link(|one: &LeadSource| Some(Route::Console(ConsoleRoute::LeadSource(one.id))))
        .filter(Filter::choice(
            "status",
            "Status",
            LeadSourceStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(Column::text("name", "Source", |one: &LeadSource| one.name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |one: &LeadSource| status_badge(one.status),
                |one| one.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("kind", "Kind", |one: &LeadSource| kind_name(one.kind).to_owned()).on_card(Card::Below))
        .column(Column::text("programme", "Programme", |one: &LeadSource| {
            one.programme_name.clone()
        }))
        .column(Column::text("product", "Sold as", |one: &LeadSource| {
            one.product_name.clone()
        }))
        .column(Column::text("source", "Advertising", |one: &LeadSource| {
            one.source.clone().unwrap_or_default()
        }))
        .column(Column::new(
            "last",
            "Last sent",
            |one: &LeadSource| match one.last_received_at {
                Some(at) => view! { <Time at shown=Shown::Relative /> }.into_any(),
                None => "never".into_any(),
            },
            |one| one.last_received_at.map(|at| at.to_string()).unwrap_or_default(),
        ));
    let may = session::may(Permission::LeadSourcesWrite);
    view! {
        <PageHead title="Lead sources" subtitle="Forms and partners that post leads in a format of their own.">
            {may.then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New source"</Button></div> })}
        </PageHead>
        <ListView list />
        <Dialog open title=Signal::stored("New lead source".to_owned()) class="drawer"><NewSource open /></Dialog>
    }
}
