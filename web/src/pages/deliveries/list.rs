//! The lead inbox.

use leptos::prelude::*;
use tradepost_contract::deliveries::{BillingState, Delivery, LeadOutcome};
use tradepost_contract::leads::LeadPlace;
use tradepost_contract::policy::WordingKey;

use crate::api;
use crate::format::{money, phone};
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::time::{Due, Shown, Time};

/// All leads of the supplier, newest first.
#[component]
pub fn Leads() -> impl IntoView {
    let list = List::new("leads", api::deliveries::list_deliveries)
        .empty("No leads yet", "They appear here as soon as one fits your orders.")
        .link(|lead: &Delivery| Some(Route::Portal(PortalRoute::Lead(lead.id))))
        .filter(Filter::Text {
            name: "q",
            placeholder: "Name, phone or e-mail",
        })
        .filter(Filter::Choice {
            name: "seen",
            title: "Opened",
            options: vec![("false".into(), "Not yet".into()), ("true".into(), "Yes".into())],
            many: false,
        })
        .filter(Filter::Choice {
            name: "returnable",
            title: "Returnable",
            options: vec![("true".into(), "Yes".into()), ("false".into(), "No".into())],
            many: false,
        })
        .sorts(&[
            ("newest", "Newest first"),
            ("oldest", "Oldest first"),
            ("deadline", "Return window closes first"),
            ("price", "Cheapest first"),
            ("-price", "Dearest first"),
        ])
        .filter(Filter::choice(
            "outcome",
            "Outcome",
            LeadOutcome::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::choice(
            "billing_state",
            "Charge",
            BillingState::ALL.iter().map(|word| word.as_str()),
        ))
        .column(Column::new("name", "Lead", name_cell, lead_name).on_card(Card::Title))
        .column(Column::text("place", "Place", |lead: &Delivery| place(&lead.place)).on_card(Card::Below))
        .column(Column::text("product", "Product", |lead: &Delivery| lead.product_name.clone()).on_card(Card::Below))
        .column(
            Column::text("phone", "Phone", |lead: &Delivery| {
                lead.person.phone.as_deref().map(phone::readable).unwrap_or_default()
            })
            .optional(),
        )
        .column(
            Column::new(
                "delivered",
                "Delivered",
                |lead: &Delivery| view! { <Time at=lead.delivered_at shown=Shown::Relative /> },
                |lead| lead.delivered_at.to_string(),
            )
            .on_card(Card::Aside)
            .sorted("newest", Order::Descending)
            .turned("oldest"),
        )
        .column(Column::new(
            "outcome",
            "Outcome",
            |lead: &Delivery| lead.outcome.map(status_badge),
            |lead| lead.outcome.map(|outcome| outcome.label()).unwrap_or_default(),
        ))
        .column(
            Column::new("return", "Return", return_cell, |lead| {
                lead.return_deadline_at.map(|at| at.to_string()).unwrap_or_default()
            })
            .sorted("deadline", Order::Ascending),
        )
        .column(
            Column::new(
                "charge",
                "Charge",
                |lead: &Delivery| status_badge(lead.billing_state),
                |lead| lead.billing_state.label(),
            )
            .optional(),
        )
        .column(
            Column::new(
                "price",
                "Price",
                |lead: &Delivery| view! { <Money amount=lead.price /> },
                |lead| money::decimal(lead.price),
            )
            .numeric()
            .sorted("-price", Order::Descending)
            .turned("price"),
        );
    view! {
        <PageHead title=session::word(WordingKey::LeadList) />
        <super::notice::NoticesToAccept />
        <ListView list />
    }
}

/// Who enquired, by what is known of them.
pub fn lead_name(lead: &Delivery) -> String {
    match (lead.erased_at, &lead.withheld_until_accepted) {
        (Some(_), _) => "Erased".to_owned(),
        (None, Some(_)) => "Shown once the notice is accepted".to_owned(),
        (None, None) => named(lead.person.known_as()),
    }
}

/// What to call who enquired, or somebody who is erased.
pub fn named(known: Option<&str>) -> String {
    known.unwrap_or("Unnamed lead").to_owned()
}

/// Where the work is wanted, in a line.
pub fn place(place: &LeadPlace) -> String {
    let region = [&place.region, &place.postcode]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let parts = [place.city.clone(), Some(region)]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

fn name_cell(lead: &Delivery) -> impl IntoView + use<> {
    let unseen = lead.seen_at.is_none();
    view! {
        <span class="lead-name" class:unseen=unseen>
            {unseen.then(|| view! { <span class="dot"></span><span class="sr-only">"New: "</span> })}
            {lead_name(lead)}
        </span>
    }
}

fn return_cell(lead: &Delivery) -> AnyView {
    match (lead.returnable, lead.return_deadline_at, lead.return_request_id) {
        (_, _, Some(_)) => view! { <span class="muted">"Asked for"</span> }.into_any(),
        (true, Some(at), None) => view! { <Due at /> }.into_any(),
        (true, None, None) => view! { <span class="muted">"Open"</span> }.into_any(),
        (false, ..) => view! { <span class="muted">"–"</span> }.into_any(),
    }
}
