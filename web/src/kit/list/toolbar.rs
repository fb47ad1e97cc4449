//! The tools of a list: its columns, its CSV file, its pages.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::plain::{PlainColumn, PlainList, Row};
use super::query::ListQuery;
use crate::browser;
use crate::format::csv;
use crate::kit::toast;
use crate::router;
use crate::ui::icon::Icon;
use crate::ui::menu::Menu;

/// A file of more rows than this is a job for the API.
const LARGEST_EXPORT: usize = 5_000;

/// Chooses the columns, and remembers them.
#[component]
pub(super) fn ColumnChooser(list: Arc<PlainList>, chosen: RwSignal<BTreeSet<&'static str>>) -> impl IntoView {
    let name = list.name;
    let toggle = move |id: &'static str| {
        chosen.update(|chosen| {
            // A table without columns would be a riddle.
            if !chosen.remove(id) || chosen.is_empty() {
                chosen.insert(id);
            }
        });
        let words = chosen.get_untracked().into_iter().collect::<Vec<_>>().join(",");
        browser::remember(&format!("columns.{name}"), Some(&words));
    };
    let items = list
        .columns
        .iter()
        .map(|column| {
            let (id, title) = (column.id, column.title);
            let on = move || chosen.with(|chosen| chosen.contains(id));
            view! {
                <button type="button" class="menu-item" role="menuitemcheckbox" aria-checked=move || on().to_string() on:click=move |_| toggle(id)>
                    <span class="menu-check"><Show when=on><Icon icon=icondata_lu::LuCheck /></Show></span>
                    {title}
                </button>
            }
        })
        .collect_view();
    let label = || view! { <Icon icon=icondata_lu::LuColumns3 /><span class="wide-only">"Columns"</span><span class="sr-only narrow-only">"Columns"</span> };
    view! { <div class="wide-only"><Menu class=Signal::stored("button quiet small".to_owned()) label at_end=true>{items}</Menu></div> }
}

/// Saves the current view, all of its pages, as a CSV file.
#[component]
pub(super) fn ExportButton(
    list: Arc<PlainList>,
    query: Memo<ListQuery>,
    chosen: RwSignal<BTreeSet<&'static str>>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let export = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (list, query, chosen) = (Arc::clone(&list), query.get_untracked(), chosen.get_untracked());
        wasm_bindgen_futures::spawn_local(async move {
            match all_rows(&list, query).await {
                Ok(rows) => {
                    let columns: Vec<&PlainColumn> = list
                        .columns
                        .iter()
                        .filter(|column| chosen.contains(column.id))
                        .collect();
                    let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
                    let lines = rows
                        .iter()
                        .map(|row| columns.iter().map(|column| (column.csv)(row)).collect());
                    browser::save_file(&format!("{}.csv", list.name), "text/csv", &csv::file(&titles, lines));
                    toast::done(format!("{} rows saved as {}.csv", rows.len(), list.name));
                }
                Err(failure) => toast::failed(format!("{}. Nothing was saved.", failure.title())),
            }
            busy.try_set(false);
        });
    };
    view! {
        <button type="button" class="button quiet small wide-only" on:click=export aria-disabled=move || busy.get().to_string()>
            <Icon icon=icondata_lu::LuDownload />
            <span>{move || if busy.get() { "Saving…" } else { "CSV" }}</span>
        </button>
    }
}

async fn all_rows(list: &PlainList, query: ListQuery) -> crate::api::Result<Vec<Row>> {
    let mut rows = Vec::new();
    // The file starts at the first row, wherever one is reading.
    let mut query = query.with("limit", "100").with("cursor", "");
    loop {
        let page = (list.fetch)(query.clone()).await?;
        rows.extend(page.data);
        match page.next_cursor {
            Some(cursor) if rows.len() < LARGEST_EXPORT => query = query.with("cursor", cursor),
            _ => return Ok(rows),
        }
    }
}

/// First and next page. The way back by one is the browser's own.
#[component]
pub(super) fn Pager(next: Option<String>) -> impl IntoView {
    let address = router::address().get_untracked();
    let later = address.query.get("cursor").is_some();
    let with_cursor = |cursor: Option<&str>| {
        let mut query = address.query.clone();
        query.set("cursor", cursor);
        query.behind(&address.path)
    };
    let first = with_cursor(None);
    let next = next.map(|cursor| with_cursor(Some(&cursor)));
    let back = move |_| {
        if let Ok(history) = browser::window().history() {
            let _ = history.back();
        }
    };
    (later || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of the list">
                {later.then(|| view! {
                    <a class="button quiet small" href=first><Icon icon=icondata_lu::LuChevronFirst />"First"</a>
                    <button type="button" class="button quiet small" on:click=back><Icon icon=icondata_lu::LuChevronLeft />"Back"</button>
                })}
                {next.map(|next| view! {
                    <a class="button quiet small" href=next rel="next">"Next"<Icon icon=icondata_lu::LuChevronRight /></a>
                })}
            </nav>
        }
    })
}
