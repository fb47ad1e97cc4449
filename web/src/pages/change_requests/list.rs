//! All change requests; those that wait for a decision first.

use leptos::prelude::*;
use tradepost_contract::Page;
use tradepost_contract::change_requests::{ChangeKind, ChangeRequest, ChangeRequestStatus};

use crate::api::{self, Result};
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView};
use crate::pages::account::changes::kind_title;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All requests, newest first.
#[component]
pub fn ChangeRequests() -> impl IntoView {
    let list = requests("change-requests", api::change_requests::list_change_requests);
    view! {
        <PageHead title="Change requests" subtitle="What suppliers asked to have changed. The open ones wait for you." />
        <ListView list />
    }
}

/// The list, of everything or of one supplier.
pub fn requests<F>(name: &'static str, fetch: impl Fn(ListQuery) -> F + Send + Sync + 'static) -> List<ChangeRequest>
where
    F: Future<Output = Result<Page<ChangeRequest>>> + 'static,
{
    let statuses = ChangeRequestStatus::ALL.iter();
    let statuses = statuses
        .map(|status| (status.as_str().to_owned(), status.label()))
        .collect();
    let kinds = ChangeKind::ALL.iter();
    let kinds = kinds
        .map(|kind| (kind.as_str().to_owned(), kind_title(*kind).to_owned()))
        .collect();
    List::new(name, fetch)
        .empty("No change requests", "Suppliers ask in their portal; you write down what you are told.")
        .link(|request: &ChangeRequest| Some(Route::Console(ConsoleRoute::ChangeRequest(request.id))))
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: statuses,
            many: true,
        })
        .filter(Filter::Choice {
            name: "kind",
            title: "Kind",
            options: kinds,
            many: true,
        })
        .column(Column::text("kind", "What", |request: &ChangeRequest| kind_title(request.kind).to_owned()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |request: &ChangeRequest| status_badge(request.status),
                |request| request.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("supplier", "Supplier", |request: &ChangeRequest| request.supplier_name.clone()).on_card(Card::Below))
        .column(Column::new(
            "effective",
            "Takes effect",
            |request: &ChangeRequest| view! { <Time at=request.effective_at shown=Shown::Full programme=request.programme_id /> },
            |request| request.effective_at.to_string(),
        ))
        .column(Column::new(
            "asked",
            "Asked for",
            |request: &ChangeRequest| view! { <Time at=request.requested_at shown=Shown::Relative programme=request.programme_id /> },
            |request| request.requested_at.to_string(),
        ))
}
