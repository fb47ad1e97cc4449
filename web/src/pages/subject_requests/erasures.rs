//! Suppliers that were told to erase a person.

use leptos::prelude::*;
use tradepost_contract::erasure_notices::{ErasureNotice, ErasureNoticeStatus};

use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::PageHead;
use crate::ui::time::{Due, Shown, Time};

/// Who was told, and who is late.
#[component]
pub fn Erasures() -> impl IntoView {
    let statuses = ErasureNoticeStatus::ALL.iter();
    let statuses = statuses.map(|status| (status.as_str().to_owned(), status.label()));
    let list = List::new("erasure-notices", api::erasure_notices::list_erasure_notices)
        .empty("Nobody was told yet", "When a person is erased, each supplier that bought the lead is told and stands here.")
        .link(|notice: &ErasureNotice| notice.subject_request_id.map(|id| Route::Console(ConsoleRoute::SubjectRequest(id))))
        .filter(Filter::Choice { name: "status", title: "Status", options: statuses.collect(), many: false })
        .filter(Filter::programme())
        .column(Column::text("supplier", "Supplier", |notice: &ErasureNotice| notice.supplier_name.clone()).on_card(Card::Title))
        .column(Column::new("status", "Status", |notice: &ErasureNotice| status_badge(notice.status), |notice| notice.status.label()).on_card(Card::Aside))
        .column(Column::text("lead", "Lead", |notice: &ErasureNotice| notice.lead_id.to_string()).on_card(Card::Below))
        .column(Column::new(
            "told",
            "Told",
            |notice: &ErasureNotice| view! { <Time at=notice.told_at shown=Shown::Day programme=notice.programme_id /> },
            |notice| notice.told_at.to_string(),
        ))
        .column(Column::new(
            "due",
            "Due",
            |notice: &ErasureNotice| notice.acknowledged_at.is_none().then(|| view! { <Due at=notice.due_at /> }),
            |notice| notice.due_at.to_string(),
        ))
        .column(Column::text("by", "Acknowledged by", |notice: &ErasureNotice| notice.acknowledged_by.clone().unwrap_or_default()));
    view! {
        <PageHead title="Suppliers to erase" back=(Route::Console(ConsoleRoute::SubjectRequests).path(), "People's requests")
            subtitle="Who was told that a person is erased, and has to do the same." />
        <ListView list />
    }
}
