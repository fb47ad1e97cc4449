//! What happened: the log of events, and the events of one thing.

use leptos::prelude::*;
use tradepost_contract::events::{Event, EventKind};

use crate::api;
use crate::format::{json, words};
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::names;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::page::{PageHead, Panel};
use crate::ui::time::Time;

/// The log, newest first: that is the order in which it is looked at.
#[component]
pub fn Events() -> impl IntoView {
    let list = List::new("events", api::events::list_events)
        .empty("Nothing has happened", "Every change of the books appears here.")
        .link(|event: &Event| subject_route(&event.subject).map(Route::Console))
        .sorts(&[("newest", "Newest first"), ("oldest", "Oldest first")])
        .default_parameter("sort", "newest")
        .filter(Filter::choices(
            "kind",
            "Kind",
            EventKind::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .filter(Filter::Text {
            name: "subject",
            placeholder: "Number of a thing",
        })
        .column(
            Column::text("kind", "Event", |event: &Event| words::sentence(event.kind.as_str())).on_card(Card::Title),
        )
        .column(
            Column::new(
                "when",
                "When",
                |event: &Event| view! { <Time at=event.happened_at /> },
                |event| event.happened_at.to_string(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("subject", "About", |event: &Event| event.subject.clone()))
        .column(Column::new(
            "supplier",
            "Supplier",
            |event: &Event| {
                let id = event.supplier_id;
                move || id.map(names::supplier)
            },
            |event| {
                event
                    .supplier_id
                    .map(|id| untrack(|| names::supplier(id)))
                    .unwrap_or_default()
            },
        ))
        .column(Column::text("data", "What", |event: &Event| json::told(&event.data)))
        .column(
            Column::text("programme", "Programme", |event: &Event| {
                event
                    .programme_id
                    .and_then(session::programme)
                    .map(|programme| programme.name)
                    .unwrap_or_default()
            })
            .optional(),
        )
        .column(Column::text("id", "Number", |event: &Event| event.id.to_string()).optional());
    view! {
        <PageHead title="Events" subtitle="What happened. Programs follow the same log, oldest first." />
        <ListView list />
    }
}

/// What happened to one thing.
#[component]
pub fn EventTimeline(
    /// Its number.
    subject: String,
) -> impl IntoView {
    let events = Loader::new(move || {
        api::events::list_events(
            ListQuery::first(50)
                .with("sort", "newest")
                .with("subject", subject.clone()),
        )
    });
    view! {
        <Panel title="Events">
            <Loaded loader=events shape=Shape::Rows(3) let:page>
                {if page.data.is_empty() {
                    view! { <p class="panel-none">"None."</p> }.into_any()
                } else {
                    let entries = page.data.iter().map(|event| view! { <li><span>{words::sentence(event.kind.as_str())}<small class="muted">{json::told(&event.data)}</small></span><Time at=event.happened_at programme=event.programme_id /></li> }).collect_view();
                    view! { <ol class="timeline">{entries}</ol> }.into_any()
                }}
            </Loaded>
        </Panel>
    }
}

/// The page of a thing, by its number.
pub fn subject_route(id: &str) -> Option<ConsoleRoute> {
    let (kind, _) = id.split_once('_')?;
    match kind {
        "lead" => id.parse().ok().map(ConsoleRoute::Lead),
        "sup" => id.parse().ok().map(ConsoleRoute::Supplier),
        "ord" => id.parse().ok().map(ConsoleRoute::Order),
        "ret" => id.parse().ok().map(ConsoleRoute::Return),
        "inv" => id.parse().ok().map(ConsoleRoute::Invoice),
        "pay" => id.parse().ok().map(ConsoleRoute::Payment),
        "run" => id.parse().ok().map(ConsoleRoute::BillingRun),
        "user" => id.parse().ok().map(ConsoleRoute::User),
        "prog" => id.parse().ok().map(ConsoleRoute::Programme),
        "prod" => id.parse().ok().map(ConsoleRoute::Product),
        _ => [
            id.parse().ok().map(ConsoleRoute::CreditNote),
            id.parse().ok().map(ConsoleRoute::Import),
        ]
        .into_iter()
        .flatten()
        .next(),
    }
}
