//! The lists of a supplier's page.

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::deliveries::Delivery;
use tradepost_contract::invoices::Invoice;
use tradepost_contract::return_requests::ReturnRequest;

use crate::api;
use crate::format::money;
use crate::kit::list::{Card, Column, List};
use crate::pages::deliveries::list::{lead_name, named};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::money::Money;
use crate::ui::time::Time;

pub(super) fn deliveries(id: SupplierId) -> List<Delivery> {
    List::new("supplier-deliveries", move |query| {
        api::deliveries::list_deliveries(query.with("supplier_id", id.to_string()))
    })
    .empty("No leads yet", "They appear here as soon as an order takes one.")
    .link(|one: &Delivery| Some(Route::Console(ConsoleRoute::Lead(one.lead_id))))
    .column(Column::text("name", "Person", lead_name).on_card(Card::Title))
    .column(Column::text("product", "Product", |one: &Delivery| {
        one.product_name.clone()
    }))
    .column(
        Column::new(
            "billing",
            "Billing",
            |one: &Delivery| status_badge(one.billing_state),
            |one| one.billing_state.label(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::new(
        "outcome",
        "Outcome",
        |one: &Delivery| one.outcome.map(status_badge),
        |one| one.outcome.map(|outcome| outcome.label()).unwrap_or_default(),
    ))
    .column(
        Column::new(
            "price",
            "Price",
            |one: &Delivery| view! { <Money amount=one.price /> },
            |one| money::decimal(one.price),
        )
        .numeric(),
    )
    .column(Column::new(
        "when",
        "Delivered",
        |one: &Delivery| view! { <Time at=one.delivered_at programme=one.programme_id /> },
        |one| one.delivered_at.to_string(),
    ))
}

pub(super) fn returns(id: SupplierId) -> List<ReturnRequest> {
    List::new("supplier-returns", move |query| {
        api::return_requests::list_return_requests(query.with("supplier_id", id.to_string()))
    })
    .empty("No returns", "It has not asked for one.")
    .link(|one: &ReturnRequest| Some(Route::Console(ConsoleRoute::Return(one.id))))
    .column(Column::text("lead", "Lead", |one: &ReturnRequest| named(one.lead_name.as_deref())).on_card(Card::Title))
    .column(Column::text("reason", "Reason", |one: &ReturnRequest| one.reason_label.clone()).on_card(Card::Below))
    .column(
        Column::new(
            "status",
            "Status",
            |one: &ReturnRequest| status_badge(one.status),
            |one| one.status.label(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::text("note", "Note", |one: &ReturnRequest| {
        one.note.clone().unwrap_or_default()
    }))
    .column(Column::new(
        "asked",
        "Asked",
        |one: &ReturnRequest| view! { <Time at=one.submitted_at programme=one.programme_id /> },
        |one| one.submitted_at.to_string(),
    ))
}

pub(super) fn invoices(id: SupplierId) -> List<Invoice> {
    crate::pages::invoices::list::columns(List::new("supplier-invoices", move |query| {
        api::invoices::list_invoices(query.with("supplier_id", id.to_string()))
    }))
}
