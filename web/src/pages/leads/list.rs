//! The leads, and the quarantine: the same list with a filter.

use leptos::prelude::*;
use tradepost_contract::leads::{Lead, LeadChannel, LeadStatus};

use crate::api;
use crate::format::words;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::pages::deliveries::list::place;
use crate::pages::return_requests::review::person_name;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All leads; `?status=quarantined` is the quarantine.
#[component]
pub fn Leads() -> impl IntoView {
    let list = List::new("leads", api::leads::list_leads)
        .empty(
            "No leads yet",
            "They come through the API, by phone, or from a file: see Imports.",
        )
        .link(|lead: &Lead| Some(Route::Console(ConsoleRoute::Lead(lead.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            LeadStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .filter(Filter::choice(
            "channel",
            "Channel",
            LeadChannel::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::Text {
            name: "source",
            placeholder: "Source",
        })
        .column(Column::text("name", "Person", |lead: &Lead| person_name(&lead.person)).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |lead: &Lead| status_badge(lead.status),
                |lead| lead.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("reason", "Why", |lead: &Lead| {
            lead.status_reason.as_deref().map(words::sentence).unwrap_or_default()
        }))
        .column(Column::text("product", "Product", |lead: &Lead| {
            lead.product_name.clone()
        }))
        .column(Column::text("place", "Place", |lead: &Lead| place(&lead.place)))
        .column(Column::text("programme", "Programme", |lead: &Lead| {
            lead.programme_name.clone()
        }))
        .column(
            Column::text("sold", "Sold", |lead: &Lead| {
                format!("{} of {}", lead.sold, lead.max_buyers)
            })
            .numeric(),
        )
        .column(
            Column::text("source", "Source", |lead: &Lead| {
                lead.source.clone().unwrap_or_default()
            })
            .optional(),
        )
        .column(
            Column::text("channel", "Channel", |lead: &Lead| {
                words::sentence(lead.channel.as_str())
            })
            .optional(),
        )
        .column(
            Column::text("external", "Their number", |lead: &Lead| {
                lead.external_id.clone().unwrap_or_default()
            })
            .optional(),
        )
        .column(Column::text("id", "Number", |lead: &Lead| lead.id.to_string()).optional())
        .sorts(&[("newest", "Newest first"), ("oldest", "Oldest first")])
        .column(
            Column::new(
                "received",
                "Received",
                |lead: &Lead| view! { <Time at=lead.created_at shown=Shown::Relative programme=lead.programme_id /> },
                |lead| lead.created_at.to_string(),
            )
            .sorted("newest", Order::Descending)
            .turned("oldest"),
        );
    view! {
        <PageHead title="Leads">
            <a class="button" href=quarantine_path()>"Quarantine"</a>
        </PageHead>
        <ListView list />
    }
}

/// What waits to be released or rejected.
pub fn quarantine_path() -> String {
    format!("{}?status=quarantined", Route::Console(ConsoleRoute::Leads).path())
}
