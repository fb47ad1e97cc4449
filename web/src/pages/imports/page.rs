//! One file: how it was read, what its columns mean, a dry run, the import with its progress, the result.

use leptos::prelude::*;
use tradepost_contract::LeadImportId;
use tradepost_contract::lead_imports::{
    ImportCheck, ImportCounts, ImportRowOutcome, LeadImport, LeadImportAction, LeadImportRow, LeadImportStatus,
};

use super::mapping::MappingForm;
use crate::api;
use crate::browser;
use crate::format::{share, words};
use crate::kit::confirm::confirm;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::badge::{Status, Tone, status_badge};
use crate::ui::button::Button;
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::progress::Progress;
use crate::ui::stat::Stat;

/// One file of leads.
#[component]
pub fn ImportPage(
    /// Which.
    id: LeadImportId,
) -> impl IntoView {
    let import = Loader::new(move || api::imports::get_lead_import(id));
    poll(import, |import| {
        matches!(import.status, LeadImportStatus::Checking | LeadImportStatus::Running)
    });
    let status = Memo::new(move |_| import.get().map(|import| import.status));
    let rows = move || {
        matches!(status.get(), Some(LeadImportStatus::Done | LeadImportStatus::Failed)).then(|| {
            let list = List::new("import-rows", move |query| {
                api::imports::list_lead_import_rows(id, query)
            })
            .link(|row: &LeadImportRow| row.lead_id.map(|lead| Route::Console(ConsoleRoute::Lead(lead))))
            .filter(Filter::choices(
                "outcome",
                "Outcome",
                ImportRowOutcome::ALL.iter().map(|word| word.as_str()),
            ))
            .column(Column::text("row", "Row", |row: &LeadImportRow| row.row.to_string()).on_card(Card::Title))
            .column(
                Column::new(
                    "outcome",
                    "Outcome",
                    |row: &LeadImportRow| status_badge(row.outcome),
                    |row| row.outcome.label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("errors", "What is wrong", |row: &LeadImportRow| {
                row.errors
                    .iter()
                    .map(|error| error.message.clone())
                    .collect::<Vec<_>>()
                    .join(" ")
            }));
            view! { <h2 class="section-head">"Row by row"</h2><ListView list /> }
        })
    };
    view! {
        <Loaded loader=import let:found><Body import=found done=Callback::new(move |answer| import.put(answer)) /></Loaded>
        {rows}
    }
}

#[component]
fn Body(import: LeadImport, done: Callback<LeadImport>) -> impl IntoView {
    let (id, version) = (import.id, import.version);
    let about = format!("{} · {}", import.programme_name, import.product_name);
    let may = |action: LeadImportAction| import.allowed_actions.contains(&action);
    let editable =
        may(LeadImportAction::Check) || (may(LeadImportAction::Start) && import.status == LeadImportStatus::Failed);
    let under_way = matches!(import.status, LeadImportStatus::Checking | LeadImportStatus::Running);
    let file = import.file_name.clone();
    let cancel = may(LeadImportAction::Cancel).then(|| {
        let file = file.clone();
        let cancel = Callback::new(move |()| {
            confirm(
                format!("Cancel the import of {file}?"),
                "Leads that were imported stay.",
                "Cancel the import",
                true,
                move || {
                    wasm_bindgen_futures::spawn_local(async move {
                        match api::imports::cancel_lead_import(id, version, &browser::random_key()).await {
                            Ok(import) => done.run(import),
                            Err(failure) => toast::failed(failure.title()),
                        }
                    });
                },
            );
        });
        view! { <Button on_click=cancel>"Cancel"</Button> }
    });
    let results = matches!(import.status, LeadImportStatus::Done | LeadImportStatus::Failed).then(|| {
        let name = format!("results of {file}");
        let save = Callback::new(move |()| {
            let name = name.clone();
            wasm_bindgen_futures::spawn_local(async move {
                match api::imports::get_lead_import_rows_csv(id).await {
                    Ok(text) => browser::save_file(&name, "text/csv", &text),
                    Err(failure) => toast::failed(failure.title()),
                }
            });
        });
        view! { <Button icon=icondata_lu::LuDownload on_click=save>"Results as CSV"</Button> }
    });
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let (done_rows, total) = (count(import.done_rows), count(import.total_rows));
    let label = if import.status == LeadImportStatus::Checking {
        "Trying rows"
    } else {
        "Importing rows"
    };
    let read_as = format!(
        "{about} · {} rows, {}, {} between the cells",
        share::count(import.total_rows),
        import.encoding.as_str().to_uppercase(),
        import.delimiter.as_str()
    );
    let removed = !import.file_kept && import.problem.is_none();
    let ran = import.started_at.is_some() && !matches!(import.status, LeadImportStatus::Checking);
    view! {
        <PageHead title=import.file_name.clone() back=(Route::Console(ConsoleRoute::Imports).path(), "Imports") subtitle=read_as>
            {status_badge(import.status)}
            <div class="verdicts">{results}{cancel}</div>
        </PageHead>
        {import.problem.clone().map(|problem| view! { <Notice tone=Tone::Bad>{problem}</Notice> })}
        {removed.then(|| view! { <Notice tone=Tone::Info>{format!("The file was removed, because the time that {} keeps files is over. What the results say of its cells went with it; its leads have a time of their own.", import.programme_name)}</Notice> })}
        {under_way.then(|| view! { <Progress label done=Signal::stored(done_rows) total=Signal::stored(total) /> })}
        {ran.then(|| view! { <Counts counts=import.counts /> })}
        {import.check.clone().filter(|_| !ran).map(|check| view! { <Check check /> })}
        {editable.then(|| view! { <MappingForm import=import.clone() done /> })}
    }
}

#[component]
fn Counts(counts: ImportCounts) -> impl IntoView {
    let stat = |label: &'static str, number: i64| view! { <Stat label value=share::count(number) /> };
    view! {
        <div class="stats">
            {stat("Accepted", counts.accepted)}{stat("Duplicates", counts.duplicate)}{stat("Quarantined", counts.quarantined)}
            {stat("Rejected", counts.rejected)}{stat("Unchanged", counts.unchanged)}{stat("Invalid", counts.invalid)}
        </div>
    }
}

/// What a dry run found.
#[component]
fn Check(check: ImportCheck) -> impl IntoView {
    let rows = check
        .errors
        .iter()
        .map(|error| {
            let error = error.clone();
            view! { <tr><td class="numeric">{error.row.to_string()}</td><td>{error.column}</td><td>{words::sentence(&error.field.replace('.', ": "))}</td><td class="wrap">{error.message}</td></tr> }
        })
        .collect_view();
    let none = check.errors.is_empty();
    let shown = check.errors.len();
    view! {
        <Panel title="The dry run">
            <Counts counts=check.counts />
            {if none {
                view! { <Notice tone=Tone::Good>"Every row can be read."</Notice> }.into_any()
            } else {
                view! {
                    <p class="muted">{format!("{} cells are wrong; the first {shown}:", share::count(check.error_count))}</p>
                    <div class="table-frame"><table class="table"><thead><tr><th scope="col" class="numeric">"Row"</th><th scope="col">"Column"</th><th scope="col">"Field"</th><th scope="col">"What is wrong"</th></tr></thead><tbody>{rows}</tbody></table></div>
                }.into_any()
            }}
        </Panel>
    }
}
