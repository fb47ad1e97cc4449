//! The supplier's return requests, in the programme's words.

use leptos::prelude::*;
use tradepost_contract::policy::WordingKey;
use tradepost_contract::return_requests::{ReturnRequest, ReturnStatus};

use super::story;
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::pages::deliveries::list::named;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::PageHead;
use crate::ui::time::{Due, Shown, Time};

/// All return requests of the supplier, newest first.
#[component]
pub fn Returns() -> impl IntoView {
    let list = List::new("returns", api::return_requests::list_return_requests)
        .empty(
            "Nothing asked for yet",
            "Open a lead that is bad and ask for it there, while its window is open.",
        )
        .link(|request: &ReturnRequest| Some(Route::Portal(PortalRoute::Return(request.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            ReturnStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .sorts(&[
            ("newest", "Newest first"),
            ("oldest", "Oldest first"),
            ("due", "Decision due first"),
        ])
        .column(
            Column::text("lead", "Lead", |request: &ReturnRequest| {
                named(request.lead_name.as_deref())
            })
            .on_card(Card::Title),
        )
        .column(
            Column::text("reason", "Reason", |request: &ReturnRequest| {
                request.reason_label.clone()
            })
            .on_card(Card::Below),
        )
        .column(
            Column::new(
                "status",
                "Status",
                |request: &ReturnRequest| status_badge(request.status),
                |request| request.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(
            Column::text("note", "Your note", |request: &ReturnRequest| {
                request.note.clone().unwrap_or_default()
            })
            .on_card(Card::Hidden),
        )
        .column(
            Column::new(
                "submitted",
                "Asked",
                |request: &ReturnRequest| view! { <Time at=request.submitted_at shown=Shown::Relative /> },
                |request| request.submitted_at.to_string(),
            )
            .sorted("newest", Order::Descending)
            .turned("oldest"),
        )
        .column(
            Column::new("next", "What is next", next_cell, |request| {
                story::next_word(request).to_owned()
            })
            .sorted("due", Order::Ascending),
        )
        .column(
            Column::text("decision", "Decision", |request: &ReturnRequest| {
                request
                    .decision
                    .as_ref()
                    .map(|decision| decision.title.clone())
                    .unwrap_or_default()
            })
            // The badge says it already.
            .on_card(Card::Hidden)
            .optional(),
        )
        .column(Column::text("id", "Number", |request: &ReturnRequest| request.id.to_string()).optional());
    view! {
        <PageHead title=session::word(WordingKey::ReturnRequests) />
        <ListView list />
    }
}

fn next_cell(request: &ReturnRequest) -> impl IntoView + use<> {
    let word = story::next_word(request);
    let due = match request.status {
        ReturnStatus::InReview | ReturnStatus::Appealed => request.decision_due_at,
        ReturnStatus::Denied => request.appeal_until.filter(|_| story::may_appeal(request)),
        ReturnStatus::InfoNeeded | ReturnStatus::Approved | ReturnStatus::FinalDenied | ReturnStatus::Withdrawn => None,
    };
    match due {
        Some(at) => view! { <span class="next-due">{word}" "<Due at /></span> }.into_any(),
        None => view! { <span>{word}</span> }.into_any(),
    }
}
