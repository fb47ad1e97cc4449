//! A declared list on the page.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::filters::FilterBar;
use super::plain::PlainList;
use super::query::ListQuery;
use super::table::Rows;
use super::toolbar::{ColumnChooser, ExportButton, Pager};
use super::{Filter, List};
use crate::browser;
use crate::kit::load::{Loader, Shape};
use crate::router;
use crate::ui::empty::Empty;
use crate::ui::problem::ProblemNotice;
use crate::ui::skeleton::Skeleton;

/// Shows a list with its filters, its pages and its states.
#[component]
pub fn ListView<T: Clone + PartialEq + Send + Sync + 'static>(
    /// The list.
    list: List<T>,
) -> impl IntoView {
    plain_view(list.plain)
}

fn plain_view(list: PlainList) -> AnyView {
    let list = Arc::new(list);
    let path = router::address().get_untracked().path;
    let known: Vec<&'static str> = list.filters.iter().map(Filter::name).collect();
    let defaults = list.defaults.clone();
    let query = Memo::new(move |before: Option<&ListQuery>| {
        let address = router::address().get();
        // While one goes to another page this list still stands for an instant.
        match before {
            Some(before) if address.path != path => before.clone(),
            _ => ListQuery::of_address(&address.query, &known, &defaults),
        }
    });
    let fetch = Arc::clone(&list.fetch);
    let loader = Loader::new(move || fetch(query.get()));
    let failure = loader.blocking();
    let chosen = RwSignal::new(chosen_columns(&list));
    let (rows, bar) = (Arc::clone(&list), Arc::clone(&list));
    let filtered = move || router::address().with(|address| address.query.iter().any(|(name, _)| name != "cursor"));
    let (empty_title, empty_next) = list.empty;
    view! {
        <section class="list" aria-busy=move || loader.is_busy().to_string()>
            <div class="list-bar">
                <FilterBar filters=bar.filters.clone() defaults=bar.defaults.clone() sorts=bar.sorts.clone() />
                <div class="list-tools">
                    <ColumnChooser list=Arc::clone(&list) chosen />
                    <ExportButton list=Arc::clone(&list) query chosen />
                </div>
            </div>
            {move || match (loader.get(), failure.get()) {
                (_, Some(failure)) => {
                    let retry = Callback::new(move |()| loader.reload());
                    view! { <ProblemNotice failure retry /> }.into_any()
                }
                (None, None) => view! { <Skeleton shape=Shape::Rows(8) /> }.into_any(),
                (Some(page), None) if page.data.is_empty() => {
                    if filtered() {
                        view! {
                            <Empty title="Nothing matches" icon=icondata_lu::LuSearchX>
                                "Take a filter away, or change it."
                            </Empty>
                        }
                            .into_any()
                    } else {
                        view! {
                            <Empty title=empty_title icon=icondata_lu::LuInbox>
                                {empty_next}
                            </Empty>
                        }
                            .into_any()
                    }
                }
                (Some(page), None) => {
                    view! {
                        <Rows list=Arc::clone(&rows) rows=page.data chosen />
                        <Pager next=page.next_cursor />
                    }
                        .into_any()
                }
            }}
        </section>
    }
    .into_any()
}

/// The columns that were chosen last time, else those that are not optional.
fn chosen_columns(list: &PlainList) -> BTreeSet<&'static str> {
    let remembered = browser::remembered(&format!("columns.{}", list.name));
    let all = list.columns.iter();
    match remembered {
        Some(text) => {
            let words: BTreeSet<&str> = text.split(',').collect();
            all.map(|column| column.id).filter(|id| words.contains(id)).collect()
        }
        None => all.filter(|column| !column.optional).map(|column| column.id).collect(),
    }
}
