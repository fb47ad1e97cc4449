//! The reviewer's queue: what is due soonest first.

use leptos::prelude::*;
use tradepost_contract::return_requests::{ReturnRequest, ReturnStatus};

use crate::api;
use crate::format::money;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::pages::deliveries::list::named;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Badge, Status, Tone, status_badge};
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::time::{Due, Shown, Time};

/// What waits for a decision, unless the filters say otherwise.
#[component]
pub fn ReturnsQueue() -> impl IntoView {
    let list = List::new("return-requests", api::return_requests::list_return_requests)
        .empty("No returns yet", "Requests appear here as soon as a supplier asks.")
        .link(|request: &ReturnRequest| Some(Route::Console(ConsoleRoute::Return(request.id))))
        .sorts(&[("due", "Due first"), ("newest", "Newest first"), ("oldest", "Oldest first")])
        .default_parameter("sort", "due")
        .default_parameter("status", "in_review,info_needed,appealed")
        .filter(Filter::choices("status", "Status", ReturnStatus::ALL.iter().map(|word| word.as_str())))
        .filter(Filter::programme())
        .filter(Filter::Choice {
            name: "overdue",
            title: "Overdue",
            options: vec![("true".into(), "Yes".into()), ("false".into(), "No".into())],
            many: false,
        })
        .column(Column::text("reason", "Reason", |request: &ReturnRequest| request.reason_label.clone()).on_card(Card::Title))
        .column(Column::text("lead", "Lead", |request: &ReturnRequest| named(request.lead_name.as_deref())))
        .column(Column::new("status", "Status", |request: &ReturnRequest| status_badge(request.status), |request| request.status.label()).on_card(Card::Aside))
        .column(Column::new("due", "Due", due_cell, |request| {
            request.decision_due_at.map(|at| at.to_string()).unwrap_or_default()
        }).sorted("due", Order::Ascending))
        .column(Column::text("supplier", "Supplier", |request: &ReturnRequest| request.supplier_name.clone()))
        .column(Column::text("product", "Product", |request: &ReturnRequest| request.product_name.clone()).optional())
        .column(Column::new("price", "Price", |request: &ReturnRequest| view! { <Money amount=request.price /> }, |request| money::decimal(request.price)).numeric())
        .column(Column::text("programme", "Programme", |request: &ReturnRequest| request.programme_name.clone()).optional())
        .column(Column::new("suggestion", "Rules suggest", suggestion_cell, |request| {
            let suggestion = request.review.as_ref().and_then(|review| review.suggestion);
            suggestion.map(|word| word.as_str().to_owned()).unwrap_or_default()
        }))
        .column(Column::text("note", "Supplier's note", |request: &ReturnRequest| request.note.clone().unwrap_or_default()).optional())
        .column(Column::new(
            "submitted",
            "Asked",
            |request: &ReturnRequest| view! { <Time at=request.submitted_at shown=Shown::Relative programme=request.programme_id /> },
            |request| request.submitted_at.to_string(),
        ).sorted("newest", Order::Descending).turned("oldest"))
        .column(Column::text("id", "Number", |request: &ReturnRequest| request.id.to_string()).optional());
    view! {
        <PageHead title="Returns" subtitle="What is due soonest comes first. j and k walk the rows, Enter opens one." />
        <ListView list />
    }
}

fn suggestion_cell(request: &ReturnRequest) -> impl IntoView + use<> {
    use tradepost_contract::return_requests::ReturnSuggestion;
    let suggestion = request.review.as_ref().and_then(|review| review.suggestion);
    suggestion.map(|word| {
        let tone = match word {
            ReturnSuggestion::Approve => Tone::Good,
            ReturnSuggestion::Deny => Tone::Bad,
        };
        view! { <Badge text=crate::format::words::sentence(word.as_str()) tone /> }
    })
}

fn due_cell(request: &ReturnRequest) -> impl IntoView + use<> {
    let (at, programme) = (
        request.decision_due_at.filter(|_| request.status.awaits_decision()),
        request.programme_id,
    );
    at.map(|at| view! { <Due at programme /> })
}
