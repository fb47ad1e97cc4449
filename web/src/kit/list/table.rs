//! The rows of a list: a table where there is room, cards where there is not.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::plain::{PlainColumn, PlainList, Row};
use super::query::{sort_of, sorted};
use super::{Card, Order};
use crate::kit::shortcut::shortcut;
use crate::router;
use crate::ui::icon::Icon;

/// The rows of one page. `j` and `k` walk them, Enter opens the one in hand.
#[component]
pub(super) fn Rows(list: Arc<PlainList>, rows: Vec<Row>, chosen: RwSignal<BTreeSet<&'static str>>) -> impl IntoView {
    let links: Vec<Option<String>> = rows
        .iter()
        .map(|row| (list.link)(row).map(|route| route.path()))
        .collect();
    let hand = RwSignal::new(None::<usize>);
    let count = rows.len();
    let walk = move |by: isize| {
        hand.update(|at| *at = Some(at.map_or(0, |at| at.saturating_add_signed(by).min(count.saturating_sub(1)))));
        if let Some(at) = hand.get_untracked() {
            crate::browser::after_render(move || {
                crate::browser::focus(&format!("row-{at}"));
            });
        }
    };
    shortcut("j", "Next row; Enter opens it", move || walk(1));
    shortcut("k", "Previous row", move || walk(-1));

    let shown = move |id: &str| chosen.with(|chosen| chosen.contains(id));
    let head = {
        let list = Arc::clone(&list);
        move || {
            let columns = list.columns.iter().filter(|column| shown(column.id));
            let default = list.sorts.first().map_or("", |(word, _)| *word);
            columns.map(|column| heading(column, default)).collect_view()
        }
    };
    let cards = rows
        .iter()
        .zip(&links)
        .map(|(row, link)| card(&list, row, link.clone()))
        .collect_view();
    let body = move || {
        let rows = rows.iter().zip(&links).enumerate();
        rows.map(|(at, (row, link))| {
            let mut first = true;
            let cells = list.columns.iter().filter(|column| shown(column.id)).map(|column| {
                let content = (column.cell)(row);
                // The first cell holds the link, so that the row has a name and opens in a new tab.
                let content = match link.clone().filter(|_| std::mem::take(&mut first)) {
                    Some(href) => {
                        view! { <a class="row-link" id=format!("row-{at}") href=href on:focus=move |_| hand.set(Some(at))>{content}</a> }.into_any()
                    }
                    None => content,
                };
                view! { <td class:numeric=column.numeric>{content}</td> }
            });
            let cells = cells.collect_view();
            let open = link.clone();
            let go = move |event: web_sys::MouseEvent| open_row(&event, open.as_deref());
            view! { <tr class:linked=link.is_some() class:in-hand=move || hand.get() == Some(at) on:click=go>{cells}</tr> }
        })
        .collect_view()
    };
    view! {
        <div class="table-frame">
            <table class="table">
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
        <ul class="cards">{cards}</ul>
    }
}

/// The whole row is the link's target, except for what can be clicked in it and text being selected.
fn open_row(event: &web_sys::MouseEvent, link: Option<&str>) {
    use wasm_bindgen::JsCast;
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let inner = target.and_then(|target| target.closest("a, button, input, label").ok().flatten());
    if event.default_prevented() || inner.is_some() || event.ctrl_key() || event.meta_key() {
        return;
    }
    if let Some(link) = link {
        router::navigate(link);
    }
}

/// The heading of a column. Where the API can sort by it, it is a button that does.
fn heading(column: &PlainColumn, default: &'static str) -> AnyView {
    let (title, numeric) = (column.title, column.numeric);
    let Some(sort) = column.sort else {
        return view! { <th scope="col" class:numeric=numeric>{title}</th> }.into_any();
    };
    let says = |order| match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
    };
    if sort.word.is_empty() {
        return view! { <th scope="col" class:numeric=numeric aria-sort=says(sort.order)>{title}</th> }.into_any();
    }
    let now = Memo::new(move |_| router::address().with(|address| sort.order_under(sort_of(&address.query, default))));
    let click = move |_| {
        let address = router::address().get_untracked();
        let query = sorted(&address.query, sort, default);
        router::replace(&query.behind(&address.path));
    };
    let icon = move || match now.get().unwrap_or(sort.order) {
        Order::Ascending => view! { <Icon icon=icondata_lu::LuArrowUp /> },
        Order::Descending => view! { <Icon icon=icondata_lu::LuArrowDown /> },
    };
    view! {
        <th scope="col" class:numeric=numeric aria-sort=move || now.get().map_or("none", says)>
            <button type="button" class="sort" class:on=move || now.get().is_some() on:click=click><span>{title}</span>{icon}</button>
        </th>
    }
    .into_any()
}

fn card(list: &PlainList, row: &Row, link: Option<String>) -> AnyView {
    let at = |place: Card| list.columns.iter().filter(move |column| column.card == place);
    let title = at(Card::Title).map(|column| (column.cell)(row)).collect_view();
    let title = match link {
        Some(href) => view! { <a class="card-link" href=href>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    let aside = at(Card::Aside).map(|column| (column.cell)(row)).collect_view();
    let below = at(Card::Below)
        .filter(|column| !column.optional)
        .map(|column| view! { <span>{(column.cell)(row)}</span> })
        .collect_view();
    let lines = at(Card::Line)
        .filter(|column| !column.optional)
        .map(|column| {
            view! { <div class="card-line"><dt>{column.title}</dt><dd>{(column.cell)(row)}</dd></div> }
        })
        .collect_view();
    view! {
        <li class="card">
            <div class="card-head">
                <div class="card-title">{title}</div>
                <div class="card-aside">{aside}</div>
            </div>
            <p class="card-below">{below}</p>
            <dl class="card-lines">{lines}</dl>
        </li>
    }
    .into_any()
}
