//! The imports, and the way to a new one.

use leptos::prelude::*;
use tradepost_contract::lead_imports::{LeadImport, LeadImportStatus};

use super::upload::Upload;
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All imports.
#[component]
pub fn Imports() -> impl IntoView {
    let open = RwSignal::new(false);
    let list = List::new("imports", api::imports::list_lead_imports)
        .empty(
            "No files yet",
            "Upload a CSV file: nothing is imported before you have seen what it holds.",
        )
        .link(|one: &LeadImport| Some(Route::Console(ConsoleRoute::Import(one.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            LeadImportStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(Column::text("file", "File", |one: &LeadImport| one.file_name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |one: &LeadImport| status_badge(one.status),
                |one| one.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("programme", "Programme", |one: &LeadImport| {
            one.programme_name.clone()
        }))
        .column(Column::text("product", "Product", |one: &LeadImport| {
            one.product_name.clone()
        }))
        .column(Column::text("rows", "Rows", |one: &LeadImport| one.total_rows.to_string()).numeric())
        .column(
            Column::text("accepted", "Accepted", |one: &LeadImport| {
                one.counts.accepted.to_string()
            })
            .numeric(),
        )
        .column(Column::text("who", "By", |one: &LeadImport| one.created_by.clone()).optional())
        .column(Column::new(
            "when",
            "Uploaded",
            |one: &LeadImport| view! { <Time at=one.created_at shown=Shown::Relative /> },
            |one| one.created_at.to_string(),
        ));
    view! {
        <PageHead title="Imports">
            <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuFileUp on_click=Callback::new(move |()| open.set(true))>"Upload a file"</Button></div>
        </PageHead>
        <ListView list />
        <Dialog open title=Signal::stored("Upload a file of leads".to_owned()) class="drawer"><Upload open /></Dialog>
    }
}
